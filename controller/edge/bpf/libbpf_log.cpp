// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/bpf/libbpf_log.h"

#include <bpf/libbpf.h>
#include <spdlog/spdlog.h>

#include <array>
#include <cstdarg>
#include <cstdio>

namespace pagefare {

namespace {

thread_local std::string last_warning;

int keep(libbpf_print_level level, const char* format, va_list args) {
  std::array<char, 1024> text{};
  const int length = std::vsnprintf(text.data(), text.size(), format, args);
  std::string line(text.data());
  while (!line.empty() && (line.back() == '\n' || line.back() == ' ')) line.pop_back();
  spdlog::debug("{}", line);
  // libbpf blames RLIMIT_MEMLOCK for every EPERM; since 5.11 that is never the reason
  if (level == LIBBPF_WARN && line.find("RLIMIT_MEMLOCK") == std::string::npos &&
      line.find("PROG LOAD LOG") == std::string::npos) {
    last_warning = line;
  }
  return length;
}

}  // namespace

void capture_libbpf_log() {
  libbpf_set_print(keep);
}

std::string last_libbpf_message() {
  return last_warning.empty() ? "no message" : last_warning;
}

}  // namespace pagefare
