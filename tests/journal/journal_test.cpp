// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/journal/journal.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <system_error>

#include "controller/edge/journal/journaled_write.h"
#include "tests/support/machine_stage.h"

namespace pagefare {
namespace {

ChangedValue threads(const MachineStage& stage) {
  return {.path = stage.file("threads"),
          .comparison = Comparison::kNumber,
          .original = "4",
          .ours = {}};
}

TEST(Journal, RemembersAChangeThatWasAnnouncedButNotMade) {
  const MachineStage stage;
  SystemFiles files;
  {
    auto journal = Journal::open(stage.place(), files);
    ASSERT_TRUE(journal) << journal.error().message;
    ASSERT_TRUE(journal->will_write(threads(stage), "8"));
  }
  const auto journal = Journal::open(stage.place(), files);
  ASSERT_TRUE(journal);
  const ChangedValue* value = journal->find(stage.file("threads"));
  ASSERT_NE(value, nullptr);
  EXPECT_EQ(value->original, "4");
  EXPECT_EQ(value->ours, std::vector<std::string>{"8"});
}

/// A killed process closes its files from the highest on; a guard waits for this one.
TEST(Journal, HoldsItsLockByOneOfTheHighestDescriptors) {
  const MachineStage stage;
  SystemFiles files;
  const auto journal = Journal::open(stage.place(), files);
  ASSERT_TRUE(journal) << journal.error().message;
  int found = -1;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    const auto target = std::filesystem::read_symlink(entry, gone);
    if (target.filename() == "journal.lock") found = std::stoi(entry.path().filename());
  }
  EXPECT_GE(found, 900);
}

TEST(Journal, KeepsTheFirstOriginalThroughLaterChanges) {
  const MachineStage stage;
  SystemFiles files;
  auto journal = Journal::open(stage.place(), files);
  ASSERT_TRUE(journal);
  ChangedValue value = threads(stage);
  ASSERT_TRUE(journal->will_write(value, "8"));
  ASSERT_TRUE(journal->wrote(value.path, "", "8"));
  value.original = "8";
  ASSERT_TRUE(journal->will_write(value, "16"));
  EXPECT_EQ(journal->values().front().original, "4");
  EXPECT_EQ(journal->values().front().ours, (std::vector<std::string>{"8", "16"}));
}

TEST(Journal, ForgetsAValueThatIsBackAtItsOriginal) {
  const MachineStage stage;
  SystemFiles files;
  auto journal = Journal::open(stage.place(), files);
  ASSERT_TRUE(journal);
  ASSERT_TRUE(journal->will_write(threads(stage), "8"));
  ASSERT_TRUE(journal->wrote(stage.file("threads"), "", "8"));
  ASSERT_TRUE(journal->will_write(threads(stage), "4"));
  ASSERT_TRUE(journal->wrote(stage.file("threads"), "", "4"));
  EXPECT_TRUE(journal->values().empty());
}

TEST(Journal, DropsWhatAnEarlierBootLeftAndSaysSoOnce) {
  const MachineStage stage;
  SystemFiles files;
  {
    auto journal = Journal::open(stage.place("boot-1"), files);
    ASSERT_TRUE(journal->will_write(threads(stage), "8"));
  }
  {
    const auto journal = Journal::open(stage.place("boot-2"), files);
    ASSERT_TRUE(journal);
    EXPECT_TRUE(journal->values().empty());
    ASSERT_EQ(journal->remarks().size(), 1U);
    EXPECT_NE(journal->remarks().front().find("earlier boot"), std::string::npos);
  }
  EXPECT_TRUE(Journal::open(stage.place("boot-2"), files)->remarks().empty());
}

TEST(Journal, PassesOverALastLineThatIsTorn) {
  const MachineStage stage;
  SystemFiles files;
  {
    auto journal = Journal::open(stage.place(), files);
    ASSERT_TRUE(journal->will_write(threads(stage), "8"));
    ASSERT_TRUE(journal->will_write(
        {.path = stage.file("engine"), .original = "serial", .ours = {}}, "dma"));
  }
  const std::string path = stage.place().directory + "/journal";
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 5);
  auto journal = Journal::open(stage.place(), files);
  ASSERT_TRUE(journal);
  EXPECT_EQ(journal->values().size(), 1U);
  EXPECT_TRUE(journal->remarks().empty());
  // The next record must not be glued to the torn one.
  ASSERT_TRUE(journal->will_write({.path = stage.file("placement"), .original = "fill", .ours = {}},
                                  "spread"));
  EXPECT_EQ(parse_journal(stage.journal_text()).values.size(), 2U);
}

