// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/own_cgroup.h"

#include <algorithm>

#include "controller/edge/text_file.h"

namespace pagefare {

std::string own_cgroup(const Roots& roots) {
  const auto text = read_text_file(roots.proc + "/self/cgroup");
  return text ? parse_own_cgroup(*text) : "";
}

std::string parse_own_cgroup(std::string_view text) {
  std::string unified;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const std::size_t first = line.find(':');
    const std::size_t second = first == line.npos ? line.npos : line.find(':', first + 1);
    if (second == line.npos) continue;
    const std::string controllers =
        "," + std::string(line.substr(first + 1, second - first - 1)) + ",";
    const std::string path(line.substr(second + 1));
    if (controllers.find(",memory,") != controllers.npos) return path;
    if (line.starts_with("0:")) unified = path;
  }
  return unified;
}

}  // namespace pagefare
