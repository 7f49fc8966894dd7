// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/journal/custody.h"

#include <gtest/gtest.h>

#include <csignal>

#include "tests/support/machine_stage.h"

namespace pagefare {
namespace {

Custody::Settings settings(const MachineStage& stage, OnStop on_stop = OnStop::kRestore) {
  return {.place = stage.place(), .on_stop = on_stop, .guard = {}};
}

Change to_eight(const MachineStage& stage) {
  return {.path = stage.file("threads"), .comparison = Comparison::kNumber, .from = "4", .to = "8"};
}

TEST(Custody, RestoresAtTheOrderlyEnd) {
  const MachineStage stage;
  stage.write("threads", "4");
  SystemFiles files;
  auto custody = Custody::open(settings(stage), files);
  ASSERT_TRUE(custody);
  ASSERT_TRUE(custody->write(to_eight(stage)));
  EXPECT_EQ(stage.read("threads"), "8");
  EXPECT_EQ(custody->finish().size(), 1U);
  EXPECT_EQ(stage.read("threads"), "4");
}

TEST(Custody, KeepsOnRequestAndTheNextRunStillKnowsTheOriginal) {
  const MachineStage stage;
  stage.write("threads", "4");
  SystemFiles files;
  {
    auto custody = Custody::open(settings(stage, OnStop::kKeep), files);
    ASSERT_TRUE(custody->write(to_eight(stage)));
    EXPECT_TRUE(custody->finish().empty());
  }
  EXPECT_EQ(stage.read("threads"), "8");
  auto next = Custody::open(settings(stage), files);
  ASSERT_TRUE(next);
  EXPECT_EQ(stage.read("threads"), "8");
  EXPECT_EQ(next->remarks().size(), 1U);
  next->finish();
  EXPECT_EQ(stage.read("threads"), "4");
}

TEST(Custody, UndoesACrashAfterKeptValuesWereTakenOver) {
  const MachineStage stage;
  stage.write("threads", "4");
  SystemFiles files;
  {
    auto custody = Custody::open(settings(stage, OnStop::kKeep), files);
    ASSERT_TRUE(custody->write(to_eight(stage)));
    custody->finish();
  }
  {
    ASSERT_TRUE(Custody::open(settings(stage, OnStop::kKeep), files));
  }  // and dies
  ASSERT_TRUE(Custody::open(settings(stage), files));
  EXPECT_EQ(stage.read("threads"), "4");
}

TEST(Custody, NeverUndoesWhatItCeded) {
  const MachineStage stage;
  stage.write("threads", "4");
  SystemFiles files;
  auto custody = Custody::open(settings(stage), files);
  ASSERT_TRUE(custody->write(to_eight(stage)));
  ASSERT_TRUE(custody->cede(stage.file("threads")));
  EXPECT_TRUE(custody->finish().empty());
  EXPECT_EQ(stage.read("threads"), "8");
}

TEST(Custody, WritesNothingWhenTheJournalCannotBeWritten) {
  const MachineStage stage;
  stage.write("threads", "4");
  class FullDisk : public MachineFiles {
   public:
    tl::expected<std::string, int> read(const std::string& path) override {
      return files_.read(path);
    }
    tl::expected<std::size_t, int> write_once(const std::string& path,
                                              std::string_view text) override {
      return files_.write_once(path, text);
    }
    tl::expected<void, int> append(const std::string&, std::string_view) override {
      return tl::make_unexpected(ENOSPC);
    }
    tl::expected<void, int> replace(const std::string& path, std::string_view text) override {
      return files_.replace(path, text);
    }
    std::uint64_t identity(const std::string& path) override { return files_.identity(path); }

   private:
    SystemFiles files_;
  } files;
  auto custody = Custody::open(settings(stage), files);
  ASSERT_TRUE(custody);
  EXPECT_FALSE(custody->write(to_eight(stage)));
  EXPECT_EQ(stage.read("threads"), "4");
}

TEST(Custody, WritesNothingWithoutTheGuardItWasToldToPost) {
  const MachineStage stage;
  stage.write("threads", "4");
  SystemFiles files;
  auto with_guard = settings(stage);
  with_guard.guard = {"/bin/true"};
  auto custody = Custody::open(with_guard, files);
  ASSERT_TRUE(custody);
  EXPECT_FALSE(custody->write(to_eight(stage)));
  EXPECT_EQ(stage.read("threads"), "4");
}

}  // namespace
}  // namespace pagefare
