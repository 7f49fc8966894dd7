// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "controller/ports/result.h"

namespace pagefare {

/// The body of a 200 answer to GET `url`, all of it within `timeout`. Proxies of the environment
/// are not used and redirections are not followed. An error names the URL and the remedy; for
/// another status it carries the first line of the answer.
Result<std::string> http_get(const std::string& url, std::chrono::milliseconds timeout);

}  // namespace pagefare
