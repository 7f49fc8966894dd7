// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "controller/edge/bpf/btf_facts.h"
#include "controller/ports/result.h"

namespace pagefare {

/// Whether a trampoline (fentry) can be attached to this kernel function: loads an empty program,
/// attaches and removes it. Error: why not, as one clause for people. That it attaches does not
/// mean that it fires.
Result<void> probe_trampoline(const BtfFacts& facts, const std::string& function);

}  // namespace pagefare
