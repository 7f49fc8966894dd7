// SPDX-License-Identifier: Apache-2.0
#include "exporter/status_steering.h"

#include <gtest/gtest.h>

#include <string>

#include "exporter/knobs_json.h"
#include "exporter/knobs_text.h"
#include "exporter/status_json.h"
#include "exporter/status_text.h"

namespace pagefare {
namespace {

Status steering_status() {
  Status status;
  status.mode = "enforce";
  status.steer = {.deciding = true,
                  .why_not = "",
                  .objective = "thrift",
                  .active = "mt 8",
                  .target = "mt 16",
                  .regret_ppm = 30'000,
                  .has_engine = true,
                  .last_id = 7,
                  .last_sentence = "try mt 16",
                  .last_outcome = "written"};
  return status;
}

KnobRow taken_over() {
  return {.name = "pagefare_copy.threads", .value = "8", .grip = Grip::kTheirs, .ours = "4"};
}

bool has(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

TEST(StatusSteering, SaysWhatCopiesWhereItGoesAndWhatWasDecided) {
  const std::string text = steering_text(steering_status());
  EXPECT_TRUE(has(text, "copies now: mt 8; target: mt 16; 3.00 %")) << text;
  EXPECT_TRUE(has(text, "try mt 16 (written); `pagefare explain 7`")) << text;
}

TEST(StatusSteering, SaysWhatCopiesWhenItOnlyObserves) {
  Status status = steering_status();
  status.mode = "observe";
  EXPECT_TRUE(has(steering_text(status), "none in mode observe; copies now: mt 8"));
}

TEST(StatusSteering, IsSilentWhereThereIsNothingToObserve) {
  EXPECT_EQ(steering_text(Status{.mode = "observe"}), "");
}

TEST(StatusAlarms, AreRedOnATerminalAndSaidOnce) {
  Snapshot snapshot;
  snapshot.knobs.alarms = {
      {KnobAlarm::Kind::kLosesData, "cpu_mt.threads", "12 threads leave bytes uncopied"}};
  snapshot.warnings = {"DATA LOSS: cpu_mt.threads: 12 threads leave bytes uncopied"};
  const auto status = parse_status(status_json(snapshot));
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_TRUE(has(status_text(*status, true), "\033[31mLOSES DATA\033[0m cpu_mt.threads: 12"));
  EXPECT_FALSE(has(status_text(*status, false), "warning:"));
}

TEST(KnobsText, ShowsAsAnAlarmWhatTheDaemonSaysSomebodyElseHolds) {
  KnobState told;
  told.rows = {taken_over()};
  KnobState read;
  read.rows = {{.name = "pagefare_copy.threads", .value = "8"}};
  const std::string status = "{\"knobs\":" + knobs_json(told).dump() + "}";
  ASSERT_TRUE(add_grips(read, status));
  ASSERT_EQ(read.alarms.size(), 1U);
  EXPECT_EQ(read.alarms[0].kind, KnobAlarm::Kind::kConflict);
  EXPECT_TRUE(has(knobs_text(read, true), "\033[31malarm\033[0m pagefare_copy.threads: somebody"));
}

}  // namespace
}  // namespace pagefare
