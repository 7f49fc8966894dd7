// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/calibrate/calibrate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <utility>

#include "controller/core/simulate/report.h"
#include "controller/edge/calibrate/copy_crew.h"
#include "controller/edge/platform_name.h"
#include "tests/support/temp_directory.h"

namespace pagefare {
namespace {

using calibrate::Cpu;
using calibrate::order_of;
using calibrate::Placement;

/// Two nodes of two caches of two CPUs.
const std::vector<Cpu> kEight{{0, 0, 0}, {1, 0, 0}, {2, 2, 0}, {3, 2, 0},
                              {4, 4, 1}, {5, 4, 1}, {6, 6, 1}, {7, 6, 1}};

TEST(Placement, FillTakesTheCallersCacheThenItsNodeThenTheOthers) {
  EXPECT_EQ(order_of(kEight, Placement::kFill, 1), (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST(Placement, SpreadTakesOneOfEachCacheFirst) {
  EXPECT_EQ(order_of(kEight, Placement::kSpread, 1), (std::vector<int>{0, 2, 4, 6, 1, 3, 5, 7}));
}

TEST(Placement, NodeTakesTheCpusOfTheNode) {
  EXPECT_EQ(order_of(kEight, Placement::kNode, 1), (std::vector<int>{4, 5, 6, 7}));
  EXPECT_EQ(order_of(kEight, Placement::kNode, 7).size(), 8U);
}

TEST(Topology, IsReadFromSysfs) {
  const TempDirectory sys;
  sys.write("devices/system/cpu/online", "0\n");
  sys.write("devices/system/node/online", "0-1\n");
  sys.write("devices/system/node/node0/cpulist", "\n");
  sys.write("devices/system/node/node1/cpulist", "0-3\n");
  sys.write("devices/system/cpu/cpu0/cache/index0/level", "1\n");
  sys.write("devices/system/cpu/cpu0/cache/index0/shared_cpu_list", "0\n");
  sys.write("devices/system/cpu/cpu0/cache/index3/level", "3\n");
  sys.write("devices/system/cpu/cpu0/cache/index3/shared_cpu_list", "0,8\n");
  const auto cpus = calibrate::read_topology({.sys = sys.path()});
  ASSERT_TRUE(cpus) << cpus.error().message;
  ASSERT_EQ(cpus->size(), 1U);
  EXPECT_EQ(cpus->front().node, 1);
  EXPECT_EQ(cpus->front().cache, 0);
}

TEST(Topology, NamesWhatIsMissing) {
  const TempDirectory sys;
  const auto cpus = calibrate::read_topology({.sys = sys.path()});
  ASSERT_FALSE(cpus);
  EXPECT_NE(cpus.error().message.find("cpu/online"), std::string::npos);
}

TEST(CopyCrew, CopiesEveryByteForAnyNumberOfCopiers) {
  for (const std::size_t copiers : {1U, 2U, 3U, 5U}) {
    const auto crew = calibrate::CopyCrew::start(std::vector<int>(copiers, 0));
    ASSERT_TRUE(crew);
    for (const std::size_t folios : {1U, 2U, 4U, 17U}) {
      std::vector<std::byte> from(4099 * folios);
      for (std::size_t i = 0; i < from.size(); ++i) from[i] = static_cast<std::byte>(i * 31 + 7);
      std::vector<std::byte> to(from.size());
      (*crew)->copy(to.data(), from.data(), 4099, folios);
      EXPECT_EQ(to, from) << copiers << " copiers, " << folios << " folios";
    }
  }
}

TEST(Calibration, IsATableThatTheSimulatorTakes) {
  const auto calibration =
      calibrate::calibrate({}, {.time = std::chrono::milliseconds(200), .stop = {}});
  ASSERT_TRUE(calibration) << calibration.error().message;
  std::istringstream csv(calibrate::to_csv(*calibration));
  const auto table = tables::read_throughput_csv(csv, "calibration");
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->platform, platform_name({}));
  EXPECT_EQ(table->rows.size(), calibration->rows.size());
  EXPECT_TRUE(table->notes.empty());
  const simulate::Machine machine(*table);
  EXPECT_TRUE(machine.has_kernel_row(0));
  EXPECT_GE(machine.most_workers(steer::Engine::kThreads), 1U);
}

/// Of a machine on which the best count differs from class to class.
calibrate::Calibration uneven_machine() {
  calibrate::Calibration calibration{platform_name({}), {}, false};
  for (std::uint64_t i = 0; i < 8; ++i) {
    for (std::uint32_t n = 0; n <= 16; n = n == 0 ? 1 : 2 * n) {
      const double best = i % 2 == 0 ? 0.0 : 4.0;
      const double away = n == 0 ? 6.0 : std::abs(std::log2(n) - best);
      const steer::Setting setting{n == 0 ? steer::Engine::kKernel : steer::Engine::kThreads, n};
      calibration.rows.push_back(
          {Placement::kFill, {setting, 4096ULL << i, 64, 20.0 - 2.0 * away}, 0.1});
    }
  }
  return calibration;
}

TEST(Calibration, IsAPriorThatSparesTheSearch) {
  std::istringstream csv(calibrate::to_csv(uneven_machine()));
  const auto table = tables::read_throughput_csv(csv, "calibration");
  ASSERT_TRUE(table) << table.error().message;
  const simulate::Machine machine(*table);
  const simulate::Workload workload = simulate::default_workload(machine, 1);
  const auto lost = [&](bool with_prior) {
    steer::Governor governor(machine.space(), {});
    if (with_prior) {
      governor.learn_prior(simulate::as_prior(*table), steer::PriorSource::kThisMachine);
    }
    const auto records =
        simulate::play_governor({&machine, &workload, 0.1, 1}, std::move(governor));
    return simulate::report(machine, workload, records).total.regret;
  };
  EXPECT_LE(lost(true), 0.01);
  EXPECT_LT(lost(true), lost(false));
}

TEST(Calibration, EndsWhenItIsTold) {
  int calls = 0;
  const auto calibration = calibrate::calibrate(
      {}, {.time = std::chrono::hours(1), .stop = [&calls] { return ++calls > 20; }});
  ASSERT_TRUE(calibration);
  EXPECT_TRUE(calibration->stopped);
}

TEST(ThroughputCsv, KeepsTheFirstOfRowsThatAreTheSame) {
  std::istringstream csv(
      "platform,series,engine,workers,folio_size_bytes,folios,throughput_gbps,stddev\n"
      "p,a,mt,1,4096,1,2,\np,b,mt,1,4096,1,3,\np,b,mt,2,4096,1,5,\n");
  const auto table = tables::read_throughput_csv(csv, "f");
  ASSERT_TRUE(table);
  ASSERT_EQ(table->rows.size(), 2U);
  EXPECT_DOUBLE_EQ(table->rows[0].gbps, 2.0);
  ASSERT_EQ(table->notes.size(), 1U);
  EXPECT_NE(table->notes[0].find("series 'b'"), std::string::npos);
}

TEST(PlatformName, IsASlug) {
  EXPECT_EQ(as_slug(" AMD EPYC(tm) 7763  64-Core "), "amd-epyc-tm-7763-64-core");
  EXPECT_EQ(as_slug(platform_name({})), platform_name({}));
}

}  // namespace
}  // namespace pagefare
