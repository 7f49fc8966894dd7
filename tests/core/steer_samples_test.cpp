// SPDX-License-Identifier: Apache-2.0
#include "controller/core/steer/samples.h"

#include <gtest/gtest.h>

#include "controller/core/steer/cpu_use.h"
#include "tests/support/windows.h"

namespace pagefare {
namespace {

using steer::Sampler;
using steer::SampleTerms;
using steer::Timing;
using test::moved;
using test::task;

CallEntry called(Initiator initiator, std::uint64_t calls) {
  CallEntry entry;
  entry.initiator = initiator;
  entry.calls = calls;
  entry.pages_migrated = Pages{1};
  return entry;
}

/// `folios` of order 9 by one caller: 10 ms asleep in the copy, 2 ms awake in it, 3 ms elsewhere.
FolioEntry slept(Initiator initiator, std::uint64_t folios) {
  FolioEntry entry = moved(initiator, test::cgroup(1), folios, 5'000'000);
  entry.order = 9;
  entry.bytes = Bytes{folios << 21U};
  entry.content = Nanoseconds(2'000'000);
  entry.elapsed = Nanoseconds(15'000'000);
  entry.content_elapsed = Nanoseconds(12'000'000);
  return entry;
}

const SampleTerms kInside{4096, Timing::kCopyFunction, ~0U};
const SampleTerms kWhole{4096, Timing::kWholeCall, ~0U};

TEST(Samples, TakeTheTimeInTheCopyFunctionAsleepToo) {
  Window window;
  window.calls = {called(task(1), 1)};
  window.folios = {slept(task(1), 8)};
  const auto samples = Sampler().sample(window, kInside);
  ASSERT_EQ(samples.size(), 1U);
  EXPECT_EQ(samples[0].copy, Nanoseconds(12'000'000));
  EXPECT_EQ(samples[0].move, Nanoseconds(15'000'000));
  EXPECT_EQ(samples[0].cpu, Nanoseconds(2'000'000));
}

TEST(Samples, TakeAllOfTheCallWhereTheCopyFunctionIsNotSeen) {
  Window window;
  window.calls = {called(task(1), 1)};
  window.folios = {slept(task(1), 8)};
  const auto samples = Sampler().sample(window, kWhole);
  ASSERT_EQ(samples.size(), 1U);
  EXPECT_EQ(samples[0].copy, Nanoseconds(15'000'000));
  EXPECT_EQ(samples[0].cpu, Nanoseconds(5'000'000));
}

TEST(Samples, SortBySizeBatchAndReason) {
  Window window;
  window.calls = {called(task(1), 4), called(task(2), 1)};
  window.folios = {slept(task(1), 8), slept(task(2), 8), moved(task(2), test::cgroup(1), 100)};
  const auto samples = Sampler().sample(window, kInside);
  ASSERT_EQ(samples.size(), 3U);
  EXPECT_EQ(samples[0].copy_class.folio_bytes, 4096U);
  EXPECT_EQ(samples[0].copy_class.folios, 128U);  // 100 per call
  EXPECT_EQ(samples[1].copy_class.folios, 2U);    // 8 in 4 calls
  EXPECT_EQ(samples[2].copy_class.folios, 8U);
}

TEST(Samples, KeepABatchThatIsNearABorderInItsClass) {
  Sampler sampler;
  std::uint64_t classes = 0;
  for (const std::uint64_t folios : {140U, 150U, 130U, 149U, 138U}) {  // borders at 91 and 181
    Window window;
    window.calls = {called(task(1), 1)};
    window.folios = {slept(task(1), folios)};
    classes |= sampler.sample(window, kInside)[0].copy_class.folios;
  }
  EXPECT_EQ(classes, 128U);
  // Without memory 185 per call would be of the next class.
  Window window;
  window.calls = {called(task(1), 1)};
  window.folios = {slept(task(1), 185)};
  EXPECT_EQ(sampler.sample(window, kInside)[0].copy_class.folios, 128U);
  EXPECT_EQ(Sampler().sample(window, kInside)[0].copy_class.folios, 256U);
}

TEST(Samples, GiveWorkersTimeToThoseWhoSleptInTheCopy) {
  Window window;
  window.calls = {called(task(1), 1)};
  FolioEntry small = moved(task(1), test::cgroup(1), 4096, 1'000'000);
  small.content = small.content_elapsed = small.elapsed = Nanoseconds(1'000'000);
  window.folios = {small, slept(task(1), 8)};
  window.workers = {test::worked(task(1), test::cgroup(1), 20'000'000)};
  window.dma = {test::transferred(task(1), test::cgroup(1), 4096, 7'000'000)};
  const auto samples = Sampler().sample(window, kInside);
  ASSERT_EQ(samples.size(), 2U);
  EXPECT_EQ(samples[0].cpu, Nanoseconds(1'000'000));
  EXPECT_EQ(samples[1].cpu, Nanoseconds(22'000'000));
  EXPECT_EQ(samples[1].dma, Nanoseconds(7'000'000));
}

TEST(Samples, ShareWorkersTimeByBytesWhereNobodySlept) {
  Window window;
  window.folios = {moved(task(1), test::cgroup(1), 512), moved(task(1), test::cgroup(1), 3)};
  window.folios[1].order = 9;
  window.folios[1].bytes = Bytes{3ULL << 21U};
  window.workers = {test::worked(task(1), test::cgroup(1), 4'000)};
  const auto samples = Sampler().sample(window, kWhole);
  ASSERT_EQ(samples.size(), 2U);
  EXPECT_EQ(samples[0].cpu, Nanoseconds(1'000));
  EXPECT_EQ(samples[1].cpu, Nanoseconds(3'000));
}

TEST(Samples, LeaveOutReasonsThatTheEngineDoesNotServe) {
  Window window;
  window.folios = {slept(task(1), 8), slept(task(1), 8)};
  window.folios[1].reason = MigrateReason::kDemotion;
  const auto samples = Sampler().sample(
      window, {4096, Timing::kCopyFunction, 1U << static_cast<unsigned>(MigrateReason::kDemotion)});
  ASSERT_EQ(samples.size(), 1U);
  EXPECT_EQ(samples[0].copy_class.reason, MigrateReason::kDemotion);
}

TEST(Samples, KeepTheLargestClassesWhenThereAreTooMany) {
  Window window;
  for (std::uint64_t i = 0; i < 100; ++i) {
    FolioEntry entry = moved(task(1), test::cgroup(1), i + 1, 1'000);
    entry.order = static_cast<std::uint8_t>(i % 20);
    entry.reason = static_cast<MigrateReason>(i / 20);
    window.folios.push_back(entry);
  }
  const auto samples = Sampler().sample(window, kWhole);
  ASSERT_EQ(samples.size(), steer::kMaxSampledClasses);
  for (const steer::ClassSample& sample : samples) {
    EXPECT_GT(sample.bytes.value, (100 - steer::kMaxSampledClasses) * 4096);
  }
}

TEST(Samples, SumUpToWhatWasMovedInAnyWindow) {
  test::RandomWindows windows(11);
  Sampler sampler;
  for (int turn = 0; turn < 200; ++turn) {
    const Window window = windows.next();
    Bytes all;
    Nanoseconds cpu{};
    for (const FolioEntry& entry : window.folios) {
      all += entry.folios.value > 0 ? entry.bytes : Bytes{};
      cpu += entry.folios.value > 0 ? entry.cpu : Nanoseconds{};
    }
    Bytes sampled;
    Nanoseconds sampled_cpu{};
    const auto samples = sampler.sample(window, kWhole);
    for (const steer::ClassSample& sample : samples) {
      sampled += sample.bytes;
      sampled_cpu += sample.cpu;
    }
    if (samples.size() < steer::kMaxSampledClasses) {
      EXPECT_EQ(sampled, all);
      EXPECT_GE(sampled_cpu, cpu);
    }
  }
}

TEST(CpuUse, CountsWhatIsIdleAndOurOwnCopying) {
  steer::CpuCounters before{Nanoseconds(1'000), Nanoseconds(500), 4, Nanoseconds(0)};
  steer::CpuCounters now{Nanoseconds(2'000), Nanoseconds(2'000), 4, Nanoseconds(250)};
  const steer::CpuState state = cpu_state(before, now, Nanoseconds(1'000));
  EXPECT_DOUBLE_EQ(state.available, 2.5);
  EXPECT_DOUBLE_EQ(state.stalled, 0.25);
}

TEST(CpuUse, StaysWithinTheMachineWhateverTheCountersSay) {
  steer::CpuCounters before{Nanoseconds(0), Nanoseconds(500), 4, std::nullopt};
  steer::CpuCounters less{Nanoseconds(1'000), Nanoseconds(0), 4, Nanoseconds(9)};
  EXPECT_DOUBLE_EQ(cpu_state(before, less, Nanoseconds(0)).available, 0.0);
  EXPECT_DOUBLE_EQ(cpu_state(before, less, Nanoseconds(0)).stalled, 0.0);
  steer::CpuCounters more{Nanoseconds(1'000), Nanoseconds(9'000), 4, Nanoseconds(9)};
  EXPECT_DOUBLE_EQ(cpu_state(before, more, Nanoseconds(0)).available, 4.0);
}

}  // namespace
}  // namespace pagefare
