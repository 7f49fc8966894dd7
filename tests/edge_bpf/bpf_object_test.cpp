// SPDX-License-Identifier: Apache-2.0
// What the compiled BPF object holds, against what user space takes for granted. The object is
// opened and not loaded: no root, no kernel.
#include <bpf/libbpf.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>

#include "bpf/abi.h"
#include "controller/edge/bpf/hook_plan.h"
#include "pagefare.skel.h"

namespace pagefare {
namespace {

struct Destroy {
  void operator()(pagefare_bpf* skeleton) const { pagefare_bpf::destroy(skeleton); }
};

class BpfObjectTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(skeleton_, nullptr); }

  const std::unique_ptr<pagefare_bpf, Destroy> skeleton_{pagefare_bpf::open()};
};

template <typename Key, typename Value>
void expect_shape(const bpf_map* map) {
  EXPECT_EQ(bpf_map__key_size(map), sizeof(Key)) << bpf_map__name(map);
  EXPECT_EQ(bpf_map__value_size(map), sizeof(Value)) << bpf_map__name(map);
  EXPECT_EQ(bpf_map__type(map), BPF_MAP_TYPE_PERCPU_HASH) << bpf_map__name(map);
}

TEST_F(BpfObjectTest, HasMapsOfTheRecordsThatUserSpaceReads) {
  expect_shape<abi_call_key, abi_call_value>(skeleton_->maps.calls);
  expect_shape<abi_reason_key, abi_call_histograms>(skeleton_->maps.call_histograms);
  expect_shape<abi_folio_key, abi_folio_value>(skeleton_->maps.folios);
  expect_shape<abi_worker_key, abi_worker_value>(skeleton_->maps.workers);
  expect_shape<abi_dma_key, abi_dma_value>(skeleton_->maps.dma);
}

TEST_F(BpfObjectTest, CountsEachLossOnEachCpu) {
  EXPECT_EQ(bpf_map__max_entries(skeleton_->maps.losses), static_cast<unsigned>(ABI_LOSSES));
  EXPECT_EQ(bpf_map__value_size(skeleton_->maps.losses), sizeof(std::uint64_t));
  EXPECT_EQ(bpf_map__type(skeleton_->maps.losses), BPF_MAP_TYPE_PERCPU_ARRAY);
}

TEST_F(BpfObjectTest, HasTheProgramsOfThePlanAndNoOthers) {
  const auto plan = plan_hooks({.has_tracepoint = [](const std::string&) { return true; },
                                .trampoline = [](const std::string&) { return Result<void>{}; },
                                .kprobes = true,
                                .no_page_array = {},
                                .silent = {}},
                               LayerWish::kAuto);
  ASSERT_TRUE(plan) << plan.error().message;
  std::set<std::string> planned;
  for (const PlannedProgram& program : plan->programs) planned.insert(program.name);
  std::set<std::string> compiled;
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, skeleton_->obj) {
    compiled.insert(bpf_program__name(program));
  }
  EXPECT_EQ(planned, compiled);
}

}  // namespace
}  // namespace pagefare
