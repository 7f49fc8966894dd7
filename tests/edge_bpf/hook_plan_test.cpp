// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/bpf/hook_plan.h"

#include <gtest/gtest.h>

#include <map>

namespace pagefare {
namespace {

/// A kernel that can everything, until a test takes something away.
class HookPlanTest : public testing::Test {
 protected:
  Result<HookPlan> plan(LayerWish wish = LayerWish::kAuto) const {
    return plan_hooks(
        {.has_tracepoint =
             [this](const std::string& name) { return !no_tracepoint_.contains(name); },
         .trampoline = [this](const std::string& function) -> Result<void> {
           const auto refusal = no_trampoline_.find(function);
           if (refusal != no_trampoline_.end()) return fail(refusal->second);
           return {};
         },
         .kprobes = kprobes_,
         .no_page_array = no_page_array_,
         .silent = silent_},
        wish);
  }

  /// The plan, where the test takes it for granted that there is one.
  HookPlan good_plan(LayerWish wish = LayerWish::kAuto) const {
    const auto planned = plan(wish);
    EXPECT_TRUE(planned) << planned.error().message;
    return planned.value_or(HookPlan{});
  }

  void refuse_owner_trampolines(const std::string& why) {
    no_trampoline_["folio_migrate_flags"] = why;
    no_trampoline_["mem_cgroup_migrate"] = why;
  }

