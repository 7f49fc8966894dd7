// SPDX-License-Identifier: Apache-2.0
#include "controller/core/attribution.h"

#include <gtest/gtest.h>

#include "tests/support/windows.h"

namespace pagefare {
namespace {

using test::cgroup;
using test::cost;
using test::kNoMemcg;
using test::kUnseen;
using test::moved;
using test::task;
using test::thread;
using test::transferred;
using test::worked;

constexpr CgroupId kA{11};
constexpr CgroupId kB{22};

const Unattributed& of(const Attribution& attribution, Cause cause) {
  return attribution.unattributed[static_cast<std::size_t>(cause)];
}

Attribution attribute_one(const FolioEntry& entry, ChargeRule rule) {
  Window window;
  window.folios = {entry};
  return attribute(window, rule);
}

TEST(Attribution, GivesTheInitiatorViewToTheTaskAndTheOwnerViewToTheOwner) {
  const auto result = attribute_one(moved(task(11), cgroup(22), 3, 70), ChargeRule::kRule);
  EXPECT_EQ(result.accounts.at(kA).initiator, cost(3, 70));
  EXPECT_EQ(result.accounts.at(kA).owner, CopyCost{});
  EXPECT_EQ(result.accounts.at(kB).owner, cost(3, 70));
  EXPECT_EQ(result.accounts.at(kB).initiator, CopyCost{});
}

TEST(Attribution, GivesBothViewsToATaskThatMovesItsOwnMemory) {
  const auto result = attribute_one(moved(task(11), cgroup(11), 3, 70), ChargeRule::kRule);
  ASSERT_EQ(result.accounts.size(), 1U);
  const Account& own = result.accounts.at(kA);
  EXPECT_EQ(own.initiator, cost(3, 70));
  EXPECT_EQ(own.owner, cost(3, 70));
  EXPECT_EQ(own.charged, cost(3, 70));
}

TEST(Attribution, KeepsKernelThreadsApartByKind) {
  const auto result =
      attribute_one(moved(thread(InitiatorKind::kKswapd), cgroup(22), 3, 70), ChargeRule::kRule);
  for (std::size_t kind = 0; kind < kInitiatorKinds; ++kind) {
    const bool is_kswapd = kind == static_cast<std::size_t>(InitiatorKind::kKswapd);
    EXPECT_EQ(result.kernel_threads[kind].initiator, is_kswapd ? cost(3, 70) : CopyCost{});
  }
}

TEST(Attribution, CountsAKindItDoesNotKnowAsSomeKernelThread) {
  const auto unknown = test::unknown<InitiatorKind>(200);
  const auto result = attribute_one(moved(thread(unknown), cgroup(22), 3), ChargeRule::kRule);
  EXPECT_EQ(result.kernel_threads.back().initiator, cost(3));
}

TEST(Attribution, AccountsForATaskWithoutACgroupIdUnderZero) {
  const auto result = attribute_one(moved(task(0), kUnseen, 3), ChargeRule::kRule);
  EXPECT_EQ(result.accounts.at(CgroupId{0}).charged, cost(3));
}

/// Who pays for one folio entry: an account, or a cause.
struct PayingCase {
  const char* title;
  ChargeRule rule;
  Initiator initiator;
  Owner owner;
  std::optional<CgroupId> payer;
  Cause cause{};
};

class Paying : public testing::TestWithParam<PayingCase> {};

TEST_P(Paying, ChargesExactlyTheOneWhoPays) {
  const PayingCase& c = GetParam();
  Window window;
  window.folios = {moved(c.initiator, c.owner, 5, 90)};
  window.workers = {worked(c.initiator, c.owner, 40)};
  window.dma = {transferred(c.initiator, c.owner, 8192, 60)};
  const Attribution result = attribute(window, c.rule);
  for (const auto& [id, account] : result.accounts) {
    const bool pays = id == c.payer;
    EXPECT_EQ(account.charged, pays ? cost(5, 90) : CopyCost{});
    EXPECT_EQ(account.outside_quota, Nanoseconds{pays ? 40 : 0});
    EXPECT_EQ(account.dma_bytes, Bytes{pays ? 8192U : 0U});
    EXPECT_EQ(account.dma_channel, Nanoseconds{pays ? 60 : 0});
  }
  const Unattributed all{.cost = cost(5, 90),
                         .worker_cpu = Nanoseconds{40},
                         .dma_bytes = Bytes{8192},
                         .dma_channel = Nanoseconds{60}};
  for (std::size_t cause = 0; cause < kCauses; ++cause) {
    const bool here = !c.payer && cause == static_cast<std::size_t>(c.cause);
    EXPECT_EQ(result.unattributed[cause], here ? all : Unattributed{}) << cause;
  }
  EXPECT_TRUE(!c.payer || result.accounts.contains(*c.payer));
}

constexpr auto kRule = ChargeRule::kRule;
constexpr auto kInitiator = ChargeRule::kInitiator;
constexpr auto kOwner = ChargeRule::kOwner;
constexpr Initiator kKcompactd = thread(InitiatorKind::kKcompactd);

INSTANTIATE_TEST_SUITE_P(
    Attribution, Paying,
    testing::Values(
        PayingCase{"RuleTaskForCgroup", kRule, task(11), cgroup(22), kA},
        PayingCase{"RuleTaskForNoMemcg", kRule, task(11), kNoMemcg, kA},
        PayingCase{"RuleTaskForUnseen", kRule, task(11), kUnseen, kA},
        PayingCase{"RuleThreadForCgroup", kRule, kKcompactd, cgroup(22), kB},
        PayingCase{"RuleThreadForNoMemcg", kRule, kKcompactd, kNoMemcg, {}, Cause::kNoMemcg},
        PayingCase{"RuleThreadForUnseen", kRule, kKcompactd, kUnseen, {}, Cause::kUnseen},
        PayingCase{"InitiatorTaskForCgroup", kInitiator, task(11), cgroup(22), kA},
        PayingCase{"InitiatorThread", kInitiator, kKcompactd, cgroup(22), {}, Cause::kKernelThread},
        PayingCase{"OwnerTaskForCgroup", kOwner, task(11), cgroup(22), kB},
        PayingCase{"OwnerTaskForNoMemcg", kOwner, task(11), kNoMemcg, {}, Cause::kNoMemcg},
        PayingCase{"OwnerTaskForUnseen", kOwner, task(11), kUnseen, {}, Cause::kUnseen},
        PayingCase{"OwnerThreadForCgroup", kOwner, kKcompactd, cgroup(22), kB}),
    [](const auto& test) { return test.param.title; });

TEST(Attribution, ShowsWorkerTimeInBothViews) {
  Window window;
  window.workers = {worked(task(11), cgroup(22), 40, 3)};
  const auto result = attribute(window, ChargeRule::kRule);
  EXPECT_EQ(result.accounts.at(kA).worker_cpu_initiated, Nanoseconds{40});
  EXPECT_EQ(result.accounts.at(kA).worker_cpu_owned, Nanoseconds{0});
  EXPECT_EQ(result.accounts.at(kB).worker_cpu_owned, Nanoseconds{40});
  EXPECT_EQ(result.accounts.at(kB).worker_cpu_initiated, Nanoseconds{0});
}

TEST(Attribution, MeasuresWhatFellOutOfAFullMap) {
  Window window;
  window.losses.folio_bytes = Bytes{4096};
  window.losses.folio_cpu = Nanoseconds{50};
  window.losses.worker_cpu = Nanoseconds{30};
  const auto result = attribute(window, ChargeRule::kRule);
  EXPECT_EQ(of(result, Cause::kMapFull).cost.bytes, Bytes{4096});
  EXPECT_EQ(of(result, Cause::kMapFull).cost.copy_cpu, Nanoseconds{50});
  EXPECT_EQ(of(result, Cause::kMapFull).worker_cpu, Nanoseconds{30});
  EXPECT_EQ(result.measured.bytes, Bytes{4096});
  EXPECT_EQ(result.measured.copy_cpu, Nanoseconds{50});
  EXPECT_EQ(result.measured.worker_cpu, Nanoseconds{30});
}

TEST(Attribution, MeasuresCallsAsTheKernelReportedThem) {
  Window window;
  CallEntry& entry = window.calls.emplace_back();
  entry.calls = 2;
  entry.pages_migrated = Pages{30};
  entry.pages_failed = Pages{4};
  window.calls.push_back(entry);
  const Totals measured = attribute(window, ChargeRule::kRule).measured;
  EXPECT_EQ(measured.calls, 4U);
  EXPECT_EQ(measured.pages_migrated, Pages{60});
  EXPECT_EQ(measured.pages_failed, Pages{8});
}

TEST(Attribution, MeasuresContentCopyWorkerItemsAndDmaOutcomes) {
  Window window;
  window.folios = {moved(task(11), cgroup(22), 1, 50)};
  window.folios.front().content = Nanoseconds{20};
  window.workers = {worked(task(11), cgroup(22), 40, 3)};
  window.dma = {transferred(task(11), cgroup(22), 8192, 60)};
  window.dma.front().failures = 7;
  const Totals measured = attribute(window, ChargeRule::kRule).measured;
  EXPECT_EQ(measured.content_copy, Nanoseconds{20});
  EXPECT_EQ(measured.worker_items, 3U);
  EXPECT_EQ(measured.dma_batches, 1U);
  EXPECT_EQ(measured.dma_failures, 7U);
}

TEST(ChargeRule, IsParsedFromItsName) {
  for (const ChargeRule rule : {ChargeRule::kRule, ChargeRule::kInitiator, ChargeRule::kOwner}) {
    EXPECT_EQ(parse_charge_rule(name(rule)), rule);
  }
}

TEST(ChargeRule, IsNotParsedFromAnythingElse) {
  EXPECT_EQ(parse_charge_rule("Rule"), std::nullopt);
  EXPECT_EQ(parse_charge_rule(""), std::nullopt);
}

TEST(Cause, HasTheNameThatMetricsUse) {
  EXPECT_EQ(name(Cause::kUnseen), "unseen");
  EXPECT_EQ(name(Cause::kNoMemcg), "no_memcg");
  EXPECT_EQ(name(Cause::kKernelThread), "kernel_thread");
  EXPECT_EQ(name(Cause::kMapFull), "map_full");
}

}  // namespace
}  // namespace pagefare
