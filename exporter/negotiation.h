// SPDX-License-Identifier: Apache-2.0
// What a client's Accept and Accept-Encoding ask for (RFC 9110, sections 12.5.1 and 12.5.3).
#pragma once

#include <string_view>

#include "exporter/text_families.h"

namespace pagefare {

/// OpenMetrics where the header names it, in a version that we write, with a weight no smaller than
/// plain text's; else the Prometheus text format, also when nothing that is asked for can be had.
MetricsFormat choose_format(std::string_view accept);

/// Whether a body may be sent as gzip.
bool accepts_gzip(std::string_view accept_encoding);

}  // namespace pagefare
