// SPDX-License-Identifier: Apache-2.0
#include "controller/demo/memory_hierarchy.h"

#include <sstream>
#include <string>

#include "controller/demo/kernel_counters.h"

namespace pagefare::demo {

bool has_word(std::string_view list, std::string_view separators, std::string_view word) {
  while (!list.empty()) {
    const auto end = list.find_first_of(separators);
    if (list.substr(0, end) == word) return true;
    if (end == std::string_view::npos) return false;
    list.remove_prefix(end + 1);
  }
  return false;
}

Result<CgroupRoots> find_cgroup_roots(const std::filesystem::path& mounts) {
  const auto text = read_text(mounts);
  if (!text) return tl::make_unexpected(text.error());
  CgroupRoots roots;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string source;
    std::string point;
    std::string type;
    std::string options;
    if (!(fields >> source >> point >> type >> options)) continue;
    if (type == "cgroup2" && roots.unified.empty()) roots.unified = point;
    if (type != "cgroup") continue;
    if (has_word(options, ",", "memory")) roots.memory = point;
    if (has_word(options, ",", "cpuset")) roots.cpuset = point;
  }
  if (!roots.unified.empty()) {
    const auto controllers = read_text(roots.unified / "cgroup.controllers");
    if (!controllers) return tl::make_unexpected(controllers.error());
    roots.memory_is_v2 = roots.memory.empty() && has_word(*controllers, " \n", "memory");
    roots.cpuset_is_v2 = roots.cpuset.empty() && has_word(*controllers, " \n", "cpuset");
    if (roots.memory_is_v2) roots.memory = roots.unified;
    if (roots.cpuset_is_v2) roots.cpuset = roots.unified;
  }
  if (roots.memory.empty()) {
    return fail(
        "no mounted cgroup hierarchy has the memory controller: mount cgroup2 on /sys/fs/cgroup, "
        "and see that the kernel command line has no cgroup_disable=memory");
  }
  return roots;
}

}  // namespace pagefare::demo
