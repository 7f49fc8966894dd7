// SPDX-License-Identifier: Apache-2.0
#include "tests/vm/kmod/trace.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <sstream>

#include "tests/vm/kmod/module.h"

namespace pagefare::kmod_test {

QueuedWork::QueuedWork() : instance_{"/sys/kernel/tracing/instances/kmod"} {
  mkdir(instance_.c_str(), 0700);
  write_file(instance_ + "/buffer_size_kb", "4096");
  write_file(instance_ + "/events/workqueue/workqueue_queue_work/enable", "1");
}

QueuedWork::~QueuedWork() {
  write_file(instance_ + "/events/workqueue/workqueue_queue_work/enable", "0");
  rmdir(instance_.c_str());
}

std::vector<int> QueuedWork::take() {
  constexpr std::string_view kCpu = "req_cpu=";
  std::vector<int> cpus;
  std::istringstream lines{read_file(instance_ + "/trace")};
  for (std::string line; std::getline(lines, line);) {
    const std::size_t at = line.find(kCpu);
    if (line.find("function=pagefare_copy_work ") == std::string::npos || at == std::string::npos) {
      continue;
    }
    int cpu = -1;
    const char* number = line.c_str() + at + kCpu.size();
    std::from_chars(number, line.c_str() + line.size(), cpu);
    cpus.push_back(cpu);
  }
  // Opening for truncation clears the buffer.
  close(open((instance_ + "/trace").c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
  return cpus;
}

}  // namespace pagefare::kmod_test
