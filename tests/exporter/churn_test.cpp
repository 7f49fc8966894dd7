// SPDX-License-Identifier: Apache-2.0
// Ten thousand short-lived cgroups through the loop and the ledger to the text of a scrape.
#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "controller/loop/loop.h"
#include "exporter/metrics_text.h"
#include "tests/support/fake_cgroup_names.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_event_source.h"
#include "tests/support/windows.h"

namespace pagefare::test {
namespace {

using std::chrono::seconds;

constexpr std::uint64_t kPods = 10'000;
constexpr std::uint64_t kPodsPerPeriod = 20;
constexpr std::uint64_t kLife = 10;  // periods, which are seconds here
constexpr std::uint64_t kLinger = 60;

/// Pods come at a steady rate, migrate in every period of their life, and go. Long after, each
/// one's last sample comes late.
class Cluster {
 public:
  explicit Cluster(std::size_t max_cgroups)
      : loop_(settings(max_cgroups), source_, names_, clock_, holder_) {}

  void turn() {
    Window window;
    const std::uint64_t first = now_ * kPodsPerPeriod;
    for (std::uint64_t i = first; i < first + kPodsPerPeriod && i < kPods; ++i) {
      names_.make(id(i), path(i));
    }
    for (std::uint64_t age = 0; age < kLife; ++age) {
      each_of_age(age, [&](std::uint64_t pod) { move(window, pod); });
    }
    each_of_age(kLife, [&](std::uint64_t pod) { names_.remove(id(pod)); });
    each_of_age(kLife + kLinger + 10, [&](std::uint64_t pod) { move(window, pod); });
    source_.queue(std::move(window));
    loop_.turn();
    names_.forgotten.clear();
    source_.forgotten.clear();
    ++now_;
    clock_.now += seconds(1);
  }

  bool is_over() const { return now_ > kPods / kPodsPerPeriod + kLife + kLinger + 20; }
  std::uint64_t now() const { return now_; }
  SnapshotPtr snapshot() const { return holder_.current().snapshot; }

  std::string text() {
    MetricsForm form;
    return *metrics_.get(form);
  }

  static std::string path(std::uint64_t pod) { return "/pods/pod-" + std::to_string(pod); }
  static CgroupId id(std::uint64_t pod) { return CgroupId{pod + 100}; }

 private:
  static LoopSettings settings(std::size_t max_cgroups) {
    LoopSettings settings;
    settings.max_cgroups = max_cgroups;
    settings.linger = seconds(kLinger);
    settings.period = seconds(1);
    return settings;
  }

  void each_of_age(std::uint64_t age, const std::function<void(std::uint64_t)>& visit) const {
    if (now_ < age) {
      return;
    }
    const std::uint64_t first = (now_ - age) * kPodsPerPeriod;
    for (std::uint64_t pod = first; pod < first + kPodsPerPeriod && pod < kPods; ++pod) {
      visit(pod);
    }
  }

  static void move(Window& window, std::uint64_t pod) {
    window.folios.push_back(moved(task(id(pod).value), cgroup(id(pod).value), pod % 7 + 1, 1000));
  }

