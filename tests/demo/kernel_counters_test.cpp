// SPDX-License-Identifier: Apache-2.0
#include "controller/demo/kernel_counters.h"

#include <gtest/gtest.h>

#include "tests/support/temp_directory.h"

namespace pagefare::demo {
namespace {

TEST(MigratedPages, ReadsTheLineOfThatNameOnly) {
  const TempDirectory scratch;
  const auto file = scratch.write(
      "vmstat", "pgmigrate_successful 1\npgmigrate_success 345678901234\npgmigrate_fail 2\n");
  const auto pages = migrated_pages(file);
  ASSERT_TRUE(pages) << pages.error().message;
  EXPECT_EQ(*pages, Pages{345678901234});
}

TEST(MigratedPages, FailsWithTheKernelOptionWhenTheLineIsMissing) {
  const TempDirectory scratch;
  const auto pages = migrated_pages(scratch.write("vmstat", "nr_free_pages 1\n"));
  ASSERT_FALSE(pages);
  EXPECT_NE(pages.error().message.find("CONFIG_MIGRATION"), std::string::npos);
}

TEST(AvailableMemory, TurnsKibibytesIntoBytes) {
  const TempDirectory scratch;
  const auto file =
      scratch.write("meminfo", "MemTotal:       100 kB\nMemAvailable:   1024 kB\nMemFree: 5 kB\n");
  const auto bytes = available_memory(file);
  ASSERT_TRUE(bytes) << bytes.error().message;
  EXPECT_EQ(*bytes, Bytes{1 << 20});
}

TEST(NodeList, ReadsNumbersAndSpans) {
  const auto nodes = parse_node_list("0,2-4,7\n");
  ASSERT_TRUE(nodes) << nodes.error().message;
  EXPECT_EQ(*nodes, (std::vector<int>{0, 2, 3, 4, 7}));
}

TEST(NodeList, RefusesWhatIsNoList) {
  for (const char* text : {"x", "1-", "3-1", "1;2", "1,,2", "-1", "0-4294967295"}) {
    EXPECT_FALSE(parse_node_list(text)) << text;
  }
}

TEST(MemoryNodes, IsNodeZeroOnKernelsWithoutNodes) {
  const auto nodes = memory_nodes("/nowhere/has_memory");
  ASSERT_TRUE(nodes) << nodes.error().message;
  EXPECT_EQ(*nodes, std::vector<int>{0});
}

}  // namespace
}  // namespace pagefare::demo
