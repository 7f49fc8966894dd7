// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "controller/edge/bpf/btf_facts.h"
#include "controller/edge/bpf/kernel_functions.h"
#include "controller/edge/bpf/vmemmap.h"
#include "tests/support/real_source.h"

namespace pagefare {
namespace {

class Hooks : public RealSource {
 protected:
  ProgramStatus program(const std::string& name) {
    for (const ProgramStatus& status : source_->status().programs) {
      if (status.name == name) return status;
    }
    ADD_FAILURE() << "no program " << name;
    return {};
  }
};

TEST_F(Hooks, ChooseALayerAndSayWhy) {
  ASSERT_NO_FATAL_FAILURE(open());
  if (IsSkipped()) return;
  const SourceStatus status = source_->status();
  EXPECT_NE(status.layer, Layer::kNone);
  EXPECT_FALSE(status.layer_why.empty());
}

class CallHooks : public Hooks, public testing::WithParamInterface<const char*> {};

TEST_P(CallHooks, FireWhenMemoryIsCompacted) {
  ASSERT_NO_FATAL_FAILURE(open());
  if (IsSkipped()) return;
  ASSERT_NO_FATAL_FAILURE(migrate_some());
  const ProgramStatus status = program(GetParam());
  if (!status.attached && source_->status().layer == Layer::kPrecise) {
    GTEST_SKIP() << status.name << ": " << status.why;
  }
  ASSERT_TRUE(status.attached) << status.why;
  EXPECT_GT(status.runs, 0U);
}

INSTANTIATE_TEST_SUITE_P(All, CallHooks,
                         testing::Values("on_mm_migrate_pages_start", "on_mm_migrate_pages",
                                         "on_sched_switch", "on_remove_migration_pte"));

/// Compaction first drains every CPU's LRU batches, through one work item per CPU that the writer
/// queues: on any kernel, work done by kworkers that somebody else asked for.
class WorkerHooks : public Hooks {
 protected:
  static constexpr const char* kFunction = "lru_add_drain_per_cpu";

  void SetUp() override {
    Hooks::SetUp();
    if (find_kernel_functions({kFunction}).front().address == 0) {
      GTEST_SKIP() << "this kernel has no function " << kFunction;
    }
    settings_.copy_workers = {kFunction};
  }

  std::vector<WorkerEntry> work_of_compaction() {
    (void)read();
    migrate_some();
    return read().workers;
  }
};

TEST_F(WorkerHooks, ChargeTheTimeOfWorkItemsToTheTaskThatQueuedThem) {
  ASSERT_NO_FATAL_FAILURE(open());
  if (IsSkipped()) return;
  const auto work = work_of_compaction();
  const auto ours = std::find_if(work.begin(), work.end(), [](const WorkerEntry& entry) {
    return entry.requester.kind == InitiatorKind::kTask && entry.items > 0;
  });
  ASSERT_NE(ours, work.end());
  EXPECT_GT(ours->cpu.count(), 0);
  EXPECT_GT(ours->queued.count(), 0);
}

TEST_F(WorkerHooks, AreNotAttachedWhileNoCopyWorkerExists) {
  settings_.copy_workers = {"no_such_function_anywhere"};
  ASSERT_NO_FATAL_FAILURE(open());
  if (IsSkipped()) return;
  EXPECT_FALSE(program("on_workqueue_queue_work").attached);
}

TEST_F(WorkerHooks, SeeNothingOfOtherWorkItems) {
  settings_.copy_workers = {"lru_add_drain_per_cpu_no_such"};
  ASSERT_NO_FATAL_FAILURE(open());
  if (IsSkipped()) return;
  EXPECT_TRUE(work_of_compaction().empty());
}

TEST(KernelFunctions, AreNotFoundInMemoryThatWasFreedAfterBoot) {
  if (geteuid() != 0) GTEST_SKIP() << "kernel addresses need root";
  const auto found = find_kernel_functions({"start_kernel", "schedule"});
  if (found[1].address == 0) GTEST_SKIP() << "this kernel hides its addresses";
  EXPECT_EQ(found[0].address, 0U);
}

TEST(Vmemmap, IsTheSameEachTimeItIsFound) {
  if (geteuid() != 0) GTEST_SKIP() << "BPF needs root";
  const auto facts = BtfFacts::read("/sys");
  ASSERT_TRUE(facts) << facts.error().message;
  const auto first = find_vmemmap("/proc", facts->struct_page_size());
  if (!first) GTEST_SKIP() << first.error().message;
  EXPECT_EQ(find_vmemmap("/proc", facts->struct_page_size()), *first);
}

TEST(Vmemmap, IsNotFoundWithAWrongSizeOfStructPage) {
  if (geteuid() != 0) GTEST_SKIP() << "BPF needs root";
  const auto facts = BtfFacts::read("/sys");
  ASSERT_TRUE(facts) << facts.error().message;
  EXPECT_FALSE(find_vmemmap("/proc", facts->struct_page_size() + 8));
}

}  // namespace
}  // namespace pagefare
