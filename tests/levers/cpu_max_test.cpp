// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/levers/cpu_max.h"

#include <gtest/gtest.h>

namespace pagefare {
namespace {

using namespace std::chrono_literals;

TEST(CpuMax, IsReadAsTheKernelPrintsIt) {
  const auto quota = parse_cpu_max("50000 100000\n");
  ASSERT_TRUE(quota);
  EXPECT_EQ(quota->quota, 50ms);
  EXPECT_EQ(quota->period, 100ms);
}

TEST(CpuMax, IsPrintedAsTheKernelDoes) {
  EXPECT_EQ(cpu_max_text({.quota = 1500us, .period = 100ms}), "1500 100000");
}

TEST(CpuMax, IsNoQuotaWithoutALimit) {
  EXPECT_FALSE(parse_cpu_max("max 100000\n"));
}

TEST(CpuMax, IsRefusedWhenItIsNone) {
  for (const char* text : {"", "1", "1 ", "1 2 3", "0 100000", "-5 100000", "5 0", "5 -1", "a b",
                           "99999999999999999999 1", "9000000000000000000 100000"}) {
    EXPECT_FALSE(parse_cpu_max(text)) << text;
  }
}

TEST(CpuUsage, IsFoundAmongTheOthers) {
  EXPECT_EQ(parse_usage("nr 1\nusage_usec 12\nuser_usec 3\n"), Nanoseconds{12us});
  EXPECT_FALSE(parse_usage("core_usage_usec 12\n"));
  EXPECT_FALSE(parse_usage("usage_usec x\n"));
  EXPECT_FALSE(parse_usage(""));
}

TEST(CpuBurst, IsNoneWhereItIsMissing) {
  EXPECT_EQ(parse_burst("2000\n"), Nanoseconds{2ms});
  EXPECT_EQ(parse_burst(""), Nanoseconds{});
}

}  // namespace
}  // namespace pagefare
