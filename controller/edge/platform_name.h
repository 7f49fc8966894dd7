// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "controller/edge/roots.h"

namespace pagefare {

/// What throughput tables call a machine of this kind in their column "platform": the processor's
/// model, how many CPUs and memory nodes there are: "amd-epyc-7763-64-core-processor-128c2n". Two
/// machines of one name are taken to copy alike.
std::string platform_name(const Roots& roots);

/// Lower case letters, digits and single hyphens.
std::string as_slug(std::string_view text);

}  // namespace pagefare
