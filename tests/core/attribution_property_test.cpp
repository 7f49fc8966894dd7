// SPDX-License-Identifier: Apache-2.0
// What must hold for every window: the parts add up to the whole, under every rule.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "controller/core/attribution.h"
#include "controller/core/snapshot.h"
#include "tests/support/windows.h"

namespace pagefare {
namespace {

constexpr std::uint32_t kSeeds = 300;
constexpr ChargeRule kRules[] = {ChargeRule::kRule, ChargeRule::kInitiator, ChargeRule::kOwner};

Account sum_of_accounts(const Attribution& attribution) {
  Account sum;
  for (const auto& [id, account] : attribution.accounts) {
    sum += account;
  }
  return sum;
}

Account sum_of_threads(const Attribution& attribution) {
  Account sum;
  for (const Account& account : attribution.kernel_threads) {
    sum += account;
  }
  return sum;
}

/// Every window of every seed, under every rule.
template <typename Check>
void for_all(Check check) {
  for (std::uint32_t seed = 0; seed < kSeeds; ++seed) {
    const Window window = test::RandomWindows(seed).next();
    for (const ChargeRule rule : kRules) {
      SCOPED_TRACE("seed " + std::to_string(seed) + ", rule " + std::string(name(rule)));
      check(window, attribute(window, rule));
    }
  }
}

TEST(Conservation, ChargedAndUnattributedCopyingIsWhatWasMeasured) {
  for_all([](const Window&, const Attribution& result) {
    CopyCost parts = sum_of_accounts(result).charged;
    parts += total(result.unattributed).cost;
    EXPECT_EQ(parts.bytes, result.measured.bytes);
    EXPECT_EQ(parts.folios, result.measured.folios);
    EXPECT_EQ(parts.copy_cpu, result.measured.copy_cpu);
  });
}

TEST(Conservation, ChargedAndUnattributedWorkerTimeIsWhatWasMeasured) {
  for_all([](const Window&, const Attribution& result) {
    EXPECT_EQ(sum_of_accounts(result).outside_quota + total(result.unattributed).worker_cpu,
              result.measured.worker_cpu);
  });
}

TEST(Conservation, ChargedAndUnattributedDmaIsWhatWasMeasured) {
  for_all([](const Window&, const Attribution& result) {
    const Account charged = sum_of_accounts(result);
    const Unattributed rest = total(result.unattributed);
    EXPECT_EQ(charged.dma_bytes + rest.dma_bytes, result.measured.dma_bytes);
    EXPECT_EQ(charged.dma_channel + rest.dma_channel, result.measured.dma_channel);
  });
}

TEST(Conservation, InitiatorsThreadsAndLossesAreWhatWasMeasured) {
  for_all([](const Window& window, const Attribution& result) {
    CopyCost parts = sum_of_accounts(result).initiator;
    parts += sum_of_threads(result).initiator;
    EXPECT_EQ(parts.bytes + window.losses.folio_bytes, result.measured.bytes);
    EXPECT_EQ(parts.folios, result.measured.folios);
    EXPECT_EQ(parts.copy_cpu + window.losses.folio_cpu, result.measured.copy_cpu);
  });
}

TEST(Conservation, MeasuredIsTheSumOfTheEntriesAndLosses) {
  for_all([](const Window& window, const Attribution& result) {
    CopyCost folios{
        .bytes = window.losses.folio_bytes, .folios = {}, .copy_cpu = window.losses.folio_cpu};
    for (const FolioEntry& entry : window.folios) {
      folios += {.bytes = entry.bytes, .folios = entry.folios, .copy_cpu = entry.cpu};
    }
    Nanoseconds workers = window.losses.worker_cpu;
    for (const WorkerEntry& entry : window.workers) {
      workers += entry.cpu;
    }
    EXPECT_EQ(result.measured.bytes, folios.bytes);
    EXPECT_EQ(result.measured.folios, folios.folios);
    EXPECT_EQ(result.measured.copy_cpu, folios.copy_cpu);
    EXPECT_EQ(result.measured.worker_cpu, workers);
  });
}

TEST(Conservation, OwnersAndMemoryOfNobodyAreAllThatMoved) {
  for_all([](const Window& window, const Attribution& result) {
    CopyCost parts = sum_of_accounts(result).owner;
    CopyCost whole;
    for (const FolioEntry& entry : window.folios) {
      const CopyCost cost{.bytes = entry.bytes, .folios = entry.folios, .copy_cpu = entry.cpu};
      whole += cost;
      if (entry.owner.kind != Owner::Kind::kCgroup) {
        parts += cost;
      }
    }
    EXPECT_EQ(parts, whole);
  });
}

TEST(Attribution, OnlyTheInitiatorViewOfKernelThreadsGrows) {
  for_all([](const Window&, const Attribution& result) {
    Account threads = sum_of_threads(result);
    threads.initiator = {};
    EXPECT_EQ(threads, Account{});
  });
}

TEST(Attribution, DoesNotDependOnTheOrderOfEntries) {
  std::mt19937 engine(11);
  for (std::uint32_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    const Window window = test::RandomWindows(seed).next();
    Window shuffled = window;
    std::shuffle(shuffled.calls.begin(), shuffled.calls.end(), engine);
    std::shuffle(shuffled.folios.begin(), shuffled.folios.end(), engine);
    std::shuffle(shuffled.workers.begin(), shuffled.workers.end(), engine);
    std::shuffle(shuffled.dma.begin(), shuffled.dma.end(), engine);
    for (const ChargeRule rule : kRules) {
      const Attribution expected = attribute(window, rule);
      const Attribution actual = attribute(shuffled, rule);
      EXPECT_EQ(actual.accounts, expected.accounts);
      EXPECT_EQ(actual.kernel_threads, expected.kernel_threads);
      EXPECT_EQ(actual.unattributed, expected.unattributed);
      EXPECT_EQ(actual.measured, expected.measured);
    }
  }
}

}  // namespace
}  // namespace pagefare
