// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/vmstat.h"

#include <gtest/gtest.h>

#include "tests/support/temp_directory.h"

namespace pagefare {
namespace {

using Counters = std::map<std::string, std::uint64_t>;

class VmstatTest : public testing::Test {
 protected:
  Result<Counters> read(const std::string& text) const {
    directory_.write("vmstat", text);
    return read_vmstat({.proc = directory_.path()});
  }
  TempDirectory directory_;
};

TEST_F(VmstatTest, ReadsTheMigrationCountersAndNoOthers) {
  const auto counters = read(
      "nr_free_pages 12\npgmigrate_success 18446744073709551615\npgmigrate_fail 0\n"
      "thp_migration_success 3\nthp_migration_split 4\nthp_split_page 9\npgdemote_kswapd 5\n"
      "pgdemote_proactive 6\nnuma_pages_migrated 7\npgpromote_success 8\npgpromote_candidate 1\n");
  ASSERT_TRUE(counters) << counters.error().message;
  EXPECT_EQ(*counters, (Counters{{"pgmigrate_success", 18446744073709551615U},
                                 {"pgmigrate_fail", 0},
                                 {"thp_migration_success", 3},
                                 {"thp_migration_split", 4},
                                 {"pgdemote_kswapd", 5},
                                 {"pgdemote_proactive", 6},
                                 {"numa_pages_migrated", 7},
                                 {"pgpromote_success", 8}}));
}

TEST_F(VmstatTest, LeavesOutWhatTheKernelDoesNotHave) {
  const auto counters = read("pgmigrate_success 1\n");
  ASSERT_TRUE(counters) << counters.error().message;
  EXPECT_EQ(*counters, (Counters{{"pgmigrate_success", 1}}));
}

TEST_F(VmstatTest, ReadsALastLineWithoutAnEnd) {
  const auto counters = read("pgmigrate_success 1\npgmigrate_fail 2");
  ASSERT_TRUE(counters) << counters.error().message;
  EXPECT_EQ(counters->at("pgmigrate_fail"), 2U);
}

TEST_F(VmstatTest, RefusesACounterWithoutANumber) {
  for (const auto* text : {"pgmigrate_success\n", "pgmigrate_success \n", "pgmigrate_success -1\n",
                           "pgmigrate_success 1x\n", "pgmigrate_success 18446744073709551616\n"}) {
    const auto counters = read(text);
    ASSERT_FALSE(counters) << text;
    EXPECT_NE(counters.error().message.find("/vmstat: the line 'pgmigrate_success"),
              std::string::npos);
  }
}

TEST_F(VmstatTest, NamesTheFileThatIsNotThere) {
  const auto counters = read_vmstat({.proc = directory_.path("none")});
  ASSERT_FALSE(counters);
  EXPECT_NE(counters.error().message.find("none/vmstat: cannot be opened"), std::string::npos);
}

TEST(VmstatOfThisMachine, HasTheCountersOfMigration) {
  const auto counters = read_vmstat(Roots{});
  ASSERT_TRUE(counters) << counters.error().message;
  if (counters->empty()) GTEST_SKIP() << "this kernel is built without CONFIG_MIGRATION";
  EXPECT_TRUE(counters->contains("pgmigrate_success"));
}

}  // namespace
}  // namespace pagefare
