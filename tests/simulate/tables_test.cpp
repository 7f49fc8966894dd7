// SPDX-License-Identifier: Apache-2.0
// What comes in as CSV and goes out as JSON and SVG.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "controller/cli/simulate_report.h"
#include "controller/edge/tables/steer_plot.h"
#include "controller/edge/tables/throughput_csv.h"
#include "controller/edge/tables/workload_csv.h"
#include "tests/support/simulations.h"

namespace pagefare::test {
namespace {

using steer::Engine;

const std::string kHeader =
    "platform,series,engine,workers,folio_size_bytes,folios,throughput_gbps,stddev\n";

Result<simulate::Table> read(const std::string& rows, const std::string& header = kHeader) {
  std::istringstream in(header + rows);
  return tables::read_throughput_csv(in, "table.csv");
}

std::string error(const std::string& rows, const std::string& header = kHeader) {
  const auto table = read(rows, header);
  return table ? "" : table.error().message;
}

TEST(ThroughputCsv, ReadsARowOfEachEngine) {
  const auto table = read(
      "box,s,vanilla,0,4096,512,1.5,\n"
      "box,s,mt,8,4096,512,3.5,0.1\n"
      "box,s,dma,2,4096,512,2.5,\n");
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(table->platform, "box");
  ASSERT_EQ(table->rows.size(), 3U);
  EXPECT_EQ(table->rows[0].setting, steer::kUnmodified);
  EXPECT_EQ(table->rows[1].setting, (steer::Setting{Engine::kThreads, 8}));
  EXPECT_EQ(table->rows[2].gbps, 2.5);
}

TEST(ThroughputCsv, TakesColumnsInAnyOrder) {
  const auto table = read("3.5,8,512,4096,mt,box\n",
                          "throughput_gbps,workers,folios,folio_size_bytes,engine,platform\n");
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(table->rows[0].folios, 512U);
}

TEST(ThroughputCsv, SaysWhichEngineItDoesNotKnow) {
  const auto table = read("b,s,abacus,4,4096,512,9.9,\nb,s,mt,4,4096,512,3.5,\n");
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(table->rows.size(), 1U);
  ASSERT_EQ(table->notes.size(), 1U);
  EXPECT_NE(table->notes[0].find("abacus"), std::string::npos);
}

TEST(ThroughputCsv, LeavesOutCountsThatAreNoPowersOfTwoAndSaysSo) {
  const auto table = read("b,s,mt,12,4096,512,9.9,\nb,s,mt,4,4096,512,3.5,\n");
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(table->rows.size(), 1U);
  EXPECT_NE(table->notes.at(0).find("12"), std::string::npos);
}

TEST(ThroughputCsv, NamesFileAndLineOfABadNumber) {
  EXPECT_NE(error("b,s,mt,4,4096,512,fast,\n").find("table.csv:2"), std::string::npos);
  EXPECT_NE(error("b,s,mt,4,4096,512,-1,\n").find("above zero"), std::string::npos);
  EXPECT_NE(error("b,s,mt,4,4096,512,nan,\n").find("above zero"), std::string::npos);
  EXPECT_NE(error("b,s,mt,4,0,512,1,\n").find("folio_size_bytes"), std::string::npos);
  EXPECT_NE(error("b,s,mt,four,4096,512,1,\n").find("workers"), std::string::npos);
  EXPECT_NE(error("b,s,mt\n").find("no value for column"), std::string::npos);
}

TEST(ThroughputCsv, ReadsWhatASpreadsheetWrites) {
  const auto table = read("\"box\",s,mt,4,4096,512,3.5,\r\nbox,s,vanilla,0,4096,512,1.5,\r\n",
                          "\xef\xbb\xbf" + kHeader.substr(0, kHeader.size() - 1) + "\r\n");
  ASSERT_TRUE(table.has_value()) << table.error().message;
  EXPECT_EQ(table->platform, "box");
  EXPECT_EQ(table->rows.size(), 2U);
}

TEST(ThroughputCsv, PassesOverColumnsThatItDoesNotKnow) {
  const auto table =
      read("b,s,mt,4,4096,512,3.5,,warm\n", kHeader.substr(0, kHeader.size() - 1) + ",weather\n");
  ASSERT_TRUE(table.has_value()) << table.error().message;
  EXPECT_EQ(table->rows.size(), 1U);
}

TEST(ThroughputCsv, RefusesNumbersThatNoMachineHas) {
  EXPECT_NE(error("b,s,mt,4,4096,512,1e300,\n").find("throughput_gbps"), std::string::npos);
  EXPECT_NE(error("b,s,mt,4,4096,512,inf,\n").find("not 'inf'"), std::string::npos);
  EXPECT_NE(error("b,s,mt,4294967296,4096,512,1,\n").find("workers"), std::string::npos);
  EXPECT_NE(error("b,s,mt,-4,4096,512,1,\n").find("workers"), std::string::npos);
  EXPECT_NE(error("b,s,mt,4,4096,99999999999,1,\n").find("folios"), std::string::npos);
}

TEST(ThroughputCsv, DoesNotTakeADecimalCommaForAColumn) {
  EXPECT_NE(error("b,s,mt,4,4096,512,3,5,0.1\n").find("decimal separator"), std::string::npos);
}

TEST(ThroughputCsv, SaysThatThereIsOnlyAHeader) {
  EXPECT_NE(error("").find("no row below the header"), std::string::npos);
}

TEST(ThroughputCsv, RefusesAColumnThatIsThereTwice) {
  EXPECT_NE(error("", "engine," + kHeader).find("column engine twice"), std::string::npos);
}

TEST(ThroughputCsv, SaysThatAFolderIsNoFile) {
  const auto table = tables::read_throughput_csv("/");
  ASSERT_FALSE(table.has_value());
  EXPECT_NE(table.error().message.find("is it a file?"), std::string::npos);
}

TEST(ThroughputCsv, NamesAMissingColumn) {
  EXPECT_NE(error("", "platform,engine\n").find("column workers"), std::string::npos);
}

TEST(ThroughputCsv, RefusesATableWithoutAUsableRow) {
  EXPECT_NE(error("b,s,abacus,4,4096,512,9.9,\n").find("no row that pagefare can use"),
            std::string::npos);
  EXPECT_NE(error("", "").find("empty"), std::string::npos);
}

TEST(ThroughputCsv, NamesAFileThatIsNotThere) {
  const auto table = tables::read_throughput_csv("/nowhere/table.csv");
  ASSERT_FALSE(table.has_value());
  EXPECT_NE(table.error().message.find("/nowhere/table.csv"), std::string::npos);
}

class WorkloadCsv : public testing::Test {
 protected:
  Result<simulate::Workload> read(const std::string& text) const {
    std::istringstream in(text);
    return tables::read_workload_csv(in, "load.csv", machine_);
  }
  simulate::Machine machine_{published("xeon-e5-2650v4-4k")};
};

TEST_F(WorkloadCsv, JoinsTheRowsOfAPhase) {
  const auto workload = read(
      "phase,periods,folio_size_bytes,folios,share,available_cpus\n"
      "a,50,4096,512,3,4\na,50,4096,1024,1,4\nb,20,4096,512,1,\n");
  ASSERT_TRUE(workload.has_value()) << workload.error().message;
  ASSERT_EQ(workload->size(), 2U);
  EXPECT_EQ(workload->at(0).periods, 50U);
  EXPECT_EQ(workload->at(0).available_cpus, 4.0);
  ASSERT_EQ(workload->at(0).mixture.size(), 2U);
  EXPECT_DOUBLE_EQ(workload->at(0).mixture[0].share, 0.75);
  EXPECT_GT(workload->at(1).available_cpus, 1000.0);
}

TEST_F(WorkloadCsv, RefusesAClassThatTheTableLacks) {
  const auto workload = read("phase,periods,folio_size_bytes,folios,share\na,50,8192,512,1\n");
  ASSERT_FALSE(workload.has_value());
  EXPECT_NE(workload.error().message.find("load.csv:2"), std::string::npos);
}

TEST_F(WorkloadCsv, RefusesNonsense) {
  const std::string header = "phase,periods,folio_size_bytes,folios,share,bandwidth\n";
  EXPECT_FALSE(read(header + "a,0,4096,512,1,\n").has_value());
  EXPECT_FALSE(read(header + "a,5,4096,512,0,\n").has_value());
  EXPECT_FALSE(read(header + "a,5,4096,512,1,0\n").has_value());
  EXPECT_FALSE(read(header).has_value());
}

TEST(SimulateJson, KeepsItsNames) {
  const simulate::Table table = published("grace-64k");
  const simulate::Machine machine(table);
  const Outcome run = simulate_once(table, {}, 1);
  const auto json = nlohmann::json::parse(simulate_json({}, machine, run.report));
  for (const auto& part : {json, json["phases"][0]}) {
    for (const char* name :
         {"oracle_gbps", "achieved_gbps", "vanilla_gbps", "best_static", "regret",
          "regret_second_half", "cpu_s_per_gb", "periods", "writes", "flaps"}) {
      EXPECT_TRUE(part.contains(name)) << name;
    }
    for (const char* name : {"engine", "workers", "gbps", "cpu_s_per_gb"}) {
      EXPECT_TRUE(part["best_static"].contains(name)) << name;
    }
  }
  EXPECT_EQ(json["phases"].size(), 5U);
  EXPECT_EQ(json["periods"], 1000);
}

TEST(SimulateJson, SaysNullWhereTheUnmodifiedKernelWasNotMeasured) {
  const simulate::Table table = published("zen3-ccd-fill");
  const simulate::Machine machine(table);
  const Outcome run = simulate_once(table, {}, 1);
  const auto json = nlohmann::json::parse(simulate_json({}, machine, run.report));
  EXPECT_TRUE(json["vanilla_gbps"].is_null());
}

TEST(SteerPlot, DrawsEverySettingThatWasUsed) {
  const simulate::Table table = published("grace-64k");
  const simulate::Machine machine(table);
  const Outcome run = simulate_once(table, {}, 1);
  const std::string svg = tables::steer_plot({"a <b> & c", machine, run.workload, run.records});
  EXPECT_TRUE(svg.starts_with("<svg"));
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
  EXPECT_NE(svg.find("a &lt;b&gt; &amp; c"), std::string::npos);
  for (const simulate::PeriodRecord& record : run.records) {
    if (record.setting != steer::kUnmodified) {
      ASSERT_NE(svg.find(">" + describe(record.setting) + "<"), std::string::npos);
    }
  }
}

TEST(SteerPlot, NamesAFileThatCannotBeWritten) {
  const simulate::Table table = published("zen3-ccd-fill");
  const simulate::Machine machine(table);
  const Outcome run = simulate_once(table, {}, 1);
  const auto written =
      tables::write_steer_plot({"t", machine, run.workload, run.records}, "/nowhere/plot.svg");
  ASSERT_FALSE(written.has_value());
  EXPECT_NE(written.error().message.find("/nowhere/plot.svg"), std::string::npos);
}

}  // namespace
}  // namespace pagefare::test
