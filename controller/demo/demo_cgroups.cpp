// SPDX-License-Identifier: Apache-2.0
#include "controller/demo/demo_cgroups.h"

#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill() is POSIX
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <sstream>
#include <system_error>
#include <utility>

#include "controller/demo/kernel_counters.h"

namespace pagefare::demo {
namespace {

namespace fs = std::filesystem;

constexpr int kRemovalTries = 500;
constexpr useconds_t kRemovalPauseUs = 10'000;

std::string reason(int error) {
  return std::generic_category().message(error);
}

void read_pids(const fs::path& group, std::vector<pid_t>& pids) {
  const auto text = read_text(group / "cgroup.procs");
  if (!text) return;  // gone, and nobody in it
  std::istringstream lines(*text);
  for (pid_t pid = 0; lines >> pid;) pids.push_back(pid);
}

/// Subdirectories of a cgroup; empty when it does not exist.
std::vector<fs::path> subgroups(const fs::path& group) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator at(group, error), end; !error && at != end; at.increment(error)) {
    if (at->is_directory(error)) found.push_back(at->path());
  }
  return found;
}

}  // namespace

DemoCgroups::DemoCgroups(CgroupRoots roots, std::string parent, std::vector<std::string> children,
                         bool with_cpuset)
    : roots_(std::move(roots)),
      parent_(std::move(parent)),
      children_(std::move(children)),
      with_cpuset_(with_cpuset) {
  // On a hybrid host the initiator's id is the one of the v2 hierarchy, so tasks live in both.
  hierarchies_ = {roots_.memory};
  if (!roots_.unified.empty() && !roots_.memory_is_v2) hierarchies_.push_back(roots_.unified);
  if (with_cpuset_ && !roots_.cpuset_is_v2) hierarchies_.push_back(roots_.cpuset);
}

Result<void> DemoCgroups::create() {
  if (!inhabitants().empty()) {
    return fail("processes live in the cgroup /" + parent_ + " of " + roots_.memory.string() +
                ": another demo runs; wait for it or pass another --cgroup-prefix");
  }
  if (const auto cleared = remove_directories(); !cleared) return cleared;
  auto made = make_all();
  if (made) return {};
  if (const auto undone = remove(); !undone) {
    return fail(made.error().message + "; and what was made could not be removed", undone.error());
  }
  return made;
}

Result<void> DemoCgroups::make_all() {
  if (const auto enabled = enable_controllers(); !enabled) return enabled;
  for (const auto& root : hierarchies_) {
    const bool cpuset_v1 = with_cpuset_ && !roots_.cpuset_is_v2 && root == roots_.cpuset;
    const fs::path parent = root / parent_;
    std::vector<fs::path> groups{parent};
    for (const auto& child : children_) groups.push_back(parent / child);
    for (const auto& group : groups) {
      if (::mkdir(group.c_str(), 0755) != 0) {
        return fail("cannot make the cgroup " + group.string() + ": " + reason(errno));
      }
      if (cpuset_v1) {
        if (const auto opened = open_cpuset(group); !opened) return opened;
      }
      if (group != parent || root != roots_.unified) continue;
      if (roots_.memory_is_v2) {
        if (const auto on = enable(parent, "memory", false); !on) return on;
      }
      if (with_cpuset_ && roots_.cpuset_is_v2) {
        if (const auto on = enable(parent, "cpuset", false); !on) return on;
      }
    }
  }
  return {};
}

Result<void> DemoCgroups::enable_controllers() {
  if (roots_.memory_is_v2) {
    if (const auto on = enable(roots_.unified, "memory", true); !on) return on;
  }
  if (with_cpuset_ && roots_.cpuset_is_v2) return enable(roots_.unified, "cpuset", true);
  return {};
}

Result<void> DemoCgroups::enable(const fs::path& group, const std::string& controller, bool ours) {
  const fs::path control = group / "cgroup.subtree_control";
  const auto on = read_text(control);
  if (!on) return tl::make_unexpected(on.error());
  if (has_word(*on, " \n", controller)) return {};
  if (const auto done = write_text(control, "+" + controller); !done) {
    return fail("cannot enable the " + controller + " controller for children of " +
                    group.string() + " (inside a container? run on the host)",
                done.error());
  }
  if (ours) enabled_.push_back(controller);
  return {};
}

Result<void> DemoCgroups::open_cpuset(const fs::path& group) const {
  // A v1 cpuset takes no task before it has CPUs and nodes, and moves no memory unless told to.
  for (const char* file : {"cpuset.cpus", "cpuset.mems"}) {
    const auto inherited = read_text(roots_.cpuset / file);
    if (!inherited) return tl::make_unexpected(inherited.error());
    if (const auto set = write_text(group / file, *inherited); !set) return set;
  }
  return write_text(group / "cpuset.memory_migrate", "1");
}

std::vector<pid_t> DemoCgroups::inhabitants() const {
  std::vector<pid_t> pids;
  for (const auto& root : hierarchies_) {
    read_pids(root / parent_, pids);
    for (const auto& group : subgroups(root / parent_)) read_pids(group, pids);
  }
  return pids;
}

Result<void> DemoCgroups::remove_directories() const {
  for (const auto& root : hierarchies_) {
    std::vector<fs::path> groups = subgroups(root / parent_);
    groups.push_back(root / parent_);
    for (const auto& group : groups) {
      if (::rmdir(group.c_str()) != 0 && errno != ENOENT) {
        return fail("cannot remove the cgroup " + group.string() + ": " + reason(errno));
      }
    }
  }
  return {};
}

Result<void> DemoCgroups::remove() const {
  Result<void> removed = remove_directories();
  for (int tries = 0; !removed && tries < kRemovalTries; ++tries) {
    for (const pid_t pid : inhabitants()) ::kill(pid, SIGKILL);
    ::usleep(kRemovalPauseUs);
    removed = remove_directories();
  }
  if (!removed) return removed;
  for (const auto& controller : enabled_) {
    const auto off = write_text(roots_.unified / "cgroup.subtree_control", "-" + controller);
    if (!off) return fail("cannot disable the " + controller + " controller again", off.error());
  }
  return {};
}

Result<void> DemoCgroups::admit(const std::string& child, pid_t pid) const {
  for (const auto& root : hierarchies_) {
    const fs::path group = root / parent_ / child;
    if (const auto in = write_text(group / "cgroup.procs", std::to_string(pid)); !in) return in;
  }
  return {};
}

Result<CgroupId> DemoCgroups::id(const std::string& child) const {
  const fs::path group = roots_.memory / parent_ / child;
  struct stat status{};
  if (::stat(group.c_str(), &status) != 0) return fail(group.string() + ": " + reason(errno));
  return CgroupId{status.st_ino};
}

Result<void> DemoCgroups::set_nodes(const std::string& child, const std::string& nodes) const {
  const fs::path file = roots_.cpuset / parent_ / child / "cpuset.mems";
  if (!nodes.empty()) return write_text(file, nodes);
  // No nodes at all would mean the parent's, but v2 refuses that to a cgroup with tasks.
  const auto inherited = read_text(roots_.cpuset / parent_ /
                                   (roots_.cpuset_is_v2 ? "cpuset.mems.effective" : "cpuset.mems"));
  if (!inherited) return tl::make_unexpected(inherited.error());
  return write_text(file, *inherited);
}

}  // namespace pagefare::demo
