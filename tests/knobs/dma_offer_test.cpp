// SPDX-License-Identifier: Apache-2.0
// When the panel offers DMA: while an engine could take a channel, and not for ever what was once
// so.
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <set>

#include "controller/edge/knobs/knob_panel.h"
#include "tests/support/fake_clock.h"
#include "tests/support/machine_stage.h"

namespace pagefare {
namespace {

using steer::Engine;
using namespace std::chrono_literals;

/// Files of which some answer ENODEV to a write of "1".
class Channelless : public MachineFiles {
 public:
  tl::expected<std::string, int> read(const std::string& path) override {
    return files_.read(path);
  }
  tl::expected<std::size_t, int> write_once(const std::string& path,
                                            std::string_view text) override {
    if (refuses && path.ends_with("/offloading") && text == "1") {
      return tl::make_unexpected(ENODEV);
    }
    return files_.write_once(path, text);
  }
  tl::expected<void, int> append(const std::string& path, std::string_view text) override {
    return files_.append(path, text);
  }
  tl::expected<void, int> replace(const std::string& path, std::string_view text) override {
    return files_.replace(path, text);
  }
  std::uint64_t identity(const std::string& path) override { return files_.identity(path); }

  bool refuses = false;

 private:
  SystemFiles files_;
};

class DmaOffer : public testing::Test {
 protected:
  DmaOffer() {
    stage_.write("devices/system/cpu/online", "0-3");
    for (const auto& [name, value] : std::map<std::string, std::string>{{"offloading", "0"},
                                                                        {"engine", "serial"},
                                                                        {"threads", "4"},
                                                                        {"nr_dma_chan", "1"},
                                                                        {"reason_mask", "all"}}) {
      knob(name, value);
    }
    auto custody = Custody::open({.place = stage_.place(), .guard = {}}, files_);
    EXPECT_TRUE(custody);
    custody_.emplace(*std::move(custody));
    Roots roots{.proc = stage_.file("proc"), .sys = stage_.file("")};
    roots.sys.pop_back();
    panel_.emplace(KnobPanelSettings{.roots = roots, .run_directory = stage_.file("run")}, files_,
                   clock_, &*custody_);
  }

  void knob(const std::string& name, const std::string& value) {
    stage_.write("module/pagefare_copy/parameters/" + name, value);
  }
  void channel(const std::string& name, const std::string& users) {
    stage_.write("class/dma/" + name + "/in_use", users);
  }
  bool offers_dma() {
    const auto state = panel_->read();
    EXPECT_TRUE(state);
    return std::ranges::any_of(
        state->offered, [](steer::Setting setting) { return setting.engine == Engine::kDma; });
  }
  /// Channels are looked at in every tenth period.
  bool offers_dma_in_ten_periods() {
    bool offered = false;
    for (int i = 0; i < 10; ++i) offered = offers_dma();
    return offered;
  }
  Result<void> turn_to_dma() {
    steer::Knobs to{.engine = Engine::kDma};
    return panel_->turn(to, steer::Haste::kSearch);
  }
  void be_refused() {
    files_.refuses = true;
    ASSERT_TRUE(offers_dma());
    const auto turned = turn_to_dma();
    ASSERT_FALSE(turned);
    ASSERT_NE(turned.error().message.find("no DMA channel"), std::string::npos);
  }

  MachineStage stage_;
  Channelless files_;
  test::FakeClock clock_;
  std::optional<Custody> custody_;
  std::optional<KnobPanel> panel_;
};

TEST_F(DmaOffer, IsNotMadeWithoutAChannel) {
  EXPECT_FALSE(offers_dma());
}

TEST_F(DmaOffer, IsNotMadeWhileAllChannelsAreTaken) {
  channel("dma0chan0", "1");
  channel("dma0chan1", "3");
  EXPECT_FALSE(offers_dma());
}

TEST_F(DmaOffer, StaysWhileTheEngineItselfHasTheChannels) {
  channel("dma0chan0", "1");
  knob("engine", "dma");
  knob("offloading", "1");
  EXPECT_TRUE(offers_dma());
}

TEST_F(DmaOffer, ComesWithAProviderThatIsLoadedLater) {
  ASSERT_FALSE(offers_dma());
  channel("dma0chan0", "0");
  EXPECT_TRUE(offers_dma_in_ten_periods());
}

TEST_F(DmaOffer, EndsWhenTheEngineIsRefusedAChannel) {
  channel("dma0chan0", "0");
  be_refused();
  EXPECT_FALSE(offers_dma_in_ten_periods());
}

TEST_F(DmaOffer, ComesBackAfterARefusalWithAnotherFreeChannel) {
  channel("dma0chan0", "0");
  be_refused();
  channel("dma1chan0", "0");
  EXPECT_TRUE(offers_dma_in_ten_periods());
}

TEST_F(DmaOffer, ComesBackWhenTheRefusedChannelsProviderWasLoadedAnew) {
  channel("dma0chan0", "0");
  be_refused();
  std::filesystem::remove_all(stage_.file("class/dma/dma0chan0"));
  ASSERT_FALSE(offers_dma_in_ten_periods());
  channel("dma0chan0", "0");
  EXPECT_TRUE(offers_dma_in_ten_periods());
}

TEST_F(DmaOffer, ComesBackTenMinutesAfterARefusal) {
  channel("dma0chan0", "0");
  be_refused();
  clock_.now += 9min;
  ASSERT_FALSE(offers_dma_in_ten_periods());
  clock_.now += 1min;
  EXPECT_TRUE(offers_dma_in_ten_periods());
}

}  // namespace
}  // namespace pagefare
