// SPDX-License-Identifier: Apache-2.0
// What must hold whatever comes and goes: no sum gets lost and none shrinks.
#include <gtest/gtest.h>

#include <string>

#include "controller/core/ledger.h"
#include "controller/core/snapshot.h"
#include "tests/support/windows.h"

namespace pagefare {
namespace {

constexpr std::uint32_t kSeeds = 60;
constexpr int kSteps = 60;
constexpr Nanoseconds kLinger{3};

Account sum_of(const std::map<CgroupId, Account>& accounts) {
  Account sum;
  for (const auto& [id, account] : accounts) {
    sum += account;
  }
  return sum;
}

Account sum_of(const Ledger& ledger) {
  Account sum = sum_of(ledger.accounts());
  sum += ledger.removed();
  sum += ledger.other();
  sum += ledger.unresolved();
  return sum;
}

/// A ledger with very few places, and whatever may happen to it in random order.
class RandomLife {
 public:
  explicit RandomLife(std::uint32_t seed)
      : random_(seed), places_(1 + random_.below(5)), ledger_(places_, kLinger) {}

  void step() {
    now_ += Nanoseconds{1};
    const Window window = random_.next();
    const auto rule = static_cast<ChargeRule>(random_.below(3));
    const Attribution attribution = attribute(window, rule);
    std::map<CgroupId, Presence> presence;
    for (const auto& [id, account] : attribution.accounts) {
      presence[id] = static_cast<Presence>(random_.below(8) < 6 ? 0 : 1 + random_.below(2));
    }
    ledger_.add(window, attribution, presence);
    added_ += sum_of(attribution.accounts);
    measured_ += attribution.measured;
    if (random_.below(2) == 0) {
      ledger_.mark_removed(any_id(), now_);
    }
    ledger_.close_removed(now_, {{any_id(), any_id()}, {any_id(), any_id()}});
  }

  std::size_t places() const { return places_; }
  const Ledger& ledger() const { return ledger_; }
  const Account& added() const { return added_; }
  const Totals& measured() const { return measured_; }

 private:
  CgroupId any_id() { return CgroupId{random_.below(12)}; }

  test::RandomWindows random_;
  std::size_t places_;
  Ledger ledger_;
  Nanoseconds now_{};
  Account added_;
  Totals measured_;
};

template <typename Check>
void for_all_lives(Check check) {
  for (std::uint32_t seed = 0; seed < kSeeds; ++seed) {
    RandomLife life(seed);
    for (int step = 0; step < kSteps; ++step) {
      SCOPED_TRACE("seed " + std::to_string(seed) + ", step " + std::to_string(step));
      life.step();
      check(life);
    }
  }
}

TEST(LedgerConservation, AllAccountsTogetherAreAllThatWasAdded) {
  for_all_lives([](const RandomLife& life) { EXPECT_EQ(sum_of(life.ledger()), life.added()); });
}

TEST(LedgerConservation, ChargedAndUnattributedIsWhatWasMeasured) {
  for_all_lives([](const RandomLife& life) {
    const Account accounts = sum_of(life.ledger());
    const Unattributed rest = total(life.ledger().unattributed());
    const Totals& measured = life.ledger().measured();
    EXPECT_EQ(measured, life.measured());
    EXPECT_EQ(accounts.charged.bytes + rest.cost.bytes, measured.bytes);
    EXPECT_EQ(accounts.charged.folios + rest.cost.folios, measured.folios);
    EXPECT_EQ(accounts.charged.copy_cpu + rest.cost.copy_cpu, measured.copy_cpu);
    EXPECT_EQ(accounts.outside_quota + rest.worker_cpu, measured.worker_cpu);
    EXPECT_EQ(accounts.dma_bytes + rest.dma_bytes, measured.dma_bytes);
    EXPECT_EQ(accounts.dma_channel + rest.dma_channel, measured.dma_channel);
  });
}

TEST(LedgerConservation, ClassesAndWaysAndLossesAreWhatWasMeasured) {
  for_all_lives([](const RandomLife& life) {
    const Losses& losses = life.ledger().losses();
    const CopyCost lost{.bytes = losses.folio_bytes, .folios = {}, .copy_cpu = losses.folio_cpu};
    CopyCost classes = lost;
    for (const auto& [key, sum] : life.ledger().classes()) {
      classes += sum;
    }
    CopyCost flows = lost;
    for (const auto& [key, sum] : life.ledger().flows()) {
      flows += sum;
    }
    const Totals& measured = life.ledger().measured();
    const CopyCost whole{
        .bytes = measured.bytes, .folios = measured.folios, .copy_cpu = measured.copy_cpu};
    EXPECT_EQ(classes, whole);
    EXPECT_EQ(flows, whole);
  });
}

TEST(LedgerConservation, NeverKeepsMoreAccountsThanItHasPlaces) {
  for_all_lives(
      [](const RandomLife& life) { EXPECT_LE(life.ledger().accounts().size(), life.places()); });
}

}  // namespace
}  // namespace pagefare
