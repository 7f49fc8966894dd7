// SPDX-License-Identifier: Apache-2.0
#include "tests/vm/kmod/kworkers.h"

#include <charconv>
#include <filesystem>
#include <string>

#include "tests/vm/kmod/module.h"

namespace pagefare::kmod_test {

KworkerTimes unbound_kworkers() {
  KworkerTimes times;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const std::string name = entry.path().filename().string();
    pid_t pid = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), pid).ec != std::errc{} ||
        !read_file("/proc/" + name + "/comm").starts_with("kworker/u")) {
      continue;
    }
    const std::string schedstat = read_file("/proc/" + name + "/schedstat");
    std::from_chars(schedstat.data(), schedstat.data() + schedstat.size(), times[pid]);
  }
  return times;
}

std::int64_t time_between(const KworkerTimes& before, const KworkerTimes& after) {
  std::int64_t sum = 0;
  for (const auto& [pid, time] : after) {
    const auto former = before.find(pid);
    sum += time - (former == before.end() ? 0 : former->second);
  }
  return sum;
}

}  // namespace pagefare::kmod_test
