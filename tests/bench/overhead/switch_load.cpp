// SPDX-License-Identifier: Apache-2.0
#include <sched.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <system_error>
#include <thread>

#include "controller/demo/fragmenter.h"
#include "controller/edge/file_descriptor.h"
#include "tests/bench/overhead/load.h"

namespace pagefare::bench {
namespace {

struct Pipe {
  FileDescriptor out;
  FileDescriptor in;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return fail("pipe: " + std::generic_category().message(errno));
  return Pipe{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

Nanoseconds thread_cpu() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + Nanoseconds(now.tv_nsec);
}

/// Takes a byte and hands it on, `turns` times; the CPU time of that. An end of the pipes that is
/// closed ends the turns early.
Nanoseconds hand_on(const FileDescriptor& from, const FileDescriptor& to, std::uint64_t turns) {
  const Nanoseconds start = thread_cpu();
  char byte = 0;
  for (std::uint64_t turn = 0; turn < turns; ++turn) {
    if (::read(from.get(), &byte, 1) != 1 || ::write(to.get(), &byte, 1) != 1) break;
  }
  return thread_cpu() - start;
}

void stay_on(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<std::size_t>(cpu), &set);
  ::sched_setaffinity(0, sizeof set, &set);
}

/// Both threads are new, so that no watcher of a former round has left anything with them.
Result<Work> ping_pong(std::uint64_t switches, bool migrated) {
  auto there = make_pipe();
  auto back = make_pipe();
  if (!there) return tl::make_unexpected(there.error());
  if (!back) return tl::make_unexpected(back.error());
  const int cpu = ::sched_getcpu();
  std::array<Nanoseconds, 2> cpu_time{};
  const auto play = [&](std::size_t player, const Pipe& from, const Pipe& to) {
    if (migrated) static_cast<void>(demo::compact_memory(false));
    stay_on(cpu);
    cpu_time.at(player) = hand_on(from.out, to.in, switches / 2);
  };
  std::thread first(play, 0, std::cref(*there), std::cref(*back));
  std::thread second(play, 1, std::cref(*back), std::cref(*there));
  const char ball = 1;
  const bool begun = ::write(there->in.get(), &ball, 1) == 1;
  const int error = errno;
  if (!begun) {
    there->in = FileDescriptor();
    back->in = FileDescriptor();
  }
  first.join();
  second.join();
  if (!begun) return fail("pipe: " + std::generic_category().message(error));
  return Work{switches, cpu_time[0] + cpu_time[1]};
}

}  // namespace

Load switch_load(std::uint64_t switches, bool migrated) {
  return {migrated ? "switches of tasks that migrate" : "switches", "switch",
          [=] { return ping_pong(switches, migrated); }};
}

}  // namespace pagefare::bench