  FakeEventSource source_;
  FakeCgroupNames names_;
  FakeClock clock_;
  SnapshotHolder holder_{clock_};
  MetricsText metrics_{holder_};
  Loop loop_;
  std::uint64_t now_ = 0;
};

CopyCost charged(const Snapshot& snapshot) {
  CopyCost sum = total(snapshot.unattributed).cost;
  for (const CgroupRow& row : snapshot.rows) {
    sum += row.account.charged;
  }
  return sum;
}

CopyCost measured(const Snapshot& snapshot) {
  return {.bytes = snapshot.totals.bytes,
          .folios = snapshot.totals.folios,
          .copy_cpu = snapshot.totals.copy_cpu};
}

std::size_t rows_of_pods(const Snapshot& snapshot) {
  std::size_t rows = 0;
  for (const CgroupRow& row : snapshot.rows) {
    rows += row.path.starts_with("/pods/") ? 1U : 0U;
  }
  return rows;
}

TEST(Churn, ShowsNoMoreCgroupsThanLiveAndLinger) {
  Cluster cluster(100'000);
  std::size_t most = 0;
  while (!cluster.is_over()) {
    cluster.turn();
    most = std::max(most, rows_of_pods(*cluster.snapshot()));
  }
  // A removed cgroup is looked at once in its last period, and shown for a minute after it.
  EXPECT_EQ(most, kPodsPerPeriod * (kLife + kLinger));
  EXPECT_EQ(rows_of_pods(*cluster.snapshot()), 0U);
  EXPECT_EQ(cluster.text().find("/pods/"), std::string::npos);
}

TEST(Churn, EndsTheSeriesOfACgroupAMinuteAfterItForGood) {
  Cluster cluster(100'000);
  const std::string series = "cgroup=\"" + Cluster::path(40) + "\"";
  std::vector<std::uint64_t> shown;
  while (cluster.now() < 2 * (kLife + kLinger)) {  // its late sample is among these
    cluster.turn();
    if (cluster.text().find(series) != std::string::npos) {
      shown.push_back(cluster.now() - 1);
    }
  }
  constexpr std::uint64_t kBorn = 40 / kPodsPerPeriod;
  ASSERT_EQ(shown.size(), kLife + kLinger);
  EXPECT_EQ(shown.front(), kBorn);
  EXPECT_EQ(shown.back(), kBorn + kLife + kLinger - 1);
}

TEST(Churn, LosesNothingOfWhatWasMeasured) {
  for (const std::size_t max_cgroups : {std::size_t{100'000}, std::size_t{50}}) {
    Cluster cluster(max_cgroups);
    while (!cluster.is_over()) {
      cluster.turn();
      ASSERT_EQ(charged(*cluster.snapshot()), measured(*cluster.snapshot())) << cluster.now();
    }
    EXPECT_EQ(total(cluster.snapshot()->unattributed).cost, CopyCost{});
  }
}

TEST(Churn, KeepsToTheCapAndPutsTheRestIntoOther) {
  Cluster cluster(50);
  std::size_t most = 0;
  while (!cluster.is_over()) {
    cluster.turn();
    most = std::max(most, rows_of_pods(*cluster.snapshot()));
  }
  EXPECT_EQ(most, 50U);
  EXPECT_NE(cluster.text().find("cgroup=\"~other\""), std::string::npos);
}

TEST(Churn, LeavesTheTextAsLongAsItWas) {
  Cluster cluster(100'000);
  std::set<std::size_t> lines;
  while (cluster.now() < kPods / kPodsPerPeriod) {
    cluster.turn();
    if (cluster.now() > 2 * (kLife + kLinger) && cluster.now() % 20 == 0) {
      const std::string text = cluster.text();
      lines.insert(static_cast<std::size_t>(std::ranges::count(text, '\n')));
    }
  }
  EXPECT_EQ(lines.size(), 1U) << "the number of series changed while the load was steady";
}

TEST(Churn, LeavesMemoryFlat) {
  Cluster cluster(100'000);
  const auto run_until = [&](std::uint64_t pods) {
    while (cluster.now() * kPodsPerPeriod < pods) {
      cluster.turn();
      (void)cluster.text();
    }
    return mallinfo2().uordblks;
  };
  const std::size_t early = run_until(kPods / 4);
  if (early == 0) {
    GTEST_SKIP() << "the allocator does not tell what is in use (a sanitizer's)";
  }
  const std::size_t late = run_until(kPods);
  // Ids of closed cgroups are remembered, some 50 bytes each, for late samples; nothing else may
  // grow. A row alone would be twenty times as much.
  EXPECT_LT(late, early + kPods * 64);
}

}  // namespace
}  // namespace pagefare::test
