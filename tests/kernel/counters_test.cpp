// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/bpf/counters.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <utility>

#include "controller/edge/bpf/hook_plan.h"
#include "controller/edge/bpf/libbpf_log.h"

namespace pagefare {
namespace {

/// The programs that count calls; nothing is attached.
Result<Programs> load(const Programs* previous) {
  const auto plan = plan_hooks({.has_tracepoint = [](const std::string&) { return true; },
                                .trampoline = [](const std::string&) { return Result<void>{}; },
                                .kprobes = false,
                                .no_page_array = "not looked for",
                                .silent = {}},
                               LayerWish::kPortable);
  if (!plan) return tl::make_unexpected(plan.error());
  ProgramConstants constants;
  constants.page_size = static_cast<std::uint32_t>(sysconf(_SC_PAGESIZE));
  return Programs::load(*plan, constants, previous);
}

TEST(CountersOfTheKernel, AreReadOnAfterTheProgramsWereReplaced) {
  if (geteuid() != 0) GTEST_SKIP() << "BPF needs root";
  capture_libbpf_log();
  auto programs = load(nullptr);
  if (!programs && programs.error().message.find("EPERM") != std::string::npos) {
    GTEST_SKIP() << "this machine refuses BPF: " << programs.error().message;
  }
  ASSERT_TRUE(programs) << programs.error().message;
  auto counters = Counters::open(*programs);
  ASSERT_TRUE(counters) << counters.error().message;

  auto next = load(&*programs);
  ASSERT_TRUE(next) << next.error().message;
  *programs = std::move(*next);

  Window window;
  const auto read = counters->read(*programs, window);
  EXPECT_TRUE(read) << read.error().message;
}

}  // namespace
}  // namespace pagefare
