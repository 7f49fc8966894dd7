// SPDX-License-Identifier: Apache-2.0
// What pagefare says against what the kernel counts and against what the demo did.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>

#include "tests/e2e/daemon_process.h"
#include "tests/e2e/demo_process.h"
#include "tests/e2e/status_reading.h"

namespace pagefare::e2e {
namespace {

double number(const Json& json) {
  return static_cast<double>(json.get<std::uint64_t>());
}

/// The daemon's status and the kernel's counter at a moment when nothing moved.
struct Moment {
  Json status;
  std::uint64_t kernel_pages = 0;
};

struct Experiment {
  Json report;  ///< the demo's
  Json status;  ///< the daemon's, which saw the demo alone
};

/// Bytes that were not moved at the request of the demo's compactor.
double bytes_of_others(const Experiment& experiment) {
  double bytes = number(experiment.status.at("totals").at("bytes"));
  for (const Json& cgroup : experiment.report.at("cgroups")) {
    const Json row = row_of(experiment.status, cgroup.at("path"));
    if (!row.is_null()) bytes -= number(row.at("initiator").at("bytes"));
  }
  return bytes;
}

class Truth : public WithDaemon {
 protected:
  void SetUp() override {
    WithDaemon::SetUp();
    if (IsSkipped()) return;
    start_anew();
  }

  void start_anew() {
    daemon_.reset();
    // The demo's cgroups are gone when it reports: their rows must outlast them.
    daemon_ = start({.arguments = {"--period", "100ms"}, .config = "linger = \"10m\"\n"});
    ASSERT_TRUE(daemon_->serves());
  }

  Moment quiet_moment() const {
    Moment moment;
    EXPECT_TRUE(eventually(
        [&] {
          const std::uint64_t before = kernel_migrated_pages();
          moment = {.status = read_fresh_status(*daemon_), .kernel_pages = kernel_migrated_pages()};
          return moment.kernel_pages == before;
        },
        60s))
        << "pages move all the time on this machine";
    return moment;
  }

  /// Other work that compacts while the demo does so moves the demo's pages unknown to it, and
  /// others' pages unasked. Tries again, with a new daemon, until nobody else had pages moved.
  Experiment run_undisturbed_demo() {
    for (int tries = 0; tries < 12; ++tries) {
      if (tries > 0) start_anew();
      Experiment experiment{.report = run_demo(2), .status = read_fresh_status(*daemon_)};
      const double all = number(experiment.status.at("totals").at("bytes"));
      if (all > 0 && bytes_of_others(experiment) <= all * 0.001) return experiment;
    }
    ADD_FAILURE() << "other work migrates pages on this machine all the time";
    return {{{"cgroups", Json::array()}}, {}};
  }

  std::unique_ptr<DaemonProcess> daemon_;
};

TEST_F(Truth, PagesAreThoseThatTheKernelCountedInTheSameWindow) {
  const Moment before = quiet_moment();
  run_demo(4);
  const Moment after = quiet_moment();
  const double kernel = static_cast<double>(after.kernel_pages - before.kernel_pages);
  const double ours = number(after.status.at("totals").at("pages_migrated")) -
                      number(before.status.at("totals").at("pages_migrated"));
  ASSERT_GT(kernel, 10'000) << "the demo moved too little to compare";
  EXPECT_NEAR(ours, kernel, kernel * 0.005);
  RecordProperty("pages_counted", std::to_string(ours));
  RecordProperty("pages_of_the_kernel", std::to_string(kernel));
}

TEST_F(Truth, BytesOfEachOwnerAreThoseThatTheDemoMoved) {
  const auto [report, status] = run_undisturbed_demo();
  int tenants = 0;
  for (const Json& cgroup : report.at("cgroups")) {
    if (cgroup.at("role") != "tenant") continue;
    ++tenants;
    const Json row = row_of(status, cgroup.at("path"));
    ASSERT_FALSE(row.is_null()) << cgroup.at("path") << " has no row";
    const double truth = number(cgroup.at("owned_bytes"));
    ASSERT_GT(truth, 0);
    EXPECT_NEAR(number(row.at("owner").at("bytes")), truth, truth * 0.01) << cgroup.at("path");
  }
  EXPECT_GE(tenants, 3);
}

TEST_F(Truth, BytesOfTheInitiatorAreThoseMovedAtItsRequest) {
  const auto [report, status] = run_undisturbed_demo();
  for (const Json& cgroup : report.at("cgroups")) {
    if (cgroup.at("role") != "compactor") continue;
    const Json row = row_of(status, cgroup.at("path"));
    ASSERT_FALSE(row.is_null()) << "the compactor has no row";
    const double truth = number(cgroup.at("initiated_kernel_bytes"));
    ASSERT_GT(truth, 0);
    EXPECT_NEAR(number(row.at("initiator").at("bytes")), truth, truth * 0.01);
    EXPECT_EQ(row.at("charged"), row.at("initiator")) << "the task that asked pays";
  }
}

}  // namespace
}  // namespace pagefare::e2e
