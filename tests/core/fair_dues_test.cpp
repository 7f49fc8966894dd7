// SPDX-License-Identifier: Apache-2.0
// The sums of a tenant over time agree with what it was given period by period.
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>

#include "tests/support/fair_machine.h"

namespace pagefare::test {
namespace {

constexpr auto kCpu = fair::Resource::kCpu;

TEST(FairDues, OfEveryTenantBalanceWhileOthersComeAndGo) {
  FairMachine machine(policy_of({100, 200, 400}, 2, {fair::Action::kGate}), 2);
  for (const auto& [path, threads] :
       std::map<std::string, unsigned>{{"/a", 8}, {"/b", 1}, {"/c", 2}}) {
    Mover mover;
    mover.path = path;
    mover.id = static_cast<std::uint64_t>(path[1]);
    mover.threads = threads;
    machine.add(mover);
  }
  std::map<std::string, std::uint64_t> allocated;
  std::map<std::string, std::uint64_t> used;
  for (int period = 0; period < 60; ++period) {
    machine.mover("/b").wants = period % 7 < 3;
    machine.mover("/c").wants = period % 11 < 6;
    machine.turn();
    for (const auto& row : machine.steward().state().tenants) {
      allocated[row.path] += row.allocated[kCpu];
      used[row.path] += row.used[kCpu];
    }
  }
  ASSERT_EQ(allocated.size(), 4U) << "three tenants and the unlisted";
  bool somebody_borrowed = false;
  for (const auto& row : machine.steward().state().tenants) {
    const fair::Dues& dues = row.dues;
    EXPECT_EQ(dues.earned[kCpu] + dues.borrowed[kCpu], dues.lent[kCpu] + allocated[row.path])
        << row.path;
    EXPECT_EQ(dues.used[kCpu], used[row.path]) << row.path;
    EXPECT_GT(dues.earned[kCpu], 0U) << row.path;
    EXPECT_LE(dues.owed[kCpu], dues.borrowed[kCpu]) << row.path;
    somebody_borrowed |= dues.borrowed[kCpu] > 0;
  }
  EXPECT_TRUE(somebody_borrowed);
}

}  // namespace
}  // namespace pagefare::test
