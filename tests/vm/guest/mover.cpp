// SPDX-License-Identifier: Apache-2.0
//
// Holds memory of a known place and content, and moves it when told to, by lines on standard input:
//
//   go            moves it all to the other node (and back and forth with --rounds)
//   as CGROUP     from now on a process of that cgroup asks for the move
//   touch MS      reads it over and over for that long
//   punch K       gives back all base pages but each K-th
//   report        says where it is, how many of its bytes are wrong and how many of its base pages
//   have
//                 other frames than at the last report
//
// Each is answered by one line of JSON. `echo go | mover --mib 64` moves 64 MiB.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <exception>
#include <functional>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/vm/guest/cgroup.h"
#include "tests/vm/guest/numa_memory.h"

namespace {

using nlohmann::json;
using pagefare::Result;
using pagefare::guest::NumaMemory;
using pagefare::guest::PageKind;
using Clock = std::chrono::steady_clock;

enum class How : std::uint8_t { kMovePages, kMbind, kMigratePages };

struct Orders {
  How how = How::kMovePages;
  PageKind kind = PageKind::kBase;
  std::size_t mib = 16;
  int from = 0;
  int to = 1;
  int rounds = 1;
  std::size_t pinned = 0;
  std::string owner;
  std::string initiator;
};

struct Cost {
  std::int64_t cpu_ns = 0;
  std::int64_t elapsed_ns = 0;
};

constexpr const char* kCounters[] = {"pgmigrate_success", "pgmigrate_fail", "thp_migration_success",
                                     "thp_migration_fail", "thp_migration_split"};

std::int64_t cpu_now() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (std::int64_t{now.tv_sec} * 1'000'000'000) + now.tv_nsec;
}

void fail_if_unexpected(const auto& result) {
  if (!result) {
    std::cerr << "mover: " << result.error().message << '\n';
    _exit(1);
  }
}

/// Asks again while the kernel says EAGAIN, as a gated process has to.
void ask_until_let(const std::function<Result<void>()>& ask) {
  auto done = ask();
  while (!done && errno == EAGAIN) {
    usleep(20'000);
    done = ask();
  }
  fail_if_unexpected(done);
}

/// Runs in the process that asks for the move: the owner itself (pid 0) or another one.
Cost move(const Orders& orders, NumaMemory& memory, pid_t pid) {
  const auto pages = memory.pages();
  Cost cost;
  const auto start = Clock::now();
  const auto cpu_start = cpu_now();
  for (int round = 0; round < orders.rounds; ++round) {
    const int from = round % 2 == 0 ? orders.from : orders.to;
    const int to = round % 2 == 0 ? orders.to : orders.from;
    switch (orders.how) {
      case How::kMovePages:
        ask_until_let([&] { return pagefare::guest::move_pages_of(pid, pages, to); });
        break;
      case How::kMbind:
        fail_if_unexpected(memory.bind_and_move(to));
        break;
      case How::kMigratePages:
        ask_until_let([&] { return pagefare::guest::migrate_process(pid, from, to); });
        break;
    }
  }
  cost.cpu_ns = cpu_now() - cpu_start;
  cost.elapsed_ns =
      std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count();
  return cost;
}

/// The same from a child process in the initiator's cgroup.
Cost move_by_another(const Orders& orders, NumaMemory& memory) {
  int channel[2];
  Cost cost;
  if (pipe(channel) != 0) {
    fail_if_unexpected(Result<void>(pagefare::fail("pipe")));
  }
  const pid_t owner = getpid();
  const pid_t child = fork();
  if (child == 0) {
    fail_if_unexpected(pagefare::guest::join_cgroup(orders.initiator));
    cost = move(orders, memory, owner);
    _exit(write(channel[1], &cost, sizeof cost) == sizeof cost ? 0 : 1);
  }
  close(channel[1]);
  const auto got = read(channel[0], &cost, sizeof cost);
  close(channel[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (got != sizeof cost || status != 0) {
    fail_if_unexpected(Result<void>(pagefare::fail("the initiator failed")));
  }
  return cost;
}

std::map<std::string, std::uint64_t> read_counters() {
  std::map<std::string, std::uint64_t> values;
  for (const char* name : kCounters) {
    const auto value = pagefare::guest::read_key("/proc/vmstat", name);
    fail_if_unexpected(value);
    values[name] = *value;
  }
  return values;
}

std::size_t base_page() {
  return static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

std::uint64_t bytes_on(const NumaMemory& memory, int node) {
  const auto bytes = memory.bytes_by_node();
  fail_if_unexpected(bytes);
  const auto index = static_cast<std::size_t>(node);
  return index < bytes->size() ? (*bytes)[index] : 0;
}

json go(const Orders& orders, NumaMemory& memory) {
  const auto before = read_counters();
  const auto cost =
      orders.initiator.empty() ? move(orders, memory, 0) : move_by_another(orders, memory);
  const auto after = read_counters();
  const int end = orders.rounds % 2 == 0 ? orders.from : orders.to;
  json answer{{"not_moved", (memory.bytes() - bytes_on(memory, end)) / base_page()},
              {"cpu_ns", cost.cpu_ns},
              {"elapsed_ns", cost.elapsed_ns}};
  for (const auto& [name, value] : after) {
    answer[name] = value - before.at(name);
  }
  return answer;
}

json touch(const NumaMemory& memory, int milliseconds) {
  const auto end = Clock::now() + std::chrono::milliseconds(milliseconds);
  std::uint64_t passes = 0;
  for (; Clock::now() < end; ++passes) {
    memory.touch();
  }
  return {{"passes", passes}};
}

json report(const NumaMemory& memory, std::vector<std::uint64_t>& last_frames) {
  const auto places = memory.bytes_by_node();
  const auto huge = memory.huge_bytes();
  auto frames = memory.frames();
  fail_if_unexpected(places);
  fail_if_unexpected(huge);
  fail_if_unexpected(frames);
  std::size_t changed = 0;
  for (std::size_t i = 0; i < last_frames.size(); ++i) {
    changed += last_frames[i] != 0 && last_frames[i] != (*frames)[i] ? 1U : 0U;
  }
  last_frames = std::move(*frames);
  return {{"bytes", memory.bytes()},
          {"huge_bytes", *huge},
          {"bytes_by_node", *places},
          {"new_frames", changed},
          {"wrong_bytes", memory.wrong_bytes()}};
}

NumaMemory prepare(const Orders& orders) {
  const auto bytes = orders.mib << 20U;
  fail_if_unexpected(pagefare::guest::join_cgroup(""));
  if (orders.kind != PageKind::kHugetlb) {
    fail_if_unexpected(pagefare::guest::dirty_free_memory(bytes, orders.to, orders.kind));
  }
  fail_if_unexpected(pagefare::guest::join_cgroup(orders.owner));
  if (orders.how == How::kMigratePages) {
    // migrate_pages(2) takes all of a process; what is not the memory in question goes ahead, and
    // so that nothing is mapped later, all of it is mapped now.
    fail_if_unexpected(pagefare::guest::allocate_from(orders.to));
    mlockall(MCL_CURRENT);
    munlockall();
    fail_if_unexpected(pagefare::guest::migrate_process(0, orders.from, orders.to));
  }
  auto memory = NumaMemory::on_node(bytes, orders.from, orders.kind);
  fail_if_unexpected(memory);
  return std::move(*memory);
}

/// A pipe that refers to the first pages keeps them where they are, as long as this process lives.
void pin(const NumaMemory& memory, std::size_t count) {
  int channel[2];
  if (pipe(channel) != 0) {
    fail_if_unexpected(Result<void>(pagefare::fail("pipe")));
  }
  const auto pages = memory.pages();
  for (std::size_t i = 0; i < count; ++i) {
    const iovec page{.iov_base = pages[i], .iov_len = base_page()};
    if (vmsplice(channel[1], &page, 1, SPLICE_F_NONBLOCK) < 0) {
      fail_if_unexpected(Result<void>(pagefare::fail("vmsplice")));
    }
  }
}

void serve(Orders& orders, NumaMemory& memory) {
  std::cout << json{{"ready", getpid()}} << '\n' << std::flush;
  std::vector<std::uint64_t> frames;
  std::string word;
  while (std::cin >> word) {
    json answer{{"error", "unknown order " + word}};
    int number = 0;
    if (word == "go") {
      answer = go(orders, memory);
    } else if (word == "report") {
      answer = report(memory, frames);
    } else if (word == "as" && std::cin >> orders.initiator) {
      answer = {{"as", orders.initiator}};
    } else if (word == "touch" && std::cin >> number) {
      answer = touch(memory, number);
    } else if (word == "punch" && std::cin >> number) {
      memory.punch(static_cast<std::size_t>(number));
      answer = {{"punched", number}};
    }
    std::cout << answer << '\n' << std::flush;
  }
}

int run(int argc, char** argv) {
  Orders orders;
  CLI::App app("Holds memory of a known place and content and moves it when told to");
  const std::map<std::string, How> ways{{"move_pages", How::kMovePages},
                                        {"mbind", How::kMbind},
                                        {"migrate_pages", How::kMigratePages}};
  const std::map<std::string, PageKind> kinds{
      {"base", PageKind::kBase}, {"huge", PageKind::kHuge}, {"hugetlb", PageKind::kHugetlb}};
  app.add_option("--how", orders.how)->transform(CLI::CheckedTransformer(ways));
  app.add_option("--kind", orders.kind)->transform(CLI::CheckedTransformer(kinds));
  app.add_option("--mib", orders.mib);
  app.add_option("--from", orders.from);
  app.add_option("--to", orders.to);
  app.add_option("--rounds", orders.rounds);
  app.add_option("--pinned", orders.pinned, "how many of its pages cannot move (at most 16)");
  app.add_option("--owner", orders.owner, "cgroup whose memory it is (default: the root)");
  app.add_option("--initiator", orders.initiator,
                 "cgroup that asks for the move (default: the owner)");
  CLI11_PARSE(app, argc, argv);
  auto memory = prepare(orders);
  pin(memory, orders.pinned);
  serve(orders, memory);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    (void)std::fputs(error.what(), stderr);
    return 1;
  }
}
