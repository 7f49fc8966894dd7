// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "controller/edge/record/record_file.h"
#include "controller/edge/record/replay.h"
#include "controller/edge/record/replay_plot.h"
#include "controller/edge/record/view_lines.h"
#include "controller/edge/text_file.h"
#include "tests/support/steering_stage.h"
#include "tests/support/temp_directory.h"

namespace pagefare {
namespace {

using test::SteeringStage;

SteerSettings enforcing() {
  SteerSettings settings;
  settings.mode = Mode::kEnforce;
  settings.prior = {{{4096, 8, MigrateReason::kDemotion}, {steer::Engine::kThreads, 4}, 3.25},
                    {{2U << 20U, 512, MigrateReason::kSyscallOrCpuset}, steer::kUnmodified, 5.5}};
  return settings;
}

/// A run of steering in which everything happens: rates that vary, pressure, another offer, a held
/// knob. Returns the record.
std::string record_run(const std::string& path) {
  auto file = record::RecordFile::open(path);
  EXPECT_TRUE(file) << file.error().message;
  SteeringStage stage(enforcing(), file->get());
  int wobble = 0;
  stage.rate = [&wobble](steer::Setting setting) {
    wobble = (wobble * 37 + 11) % 100;
    return (setting.engine == steer::Engine::kThreads ? 5.0 * setting.workers : 5.0) *
           (0.9 + wobble / 500.0);
  };
  stage.periods(60);
  stage.cpus.idle_cpus = -6.3;
  stage.cpus.stalled = 0.4;
  stage.periods(10);
  stage.cpus.idle_cpus = 30.1;
  stage.cpus.stalled = 0.0;
  stage.engine.offer(16, 2);
  stage.periods(60);
  stage.engine.state.held.threads = true;
  stage.periods(20);
  return path;
}

Result<std::vector<record::Entry>> read(const std::string& path) {
  return record::read_lines(*read_text_file(path, record::kMaxRecordBytes), path);
}

TEST(Record, ReplayedGivesTheSameDecisions) {
  const TempDirectory directory;
  const auto entries = read(record_run(directory.path("run")));
  ASSERT_TRUE(entries) << entries.error().message;
  const record::Replay replay = record::replay(*entries, std::nullopt);
  EXPECT_GE(replay.periods.size(), 140U);
  EXPECT_EQ(replay.governors, 2U);
  EXPECT_EQ(replay.as_recorded, replay.periods.size());
  EXPECT_GT(replay.writes, 5U);
}

TEST(Record, ReplayedForAnotherObjectiveDecidesOtherwise) {
  const TempDirectory directory;
  const auto entries = read(record_run(directory.path("run")));
  ASSERT_TRUE(entries);
  const record::Replay replay = record::replay(*entries, steer::Objective::kBalanced);
  EXPECT_LT(replay.as_recorded, replay.periods.size());
}

TEST(Record, LeavesOutALastLineThatWasCutOff) {
  const TempDirectory directory;
  const std::string path = record_run(directory.path("run"));
  std::string text = *read_text_file(path, record::kMaxRecordBytes);
  const auto whole = record::read_lines(text, path);
  text.resize(text.size() - 7);
  const auto cut = record::read_lines(text, path);
  ASSERT_TRUE(cut) << cut.error().message;
  EXPECT_EQ(cut->size() + 1, whole->size());
}

TEST(Record, EndsWhenItHasItsFullSize) {
  const TempDirectory directory;
  auto file = record::RecordFile::open(directory.path("run"), 5'000);
  ASSERT_TRUE(file);
  SteeringStage stage(enforcing(), file->get());
  stage.periods(60);
  EXPECT_TRUE((*file)->ended());
  EXPECT_LE(read_text_file(directory.path("run"))->size(), 5'000U);
  EXPECT_TRUE(read(directory.path("run")));
  EXPECT_GT(stage.engine.turned.size(), 0U);
}

TEST(Record, CannotBeMadeWhereThereIsNoDirectory) {
  const auto file = record::RecordFile::open("/nowhere/run");
  ASSERT_FALSE(file);
  EXPECT_NE(file.error().message.find("/nowhere/run"), std::string::npos);
}

TEST(Record, IsRefusedWithItsLineWhenItIsNone) {
  const auto complaint = [](const std::string& text) {
    const auto entries = record::read_lines(text, "f");
    return entries ? std::string() : entries.error().message;
  };
  EXPECT_NE(complaint("").find("f: is empty"), std::string::npos);
  EXPECT_NE(complaint("platform,series\n").find("f:1: is no JSON"), std::string::npos);
  EXPECT_NE(complaint("{}\n").find("f:1: is not a record"), std::string::npos);
  EXPECT_NE(complaint("{\"pagefare_record\":2}\n").find("version 2"), std::string::npos);
  const std::string head = record::head_line();
  EXPECT_NE(complaint(head + "{\"period\":1}\n").find("f:2: "), std::string::npos);
  EXPECT_NE(
      complaint(head + record::to_line(steer::View{}, steer::Decision{})).find("f:2: a period"),
      std::string::npos);
  EXPECT_NE(complaint(head + "{\"offered\":[[7,1]],\"wants\":[0,0.1,0.2],\"prior\":[],"
                             "\"prior_is_own\":true}\n")
                .find("f:2: no such engine"),
            std::string::npos);
}

TEST(Record, IsDrawn) {
  const TempDirectory directory;
  const auto entries = read(record_run(directory.path("run")));
  const std::string svg = record::replay_plot(record::replay(*entries, std::nullopt), "a<b");
  EXPECT_TRUE(svg.starts_with("<svg "));
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
  EXPECT_NE(svg.find("a&lt;b"), std::string::npos);
  EXPECT_NE(svg.find("mt 8"), std::string::npos);
}

}  // namespace
}  // namespace pagefare
