// SPDX-License-Identifier: Apache-2.0
#include "exporter/units.h"

#include <gtest/gtest.h>

#include "exporter/utf8.h"

namespace pagefare::test {
namespace {

using namespace std::chrono_literals;

TEST(HumanBytes, StaysBelowOneThousandAndTwentyFour) {
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(1023), "1023 B");
  EXPECT_EQ(human_bytes(1024), "1.0 KiB");
  EXPECT_EQ(human_bytes(1'610'612'736), "1.5 GiB");
  EXPECT_EQ(human_bytes(1024 * 1024 - 1), "1.0 MiB");
  EXPECT_EQ(human_bytes(UINT64_MAX), "16.0 EiB");
}

TEST(HumanTime, ChoosesTheUnit) {
  EXPECT_EQ(human_time(Nanoseconds(850)), "850 ns");
  EXPECT_EQ(human_time(Nanoseconds(12'300'000)), "12.3 ms");
  EXPECT_EQ(human_time(Nanoseconds(999'999)), "1.0 ms");
  EXPECT_EQ(human_time(Nanoseconds(4'560'000'000)), "4.56 s");
  EXPECT_EQ(human_time(123s), "2 min 3 s");
  EXPECT_EQ(human_time(11'040s), "3 h 4 min");
  EXPECT_EQ(human_time(453'600s), "5 d 6 h");
}

TEST(HumanShare, IsOfOneCpu) {
  EXPECT_EQ(human_share(3s, 2s), "150.0 %");
}

TEST(HumanPpm, RoundsDownSoThatAllMeansAll) {
  EXPECT_EQ(human_ppm(999'999), "99.99 %");
  EXPECT_EQ(human_ppm(1'000'000), "100.00 %");
}

TEST(SizeLabel, FollowsThePageSize) {
  EXPECT_EQ(size_label(4096, 0), "4K");
  EXPECT_EQ(size_label(4096, 9), "2M");
  EXPECT_EQ(size_label(4096, 18), "1G");
  EXPECT_EQ(size_label(65536, 0), "64K");
  EXPECT_EQ(size_label(65536, 13), "512M");
  EXPECT_EQ(size_label(4096, 255), "order255");
}

TEST(ValidUtf8, KeepsTextAndEscapesTheRest) {
  EXPECT_EQ(valid_utf8("/a/\u00fcber/\U0001F600\n"), "/a/\u00fcber/\U0001F600\n");
  EXPECT_EQ(valid_utf8("\xc3"), "\\xc3");
  EXPECT_EQ(valid_utf8("\xc0\xaf"), "\\xc0\\xaf");           // overlong
  EXPECT_EQ(valid_utf8("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // surrogate
  EXPECT_EQ(valid_utf8("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
  EXPECT_EQ(valid_utf8("a\xe2\x82z"), "a\\xe2\\x82z");
}

TEST(Printable, EscapesWhatWouldDriveATerminal) {
  EXPECT_EQ(printable("a\033[2J\x7f"), "a\\x1b[2J\\x7f");
  EXPECT_EQ(printable("\u009b"), "\\xc2\\x9b");
  EXPECT_EQ(printable("\u00a0\u00fc"), "\u00a0\u00fc");
}

TEST(KeepEnd, CountsCodePoints) {
  EXPECT_EQ(keep_end("\u00fc\u00fc\u00fc", 3), "\u00fc\u00fc\u00fc");
  EXPECT_EQ(keep_end("abcd\u00fc", 4), "..d\u00fc");
  EXPECT_EQ(keep_end("abcdef", 2), "ef");
}

TEST(KeepStart, CountsCodePoints) {
  EXPECT_EQ(keep_start("\u00fcbc", 2), "\u00fcb");
}

}  // namespace
}  // namespace pagefare::test
