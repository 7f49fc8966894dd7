// SPDX-License-Identifier: Apache-2.0
// What is shown is one thing in several forms, and showing it changes nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "tests/e2e/daemon_process.h"
#include "tests/e2e/demo_process.h"
#include "tests/e2e/status_reading.h"

namespace pagefare::e2e {
namespace {

class Scrape : public WithDaemon {};

/// A status and the metrics of the same period: a second status of that period proves it.
struct Reading {
  Json status;
  std::string metrics;
};

Reading read_both(const DaemonProcess& daemon) {
  Reading reading;
  EXPECT_TRUE(eventually([&] {
    reading = {.status = read_status(daemon), .metrics = daemon.get("/metrics").body};
    return read_status(daemon) == reading.status;
  }));
  return reading;
}

double whole(const Json& json) {
  return static_cast<double>(json.get<std::uint64_t>());
}

double in_seconds(const Json& nanoseconds) {
  return whole(nanoseconds) / 1e9;
}

std::string cgroup_sample(const std::string& name, const Json& row, const std::string& view) {
  return name + "{cgroup=\"" + row.at("path").get<std::string>() + "\",view=\"" + view + "\"}";
}

void expect_row_in_metrics(const Json& row, const std::string& metrics) {
  for (const char* view : {"initiator", "owner", "charged"}) {
    const Json& cost = row.at(view);
    EXPECT_DOUBLE_EQ(
        metric(metrics, cgroup_sample("pagefare_cgroup_migrated_bytes_total", row, view)),
        whole(cost.at("bytes")));
    EXPECT_DOUBLE_EQ(
        metric(metrics, cgroup_sample("pagefare_cgroup_copy_cpu_seconds_total", row, view)),
        in_seconds(cost.at("copy_cpu_ns")));
  }
}

/// All samples but those of the program's own cost and of how busy the machine is.
std::vector<std::string> without_own_cost(const std::string& metrics) {
  std::vector<std::string> lines;
  std::istringstream text(metrics);
  for (std::string line; std::getline(text, line);) {
    const bool own = line.find("pagefare_bpf_") != std::string::npos ||
                     line.find("pagefare_scrape") != std::string::npos ||
                     line.find("pagefare_steer_cpus") != std::string::npos ||
                     line.find("period_cpu_seconds") != std::string::npos ||
                     line.find("periods_total") != std::string::npos;
    if (!own) lines.push_back(line);
  }
  return lines;
}

/// The lines that are in one of them only.
std::string differences(std::vector<std::string> one, std::vector<std::string> other) {
  std::ranges::sort(one);
  std::ranges::sort(other);
  std::vector<std::string> lines;
  std::ranges::set_symmetric_difference(one, other, std::back_inserter(lines));
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

TEST_F(Scrape, AgreesWithTheStatusOfTheSamePeriodAfterLoad) {
  const auto daemon = start();
  ASSERT_TRUE(daemon->serves());
  run_demo(2);
  read_fresh_status(*daemon);
  const Reading reading = read_both(*daemon);
  const Json& totals = reading.status.at("totals");
  ASSERT_GT(totals.at("bytes"), 0);
  EXPECT_DOUBLE_EQ(metric(reading.metrics, "pagefare_measured_bytes_total"),
                   whole(totals.at("bytes")));
  EXPECT_DOUBLE_EQ(metric(reading.metrics, "pagefare_measured_folios_total"),
                   whole(totals.at("folios")));
  EXPECT_DOUBLE_EQ(metric(reading.metrics, "pagefare_measured_copy_cpu_seconds_total"),
                   in_seconds(totals.at("copy_cpu_ns")));
  for (const Json& row : reading.status.at("cgroups")) expect_row_in_metrics(row, reading.metrics);
}

TEST_F(Scrape, LeavesEveryFigureAsItWasWithinAPeriod) {
  const auto daemon = start({.arguments = {"--period", "60s"}});
  ASSERT_TRUE(daemon->serves());
  const Json status = read_status(*daemon);
  const std::string metrics = daemon->get("/metrics").body;
  for (int scrapes = 0; scrapes < 20; ++scrapes) EXPECT_EQ(daemon->get("/metrics").body, metrics);
  EXPECT_EQ(read_status(*daemon), status);
}

/// Two periods between which nothing migrated, whoever else is at work on the machine.
TEST_F(Scrape, IsTheSameInThePeriodsWithoutLoadButForOwnCost) {
  const auto daemon = start({.arguments = {"--period", "100ms"}});
  ASSERT_TRUE(daemon->serves());
  Reading first;
  Reading second;
  ASSERT_TRUE(eventually(
      [&] {
        first = read_both(*daemon);
        for (int scrapes = 0; scrapes < 10; ++scrapes) (void)daemon->get("/metrics");
        read_fresh_status(*daemon);
        second = read_both(*daemon);
        return first.status.at("totals") == second.status.at("totals");
      },
      60s))
      << "pages move all the time on this machine";
  EXPECT_NE(first.status.at("health").at("periods"), second.status.at("health").at("periods"));
  EXPECT_EQ(differences(without_own_cost(first.metrics), without_own_cost(second.metrics)), "");
}

}  // namespace
}  // namespace pagefare::e2e
