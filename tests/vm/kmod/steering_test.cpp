// SPDX-License-Identifier: Apache-2.0
//
// The daemon steers the copy module. Emulated time says nothing about which setting is best, so no
// test expects one: what is asserted is that what was decided is what the module does.
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/vm/guest/daemon.h"
#include "tests/vm/guest/work.h"
#include "tests/vm/kmod/buffer.h"
#include "tests/vm/kmod/module.h"
#include "tests/vm/kmod/movers.h"

namespace pagefare::kmod_test {
namespace {

using guest::CpuHog;
using guest::Daemon;
using guest::eventually;
using nlohmann::json;
using namespace std::chrono_literals;

constexpr auto kPatience = 240s;
constexpr int kGuestCpus = 4;

/// Sum over all rules.
std::int64_t counted(const json& steer, const char* outcome) {
  std::int64_t sum = 0;
  for (const auto& [rule, counts] : steer.at("counts").items()) {
    sum += counts.value(outcome, std::int64_t{0});
  }
  return sum;
}

class Steering : public testing::Test {
 protected:
  void SetUp() override { use_folio_size(kHuge); }
  void TearDown() override {
    daemon_.reset();
    EXPECT_TRUE(movers_.stop());
    EXPECT_EQ(movers_.wrong_words(), 0U);
  }

  void load() { movers_.start(kHuge, 4 * kHuge); }

