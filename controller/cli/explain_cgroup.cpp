// SPDX-License-Identifier: Apache-2.0
#include "controller/cli/explain_cgroup.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>

#include "controller/cli/commands.h"
#include "controller/cli/http_client.h"
#include "exporter/fair_text.h"

namespace pagefare {

int explain_cgroup_of(const std::string& url, const std::string& path, bool json) {
  const auto status = http_get(url + "/status", std::chrono::seconds(5));
  if (!status) {
    fmt::print(stderr, "pagefare: {}\n", status.error().message);
    return kFailed;
  }
  const auto text = json ? fair_json_of(*status, path) : explain_cgroup(*status, path);
  if (!text) {
    fmt::print(stderr, "pagefare: {}: {}\n", path, text.error().message);
    return kFailed;
  }
  fmt::print("{}", *text);
  return 0;
}

}  // namespace pagefare
