// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/cgroup_hierarchy.h"

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <vector>

#include "controller/edge/mounts.h"
#include "controller/edge/text_file.h"

namespace pagefare {

namespace {

/// The kernel's PROC_CGROUP_INIT_INO: the cgroup namespace that every machine starts with.
constexpr std::string_view kInitialNamespace = "cgroup:[4026531835]";

/// In another cgroup namespace a mount says that its root is "/", and means the namespace's.
bool in_initial_namespace(const Roots& roots) {
  std::error_code error;
  const auto link = std::filesystem::read_symlink(roots.proc + "/self/ns/cgroup", error);
  return error || link.string() == kInitialNamespace;
}

bool has_memory_controller(const Mount& v2) {
  const auto text = read_text_file(v2.path + "/cgroup.controllers");
  if (!text) return false;
  std::istringstream words(*text);
  for (std::string word; words >> word;) {
    if (word == "memory") return true;
  }
  return false;
}

bool is_below(const std::string& path, const std::string& root) {
  return path == root || path.starts_with(root + "/");
}

/// The best of the mounts that are alike, or none. Later mounts hide earlier ones at one place,
/// but all show the same hierarchy.
const Mount* choose(const std::vector<const Mount*>& mounts, const Roots& roots) {
  const auto merit = [&](const Mount* mount) {
    return (mount->root == "/" ? 2 : 0) + (is_below(mount->path, roots.cgroup) ? 1 : 0);
  };
  const auto best = std::ranges::max_element(mounts, {}, merit);
  return best == mounts.end() ? nullptr : *best;
}

/// Whether PROC/cgroups says that the kernel has the controller, but switched off.
bool is_switched_off(const Roots& roots) {
  const auto text = read_text_file(roots.proc + "/cgroups");
  if (!text) return false;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name;
    int hierarchy = 0;
    int cgroups = 0;
    int enabled = 1;
    if (words >> name >> hierarchy >> cgroups >> enabled && name == "memory") return enabled == 0;
  }
  return false;
}

tl::unexpected<Error> no_memory_controller(const Roots& roots) {
  std::string message = roots.proc +
                        "/self/mountinfo: no mounted cgroup hierarchy has the memory "
                        "controller, so nobody owns memory; ";
  if (is_switched_off(roots)) {
    message += "the kernel has it switched off: boot without cgroup_disable=memory";
    message += " (some arm64 systems need cgroup_enable=memory)";
  } else {
    message += "mount one: mount -t cgroup2 none " + roots.cgroup;
  }
  return fail(std::move(message));
}

}  // namespace

Result<CgroupHierarchy> find_cgroup_hierarchy(const Roots& roots) {
  const auto mounts = read_mounts(roots);
  if (!mounts) return tl::make_unexpected(mounts.error());
  std::vector<const Mount*> v1_memory;
  std::vector<const Mount*> v2;
  for (const Mount& mount : *mounts) {
    if (mount.type == "cgroup" && has_option(mount, "memory")) v1_memory.push_back(&mount);
    if (mount.type == "cgroup2") v2.push_back(&mount);
  }
  const Mount* const unified = choose(v2, roots);
  const bool memory_on_v2 = unified != nullptr && has_memory_controller(*unified);
  const Mount* const memory = memory_on_v2 ? unified : choose(v1_memory, roots);
  if (memory == nullptr) return no_memory_controller(roots);

  CgroupHierarchy found{memory->path, memory_on_v2, true, std::nullopt};
  found.whole = memory->root == "/" && in_initial_namespace(roots);
  if (unified != nullptr) found.v2_path = unified->path;
  return found;
}

}  // namespace pagefare