  std::set<std::string> no_tracepoint_;
  std::map<std::string, std::string> no_trampoline_;
  bool kprobes_ = true;
  std::string no_page_array_;
  std::set<std::string> silent_;
};

/// Of a program that the plan must know.
PlannedProgram program(const HookPlan& plan, const std::string& name) {
  const PlannedProgram* found = plan.find(name);
  EXPECT_NE(found, nullptr) << name;
  return found != nullptr ? *found : PlannedProgram{};
}

TEST_F(HookPlanTest, IsPreciseWhereATrampolineAttaches) {
  const HookPlan plan = good_plan();
  EXPECT_EQ(plan.layer, Layer::kPrecise);
  EXPECT_EQ(plan.owner_program, "on_folio_migrate_flags");
  EXPECT_EQ(plan.layer_why, "fentry on folio_migrate_flags sees every folio that moves");
}

TEST_F(HookPlanTest, LoadsOneOwnerHookOnly) {
  const HookPlan plan = good_plan();
  EXPECT_TRUE(program(plan, "on_folio_migrate_flags").load);
  EXPECT_FALSE(program(plan, "on_mem_cgroup_migrate").load);
  EXPECT_EQ(program(plan, "on_mem_cgroup_migrate").why, "folio_migrate_flags does the same");
}

TEST_F(HookPlanTest, LeavesThePortableHooksOutOfThePreciseLayer) {
  const HookPlan plan = good_plan();
  for (const auto* name : {"on_remove_migration_pte", "on_remove_migration_pmd"}) {
    EXPECT_FALSE(program(plan, name).load) << name;
    EXPECT_EQ(program(plan, name).why, "the precise layer sees owners") << name;
  }
}

TEST_F(HookPlanTest, IsPortableWithoutATrampolineAndSaysWhy) {
  refuse_owner_trampolines("the kernel refuses trampolines (-524)");
  const HookPlan plan = good_plan();
  EXPECT_EQ(plan.layer, Layer::kPortable);
  EXPECT_EQ(plan.owner_program, "");
  EXPECT_EQ(plan.layer_why,
            "the kernel refuses trampolines (-524); owners come from migration entries, time is "
            "shared out");
}

TEST_F(HookPlanTest, LoadsThePortableHooksInThePortableLayer) {
  refuse_owner_trampolines("no");
  const HookPlan plan = good_plan();
  EXPECT_TRUE(program(plan, "on_remove_migration_pte").load);
  EXPECT_TRUE(program(plan, "on_remove_migration_pmd").load);
  EXPECT_FALSE(program(plan, "on_folio_migrate_flags").load);
  EXPECT_FALSE(program(plan, "on_mem_cgroup_migrate").load);
}

TEST_F(HookPlanTest, TakesTheSecondOwnerHookWhereTheFirstIsRefused) {
  no_trampoline_["folio_migrate_flags"] = "not in BTF";
  const HookPlan plan = good_plan();
  EXPECT_EQ(plan.layer, Layer::kPrecise);
  EXPECT_EQ(plan.owner_program, "on_mem_cgroup_migrate");
  EXPECT_EQ(plan.layer_why, "fentry on mem_cgroup_migrate sees every folio that moves");
  EXPECT_EQ(program(plan, "on_folio_migrate_flags").why, "not in BTF");
}

TEST_F(HookPlanTest, TakesTheSecondOwnerHookWhereTheFirstIsSilent) {
  silent_ = {"on_folio_migrate_flags"};
  const HookPlan plan = good_plan();
  EXPECT_EQ(plan.owner_program, "on_mem_cgroup_migrate");
  EXPECT_TRUE(program(plan, "on_mem_cgroup_migrate").load);
  EXPECT_FALSE(program(plan, "on_folio_migrate_flags").load);
}

TEST_F(HookPlanTest, IsPortableWhereBothOwnerHooksAreSilent) {
  silent_ = {"on_folio_migrate_flags", "on_mem_cgroup_migrate"};
  const HookPlan plan = good_plan();
  EXPECT_EQ(plan.layer, Layer::kPortable);
  EXPECT_TRUE(program(plan, "on_remove_migration_pte").load);
  EXPECT_EQ(plan.layer_why.substr(0, plan.layer_why.find(';')),
            "attached, but did not fire when a folio moved (an inlined copy runs instead)");
}

TEST_F(HookPlanTest, TellsTheFirstRefusalOfSeveral) {
  no_trampoline_ = {{"folio_migrate_flags", "first"}, {"mem_cgroup_migrate", "second"}};
  EXPECT_TRUE(good_plan().layer_why.starts_with("first; "));
}

TEST_F(HookPlanTest, IsPortableWhenAskedToAndAsksForNoTrampoline) {
  int asked = 0;
  const auto planned = plan_hooks({.has_tracepoint = [](const std::string&) { return true; },
                                   .trampoline = [&asked](const std::string&) -> Result<void> {
                                     ++asked;
                                     return {};
                                   },
                                   .kprobes = true,
                                   .no_page_array = {},
                                   .silent = {}},
                                  LayerWish::kPortable);
  ASSERT_TRUE(planned) << planned.error().message;
  EXPECT_EQ(planned->layer, Layer::kPortable);
  EXPECT_TRUE(planned->layer_why.starts_with("the portable layer was asked for; "));
  EXPECT_EQ(asked, 0);
}

TEST_F(HookPlanTest, RefusesAPreciseWishThatCannotBeMetWithTheRemedy) {
  refuse_owner_trampolines("the kernel refuses trampolines");
  const auto refused = plan(LayerWish::kPrecise);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message,
            "layer = \"precise\" was asked for, but the kernel refuses trampolines; set layer = "
            "\"auto\" to fall back to the portable layer");
}

TEST_F(HookPlanTest, MeetsAPreciseWishWhereItCan) {
  EXPECT_EQ(good_plan(LayerWish::kPrecise).layer, Layer::kPrecise);
}

TEST_F(HookPlanTest, FailsWithoutTheTracepointsOfMigrationAndNamesTheRemedy) {
  for (const auto* missing : {"mm_migrate_pages_start", "mm_migrate_pages"}) {
    no_tracepoint_ = {missing};
    const auto refused = plan();
    ASSERT_FALSE(refused) << missing;
    EXPECT_EQ(refused.error().message,
              std::string("tp_btf/") + missing +
                  ": this kernel has no such tracepoint; pagefare needs Linux 5.17 or later built "
                  "with CONFIG_MIGRATION and CONFIG_TRACEPOINTS");
  }
}

TEST_F(HookPlanTest, DoesWithoutATracepointThatIsNotNeeded) {
  no_tracepoint_ = {"workqueue_queue_work"};
  const HookPlan plan = good_plan();
  EXPECT_FALSE(program(plan, "on_workqueue_queue_work").load);
  EXPECT_EQ(program(plan, "on_workqueue_queue_work").why, "this kernel has no such tracepoint");
  EXPECT_TRUE(program(plan, "on_workqueue_execute_start").load);
}

TEST_F(HookPlanTest, TimesTheNewCopyFunctionWhereThereIsOne) {
  const HookPlan plan = good_plan();
  EXPECT_EQ(program(plan, "on_folio_copy").function, "folio_mc_copy");
  EXPECT_EQ(program(plan, "on_folio_copy").hook, "fentry/folio_mc_copy");
  EXPECT_EQ(program(plan, "on_folio_copied").hook, "fexit/folio_mc_copy");
  EXPECT_TRUE(program(plan, "on_folio_copied").load);
}

TEST_F(HookPlanTest, TimesTheOldCopyFunctionOtherwise) {
  no_trampoline_["folio_mc_copy"] = "not in BTF";
  const HookPlan plan = good_plan();
  for (const auto* name : {"on_folio_copy", "on_folio_copied"}) {
    EXPECT_EQ(program(plan, name).function, "folio_copy") << name;
    EXPECT_TRUE(program(plan, name).load) << name;
  }
}

TEST_F(HookPlanTest, StaysPreciseWithoutACopyFunctionToTime) {
  no_trampoline_ = {{"folio_mc_copy", "not in BTF"}, {"folio_copy", "inlined"}};
  const HookPlan plan = good_plan();
  EXPECT_EQ(plan.layer, Layer::kPrecise);
  EXPECT_FALSE(program(plan, "on_folio_copy").load);
  EXPECT_EQ(program(plan, "on_folio_copy").why, "inlined");
}

TEST_F(HookPlanTest, DoesNotTimeCopiesInThePortableLayer) {
  const HookPlan plan = good_plan(LayerWish::kPortable);
  for (const auto* name : {"on_folio_copy", "on_folio_copied"}) {
    EXPECT_FALSE(program(plan, name).load) << name;
    EXPECT_EQ(program(plan, name).why, "the portable layer shares out time within each call");
  }
}

TEST_F(HookPlanTest, SaysThatOwnersAreUnknownWithoutAPageArray) {
  refuse_owner_trampolines("no trampolines");
  no_page_array_ = "the page array is in pieces";
  const HookPlan plan = good_plan();
  EXPECT_EQ(plan.layer, Layer::kPortable);
  EXPECT_EQ(plan.layer_why, "no trampolines; owners are unknown: the page array is in pieces");
  EXPECT_FALSE(program(plan, "on_remove_migration_pte").load);
  EXPECT_EQ(program(plan, "on_remove_migration_pte").why, "the page array is in pieces");
}

TEST_F(HookPlanTest, NeedsNoPageArrayInThePreciseLayer) {
  no_page_array_ = "the page array is in pieces";
  EXPECT_EQ(good_plan().layer_why, "fentry on folio_migrate_flags sees every folio that moves");
}

TEST_F(HookPlanTest, WatchesDmaByKprobes) {
  const HookPlan plan = good_plan();
  const std::map<std::string, std::string> hooks{
      {kOnDmaFolio, "kprobe"}, {kOnDmaList, "kprobe"}, {kOnDmaDone, "kretprobe"}};
  for (const auto& [name, hook] : hooks) {
    EXPECT_TRUE(program(plan, name).load) << name;
    EXPECT_EQ(program(plan, name).hook, hook) << name;
  }
}

TEST_F(HookPlanTest, LeavesDmaOutWithoutKprobes) {
  kprobes_ = false;
  const HookPlan plan = good_plan();
  for (const auto* name : {kOnDmaFolio, kOnDmaList, kOnDmaDone}) {
    EXPECT_FALSE(program(plan, name).load) << name;
    EXPECT_EQ(program(plan, name).why, "this kernel has no kprobes (CONFIG_KPROBE_EVENTS)");
  }
}

TEST_F(HookPlanTest, FindsNoProgramThatIsNotPlanned) {
  EXPECT_EQ(good_plan().find("on_something_else"), nullptr);
}

}  // namespace
}  // namespace pagefare
