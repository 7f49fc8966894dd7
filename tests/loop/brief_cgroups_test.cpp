// SPDX-License-Identifier: Apache-2.0
// Who pays for cgroups that were gone before they had a path.
#include "controller/loop/brief_cgroups.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "controller/loop/fairness.h"
#include "controller/loop/loop.h"
#include "tests/support/collecting_sink.h"
#include "tests/support/fake_cgroup_names.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_event_source.h"
#include "tests/support/fake_levers.h"
#include "tests/support/windows.h"

namespace pagefare::test {
namespace {

class FakeBirths : public CgroupBirths {
 public:
  std::optional<CgroupId> parent(CgroupId id) const override {
    const auto found = parents.find(id);
    return found == parents.end() ? std::nullopt : std::optional(found->second);
  }

  std::map<CgroupId, CgroupId> parents;
};

fair::Policy policy_for(const std::string& glob) {
  fair::Policy policy;
  policy.capacity_cpu_ppm = 1'000'000;
  fair::Budget budget;
  budget.match = glob;
  budget.cpu_ppm = 100'000;
  budget.burst = {};
  budget.actions.add(fair::Action::kGate);
  policy.budgets.push_back(budget);
  return policy;
}

/// /a is 1; whatever else is charged has no path, unless a test says so.
struct Stage {
  explicit Stage(const std::string& glob = "/a")
      : fairness({.mode = Mode::kEnforce,
                  .policy = policy_for(glob),
                  .own_path = "/self",
                  .boot_id = "boot",
                  .cpus = 2},
                 {.names = names, .clock = clock, .levers = &levers, .births = &births}),
        loop({.mode = Mode::kEnforce, .page_size = 4096}, source, names, clock, sink) {
    loop.attach(fairness);
    names.make(CgroupId{1}, "/a");
  }

  /// A second in which this cgroup copied most of the time.
  void turn(std::uint64_t id) {
    Window window;
    window.duration = std::chrono::seconds(1);
    window.folios = {moved(task(id), cgroup(id), 1000)};
    window.folios[0].cpu = std::chrono::milliseconds(900);
    source.queue(std::move(window));
    loop.turn();
  }
  Nanoseconds used(const std::string& path) {
    const auto& state = sink.last().fair;
    const fair::TenantRow* const tenant = fair::find_tenant(state, path);
    return tenant == nullptr || tenant->path != path
               ? Nanoseconds(-1)
               : Nanoseconds(static_cast<std::int64_t>(tenant->used[fair::Resource::kCpu]));
  }
  std::size_t told() const { return levers.told.back().cgroups.size(); }

  FakeEventSource source;
  FakeCgroupNames names;
  FakeClock clock;
  CollectingSink sink;
  FakeLevers levers;
  FakeBirths births;
  Fairness fairness;
  Loop loop;
};

constexpr Nanoseconds kUsed = std::chrono::milliseconds(900);

TEST(BriefCgroups, UseTheBudgetOfWhatTheyWereMadeIn) {
  Stage stage;
  stage.births.parents = {{CgroupId{7}, CgroupId{1}}};
  stage.turn(7);
  EXPECT_EQ(stage.used("/a"), kUsed);
  ASSERT_EQ(stage.told(), 1U);
  EXPECT_EQ(stage.levers.told.back().cgroups[0].path, "/a");
}

TEST(BriefCgroups, AreFoundThroughParentsThatAreGoneToo) {
  Stage stage;
  stage.births.parents = {
      {CgroupId{9}, CgroupId{8}}, {CgroupId{8}, CgroupId{7}}, {CgroupId{7}, CgroupId{1}}};
  stage.turn(9);
  EXPECT_EQ(stage.used("/a"), kUsed);
}

TEST(BriefCgroups, CountWithTheUnlistedWhenNobodySawThemBorn) {
  Stage stage;
  stage.turn(7);
  EXPECT_EQ(stage.used("~unlisted"), kUsed);
  EXPECT_EQ(stage.told(), 0U);
}

TEST(BriefCgroups, OfAGlobForEachChildShareOneBudgetThatNoLeverHolds) {
  Stage stage("/a/*");
  stage.births.parents = {{CgroupId{7}, CgroupId{1}}};
  stage.turn(7);
  EXPECT_EQ(stage.used("/a/~gone"), kUsed);
  EXPECT_EQ(stage.told(), 0U);
}

TEST(BriefCgroups, LeaveTheirHolderHeldThoughEachComesButOnce) {
  Stage stage;
  for (std::uint64_t id = 10; id < 20; ++id) {
    stage.births.parents[CgroupId{id}] = CgroupId{1};
    stage.turn(id);
    ASSERT_EQ(stage.told(), 1U) << id;
    stage.turn(1000);  // a period without any of them
    ASSERT_EQ(stage.told(), 1U) << id;
  }
  EXPECT_EQ(stage.sink.last().fair.verdicts[static_cast<std::size_t>(fair::Rule::kShare)] +
                stage.sink.last().fair.verdicts[static_cast<std::size_t>(fair::Rule::kCap)],
            1U)
      << "over anew in every period";
}

TEST(BriefCgroups, ThatWereOnlyOutOfSightAreSortedAnew) {
  Stage stage("/a/b");
  stage.births.parents = {{CgroupId{7}, CgroupId{1}}};
  stage.turn(7);
  EXPECT_EQ(stage.used("~unlisted"), kUsed);
  stage.names.make(CgroupId{7}, "/a/b");
  stage.turn(7);
  EXPECT_EQ(stage.used("/a/b"), kUsed);
}

TEST(BriefCgroups, AreForgottenWhenNobodyCanOweForThem) {
  FakeCgroupNames names;
  BriefCgroups brief(names, nullptr);
  brief.see(CgroupId{1}, 1);
  brief.see(CgroupId{2}, 40);
  EXPECT_TRUE(brief.take_old(60).empty());
  EXPECT_EQ(brief.take_old(100), std::vector{CgroupId{1}});
  EXPECT_TRUE(brief.contains(CgroupId{2}));
}

TEST(BriefCgroups, AreNeverMoreThanSoMany) {
  FakeCgroupNames names;
  BriefCgroups brief(names, nullptr);
  for (std::uint64_t id = 0; id < 6000; ++id) brief.see(CgroupId{id}, 1 + id / 1000);
  EXPECT_GE(brief.take_old(6).size(), 1000U);
  EXPECT_TRUE(brief.contains(CgroupId{5999}));
  EXPECT_FALSE(brief.contains(CgroupId{0}));
}

}  // namespace
}  // namespace pagefare::test
