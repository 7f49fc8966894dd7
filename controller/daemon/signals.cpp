// SPDX-License-Identifier: Apache-2.0
#include "controller/daemon/signals.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>

namespace pagefare {

namespace {

itimerspec every(Nanoseconds period) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(period);
  const timespec interval{.tv_sec = seconds.count(), .tv_nsec = (period - seconds).count()};
  return {.it_interval = interval, .it_value = interval};
}

}  // namespace

Result<Signals> Signals::open(Nanoseconds period) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  if (pthread_sigmask(SIG_BLOCK, &set, nullptr) != 0) return fail("cannot block signals");
  FileDescriptor signals(signalfd(-1, &set, SFD_CLOEXEC));
  FileDescriptor timer(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC));
  if (signals.get() < 0 || timer.get() < 0) {
    return fail(std::string("cannot wait for signals and time: ") + std::strerror(errno));
  }
  Signals opened(std::move(signals), std::move(timer));
  if (const auto set_up = opened.set_period(period); !set_up) {
    return tl::make_unexpected(set_up.error());
  }
  return opened;
}

Result<void> Signals::set_period(Nanoseconds period) {
  const itimerspec spec = every(period);
  if (timerfd_settime(timer_.get(), 0, &spec, nullptr) != 0) {
    return fail(std::string("cannot set the period: ") + std::strerror(errno));
  }
  return {};
}

Wake Signals::wait() {
  for (;;) {
    std::array<pollfd, 2> ready{pollfd{.fd = signals_.get(), .events = POLLIN, .revents = 0},
                                pollfd{.fd = timer_.get(), .events = POLLIN, .revents = 0}};
    if (poll(ready.data(), ready.size(), -1) < 0) continue;  // EINTR
    if ((ready[0].revents & POLLIN) != 0) {
      signalfd_siginfo info{};
      if (read(signals_.get(), &info, sizeof info) != sizeof info) continue;
      return info.ssi_signo == SIGHUP ? Wake::kReload : Wake::kStop;
    }
    std::uint64_t expirations = 0;
    if (read(timer_.get(), &expirations, sizeof expirations) == sizeof expirations) {
      return Wake::kPeriod;
    }
  }
}

}  // namespace pagefare
