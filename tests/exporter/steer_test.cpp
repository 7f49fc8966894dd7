// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "exporter/explain_text.h"
#include "exporter/status_json.h"
#include "exporter/status_parse.h"
#include "exporter/status_text.h"
#include "exporter/steer_json.h"

namespace pagefare {
namespace {

using nlohmann::json;
using steer::Engine;

steer::NotedDecisionPtr noted(std::uint64_t id, steer::Outcome outcome, const char* error = "") {
  steer::NotedDecision made;
  made.decision.id = id;
  made.decision.period = 40 + id;
  made.decision.rule = steer::Rule::kExplore;
  made.decision.target = {Engine::kThreads, 8};
  made.decision.sentence = "try mt 8: what it does here is not known well enough";
  made.decision.considered = {{{Engine::kThreads, 8}, 12.5, 0.25, 0.5, 3.0, "chosen"},
                              {steer::kUnmodified, 5.0, 0.0, 0.2, 9.0, "slower"}};
  made.decision.losses = {{{4096, 512, MigrateReason::kDemotion}, {Engine::kDma, 4}, 0.125}};
  made.outcome = outcome;
  made.error = error;
  made.unix_ns = 1'700'000'000'000'000'000;
  return std::make_shared<const steer::NotedDecision>(made);
}

Snapshot deciding() {
  Snapshot snapshot;
  snapshot.mode = Mode::kEnforce;
  steer::SteerState& state = snapshot.steer;
  state.deciding = true;
  state.active = {Engine::kThreads, 4};
  state.target = {Engine::kThreads, 8};
  state.knobs = {Engine::kThreads, {0, 4, 2}};
  state.cpu = {6.25, 0.125};
  state.regret = 0.0625;
  state.counts[3][2] = 7;
  state.decisions = {noted(17, steer::Outcome::kWritten),
                     noted(29, steer::Outcome::kFailed, "threads: EBUSY")};
  return snapshot;
}

std::string explained(const Snapshot& snapshot) {
  return explain_json(snapshot.steer, name(snapshot.mode));
}

TEST(SteerJson, SaysWhatIsDoneAndWhy) {
  const json steer = json::parse(status_json(deciding())).at("steer");
  EXPECT_EQ(steer.at("active"), (json{{"engine", "mt"}, {"workers", 4}}));
  EXPECT_EQ(steer.at("knobs"), (json{{"engine", "mt"}, {"threads", 4}, {"channels", 2}}));
  EXPECT_EQ(steer.at("cpus_available_milli"), 6250);
  EXPECT_EQ(steer.at("regret_ppm"), 62500);
  EXPECT_EQ(steer.at("counts"), (json{{"explore", {{"written", 7}}}}));
  EXPECT_EQ(steer.at("decisions").size(), 2U);
  EXPECT_EQ(steer.at("decisions")[1].at("error"), "threads: EBUSY");
}

TEST(SteerJson, KeepsTheListInStatusShort) {
  Snapshot snapshot = deciding();
  for (std::uint64_t id = 30; id < 60; ++id) {
    snapshot.steer.decisions.push_back(noted(id, steer::Outcome::kWould));
  }
  const json steer = json::parse(status_json(snapshot)).at("steer");
  EXPECT_EQ(steer.at("decisions").size(), 8U);
  EXPECT_EQ(steer.at("decisions").back().at("id"), 59);
  EXPECT_EQ(json::parse(explained(snapshot)).at("decisions").size(), 32U);
}

TEST(SteerText, IsALineOfStatusUnlessItOnlyObserves) {
  Snapshot snapshot = deciding();
  const auto text = [](const Snapshot& of) {
    return status_text(*parse_status(status_json(of)), false);
  };
  EXPECT_NE(text(snapshot).find(
                "steering      objective throughput; copies now: mt 4; target: mt 8; 6.25 %"),
            std::string::npos)
      << text(snapshot);
  EXPECT_NE(text(snapshot).find("pagefare explain 29"), std::string::npos);
  snapshot.mode = Mode::kObserve;
  EXPECT_EQ(text(snapshot).find("steering"), std::string::npos);
}

TEST(Explain, ListsDecisionsWithWhatBecameOfThem) {
  const auto text = explain_text(explained(deciding()), 0);
  ASSERT_TRUE(text);
  EXPECT_NE(text->find("    17 "), std::string::npos) << *text;
  EXPECT_NE(text->find("written"), std::string::npos);
  EXPECT_NE(text->find("failed (threads: EBUSY)"), std::string::npos);
}

TEST(Explain, TellsOneDecisionWithItsNumbers) {
  const auto text = explain_text(explained(deciding()), 17);
  ASSERT_TRUE(text);
  for (const char* part : {"decision 17, period 57, rule explore", "mt 8", "12.50 GB/s", "slower",
                           "512 folios of 4096 bytes lose 12.5 %", "outcome: written"}) {
    EXPECT_NE(text->find(part), std::string::npos) << part << " in\n" << *text;
  }
}

TEST(Explain, NamesTheDecisionsThereAreWhenOneIsNotKept) {
  const auto text = explain_text(explained(deciding()), 18);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().message, "decision 18 is not kept; the oldest kept is 17, the newest 29");
}

TEST(Explain, SaysWhyNothingIsDecided) {
  Snapshot snapshot;
  snapshot.steer.why_not = "no copy engine is there";
  EXPECT_EQ(*explain_text(explained(snapshot), 0),
            "nothing is being decided: no copy engine is there\n");
}

TEST(Explain, GivesOneDecisionAsJson) {
  const auto text = explain_one_json(explained(deciding()), 29);
  ASSERT_TRUE(text);
  const json decision = json::parse(*text);
  EXPECT_EQ(decision.at("considered").at(0).at("gbps"), 12.5);
  EXPECT_EQ(decision.at("losses").at(0).at("class").at("reason"), "demotion");
}

TEST(Explain, RefusesWhatNoDaemonAnswers) {
  for (const char* text : {"", "[]", "{}", "<html>", "{\"decisions\": 3}"}) {
    EXPECT_FALSE(explain_text(text, 0)) << text;
  }
  // Of another version, or of somebody who pretends: nothing breaks.
  EXPECT_TRUE(explain_text(R"({"decisions": [7, {"id": "x", "text": 3, "unix_ns": {}}]})", 0));
}

}  // namespace
}  // namespace pagefare
