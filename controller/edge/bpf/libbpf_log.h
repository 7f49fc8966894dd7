// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace pagefare {

/// Sends libbpf's messages to the debug log instead of stderr and remembers the last warning of
/// this thread. Call once, before anything else of libbpf.
void capture_libbpf_log();

/// The last warning, in one line; "no message" if there was none.
std::string last_libbpf_message();

}  // namespace pagefare
