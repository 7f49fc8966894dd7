// SPDX-License-Identifier: Apache-2.0
//
// The panel of knobs on a real sysfs that behaves as the third posting of the batch copy series
// does: counts bytes wrongly, ignores values, and has two switches that lie about each other.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>

#include "controller/edge/bpf/migrator_name.h"
#include "controller/edge/journal/custody.h"
#include "controller/edge/knobs/knob_panel.h"
#include "controller/edge/system_clock.h"
#include "tests/vm/kmod/module.h"

namespace pagefare::kmod_test {
namespace {

using steer::Engine;

const std::string kCpu = "/sys/kernel/cpu_mt/";
const std::string kDcbm = "/sys/kernel/dcbm/";

class PanelSeries : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(channels_.error(), 0);
    ASSERT_EQ(module_.error(), 0);
    auto custody =
        Custody::open({.place = *journal_place("/tmp/series-state"), .guard = {}}, files_);
    ASSERT_TRUE(custody) << custody.error().message;
    custody_.emplace(*std::move(custody));
    panel_.emplace(KnobPanelSettings{.roots = {},
                                     .run_directory = "/tmp/series-run",
                                     .migrator = [this] { return migrator_.read(); }},
                   files_, clock_, &*custody_);
  }

  KnobState read() {
    auto state = panel_->read();
    EXPECT_TRUE(state);
    return *state;
  }

  void turn(Engine engine, std::uint32_t threads, std::uint32_t channels) {
    steer::Knobs wanted{.engine = engine};
    wanted.count(Engine::kThreads) = threads;
    wanted.count(Engine::kDma) = channels;
    const auto turned = panel_->turn(wanted, steer::Haste::kSearch);
    EXPECT_TRUE(turned) << turned.error().message;
  }

  static std::size_t alarms(const KnobState& state, KnobAlarm::Kind kind) {
    return static_cast<std::size_t>(std::ranges::count_if(
        state.alarms, [kind](const KnobAlarm& alarm) { return alarm.kind == kind; }));
  }

  LoadedModule channels_{"pagefare_softdma"};
  LoadedModule module_{"series_knobs"};
  SystemFiles files_;
  SystemClock clock_;
  MigratorName migrator_{"/proc"};
  std::optional<Custody> custody_;
  std::optional<KnobPanel> panel_;
};

TEST_F(PanelSeries, KnowsTheGenerationByItsFiles) {
  const KnobState state = read();
  const auto has = [&](const std::string& generation) {
    return std::ranges::any_of(state.rows,
                               [&](const KnobRow& row) { return row.generation == generation; });
  };
  EXPECT_TRUE(has("cpu_mt V2/V3"));
  EXPECT_TRUE(has("dcbm V3"));
  EXPECT_FALSE(has("dcbm V2"));
  EXPECT_FALSE(has("dcbm V4"));
}

TEST_F(PanelSeries, TurnsASwitchThatCountsItsBytesWrongly) {
  (void)read();
  turn(Engine::kThreads, 2, 1);
  EXPECT_EQ(read_file(kCpu + "offloading"), "1");
  EXPECT_EQ(read_file(kCpu + "threads"), "2");
  EXPECT_EQ(read().active, (steer::Setting{Engine::kThreads, 2}));
}

TEST_F(PanelSeries, KnowsThatNobodyOffloadsThoughASwitchReadsOn) {
  write_file(kCpu + "offloading", "1");
  write_file(kDcbm + "offloading", "1");
  write_file(kDcbm + "offloading", "0");
  ASSERT_EQ(read_file(kCpu + "offloading"), "1");
  // A panel that was not there to see it happen: the kernel's own word is needed.
  const KnobState state = read();
  EXPECT_EQ(state.active, steer::kUnmodified);
  EXPECT_EQ(alarms(state, KnobAlarm::Kind::kNotActive), 1U);
}

TEST_F(PanelSeries, MendsTheSwitchThatLiesInTwoPeriods) {
  write_file(kCpu + "offloading", "1");
  write_file(kDcbm + "offloading", "1");
  write_file(kDcbm + "offloading", "0");
  (void)read();
  turn(Engine::kThreads, 4, 1);
  EXPECT_EQ(read_file(kCpu + "offloading"), "0");
  (void)read();
  turn(Engine::kThreads, 4, 1);
  EXPECT_EQ(read_file(kCpu + "offloading"), "1");
  const KnobState state = read();
  EXPECT_EQ(state.active, (steer::Setting{Engine::kThreads, 4}));
  EXPECT_EQ(alarms(state, KnobAlarm::Kind::kNotActive), 0U);
}

TEST_F(PanelSeries, GoesFromOneEngineToTheOther) {
  (void)read();
  turn(Engine::kThreads, 4, 1);
  (void)read();
  turn(Engine::kDma, 4, 2);
  EXPECT_EQ(read_file(kCpu + "offloading"), "0");
  EXPECT_EQ(read_file(kDcbm + "offloading"), "1");
  EXPECT_EQ(read_file(kDcbm + "nr_dma_chan"), "2");
  EXPECT_EQ(read().active, (steer::Setting{Engine::kDma, 2}));
}

TEST_F(PanelSeries, RaisesTheAlarmForACountThatLosesBytes) {
  write_file(kCpu + "threads", "12");
  const KnobState state = read();
  ASSERT_EQ(alarms(state, KnobAlarm::Kind::kLosesData), 1U);
  EXPECT_NE(state.alarms.front().sentence.find("echo 8 > /sys/kernel/cpu_mt/threads"),
            std::string::npos)
      << state.alarms.front().sentence;
}

TEST_F(PanelSeries, BringsBackWhatItFound) {
  write_file(kCpu + "threads", "16");
  (void)read();
  turn(Engine::kThreads, 8, 1);
  (void)read();
  turn(Engine::kDma, 8, 2);
  custody_->finish();
  EXPECT_EQ(read_file(kCpu + "threads"), "16");
  EXPECT_EQ(read_file(kCpu + "offloading"), "0");
  EXPECT_EQ(read_file(kDcbm + "offloading"), "0");
  EXPECT_EQ(read_file(kDcbm + "nr_dma_chan"), "1");
}

}  // namespace
}  // namespace pagefare::kmod_test
