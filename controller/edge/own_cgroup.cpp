// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/own_cgroup.h"

#include <algorithm>
#include <charconv>

#include "controller/edge/text_file.h"

namespace pagefare {

namespace {

/// A line of /proc/self/cgroup: NUMBER:CONTROLLERS:PATH.
struct Membership {
  std::string_view number;
  std::string_view path;
};

/// In the v1 hierarchy that has "memory", else in v2's.
Membership membership_of(std::string_view text) {
  Membership unified;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const std::size_t first = line.find(':');
    const std::size_t second = first == line.npos ? line.npos : line.find(':', first + 1);
    if (second == line.npos) continue;
    const std::string controllers =
        "," + std::string(line.substr(first + 1, second - first - 1)) + ",";
    const Membership found{.number = line.substr(0, first), .path = line.substr(second + 1)};
    if (controllers.find(",memory,") != controllers.npos) return found;
    if (found.number == "0") unified = found;
  }
  return unified;
}

}  // namespace

std::string own_cgroup(const Roots& roots) {
  const auto text = read_text_file(roots.proc + "/self/cgroup");
  return text ? parse_own_cgroup(*text) : "";
}

int memory_hierarchy(const Roots& roots) {
  const auto text = read_text_file(roots.proc + "/self/cgroup");
  return text ? parse_memory_hierarchy(*text) : 0;
}

std::string parse_own_cgroup(std::string_view text) {
  return std::string(membership_of(text).path);
}

int parse_memory_hierarchy(std::string_view text) {
  const std::string_view number = membership_of(text).number;
  int hierarchy = 0;
  std::from_chars(number.data(), number.data() + number.size(), hierarchy);
  return hierarchy;
}

}  // namespace pagefare