TEST(Journal, SaysWhichLinesAreDamagedAndReadsTheOthers) {
  const MachineStage stage;
  SystemFiles files;
  {
    auto journal = Journal::open(stage.place(), files);
    ASSERT_TRUE(journal->will_write(threads(stage), "8"));
    ASSERT_TRUE(journal->will_write(
        {.path = stage.file("engine"), .original = "serial", .ours = {}}, "dma"));
  }
  std::string text = stage.journal_text();
  text[text.find("will ") + 7] ^= 1;
  std::ofstream(stage.place().directory + "/journal") << text;
  const auto journal = Journal::open(stage.place(), files);
  ASSERT_TRUE(journal);
  EXPECT_EQ(journal->values().size(), 1U);
  EXPECT_EQ(journal->values().front().path, stage.file("engine"));
  ASSERT_EQ(journal->remarks().size(), 1U);
  EXPECT_NE(journal->remarks().front().find("damaged"), std::string::npos);
}

TEST(Journal, SetsAsideAFileOfAnUnknownVersion) {
  const MachineStage stage;
  SystemFiles files;
  std::filesystem::create_directories(stage.place().directory);
  std::ofstream(stage.place().directory + "/journal") << "pagefare-journal 2 00000000\nnew\n";
  const auto journal = Journal::open(stage.place(), files);
  ASSERT_TRUE(journal);
  EXPECT_EQ(journal->remarks().size(), 1U);
  EXPECT_TRUE(std::filesystem::exists(stage.place().directory + "/journal.damaged"));
}

TEST(Journal, IsHeldByOneAtATime) {
  const MachineStage stage;
  SystemFiles files;
  const auto first = Journal::open(stage.place(), files);
  ASSERT_TRUE(first);
  const auto second = Journal::open(stage.place(), files);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().message.find("another pagefare"), std::string::npos);
}

TEST(Journal, DoesNotGrowWithoutEnd) {
  const MachineStage stage;
  SystemFiles files;
  auto journal = Journal::open(stage.place(), files);
  ASSERT_TRUE(journal);
  for (int i = 0; i < 1500; ++i) {
    const std::string count = i % 2 == 0 ? "8" : "16";
    ASSERT_TRUE(journal->will_write(threads(stage), count));
    ASSERT_TRUE(journal->wrote(stage.file("threads"), "", count));
  }
  EXPECT_LE(std::filesystem::file_size(stage.place().directory + "/journal"), 64U << 10U);
  EXPECT_EQ(parse_journal(stage.journal_text()).values.front().original, "4");
}

TEST(Journal, TellsWhereItCannotBeWritten) {
  const MachineStage stage;
  SystemFiles files;
  const auto journal =
      Journal::open({.directory = "/proc/pagefare-cannot-be", .boot_id = "b"}, files);
  ASSERT_FALSE(journal);
  EXPECT_NE(journal.error().message.find("/proc/pagefare-cannot-be"), std::string::npos);
}

TEST(JournalText, BringsBackPathsAndValuesOfAnyBytes) {
  const std::string wild = "a b%\n\t\xff%20\"";
  JournalContent content{.boot = "b"};
  content.values.push_back({.path = "/sys/" + wild,
                            .row = wild,
                            .comparison = Comparison::kNames,
                            .identity = 1ULL << 63U,
                            .original = "",
                            .ours = {wild, ""}});
  content.kept = true;
  const JournalContent back = parse_journal(pagefare::journal_text(content));
  ASSERT_TRUE(back.understood);
  EXPECT_EQ(back.damaged, 0U);
  EXPECT_TRUE(back.kept);
  ASSERT_EQ(back.values.size(), 1U);
  EXPECT_EQ(back.values[0].path, content.values[0].path);
  EXPECT_EQ(back.values[0].row, wild);
  EXPECT_EQ(back.values[0].identity, 1ULL << 63U);
  EXPECT_EQ(back.values[0].original, "");
  EXPECT_EQ(back.values[0].ours, content.values[0].ours);
}

}  // namespace
}  // namespace pagefare
