// SPDX-License-Identifier: Apache-2.0
// The program is killed at every touch of the machine's files and of the journal, in turn. Whatever
// is found after the next start must be the original or somebody else's value.
#include <gtest/gtest.h>

#include <csignal>

#include "controller/edge/journal/custody.h"
#include "tests/support/killing_files.h"
#include "tests/support/machine_stage.h"

namespace pagefare {
namespace {

void turn(Custody& custody, const MachineStage& stage, const std::string& name,
          const std::string& from, const std::string& to) {
  (void)custody.write({.path = stage.file(name), .from = from, .to = to});
}

/// A short life of a daemon: two values, one of them changed twice, then the orderly end.
void live(const MachineStage& stage, MachineFiles& files) {
  auto custody = Custody::open({.place = stage.place(), .guard = {}}, files);
  if (!custody) ::_exit(1);
  turn(*custody, stage, "threads", "4", "8");
  turn(*custody, stage, "offloading", "0", "1");
  turn(*custody, stage, "threads", "8", "16");
  custody->finish();
}

void expect_original(const MachineStage& stage, int at) {
  EXPECT_EQ(stage.read("threads"), "4") << "killed at touch " << at;
  EXPECT_EQ(stage.read("offloading"), "0") << "killed at touch " << at;
}

/// Kills one life after another, each one touch later, until one ends by itself.
void walk_through(Moment moment, const std::function<void(const MachineStage&, int)>& afterwards) {
  constexpr int kMoreThanThereAre = 200;
  for (int at = 0; at < kMoreThanThereAre; ++at) {
    const MachineStage stage;
    stage.write("threads", "4");
    stage.write("offloading", "0");
    const int end = MachineStage::in_a_process([&] {
      KillingFiles files(at, moment);
      live(stage, files);
    });
    if (end == 0) {
      EXPECT_GT(at, 15) << "a life this short tests nothing";
      expect_original(stage, at);
      return;
    }
    ASSERT_EQ(end, -SIGKILL);
    afterwards(stage, at);
  }
  FAIL() << "the life never ended";
}

void start_again(const MachineStage& stage, int at) {
  SystemFiles files;
  const auto custody = Custody::open({.place = stage.place(), .guard = {}}, files);
  ASSERT_TRUE(custody) << custody.error().message;
  expect_original(stage, at);
}

class SuddenEnd : public testing::TestWithParam<Moment> {};

TEST_P(SuddenEnd, IsMadeGoodByTheNextStart) {
  walk_through(GetParam(), start_again);
}

TEST_P(SuddenEnd, OfTheUndoingItselfIsMadeGoodToo) {
  walk_through(GetParam(), [](const MachineStage& stage, int at) {
    for (int undo_at = 0; undo_at < 40; ++undo_at) {
      (void)MachineStage::in_a_process([&] {
        KillingFiles files(undo_at, GetParam());
        (void)Custody::open({.place = stage.place(), .guard = {}}, files);
      });
    }
    start_again(stage, at);
  });
}

TEST_P(SuddenEnd, LeavesWhatSomebodyElseWroteInBetween) {
  walk_through(GetParam(), [](const MachineStage& stage, int at) {
    stage.write("threads", "2");
    SystemFiles files;
    ASSERT_TRUE(Custody::open({.place = stage.place(), .guard = {}}, files));
    EXPECT_EQ(stage.read("threads"), "2") << "killed at touch " << at;
    EXPECT_EQ(stage.read("offloading"), "0") << "killed at touch " << at;
  });
}

INSTANTIATE_TEST_SUITE_P(Journal, SuddenEnd,
                         testing::Values(Moment::kBefore, Moment::kWithin, Moment::kAfter),
                         [](const auto& instance) {
                           return instance.param == Moment::kBefore   ? "BeforeATouch"
                                  : instance.param == Moment::kWithin ? "WithinATouch"
                                                                      : "AfterATouch";
                         });

}  // namespace
}  // namespace pagefare
