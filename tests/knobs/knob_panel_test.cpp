// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/knobs/knob_panel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <optional>
#include <vector>

#include "tests/support/fake_clock.h"
#include "tests/support/machine_stage.h"

namespace pagefare {
namespace {

using steer::Engine;

/// Files of a directory that answer writes as given drivers do.
class QuirkyFiles : public MachineFiles {
 public:
  tl::expected<std::string, int> read(const std::string& path) override {
    return files_.read(path);
  }
  tl::expected<std::size_t, int> write_once(const std::string& path,
                                            std::string_view text) override {
    writes.push_back(path.substr(path.rfind('/') + 1) + "=" + std::string(text));
    if (const auto refused = refuse.find(path); refused != refuse.end()) {
      return tl::make_unexpected(refused->second);
    }
    if (ignored.contains(path)) return 4;
    (void)files_.write_once(path, text);
    return 4;
  }
  tl::expected<void, int> append(const std::string& path, std::string_view text) override {
    return files_.append(path, text);
  }
  tl::expected<void, int> replace(const std::string& path, std::string_view text) override {
    return files_.replace(path, text);
  }
  std::uint64_t identity(const std::string&) override { return 0; }

  std::vector<std::string> writes;
  std::map<std::string, int> refuse;
  std::set<std::string> ignored;

 private:
  SystemFiles files_;
};

class KnobPanelTest : public testing::Test {
 protected:
  KnobPanelTest() {
    stage_.write("devices/system/cpu/online", "0-15");
    stage_.write("class/dma/dma0chan0/in_use", "0");
  }

  void series() {
    stage_.write("kernel/cpu_mt/offloading", "0");
    stage_.write("kernel/cpu_mt/threads", "4");
    stage_.write("kernel/dcbm/offloading", "0");
    stage_.write("kernel/dcbm/nr_dma_chan", "1");
  }

  void v6() {
    for (const auto& [name, value] : std::map<std::string, std::string>{
             {"offloading", "N"}, {"nr_dma_chan", "1"}, {"reason_mask", "demotion"}}) {
      stage_.write("module/dcbm/parameters/" + name, value);
    }
  }

  KnobPanel& open(bool writes = true) {
    if (writes) {
      auto custody = Custody::open({.place = stage_.place(), .guard = {}}, files_);
      EXPECT_TRUE(custody);
      custody_.emplace(*std::move(custody));
    }
    Roots roots{.proc = stage_.file("proc"), .sys = stage_.file("")};
    roots.sys.pop_back();
    panel_.emplace(KnobPanelSettings{.roots = roots,
                                     .run_directory = stage_.file("run"),
                                     .migrator = [this] { return migrator_; }},
                   files_, clock_, custody_ ? &*custody_ : nullptr);
    return *panel_;
  }

  KnobState read() {
    auto state = panel_->read();
    EXPECT_TRUE(state);
    return *state;
  }

  Result<void> turn(Engine engine, std::uint32_t threads, std::uint32_t channels = 1,
                    steer::Haste haste = steer::Haste::kSearch) {
    steer::Knobs to{.engine = engine};
    to.count(Engine::kThreads) = threads;
    to.count(Engine::kDma) = channels;
    return panel_->turn(to, haste);
  }

  const KnobRow& row(const KnobState& state, const std::string& name) {
    const auto found = std::ranges::find(state.rows, name, &KnobRow::name);
    EXPECT_NE(found, state.rows.end()) << name;
    return *found;
  }

