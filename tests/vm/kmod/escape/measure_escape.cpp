// SPDX-License-Identifier: Apache-2.0
//
// How much CPU time a cgroup with a quota really has when others copy for it: the guest's half of
// `./dev vm --escape`. Writes one line of CSV per number of workers to /out/escape.csv.
#include <sys/utsname.h>

#include <chrono>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "tests/vm/guest/cgroup.h"
#include "tests/vm/guest/daemon.h"
#include "tests/vm/guest/mover_process.h"
#include "tests/vm/kmod/module.h"

namespace pagefare::kmod_test {
namespace {

using guest::Cgroup;
using guest::Daemon;
using guest::MoverProcess;
using Clock = std::chrono::steady_clock;

/// Half a CPU, given out every 100 ms.
constexpr const char* kQuota = "50000 100000";
/// Enough at once that the quota is the limit, not the waiting for workers.
constexpr int kMovers = 4;
constexpr const char* kMib = "8";
constexpr const char* kRounds = "40";

struct Usage {
  std::uint64_t usage = 0;
  std::uint64_t periods = 0;
  std::uint64_t throttled = 0;
  std::uint64_t throttled_usec = 0;
};

Usage read_usage(const Cgroup& cgroup) {
  const auto key = [&](const char* name) { return cgroup.read_key("cpu.stat", name).value_or(0); };
  return {key("usage_usec"), key("nr_periods"), key("nr_throttled"), key("throttled_usec")};
}

Result<void> set_workers(int workers) {
  const int error = workers == 0 ? set_knob("offloading", "0")
                                 : set_knob("threads", std::to_string(workers + 1)) +
                                       set_knob("engine", "threads") + set_knob("offloading", "1");
  return error == 0 ? Result<void>{} : fail("the module refuses " + std::to_string(workers));
}

Result<std::vector<MoverProcess>> start_movers() {
  std::vector<MoverProcess> movers;
  for (int i = 0; i < kMovers; ++i) {
    auto mover = MoverProcess::start(
        {"--kind", "huge", "--mib", kMib, "--rounds", kRounds, "--owner", "tenant"});
    if (!mover) {
      return tl::make_unexpected(mover.error());
    }
    movers.push_back(std::move(*mover));
  }
  return movers;
}

/// All at once; the number of copies.
Result<std::int64_t> move(std::vector<MoverProcess>& movers) {
  const auto before = guest::read_key("/proc/vmstat", "thp_migration_success");
  for (MoverProcess& mover : movers) {
    if (const auto sent = mover.send("go"); !sent) {
      return tl::make_unexpected(sent.error());
    }
  }
  for (MoverProcess& mover : movers) {
    if (const auto answer = mover.answer(); !answer) {
      return tl::make_unexpected(answer.error());
    }
  }
  const auto after = guest::read_key("/proc/vmstat", "thp_migration_success");
  if (!before || !after) {
    return fail("no count of moved huge pages in /proc/vmstat");
  }
  return static_cast<std::int64_t>(*after - *before);
}

Result<void> measure(const Daemon& daemon, int workers, std::ostream& out) {
  auto cgroup = Cgroup::create("tenant");
  if (!cgroup) {
    return tl::make_unexpected(cgroup.error());
  }
  auto movers = start_movers();
  if (!movers) {
    return tl::make_unexpected(movers.error());
  }
  const auto ready =
      set_workers(workers).and_then([&] { return cgroup->write("cpu.max", kQuota); });
  if (!ready) {
    return ready;
  }
  Result<std::int64_t> copies{0};
  Usage before;
  Usage after;
  std::chrono::microseconds elapsed{};
  const auto change = guest::change_during(daemon, [&] {
    before = read_usage(*cgroup);
    const auto start = Clock::now();
    copies = move(*movers);
    elapsed = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
    after = read_usage(*cgroup);
  });
  if (!change || !copies) {
    return tl::make_unexpected(change ? copies.error() : change.error());
  }
  out << workers << ',' << *copies << ',' << elapsed.count() << ',' << after.usage - before.usage
      << ',' << after.periods - before.periods << ',' << after.throttled - before.throttled << ','
      << after.throttled_usec - before.throttled_usec << ','
      << change->cgroup("/tenant", "outside_quota_ns") / 1000 << std::endl;
  return cgroup->write("cpu.max", "max");
}

Result<void> measure_all(std::ostream& out) {
  if (const int error = load_module("pagefare_copy"); error != 0) {
    return fail("the module cannot be loaded: errno " + std::to_string(error));
  }
  auto daemon = Daemon::start({"--period", "250ms"});
  if (!daemon) {
    return tl::make_unexpected(daemon.error());
  }
  utsname machine{};
  uname(&machine);
  out << "# " << machine.release << '\n'
      << "workers,copies,elapsed_us,usage_us,periods,throttled,throttled_us,worker_us" << std::endl;
  for (const int workers : {0, 1, 2, 4, 8}) {
    if (const auto done = measure(*daemon, workers, out); !done) {
      return done;
    }
    std::cout << workers << " workers measured" << std::endl;
  }
  return {};
}

}  // namespace
}  // namespace pagefare::kmod_test

int main() {
  std::ofstream out("/out/escape.csv");
  if (const auto done = pagefare::kmod_test::measure_all(out); !done) {
    std::cerr << "measure_escape: " << done.error().message << '\n';
    return 1;
  }
  return 0;
}
