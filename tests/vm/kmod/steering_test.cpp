// SPDX-License-Identifier: Apache-2.0
//
// The daemon steers the copy module. Emulated time says nothing about which setting is best, so no
// test expects one: what is asserted is that what was decided is what the module does.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/vm/guest/work.h"
#include "tests/vm/kmod/module.h"
#include "tests/vm/kmod/steered_module.h"

namespace pagefare::kmod_test {
namespace {

using guest::CpuHog;
using guest::eventually;
using nlohmann::json;

constexpr int kGuestCpus = 4;
constexpr const char* kHogsRecord = "/out/hogs.jsonl";
constexpr const char* kLongRecord = "/out/long.jsonl";
constexpr std::int64_t kLearningPeriods = 40;
constexpr std::int64_t kLongPeriods = 200;

/// The newest decision that turned a knob, with its numbers.
std::string last_written() {
  const auto text = guest::run_pagefare("explain --json");
  const json answer = json::parse(text.value_or("{}"), nullptr, false);
  std::string found;
  if (!answer.is_object() || !answer.contains("decisions")) return found;
  for (const json& decision : answer["decisions"]) {
    if (decision["outcome"] == "written") found = decision["text"];
  }
  return found;
}

using Steering = SteeredModule;

TEST_F(Steering, SendsTheBytesThroughTheEngineThatItChose) {
  LoadedModule softdma{"pagefare_softdma", "channels=4"};
  LoadedModule module{"pagefare_copy"};
  ASSERT_EQ(module.error(), 0);
  load();
  ASSERT_TRUE(start({"--mode", "enforce"}));
  ASSERT_TRUE(eventually_steer([](const json& now) { return counted(now, "written") >= 4; }))
      << steer().dump();
  EXPECT_TRUE(eventually(kPatience, [] {
    return get_counter("bytes_by_threads") + get_counter("bytes_by_dma") > 0;
  })) << steer().dump();
  // Of whiles in which one setting was in use: what the module counts is what was chosen.
  int compared = 0;
  for (int attempt = 0; attempt < 40 && compared < 2; ++attempt) {
    const json before = steer();
    const std::int64_t by_threads = get_counter("bytes_by_threads");
    const std::int64_t by_dma = get_counter("bytes_by_dma");
    ASSERT_TRUE(wait_for_moves(2));
    const std::int64_t more_by_threads = get_counter("bytes_by_threads") - by_threads;
    const std::int64_t more_by_dma = get_counter("bytes_by_dma") - by_dma;
    const std::int64_t read_by_then = periods();
    ASSERT_TRUE(wait_for(2));
    const json after = steer();
    if (counted(before, "written") != counted(after, "written")) continue;
    ASSERT_LT(read_by_then, periods());
    const std::string engine = after["knobs"]["engine"];
    EXPECT_EQ(more_by_threads > 0, engine == "mt" && after["active"]["workers"] > 1)
        << after.dump();
    EXPECT_EQ(more_by_dma > 0, engine == "dma") << after.dump();
    EXPECT_EQ(get_knob("offloading"), engine == "vanilla" ? "0" : "1");
    EXPECT_EQ(get_knob("threads"), std::to_string(after["knobs"]["threads"].get<int>()));
    ++compared;
  }
  EXPECT_GT(compared, 0) << "no setting stayed long enough";
  const auto explained = guest::run_pagefare("explain");
  ASSERT_TRUE(explained);
  EXPECT_NE(explained->find("explore"), std::string::npos) << *explained;
  std::cout << *explained << last_written();
}

/// Periods after the learning ones, and those of them in which a knob was turned, by the record.
struct Turns {
  int periods = 0;
  int turned = 0;
};
Turns turns_after_learning(const std::string& path) {
  std::ifstream record(path);
  Turns turns;
  for (std::string line; std::getline(record, line);) {
    const json view = json::parse(line, nullptr, false);
    if (!view.is_object() || !view.contains("write") || view["period"] < kLearningPeriods) continue;
    ++turns.periods;
    turns.turned += view["write"] == view["knobs"] ? 0 : 1;
  }
  return turns;
}

// The rates of an emulated guest vary by factors from period to period, which must not look like a
// machine that changes all the time.
TEST_F(Steering, TurnsLittleOnceItHasLearned) {
  LoadedModule softdma{"pagefare_softdma", "channels=4"};
  LoadedModule module{"pagefare_copy"};
  ASSERT_EQ(module.error(), 0);
  load();
  ASSERT_TRUE(start({"--mode", "enforce", "--record", kLongRecord}));
  ASSERT_TRUE(eventually_steer([](const json& now) { return now["deciding"] == true; }));
  ASSERT_TRUE(wait_for(kLongPeriods));
  ASSERT_TRUE(daemon().terminate());
  const Turns turns = turns_after_learning(kLongRecord);
  std::cout << turns.turned << " of " << turns.periods << " periods with a write\n";
  ASSERT_GE(turns.periods, 50);
  // The account of searches allows for four of them, of some eight writes each.
  EXPECT_LT(4 * turns.turned, turns.periods);
}

TEST_F(Steering, TurnsNothingWhileNothingIsCopied) {
  LoadedModule module{"pagefare_copy"};
  ASSERT_EQ(module.error(), 0);
  ASSERT_TRUE(start({"--mode", "enforce"}));
  ASSERT_TRUE(wait_for(8));
  EXPECT_EQ(counted(steer(), "written"), 0);
  EXPECT_EQ(get_knob("offloading"), "0");
}

TEST_F(Steering, LeavesAKnobToThePersonWhoTurnedIt) {
  LoadedModule module{"pagefare_copy"};
  ASSERT_EQ(module.error(), 0);
  load();
  ASSERT_TRUE(start({"--mode", "enforce"}));
  ASSERT_TRUE(eventually_steer([](const json& now) { return counted(now, "written") >= 2; }));
  ASSERT_EQ(set_knob("threads", "8"), 0);
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(wait_for(4));
    ASSERT_EQ(get_knob("threads"), "8") << steer().dump();
  }
}

/// The most periods in a row in which more threads copied than CPUs were to be had, by the daemon's
/// own record: how long they last does not matter there. Periods long after a copy do not count: no
/// worker runs in them.
int periods_with_too_many_threads(const std::string& path) {
  std::ifstream record(path);
  constexpr int kLongAgo = 10;
  int since_copy = kLongAgo;
  int now = 0;
  int most = 0;
  for (std::string line; std::getline(record, line);) {
    const json view = json::parse(line, nullptr, false);
    if (!view.is_object() || !view.contains("cpus")) continue;
    since_copy = view["samples"].empty() ? since_copy + 1 : 0;
    const json& knobs = view["knobs"];  // engine (1: threads), then workers by engine
    const bool too_many =
        knobs[0] == 1 && knobs[2].get<double>() > view["cpus"][0].get<double>() + 0.1;
    now = too_many && knobs[2] > 1 && since_copy < kLongAgo ? now + 1 : 0;
    most = std::max(most, now);
  }
  return most;
}

TEST_F(Steering, FallsToWhatIsIdleUnderHogsAndComesBack) {
  LoadedModule module{"pagefare_copy", "engine=threads threads=4 offloading=1"};
  ASSERT_EQ(module.error(), 0);
  load();
  ASSERT_TRUE(start({"--mode", "enforce", "--record", kHogsRecord}));
  ASSERT_TRUE(eventually_steer([](const json& now) {
    return now["deciding"] == true && now["active"]["engine"] == "mt" &&
           now["active"]["workers"] > 1;
  })) << steer().dump();
  std::vector<std::unique_ptr<CpuHog>> hogs;
  for (int cpu = 0; cpu < kGuestCpus; ++cpu) hogs.push_back(std::make_unique<CpuHog>(cpu));
  ASSERT_TRUE(eventually_steer([](const json& now) {
    return now["cpus_available_milli"] < 2000 &&
           (now["knobs"]["engine"] == "vanilla" || now["knobs"]["threads"] == 1);
  })) << steer().dump();
  EXPECT_LE(periods_with_too_many_threads(kHogsRecord), 3);
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
  ASSERT_TRUE(start({"--mode", "enforce", "--record", "/out/steering.jsonl"}));
  ASSERT_TRUE(eventually_steer([](const json& now) { return counted(now, "written") >= 2; }));
  ASSERT_TRUE(wait_for(8));
  ASSERT_TRUE(daemon().terminate());
  const auto text = guest::run_pagefare("replay /out/steering.jsonl --json");
  ASSERT_TRUE(text);
  const json replay = json::parse(*text, nullptr, false);
  ASSERT_TRUE(replay.is_object()) << *text;
  EXPECT_GE(replay["periods"], 6);
  EXPECT_EQ(replay["as_recorded"], replay["periods"]);
}

}  // namespace
}  // namespace pagefare::kmod_test
