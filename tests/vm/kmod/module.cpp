// SPDX-License-Identifier: Apache-2.0
#include "tests/vm/kmod/module.h"

#include <fcntl.h>
#include <sys/klog.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <sstream>
#include <utility>

namespace pagefare::kmod_test {
namespace {

std::string parameter_path(std::string_view module, std::string_view knob) {
  return "/sys/module/" + std::string{module} + "/parameters/" + std::string{knob};
}

bool is_complaint(const std::string& line) {
  constexpr std::array kMarks{"WARNING:",
                              "BUG:",
                              "Oops",
                              "rcu_preempt detected",
                              "rcu: INFO",
                              "blocked for more than",
                              "general protection",
                              "Call Trace",
                              "soft lockup",
                              "hard LOCKUP",
                              "bad page state",
                              "scheduling while atomic",
                              "refcount_t:",
                              "list_add corruption",
                              "list_del corruption"};
  for (const std::string_view mark : kMarks) {
    if (line.find(mark) != std::string::npos) {
      return true;
    }
  }
  return false;
}

}  // namespace

int load_module(std::string_view name, const std::string& parameters) {
  const std::string path = "/guest/" + std::string{name} + ".ko";
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return errno;
  }
  const long result = syscall(SYS_finit_module, file, parameters.c_str(), 0);
  const int error = result == 0 ? 0 : errno;
  close(file);
  return error;
}

int unload_module(std::string_view name) {
  return syscall(SYS_delete_module, std::string{name}.c_str(), O_NONBLOCK) == 0 ? 0 : errno;
}

bool is_loaded(std::string_view name) {
  struct stat unused{};
  return stat(("/sys/module/" + std::string{name}).c_str(), &unused) == 0;
}

int write_file(const std::string& path, std::string_view text) {
  const int file = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) {
    return errno;
  }
  const ssize_t written = write(file, text.data(), text.size());
  const int error = written < 0 ? errno : 0;
  close(file);
  if (error != 0) {
    return error;
  }
  return std::cmp_equal(written, text.size()) ? 0 : EIO;
}

std::string read_file(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return {};
  }
  std::string text;
  std::array<char, 4096> block{};
  for (ssize_t got = 0; (got = read(file, block.data(), block.size())) > 0;) {
    text.append(block.data(), static_cast<std::size_t>(got));
  }
  close(file);
  if (!text.empty() && text.back() == '\n') {
    text.pop_back();
  }
  return text;
}

int set_knob(std::string_view knob, std::string_view value, std::string_view module) {
  return write_file(parameter_path(module, knob), value);
}

std::string get_knob(std::string_view knob, std::string_view module) {
  return read_file(parameter_path(module, knob));
}

std::int64_t get_counter(std::string_view knob, std::string_view module) {
  const std::string text = get_knob(knob, module);
  std::int64_t value = -1;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

void reset_counters() {
  for (const char* name : {"folios_migrated", "folios_failures", "folios_alone", "folios_in_atomic",
                           "bytes_by_threads", "bytes_by_dma", "dma_timeouts"}) {
    set_knob(name, "0");
  }
}

std::vector<std::string> kernel_complaints() {
  constexpr int kReadAll = 3;
  constexpr int kBufferSize = 10;
  std::string log(static_cast<std::size_t>(klogctl(kBufferSize, nullptr, 0)), '\0');
  const int size = klogctl(kReadAll, log.data(), static_cast<int>(log.size()));
  log.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  std::vector<std::string> found;
  std::istringstream lines{log};
  for (std::string line; std::getline(lines, line);) {
    if (is_complaint(line)) {
      found.push_back(line);
    }
  }
  return found;
}

LoadedModule::LoadedModule(std::string name, const std::string& parameters)
    : name_{std::move(name)}, error_{load_module(name_, parameters)} {}

LoadedModule::~LoadedModule() {
  if (error_ == 0) {
    unload_module(name_);
  }
}

}  // namespace pagefare::kmod_test
