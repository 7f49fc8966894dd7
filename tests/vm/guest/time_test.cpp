// SPDX-License-Identifier: Apache-2.0
// Time attributed to a cgroup whose task does nothing but migrate, against what the scheduler says
// the task was on the CPU over the same calls.
#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <string>

#include "tests/vm/guest/cgroup.h"
#include "tests/vm/guest/daemon.h"
#include "tests/vm/guest/mover_process.h"
#include "tests/vm/guest/work.h"

namespace pagefare::guest {
namespace {

constexpr double kTolerance = 0.05;

struct Times {
  double scheduler_ms;
  double attributed_ms;
  double elapsed_ms;
  std::int64_t bytes;
  nlohmann::json losses;
};

std::ostream& operator<<(std::ostream& out, const Times& times) {
  return out << "scheduler " << times.scheduler_ms << " ms, attributed " << times.attributed_ms
             << " ms, elapsed " << times.elapsed_ms << " ms, " << times.bytes << " bytes, losses "
             << times.losses;
}

class Time : public testing::TestWithParam<std::string> {
 protected:
  /// THPs, because finding them costs next to nothing beside copying them.
  std::optional<Times> migrate(const std::string& cpus) {
    auto daemon = shared_daemon(GetParam());
    auto cgroup = Cgroup::create("time");
    // Not the task's own affinity: joining a cgroup may reset that.
    if (!cgroup || !cgroup->write("cpuset.cpus", cpus)) {
      return std::nullopt;
    }
    auto mover = MoverProcess::start(
        {"--mib", "64", "--kind", "huge", "--how", "mbind", "--rounds", "8", "--owner", "time"});
    if (!daemon || !mover) {
      return std::nullopt;
    }
    Result<nlohmann::json> moved;
    const auto change = change_during(**daemon, [&] { moved = mover->order("go"); });
    if (!moved || !change) {
      return std::nullopt;
    }
    return Times{.scheduler_ms = (*moved)["cpu_ns"].get<double>() / 1e6,
                 .attributed_ms =
                     static_cast<double>(change->cgroup("/time", "initiator", "copy_cpu_ns")) / 1e6,
                 .elapsed_ms = (*moved)["elapsed_ns"].get<double>() / 1e6,
                 .bytes = change->cgroup("/time", "initiator", "bytes"),
                 .losses = change->after().json()["losses"]};
  }
};

INSTANTIATE_TEST_SUITE_P(Precise, Time, testing::Values("precise"));
INSTANTIATE_TEST_SUITE_P(Portable, Time, testing::Values("portable"));

TEST_P(Time, AgreesWithTheSchedulerWithinFivePercent) {
  const auto times = migrate("0-1");
  ASSERT_TRUE(times);
  std::cout << *times << '\n';
  EXPECT_NEAR(times->attributed_ms / times->scheduler_ms, 1.0, kTolerance) << *times;
}

TEST_P(Time, LeavesOutWhatAHogOnTheSameCpuTakes) {
  ASSERT_TRUE(shared_daemon(GetParam()));
  const CpuHog hog(1);
  const auto times = migrate("1");
  ASSERT_TRUE(times);
  std::cout << *times << '\n';
  ASSERT_GT(times->elapsed_ms, times->scheduler_ms * 1.3) << "the hog took nothing: " << *times;
  EXPECT_NEAR(times->attributed_ms / times->scheduler_ms, 1.0, kTolerance) << *times;
}

}  // namespace
}  // namespace pagefare::guest