  MachineStage stage_;
  QuirkyFiles files_;
  test::FakeClock clock_;
  std::optional<std::string> migrator_;
  std::optional<Custody> custody_;
  std::optional<KnobPanel> panel_;
};

TEST_F(KnobPanelTest, OffersPowersOfTwoUpToTheMachinesCpus) {
  series();
  open();
  EXPECT_EQ(steer::SettingSpace(read().offered).counts(Engine::kThreads),
            (std::vector<std::uint32_t>{1, 2, 4, 8, 16}));
}

TEST_F(KnobPanelTest, OffersNothingWithoutAnEngine) {
  open();
  EXPECT_TRUE(read().offered.empty());
}

TEST_F(KnobPanelTest, TakesAWriteThatReturnsFourForDone) {
  series();
  open();
  (void)read();
  ASSERT_TRUE(turn(Engine::kThreads, 8));
  EXPECT_EQ(files_.writes, (std::vector<std::string>{"threads=8", "offloading=1"}));
}

TEST_F(KnobPanelTest, SaysWhenAWriteWasSilentlyIgnored) {
  series();
  open();
  files_.ignored.insert(stage_.file("kernel/cpu_mt/threads"));
  (void)read();
  const auto turned = turn(Engine::kThreads, 8);
  ASSERT_FALSE(turned);
  EXPECT_NE(turned.error().message.find("it reads \"4\""), std::string::npos);
  EXPECT_EQ(files_.writes.size(), 1U) << "stops at the first failure";
}

TEST_F(KnobPanelTest, StepsDownWhenTheBoundOfChannelsIsMet) {
  v6();
  stage_.write("module/dcbm/parameters/nr_dma_chan", "8");
  open();
  (void)read();
  files_.refuse[stage_.file("module/dcbm/parameters/nr_dma_chan")] = EINVAL;
  EXPECT_FALSE(turn(Engine::kDma, 4, 16));
  EXPECT_EQ(steer::SettingSpace(read().offered).counts(Engine::kDma).back(), 8U);
}

TEST_F(KnobPanelTest, NamesTheLikelyHolderOfTheOnlyPlace) {
  v6();
  stage_.write("kernel/uffd_dma/offloading", "1");
  open();
  (void)read();
  files_.refuse[stage_.file("module/dcbm/parameters/offloading")] = EBUSY;
  const auto turned = turn(Engine::kDma, 4, 1);
  ASSERT_FALSE(turned);
  EXPECT_NE(turned.error().message.find("uffd_dma"), std::string::npos);
}

TEST_F(KnobPanelTest, NeverWritesWhatSomebodyElseHolds) {
  series();
  open();
  (void)read();
  ASSERT_TRUE(turn(Engine::kThreads, 8));
  stage_.write("kernel/cpu_mt/threads", "2");
  clock_.unix_start = 77 - clock_.now.count();
  const KnobState state = read();
  EXPECT_TRUE(state.held.threads);
  EXPECT_EQ(row(state, "cpu_mt.threads").grip, Grip::kTheirs);
  EXPECT_EQ(row(state, "cpu_mt.threads").theirs_since_unix_ns, 77);
  ASSERT_TRUE(turn(Engine::kThreads, 16));
  EXPECT_EQ(stage_.read("kernel/cpu_mt/threads"), "2");
  custody_->finish();
  EXPECT_EQ(stage_.read("kernel/cpu_mt/threads"), "2");
}

TEST_F(KnobPanelTest, TakesAReleasedKnobForFreeAgain) {
  series();
  open();
  (void)read();
  ASSERT_TRUE(turn(Engine::kThreads, 8));
  stage_.write("kernel/cpu_mt/threads", "2");
  (void)read();
  stage_.write("run/release/cpu_mt.threads", "");
  EXPECT_FALSE(read().held.threads);
}

/// The limit on promotions is a lever's: it changes it without asking the panel.
TEST_F(KnobPanelTest, LeavesWhatALeverHoldsToTheLever) {
  const std::string rate =
      stage_.write("proc/sys/kernel/numa_balancing_promote_rate_limit_MBps", "65536");
  open();
  ASSERT_TRUE(custody_->write({.path = rate, .from = "65536", .to = "2"}));
  EXPECT_EQ(row(read(), "kernel.promote_rate_limit").grip, Grip::kOurs);
  ASSERT_TRUE(custody_->write({.path = rate, .from = "2", .to = "1"}));
  const KnobState state = read();
  EXPECT_EQ(row(state, "kernel.promote_rate_limit").grip, Grip::kOurs);
  EXPECT_TRUE(state.alarms.empty());
  custody_->finish();
  EXPECT_EQ(stage_.read("proc/sys/kernel/numa_balancing_promote_rate_limit_MBps"), "65536");
}

TEST_F(KnobPanelTest, WritesNothingWithoutCustody) {
  series();
  open(false);
  (void)read();
  EXPECT_FALSE(turn(Engine::kThreads, 8));
  EXPECT_TRUE(files_.writes.empty());
}

TEST_F(KnobPanelTest, WritesAKnobOnceInAPeriod) {
  series();
  open();
  (void)read();
  ASSERT_TRUE(turn(Engine::kThreads, 8));
  EXPECT_FALSE(turn(Engine::kThreads, 16) && stage_.read("kernel/cpu_mt/threads") == "16");
}

TEST_F(KnobPanelTest, SlowsDownSomebodyWhoTurnsWithoutEnd) {
  series();
  open();
  std::size_t refused = 0;
  for (int i = 0; i < 100; ++i) {
    (void)read();
    if (!turn(Engine::kKernel, i % 2 == 0 ? 8 : 16)) ++refused;
  }
  // After sixty writes the count stays; every second period asks for another one.
  EXPECT_EQ(refused, 20U);
}

TEST_F(KnobPanelTest, DoesNotOverwriteWhatChangedWhileItDecided) {
  series();
  open();
  (void)read();
  stage_.write("kernel/cpu_mt/threads", "2");
  EXPECT_FALSE(turn(Engine::kThreads, 8));
  EXPECT_EQ(stage_.read("kernel/cpu_mt/threads"), "2");
}

TEST_F(KnobPanelTest, RefusesMoreThanOneStepUp) {
  series();
  open();
  (void)read();
  const auto turned = turn(Engine::kKernel, 16);
  ASSERT_FALSE(turned);
  EXPECT_NE(turned.error().message.find("more than one step"), std::string::npos);
  EXPECT_TRUE(files_.writes.empty());
}

TEST_F(KnobPanelTest, GoesTwoStepsDownUnderPressureOnly) {
  series();
  open();
  (void)read();
  EXPECT_FALSE(turn(Engine::kKernel, 1, 1, steer::Haste::kSearch));
  EXPECT_TRUE(turn(Engine::kKernel, 1, 1, steer::Haste::kPressure));
  EXPECT_EQ(stage_.read("kernel/cpu_mt/threads"), "1");
}

TEST_F(KnobPanelTest, ComesBackInOneStepFromMoreThanTheMachineBears) {
  series();
  stage_.write("kernel/cpu_mt/threads", "48");
  open();
  (void)read();
  EXPECT_TRUE(turn(Engine::kKernel, 16));
  EXPECT_EQ(stage_.read("kernel/cpu_mt/threads"), "16");
}

TEST_F(KnobPanelTest, BelievesTheKernelMoreThanTheSwitches) {
  series();
  stage_.write("kernel/cpu_mt/offloading", "1");
  migrator_ = "kernel";
  open();
  const KnobState state = read();
  EXPECT_EQ(state.active, steer::kUnmodified);
  ASSERT_EQ(state.alarms.size(), 1U);
  EXPECT_EQ(state.alarms[0].kind, KnobAlarm::Kind::kNotActive);
}

TEST_F(KnobPanelTest, ShowsAKnobThatCannotBeReadWithAnAlarm) {
  series();
  std::filesystem::remove(stage_.file("kernel/cpu_mt/threads"));
  std::filesystem::create_directories(stage_.file("kernel/cpu_mt/threads"));
  open();
  const KnobState state = read();
  EXPECT_FALSE(row(state, "cpu_mt.threads").error.empty());
  EXPECT_EQ(state.alarms.size(), 1U);
}

TEST_F(KnobPanelTest, HoldsWhatTheRunBeforeKept) {
  series();
  open();
  (void)read();
  ASSERT_TRUE(turn(Engine::kThreads, 8));
  custody_->set_on_stop(OnStop::kKeep);
  custody_->finish();
  panel_.reset();
  custody_.reset();
  open();
  EXPECT_EQ(row(read(), "cpu_mt.threads").grip, Grip::kOurs);
}

TEST_F(KnobPanelTest, AdmitsReasonsByName) {
  v6();
  open();
  EXPECT_EQ(read().reason_mask, 0x100U);
  ASSERT_TRUE(panel_->admit(0x120));
  EXPECT_EQ(stage_.read("module/dcbm/parameters/reason_mask"), "numa_misplaced,demotion");
}

}  // namespace
}  // namespace pagefare
