// SPDX-License-Identifier: Apache-2.0
// A directory that stands for a machine with cgroup v2 and the copy module, for the levers.
#pragma once

#include <gtest/gtest.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <utility>

#include "controller/edge/cgroup_hierarchy.h"
#include "controller/edge/journal/custody.h"
#include "controller/edge/roots.h"
#include "tests/support/temp_directory.h"

namespace pagefare::test {

/// Files that take writes as the kernel's do: a write replaces the text, one to the module's table
/// changes one line of it, and a file can refuse.
class KernelLikeFiles : public MachineFiles {
 public:
  tl::expected<std::string, int> read(const std::string& path) override { return real_.read(path); }
  tl::expected<std::size_t, int> write_once(const std::string& path,
                                            std::string_view text) override {
    ++writes;
    if (const auto refusal = refusals.find(path); refusal != refusals.end()) {
      return tl::make_unexpected(refusal->second);
    }
    if (!std::filesystem::exists(path)) return tl::make_unexpected(ENOENT);
    if (path.ends_with("/limits")) return edit_table(path, std::string(text));
    std::ofstream(path) << text << '\n';
    return text.size();
  }

  /// The journal's; without waiting for the disk.
  tl::expected<void, int> append(const std::string& path, std::string_view text) override {
    std::ofstream(path, std::ios::app) << text;
    return {};
  }
  tl::expected<void, int> replace(const std::string& path, std::string_view text) override {
    std::ofstream(path) << text;
    return {};
  }
  std::uint64_t identity(const std::string& path) override { return inode_of(path); }

  std::map<std::string, int> refusals;  ///< path -> errno
  int writes = 0;

 private:
  SystemFiles real_;

  tl::expected<std::size_t, int> edit_table(const std::string& path, const std::string& text) {
    std::map<std::string, std::string> rows;
    std::ifstream in(path);
    for (std::string key, value; in >> key >> value;) rows[key] = value;
    std::istringstream line(text);
    std::string key;
    std::string value;
    line >> key >> value;
    if (value == "-") {
      rows.erase(key);
    } else {
      rows[key] = value;
    }
    std::ofstream out(path);
    for (const auto& [row, copiers] : rows) out << row << ' ' << copiers << '\n';
    return text.size();
  }
};

class LeverStage : public testing::Test {
 protected:
  LeverStage() {
    write("cgroup/cgroup.subtree_control", "cpu memory");
    write("cgroup/cgroup.procs", "");
    write("proc/sys/kernel/numa_balancing_promote_rate_limit_MBps", "65536");
    write("sys/module/pagefare_copy/parameters/limits", "");
    start();
  }

  /// As a daemon that starts on this machine.
  void start() {
    custody_.reset();
    auto custody = Custody::open(
        {.place = {.directory = machine_.path("state"), .boot_id = "boot-1", .patience = {}},
         .on_stop = OnStop::kRestore,
         .guard = {}},
        files);
    ASSERT_TRUE(custody) << custody.error().message;
    custody_.emplace(*std::move(custody));
  }

  /// As a person, kubelet or systemd.
  void write(const std::string& file, const std::string& text) const {
    (void)machine_.write(file, text.empty() ? text : text + "\n");
  }
  std::string read(const std::string& file) const {
    std::ifstream in(machine_.path(file));
    std::ostringstream text;
    text << in.rdbuf();
    auto result = text.str();
    while (result.ends_with('\n')) result.pop_back();
    return result;
  }

  /// A cgroup with this cpu.max, that has used so much CPU.
  void make_cgroup(const std::string& path, const std::string& cpu_max) const {
    write("cgroup" + path + "/cpu.max", cpu_max);
    write("cgroup" + path + "/cpu.max.burst", "0");
    use(path, std::chrono::microseconds(0));
  }
  void use(const std::string& path, std::chrono::microseconds in_all) const {
    write("cgroup" + path + "/cpu.stat",
          "usage_usec " + std::to_string(in_all.count()) + "\nuser_usec 0\nsystem_usec 0");
  }
  void remove_cgroup(const std::string& path) const {
    std::filesystem::remove_all(machine_.path("cgroup" + path));
  }
  std::string cpu_max(const std::string& path) const { return read("cgroup" + path + "/cpu.max"); }
  std::uint64_t id_of(const std::string& path) const {
    return inode_of(machine_.path("cgroup" + path));
  }

  Roots roots() const {
    return {.proc = machine_.path("proc"),
            .sys = machine_.path("sys"),
            .cgroup = machine_.path("cgroup")};
  }
  CgroupHierarchy hierarchy(bool on_v2 = true) const {
    return {.path = machine_.path("cgroup"), .memory_on_v2 = on_v2};
  }
  std::string path_of(const std::string& file) const { return machine_.path(file); }
  Custody& custody() { return *custody_; }

  KernelLikeFiles files;

 private:
  TempDirectory machine_;
  std::optional<Custody> custody_;
};

}  // namespace pagefare::test
