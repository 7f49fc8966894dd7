// SPDX-License-Identifier: Apache-2.0
// Nothing is lost and nothing is made up, in every reading while pages move.
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <set>
#include <vector>

#include "tests/e2e/daemon_process.h"
#include "tests/e2e/demo_process.h"
#include "tests/e2e/status_reading.h"

namespace pagefare::e2e {
namespace {

constexpr std::size_t kReadings = 20;

/// Readings of successive periods while the demo runs.
class Sums : public WithDaemon {
 protected:
  void SetUp() override {
    WithDaemon::SetUp();
    if (IsSkipped()) return;
    daemon_ = start({.arguments = {"--period", "100ms"}});
    ASSERT_TRUE(daemon_->serves());
    demo_ = std::make_unique<Child>(demo_settings(6));
    ASSERT_TRUE(eventually([this] { return moved(read_status(*daemon_)) > 0; }, 60s))
        << demo_->err();
    take_readings();
    // Else the laws were tried on figures that stood still.
    ASSERT_GT(moved(readings_.back()), moved(readings_.front()));
    ASSERT_GT(readings_.back().at("cgroups").size(), 2U);
  }

  static std::uint64_t moved(const Json& status) {
    return status.at("totals").at("pages_migrated").get<std::uint64_t>();
  }

  std::vector<Json> readings_;

 private:
  /// At least kReadings, of different periods, and on until pages have moved in between.
  void take_readings() {
    std::set<std::uint64_t> periods;
    eventually(
        [&] {
          Json status = read_status(*daemon_);
          if (periods.insert(status.at("health").at("periods").get<std::uint64_t>()).second) {
            readings_.push_back(std::move(status));
          }
          return readings_.size() >= kReadings && moved(readings_.back()) > moved(readings_[0]);
        },
        60s);
    ASSERT_GE(readings_.size(), kReadings);
  }

  std::unique_ptr<DaemonProcess> daemon_;
  std::unique_ptr<Child> demo_;
};

TEST_F(Sums, AreExactInEveryReadingUnderLoad) {
  for (const Json& reading : readings_) {
    EXPECT_EQ(broken_sums(reading), std::vector<std::string>{});
  }
}

TEST_F(Sums, NeverShrinkFromReadingToReading) {
  for (std::size_t i = 1; i < readings_.size(); ++i) {
    EXPECT_EQ(shrunk(readings_[i - 1], readings_[i]), std::vector<std::string>{});
  }
}

}  // namespace
}  // namespace pagefare::e2e
