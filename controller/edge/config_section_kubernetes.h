// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "controller/edge/config_sections.h"

namespace pagefare {

/// [kubernetes]
ConfigSection kubernetes_section();

}  // namespace pagefare
