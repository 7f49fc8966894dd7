// SPDX-License-Identifier: Apache-2.0
// The small texts that settings are made of: durations, addresses, misspelt words.
#include <gtest/gtest.h>

#include <array>
#include <limits>

#include "controller/edge/duration.h"
#include "controller/edge/listen_address.h"
#include "controller/edge/spelling.h"

namespace pagefare {
namespace {

TEST(Duration, IsAWholeNumberAndAUnit) {
  EXPECT_EQ(parse_duration("1ns")->count(), 1);
  EXPECT_EQ(parse_duration("2us")->count(), 2'000);
  EXPECT_EQ(parse_duration("250ms")->count(), 250'000'000);
  EXPECT_EQ(parse_duration("1s")->count(), 1'000'000'000);
  EXPECT_EQ(parse_duration("2m")->count(), 120'000'000'000);
  EXPECT_EQ(parse_duration("3h")->count(), 10'800'000'000'000);
}

TEST(Duration, IsRefusedInAnyOtherForm) {
  for (const auto* text : {"", "s", "1", "1.5s", "-1s", "+1s", " 1s", "1s ", "1 s", "1S", "1sec",
                           "1s1ms", "0x1s", "1e3s", "1d", "ms", "one s"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Duration, IsRefusedBeforeItOverflows) {
  EXPECT_EQ(parse_duration("9223372036854775807ns")->count(),
            std::numeric_limits<std::int64_t>::max());
  for (const auto* text : {"9223372036854775808ns", "9223372036855ms", "9223372037s", "99999999h",
                           "99999999999999999999s"}) {
    const auto duration = parse_duration(text);
    ASSERT_FALSE(duration) << text;
    EXPECT_NE(duration.error().message.find("too long"), std::string::npos) << text;
  }
}

TEST(Duration, IsWrittenInItsLargestWholeUnit) {
  EXPECT_EQ(format_duration(Nanoseconds(0)), "0s");
  EXPECT_EQ(format_duration(std::chrono::milliseconds(1500)), "1500ms");
  EXPECT_EQ(format_duration(std::chrono::seconds(90)), "90s");
  EXPECT_EQ(format_duration(std::chrono::seconds(7200)), "2h");
  EXPECT_EQ(format_duration(Nanoseconds(1001)), "1001ns");
}

TEST(Duration, ReadsBackWhatIsWritten) {
  for (std::int64_t count = 1; count < 4'000'000'000'000'000; count = count * 7 / 2 + 1) {
    EXPECT_EQ(parse_duration(format_duration(Nanoseconds(count)))->count(), count);
  }
}

TEST(ListenAddressText, IsAnAddressAndAPort) {
  const auto v4 = parse_listen_address("0.0.0.0:80");
  ASSERT_TRUE(v4) << v4.error().message;
  EXPECT_EQ(v4->host, "0.0.0.0");
  EXPECT_EQ(v4->port, 80);
  EXPECT_FALSE(v4->ipv6);
}

TEST(ListenAddressText, HasBracketsAroundIpv6) {
  const auto v6 = parse_listen_address("[::1]:65535");
  ASSERT_TRUE(v6) << v6.error().message;
  EXPECT_EQ(v6->host, "::1");
  EXPECT_EQ(v6->port, 65535);
  EXPECT_TRUE(v6->ipv6);
  EXPECT_EQ(to_string(*v6), "[::1]:65535");
}

TEST(ListenAddressText, SaysThatBracketsAreMissing) {
  const auto v6 = parse_listen_address("::1:9464");
  ASSERT_FALSE(v6);
  EXPECT_NE(v6.error().message.find("IPv6 address without brackets"), std::string::npos);
}

TEST(ListenAddressText, MayNotHideANulByte) {
  EXPECT_FALSE(parse_listen_address(std::string_view("127.0.0.1\0x:1", 13)));
}

TEST(Spelling, FindsTheNearestWord) {
  constexpr std::array<std::string_view, 3> kWords{"period", "mode", "max_cgroups"};
  EXPECT_EQ(nearest_spelling("perod", kWords), "period");
  EXPECT_EQ(nearest_spelling("MODE", kWords), "mode");
  EXPECT_EQ(nearest_spelling("max-cgroup", kWords), "max_cgroups");
}

TEST(Spelling, FindsNothingThatIsFar) {
  constexpr std::array<std::string_view, 2> kWords{"period", "mode"};
  EXPECT_EQ(nearest_spelling("copy", kWords), std::nullopt);
  EXPECT_EQ(nearest_spelling("", kWords), std::nullopt);
  EXPECT_EQ(nearest_spelling(std::string(100000, 'm'), kWords), std::nullopt);
}

}  // namespace
}  // namespace pagefare
