// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/journal/undo.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "controller/edge/journal/custody.h"
#include "tests/support/machine_stage.h"

namespace pagefare {
namespace {

using Outcome = UndoneValue::Outcome;

class UndoTest : public testing::Test {
 protected:
  void open() {
    auto journal = Journal::open(stage_.place(), files_);
    ASSERT_TRUE(journal);
    journal_.emplace(*std::move(journal));
  }

  void change(const std::string& name, const std::string& from, const std::string& to,
              Comparison comparison = Comparison::kNumber) {
    const auto changed = write_journaled(
        *journal_, files_,
        {.path = stage_.file(name), .comparison = comparison, .from = from, .to = to});
    ASSERT_TRUE(changed) << changed.error().message;
    ASSERT_TRUE(changed->taken) << changed->sentence;
  }

  MachineStage stage_;
  SystemFiles files_;
  std::optional<Journal> journal_;
};

TEST_F(UndoTest, PutsBackWhatStillReadsAsWritten) {
  stage_.write("threads", "4");
  open();
  change("threads", "4", "8");
  const auto undone = undo(*journal_, files_);
  ASSERT_EQ(undone.size(), 1U);
  EXPECT_EQ(undone[0].outcome, Outcome::kRestored);
  EXPECT_EQ(stage_.read("threads"), "4");
  EXPECT_TRUE(journal_->values().empty());
}

TEST_F(UndoTest, LeavesAndForgetsWhatSomebodyElseWrote) {
  stage_.write("threads", "4");
  open();
  change("threads", "4", "8");
  stage_.write("threads", "2");
  EXPECT_EQ(undo(*journal_, files_).at(0).outcome, Outcome::kTheirs);
  EXPECT_EQ(stage_.read("threads"), "2");
  EXPECT_TRUE(journal_->values().empty());
}

TEST_F(UndoTest, ComparesAsTheKernelPrints) {
  stage_.write("offloading", "N");
  open();
  const auto changed = write_journaled(*journal_, files_,
                                       {.path = stage_.file("offloading"),
                                        .comparison = Comparison::kSwitch,
                                        .from = "N",
                                        .to = "1"});
  ASSERT_TRUE(changed);
  stage_.write("offloading", "Y");
  EXPECT_EQ(undo(*journal_, files_).at(0).outcome, Outcome::kRestored);
  EXPECT_EQ(stage_.read("offloading"), "N");
}

TEST_F(UndoTest, CallsAFileThatIsGoneDone) {
  const std::string path = stage_.write("threads", "4");
  open();
  change("threads", "4", "8");
  std::filesystem::remove(path);
  EXPECT_EQ(undo(*journal_, files_).at(0).outcome, Outcome::kGone);
  EXPECT_TRUE(journal_->values().empty());
}

TEST_F(UndoTest, GoesFromTheNewestChangeToTheOldest) {
  stage_.write("threads", "4");
  stage_.write("offloading", "0");
  open();
  change("threads", "4", "8");
  change("offloading", "0", "1", Comparison::kSwitch);
  const auto undone = undo(*journal_, files_);
  ASSERT_EQ(undone.size(), 2U);
  EXPECT_EQ(undone[0].path, stage_.file("offloading"));
}

TEST_F(UndoTest, KeepsInTheJournalWhatDoesNotTake) {
  stage_.write("threads", "4");
  open();
  change("threads", "4", "8");
  std::filesystem::remove(stage_.file("threads"));
  // A directory reads with EISDIR: there, and not to be had.
  std::filesystem::create_directories(stage_.file("threads"));
  EXPECT_EQ(undo(*journal_, files_).at(0).outcome, Outcome::kRefused);
  EXPECT_EQ(journal_->values().size(), 1U);
}

TEST_F(UndoTest, ForeseesWithoutTouching) {
  stage_.write("threads", "4");
  open();
  change("threads", "4", "8");
  EXPECT_EQ(foresee_undo(*journal_, files_).at(0).outcome, Outcome::kRestored);
  EXPECT_EQ(stage_.read("threads"), "8");
  EXPECT_EQ(journal_->values().size(), 1U);
}

TEST_F(UndoTest, TakesOnlyItsOwnRowOutOfATable) {
  stage_.write("limits", "5 1\n7 3");
  open();
  ASSERT_TRUE(journal_->will_write({.path = stage_.file("limits"),
                                    .row = "7",
                                    .comparison = Comparison::kText,
                                    .original = "-",
                                    .ours = {}},
                                   "3"));
  const auto foreseen = foresee_undo(*journal_, files_);
  ASSERT_EQ(foreseen.size(), 1U);
  EXPECT_EQ(foreseen[0].outcome, Outcome::kRestored);
  EXPECT_EQ(foreseen[0].found, "3");
  EXPECT_EQ(foreseen[0].original, "-");
}

TEST(Comparison, KnowsTheSameValueInOtherWords) {
  EXPECT_TRUE(same(Comparison::kNumber, "16", "0x10\n"));
  EXPECT_TRUE(same(Comparison::kSwitch, "Y", "1"));
  EXPECT_TRUE(same(Comparison::kSwitch, "false", "N"));
  EXPECT_TRUE(same(Comparison::kMask, "00000000,0000000f", "F"));
  EXPECT_TRUE(same(Comparison::kNames, "demotion,damon", "damon, demotion"));
  EXPECT_TRUE(same(Comparison::kChoice, "always [madvise] never", "madvise"));
  EXPECT_TRUE(same(Comparison::kText, "max  100000", "max 100000\n"));
}

TEST(Comparison, KnowsDifferentValues) {
  EXPECT_FALSE(same(Comparison::kNumber, "16", "10"));
  EXPECT_FALSE(same(Comparison::kNumber, "junk", "none"));
  EXPECT_FALSE(same(Comparison::kSwitch, "1", "0"));
  EXPECT_FALSE(same(Comparison::kSwitch, "12", "1"));
  EXPECT_FALSE(same(Comparison::kMask, "f", "1f"));
  EXPECT_FALSE(same(Comparison::kNames, "demotion", "demotion,damon"));
  EXPECT_FALSE(same(Comparison::kText, "max 100000", "max 1000000"));
}

TEST(RowValue, IsThatOfTheWholeKeyAlone) {
  EXPECT_EQ(row_value("17 3\n7  4 \n", "7"), "4");
  EXPECT_EQ(row_value("17 3\n", "7"), "-");
}

}  // namespace
}  // namespace pagefare
