// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "exporter/status_json.h"
#include "exporter/status_parse.h"
#include "exporter/status_text.h"
#include "tests/support/snapshots.h"

namespace pagefare::test {
namespace {

using Json = nlohmann::json;

Json json_of(const Snapshot& snapshot) {
  return Json::parse(status_json(snapshot));
}

Status populated_status() {
  return parse_status(status_json(populated_snapshot())).value();
}

// The names that others rely on.
TEST(StatusJson, KeepsThePromisedNamesAsIntegers) {
  const Json json = json_of(populated_snapshot());
  EXPECT_EQ(json["mode"], "observe");
  EXPECT_EQ(json["layer"], "precise");
  for (const char* key : {"calls", "pages_migrated", "pages_failed", "bytes", "copy_cpu_ns",
                          "worker_cpu_ns", "dma_bytes", "dma_ns"}) {
    EXPECT_TRUE(json["totals"][key].is_number_unsigned() || json["totals"][key].is_number_integer())
        << key;
  }
  EXPECT_EQ(json["unattributed"]["bytes"], 20'000);
  EXPECT_EQ(json["unattributed"]["copy_cpu_ns"], 60'000'000);
  const Json& cgroup = json["cgroups"][1];
  EXPECT_EQ(cgroup["path"], "/a.slice/b");
  EXPECT_EQ(cgroup["initiator"], Json({{"bytes", 81920}, {"folios", 20}, {"copy_cpu_ns", 20'000}}));
  EXPECT_EQ(cgroup["owner"], Json({{"bytes", 163840}, {"folios", 40}, {"copy_cpu_ns", 40'000}}));
  EXPECT_EQ(cgroup["charged"], Json({{"bytes", 245760}, {"folios", 60}, {"copy_cpu_ns", 60'000}}));
  EXPECT_EQ(cgroup["outside_quota_ns"], 12'000);
}

TEST(StatusJson, HasNoFractionAnywhere) {
  const std::function<void(const Json&)> look = [&look](const Json& json) {
    EXPECT_FALSE(json.is_number_float()) << json;
    if (json.is_structured()) {
      for (const Json& part : json) {
        look(part);
      }
    }
  };
  look(json_of(populated_snapshot()));
}

TEST(StatusJson, MarksKernelThreads) {
  const Json json = json_of(populated_snapshot());
  EXPECT_FALSE(json["cgroups"][0]["kernel_thread"].get<bool>());
  EXPECT_TRUE(json["cgroups"][2]["kernel_thread"].get<bool>());
}

TEST(StatusJson, SplitsTheUnattributedByCause) {
  const Json json = json_of(populated_snapshot());
  EXPECT_EQ(json["unattributed"]["by_cause"]["unseen"]["copy_cpu_ns"], 20'000'000);
  EXPECT_EQ(json["unattributed"]["by_cause"]["map_full"]["bytes"], 0);
}

TEST(StatusJson, IsJsonEvenWhenANameIsNotUtf8) {
  Snapshot snapshot = populated_snapshot();
  snapshot.rows = {row("/bad\xff", 1, 1)};
  EXPECT_EQ(json_of(snapshot)["cgroups"][0]["path"], "/bad\\xff");
}

TEST(StatusParse, ReadsBackWhatWasWritten) {
  const Snapshot snapshot = populated_snapshot();
  const Status status = populated_status();
  EXPECT_EQ(status.version, snapshot.version);
  EXPECT_EQ(status.layer, "precise");
  EXPECT_EQ(status.uptime, snapshot.uptime);
  EXPECT_EQ(status.completeness_ppm, completeness_ppm(snapshot));
  EXPECT_EQ(status.totals, snapshot.totals);
  EXPECT_EQ(status.unattributed, total(snapshot.unattributed));
  ASSERT_EQ(status.rows.size(), snapshot.rows.size());
  for (std::size_t i = 0; i < status.rows.size(); ++i) {
    EXPECT_EQ(status.rows[i].path, snapshot.rows[i].path);
    EXPECT_EQ(status.rows[i].account, snapshot.rows[i].account);
  }
  EXPECT_EQ(status.warnings, snapshot.warnings);
  EXPECT_EQ(status.programs, 2U);
  EXPECT_EQ(status.not_attached, std::vector<std::string>{"on_folio_copy: not in this kernel"});
}

TEST(StatusParse, KeepsOnlyLossesAboveZero) {
  Snapshot snapshot = populated_snapshot();
  snapshot.losses = {};
  snapshot.losses.missed_runs = 5;
  const Status status = parse_status(status_json(snapshot)).value();
  ASSERT_EQ(status.losses.size(), 1U);
  EXPECT_EQ(status.losses[0], std::pair(std::string("missed_runs"), std::uint64_t{5}));
}

TEST(StatusParse, TakesMissingOptionalFieldsAsZero) {
  const auto status = parse_status(R"({"mode":"observe","layer":"none","totals":{},"cgroups":[]})");
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(status->totals, Totals{});
}

TEST(StatusParse, MakesControlCharactersVisible) {
  Snapshot snapshot = populated_snapshot();
  snapshot.rows = {row("/\033[2Jgone", 1, 1)};
  EXPECT_EQ(parse_status(status_json(snapshot))->rows[0].path, "/\\x1b[2Jgone");
}

struct Nonsense {
  const char* text;
  const char* complaint;
};

class RefusedStatus : public testing::TestWithParam<Nonsense> {};

TEST_P(RefusedStatus, IsAnErrorThatNamesTheField) {
  const auto status = parse_status(GetParam().text);
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message.find(GetParam().complaint), std::string::npos)
      << status.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Texts, RefusedStatus,
    testing::Values(
        Nonsense{"", "not JSON"}, Nonsense{"<html>", "not JSON"},
        Nonsense{"[]", "not a JSON object"}, Nonsense{"{}", "mode is not there"},
        Nonsense{R"({"mode":1,"layer":"x","totals":{},"cgroups":[]})", "mode is not a string"},
        Nonsense{R"({"mode":"x","layer":"x","totals":[],"cgroups":[]})", "totals is not an object"},
        Nonsense{R"({"mode":"x","layer":"x","totals":{},"cgroups":{}})", "cgroups is not a list"},
        Nonsense{R"({"mode":"x","layer":"x","totals":{"bytes":-1},"cgroups":[]})",
                 "totals.bytes is not an unsigned integer"},
        Nonsense{R"({"mode":"x","layer":"x","totals":{"bytes":1.5},"cgroups":[]})",
                 "totals.bytes is not an unsigned integer"},
        Nonsense{R"({"mode":"x","layer":"x","totals":{"copy_cpu_ns":18446744073709551615},
                     "cgroups":[]})",
                 "totals.copy_cpu_ns is not a number of nanoseconds"},
        Nonsense{R"({"mode":"x","layer":"x","totals":{},"cgroups":[7]})",
                 "cgroups[0] is not an object"},
        Nonsense{R"({"mode":"x","layer":"x","totals":{},"cgroups":[{"path":"/","owner":3}]})",
                 "cgroups[0].owner is not an object"},
        Nonsense{R"({"mode":"x","layer":"x","totals":{},"cgroups":[{}]})",
                 "cgroups[0].path is not there"},
        Nonsense{R"({"mode":"x","layer":"x","totals":{},"cgroups":[],"losses":3})",
                 "losses is not an object"}));

TEST(StatusText, LooksLikeThis) {
  Snapshot snapshot = populated_snapshot();
  snapshot.losses = {};
  snapshot.losses.folio_map_full = 2;
  snapshot.losses.folio_bytes = {8192};
  EXPECT_EQ(status_text(parse_status(status_json(snapshot)).value(), false),
            R"(pagefare      0.1.0, mode observe, charge rule, up 1 min 40 s
layer         precise: every folio is seen with its owner
completeness  97.00 % of what was measured is charged to somebody
programs      1 of 2 attached; `pagefare doctor` says why the others are not
migrated      976.6 KiB in 244 folios, 50 calls; 10 pages failed
copy CPU      2.00 s in callers, 250.0 ms in kernel workers
DMA           4.0 KiB in 5 batches, 1 failed; channels busy 90.0 ms
unattributed  19.5 KiB, 60.0 ms copy CPU
own cost      15.0 ms CPU in 100 periods, 2 failed

cgroup                                         pays  asked for       owns   copy CPU outside quota
/a.slice/b                                240.0 KiB   80.0 KiB  160.0 KiB    60.0 us       12.0 us
/                                         120.0 KiB   40.0 KiB   80.0 KiB    30.0 us        6.0 us
[kcompactd]                                60.0 KiB   20.0 KiB   40.0 KiB    15.0 us        3.0 us

lost folio_bytes: 8.0 KiB
lost folio_map_full: 2
warning: the folio map was full; raise bpf.max_folios
)");
}

TEST(StatusText, HasNoEscapeSequencesUnlessColourIsAskedFor) {
  EXPECT_EQ(status_text(populated_status(), false).find('\033'), std::string::npos);
  EXPECT_NE(status_text(populated_status(), true).find('\033'), std::string::npos);
}

TEST(StatusText, ShowsTenCgroupsAndCountsTheRest) {
  Snapshot snapshot = populated_snapshot();
  snapshot.rows.clear();
  for (std::uint64_t i = 1; i <= 13; ++i) {
    snapshot.rows.push_back(row("/c" + std::to_string(i), i, i));
  }
  const std::string text = status_text(parse_status(status_json(snapshot)).value(), false);
  EXPECT_NE(text.find("/c13 "), std::string::npos);
  EXPECT_NE(text.find("/c4 "), std::string::npos);
  EXPECT_EQ(text.find("/c3 "), std::string::npos);
  EXPECT_NE(text.find("and 3 more"), std::string::npos);
}

TEST(StatusText, SaysSoWhenNothingHasMigratedYet) {
  Snapshot snapshot = populated_snapshot();
  snapshot.rows.clear();
  EXPECT_NE(status_text(parse_status(status_json(snapshot)).value(), false)
                .find("nothing has migrated yet"),
            std::string::npos);
}

}  // namespace
}  // namespace pagefare::test
