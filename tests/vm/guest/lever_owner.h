// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "controller/core/fair/restraint.h"
#include "controller/ports/result.h"
#include "tests/vm/guest/held_process.h"

namespace pagefare::guest {

/// A process that has told the machine's levers this once, with a journal and a guard as the daemon
/// has them, and holds them until it is killed. Its error also when a lever was not applied.
Result<HeldProcess> start_lever_owner(const fair::Restraints& restraints);

}  // namespace pagefare::guest
