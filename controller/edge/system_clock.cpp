// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/system_clock.h"

#include <cassert>
#include <ctime>

namespace pagefare {

namespace {

std::int64_t read_clock(clockid_t id) {
  timespec now{};
  [[maybe_unused]] const int failed = ::clock_gettime(id, &now);
  assert(failed == 0 && "Linux has had these clocks since 2.6");
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

Nanoseconds SystemClock::monotonic() {
  return Nanoseconds(read_clock(CLOCK_MONOTONIC));
}

std::int64_t SystemClock::unix_ns() {
  return read_clock(CLOCK_REALTIME);
}

Nanoseconds SystemClock::thread_cpu() {
  return Nanoseconds(read_clock(CLOCK_THREAD_CPUTIME_ID));
}

}  // namespace pagefare
