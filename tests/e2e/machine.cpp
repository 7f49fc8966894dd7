// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/machine.h"

#include <bpf/bpf.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "controller/edge/cgroup_hierarchy.h"

namespace pagefare::e2e {

namespace fs = std::filesystem;

std::optional<std::string> why_no_bpf() {
  if (::geteuid() != 0) return "needs root";
  if (!fs::exists("/sys/kernel/btf/vmlinux")) return "needs /sys/kernel/btf/vmlinux";
  const int map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "pagefare_e2e", 4, 4, 1, nullptr);
  if (map < 0) return std::string("needs BPF, which is refused: ") + std::strerror(errno);
  ::close(map);
  if (const auto cgroups = find_cgroup_hierarchy({}); !cgroups) {
    return "needs memory cgroups: " + cgroups.error().message;
  }
  return std::nullopt;
}

std::uint64_t kernel_migrated_pages() {
  std::ifstream file("/proc/vmstat");
  std::uint64_t value = 0;
  for (std::string name; file >> name >> value;) {
    if (name == "pgmigrate_success") return value;
  }
  ADD_FAILURE() << "/proc/vmstat has no pgmigrate_success";
  return 0;
}

std::set<std::uint32_t> bpf_programs_of(pid_t pid) {
  std::set<std::uint32_t> programs;
  for (const auto& entry : fs::directory_iterator("/proc/" + std::to_string(pid) + "/fdinfo")) {
    std::ifstream file(entry.path());
    for (std::string word; file >> word;) {
      std::uint32_t id = 0;
      if (word == "prog_id:" && file >> id) programs.insert(id);
    }
  }
  return programs;
}

std::set<std::uint32_t> still_loaded(const std::set<std::uint32_t>& programs) {
  std::set<std::uint32_t> loaded;
  for (const std::uint32_t id : programs) {
    const int fd = bpf_prog_get_fd_by_id(id);
    if (fd < 0) continue;
    loaded.insert(id);
    ::close(fd);
  }
  return loaded;
}

Preparation own_mounts() {
  return [] {
    return ::unshare(CLONE_NEWNS) == 0 &&
           ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
  };
}

Preparation hidden(const std::string& directory) {
  return [directory] {
    // What is not there need not be hidden.
    return ::mount("none", directory.c_str(), "tmpfs", 0, nullptr) == 0 || errno == ENOENT;
  };
}

Preparation unmounted(const std::string& directory) {
  return [directory] { return ::umount2(directory.c_str(), MNT_DETACH) == 0; };
}

Preparation bound(const std::string& directory, const std::string& over) {
  return [directory, over] {
    return ::mount(directory.c_str(), over.c_str(), nullptr, MS_BIND, nullptr) == 0;
  };
}

Preparation as_nobody() {
  return [] {
    constexpr uid_t kNobody = 65534;
    return ::setgroups(0, nullptr) == 0 && ::setgid(kNobody) == 0 && ::setuid(kNobody) == 0;
  };
}

std::string memory_cgroups() {
  const auto found = find_cgroup_hierarchy({});
  return found ? found->path : "";
}

}  // namespace pagefare::e2e