  void start(const std::vector<std::string>& arguments) {
    std::vector<std::string> all{"--period", "500ms"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    auto started = Daemon::start(all);
    ASSERT_TRUE(started) << started.error().message;
    daemon_ = std::make_unique<Daemon>(std::move(*started));
  }

  /// The part of /status; an empty object when nobody answers.
  json steer() const {
    const auto status = daemon_->status();
    return status ? status->json().value("steer", json::object()) : json::object();
  }
  std::int64_t periods() const {
    const auto status = daemon_->status();
    return status ? status->periods() : 0;
  }
  bool wait_for(std::int64_t more_periods) const {
    const std::int64_t until = periods() + more_periods;
    return eventually(kPatience, [&] { return periods() >= until; });
  }
  bool eventually_steer(const std::function<bool(const json&)>& claim) const {
    return eventually(kPatience, [&] {
      const json now = steer();
      return !now.empty() && claim(now);
    });
  }
  Daemon& daemon() { return *daemon_; }

 private:
  Movers movers_;
  std::unique_ptr<Daemon> daemon_;
};

TEST_F(Steering, SendsTheBytesThroughTheEngineThatItChose) {
  LoadedModule softdma{"pagefare_softdma", "channels=4"};
  LoadedModule module{"pagefare_copy"};
  ASSERT_EQ(module.error(), 0);
  load();
  start({"--mode", "enforce"});
  ASSERT_TRUE(eventually_steer([](const json& now) { return counted(now, "written") >= 4; }))
      << steer().dump();
  EXPECT_GT(get_counter("bytes_by_threads") + get_counter("bytes_by_dma"), 0);
  // Of a while in which one setting was in use: what the module counts is what was chosen.
  bool compared = false;
  for (int attempt = 0; attempt < 100 && !compared; ++attempt) {
    const json before = steer();
    const std::int64_t by_threads = get_counter("bytes_by_threads");
    const std::int64_t by_dma = get_counter("bytes_by_dma");
    ASSERT_TRUE(wait_for(2));
    const std::int64_t more_by_threads = get_counter("bytes_by_threads") - by_threads;
    const std::int64_t more_by_dma = get_counter("bytes_by_dma") - by_dma;
    const json after = steer();
    if (counted(before, "written") != counted(after, "written") ||
        after["knobs"] != before["knobs"]) {
      continue;
    }
    const std::string engine = after["knobs"]["engine"];
    EXPECT_EQ(more_by_threads > 0, engine == "mt" && after["active"]["workers"] > 1)
        << after.dump();
    EXPECT_EQ(more_by_dma > 0, engine == "dma") << after.dump();
    EXPECT_EQ(get_knob("offloading"), engine == "vanilla" ? "0" : "1");
    EXPECT_EQ(get_knob("threads"), std::to_string(after["knobs"]["threads"].get<int>()));
    compared = engine != "vanilla";
  }
  std::cout << "last: " << steer().dump() << '\n';
  const auto explained = guest::run_pagefare("explain");
  ASSERT_TRUE(explained);
  EXPECT_NE(explained->find("explore"), std::string::npos) << *explained;
  std::cout << *explained;
}

TEST_F(Steering, MeasuresTheCopyFunctionWhileWorkersCopy) {
  LoadedModule module{"pagefare_copy", "engine=threads threads=4 offloading=1"};
  ASSERT_EQ(module.error(), 0);
  load();
  start({"--mode", "advise"});
  ASSERT_TRUE(eventually_steer([](const json& now) {
    if (now["timing"] != "copy_function" || now["classes"].empty()) return false;
    const json& one = now["classes"].back();
    // Workers are CPU time that the caller's elapsed time in the copy does not have.
    return one["folio_bytes"] == kHuge && one["copy_ns"] > 0 && one["move_ns"] >= one["copy_ns"] &&
           one["cpu_ns"] > 0;
  })) << steer().dump();
}

TEST_F(Steering, WritesNothingWhenItAdvises) {
  LoadedModule module{"pagefare_copy"};
  ASSERT_EQ(module.error(), 0);
  load();
  start({"--mode", "advise"});
  ASSERT_TRUE(eventually_steer([](const json& now) { return counted(now, "would") >= 3; }));
  EXPECT_EQ(counted(steer(), "written"), 0);
  EXPECT_EQ(get_knob("offloading"), "0");
  EXPECT_EQ(get_knob("threads"), "4");
}

TEST_F(Steering, TurnsNothingWhileNothingIsCopied) {
  LoadedModule module{"pagefare_copy"};
  ASSERT_EQ(module.error(), 0);
  start({"--mode", "enforce"});
  ASSERT_TRUE(wait_for(20));
  EXPECT_EQ(counted(steer(), "written"), 0);
  EXPECT_EQ(get_knob("offloading"), "0");
}

TEST_F(Steering, LeavesAKnobToThePersonWhoTurnedIt) {
  LoadedModule module{"pagefare_copy"};
  ASSERT_EQ(module.error(), 0);
  load();
  start({"--mode", "enforce"});
  ASSERT_TRUE(eventually_steer([](const json& now) { return counted(now, "written") >= 2; }));
  ASSERT_EQ(set_knob("threads", "8"), 0);
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(wait_for(3));
    ASSERT_EQ(get_knob("threads"), "8") << steer().dump();
  }
}

TEST_F(Steering, LeavesTheOriginalWhenItIsKilled) {
  LoadedModule module{"pagefare_copy"};
  ASSERT_EQ(module.error(), 0);
  load();
  start({"--mode", "enforce"});
  ASSERT_TRUE(
      eventually_steer([](const json& now) { return now["knobs"]["engine"] != "vanilla"; }));
  daemon().kill();
  EXPECT_TRUE(eventually(30s,
                         [] {
                           return get_knob("offloading") == "0" && get_knob("engine") == "serial" &&
                                  get_knob("threads") == "4";
                         }))
      << get_knob("offloading") << " " << get_knob("engine") << " " << get_knob("threads");
}

TEST_F(Steering, FallsToWhatIsIdleUnderHogsAndComesBack) {
  LoadedModule module{"pagefare_copy", "engine=threads threads=4 offloading=1"};
  ASSERT_EQ(module.error(), 0);
  load();
  start({"--mode", "enforce"});
  ASSERT_TRUE(eventually_steer([](const json& now) {
    return now["deciding"] == true && now["active"]["engine"] == "mt" &&
           now["active"]["workers"] > 1;
  })) << steer().dump();
  std::vector<std::unique_ptr<CpuHog>> hogs;
  for (int cpu = 0; cpu < kGuestCpus; ++cpu) hogs.push_back(std::make_unique<CpuHog>(cpu));
  std::optional<std::int64_t> first;  // period that saw fewer than two CPUs to be had
  ASSERT_TRUE(eventually_steer([&](const json& now) {
    if (now["cpus_available_milli"] < 2000 && !first) first = periods();
    return first && (now["knobs"]["engine"] == "vanilla" || now["knobs"]["threads"] == 1);
  })) << steer().dump();
  EXPECT_LE(periods() - *first, 4);
  hogs.clear();
  // Back means that more than one may be used again; whether it is better decides the measurement.
  EXPECT_TRUE(eventually(kPatience, [&] {
    const auto text = guest::run_pagefare("explain --json");
    const json answer = json::parse(text.value_or("{}"), nullptr, false);
    if (!answer.is_object() || answer["decisions"].empty()) return false;
    for (const json& other : answer["decisions"].back()["considered"]) {
      const json& setting = other["setting"];
      if (setting["engine"] == "mt" && setting["workers"] == 2) {
        return other["verdict"] != "more workers than CPUs are idle";
      }
    }
    return false;
  }));
}

TEST_F(Steering, DecidesTheSameWhenItsRecordIsReplayed) {
  LoadedModule module{"pagefare_copy"};
  ASSERT_EQ(module.error(), 0);
  load();
  start({"--mode", "enforce", "--record", "/out/steering.jsonl"});
  ASSERT_TRUE(eventually_steer([](const json& now) { return counted(now, "written") >= 2; }));
  ASSERT_TRUE(daemon().terminate());
  const auto text = guest::run_pagefare("replay /out/steering.jsonl --json");
  ASSERT_TRUE(text);
  const json replay = json::parse(*text, nullptr, false);
  ASSERT_TRUE(replay.is_object()) << *text;
  EXPECT_GT(replay["periods"], 2);
  EXPECT_EQ(replay["as_recorded"], replay["periods"]);
}

}  // namespace
}  // namespace pagefare::kmod_test
