// SPDX-License-Identifier: Apache-2.0
#include "controller/demo/frame_snapshot.h"

#include <gtest/gtest.h>

#include "tests/support/temp_directory.h"

namespace pagefare::demo {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kPresent = 1ULL << 63;
constexpr std::uint64_t kSwapped = 1ULL << 62;
constexpr std::uint64_t kSoftDirty = 1ULL << 55;

std::string pagemap(const std::vector<std::uint64_t>& entries) {
  return {reinterpret_cast<const char*>(entries.data()), entries.size() * sizeof(std::uint64_t)};
}

TEST(FrameSnapshot, ReadsTheFramesOfTheRangeOnly) {
  const TempDirectory scratch;
  const auto file =
      scratch.write("pagemap", pagemap({kPresent | 1, kPresent | 2, kPresent | 3, kPresent | 4}));
  const auto frames = read_frames(file, {kPage, 2 * kPage}, kPage);
  ASSERT_TRUE(frames) << frames.error().message;
  EXPECT_EQ(*frames, (FrameSnapshot{2, 3}));
}

TEST(FrameSnapshot, FindsEntriesByTheKernelsPageSize) {
  const TempDirectory scratch;
  const auto file = scratch.write("pagemap", pagemap({kPresent | 1, kPresent | 2, kPresent | 3}));
  const auto frames = read_frames(file, {2ULL * 65536, 65536}, 65536);
  ASSERT_TRUE(frames) << frames.error().message;
  EXPECT_EQ(*frames, (FrameSnapshot{3}));
}

TEST(FrameSnapshot, LeavesFlagsOutOfTheFrameNumber) {
  const TempDirectory scratch;
  const auto file = scratch.write("pagemap", pagemap({kPresent | kSoftDirty | 7}));
  const auto frames = read_frames(file, {0, kPage}, kPage);
  ASSERT_TRUE(frames) << frames.error().message;
  EXPECT_EQ(*frames, (FrameSnapshot{7}));
}

TEST(FrameSnapshot, HasNoFrameForSwappedAndUnmappedPages) {
  const TempDirectory scratch;
  const auto file = scratch.write("pagemap", pagemap({kSwapped | 99, 0}));
  const auto frames = read_frames(file, {0, 2 * kPage}, kPage);
  ASSERT_TRUE(frames) << frames.error().message;
  EXPECT_EQ(*frames, (FrameSnapshot{kNoFrame, kNoFrame}));
}

TEST(FrameSnapshot, FailsWhenTheKernelHidesFrameNumbers) {
  const TempDirectory scratch;
  const auto file = scratch.write("pagemap", pagemap({kPresent}));
  const auto frames = read_frames(file, {0, kPage}, kPage);
  ASSERT_FALSE(frames);
  EXPECT_NE(frames.error().message.find("root"), std::string::npos) << frames.error().message;
}

TEST(FrameSnapshot, FailsWhenTheFileEndsInsideTheRange) {
  const TempDirectory scratch;
  const auto file = scratch.write("pagemap", pagemap({kPresent | 1}));
  const auto frames = read_frames(file, {0, 2 * kPage}, kPage);
  ASSERT_FALSE(frames);
  EXPECT_NE(frames.error().message.find("ends early"), std::string::npos);
}

TEST(FrameSnapshot, FailsNamingTheFileWhenTheProcessIsGone) {
  const auto frames = read_frames("/nowhere/pagemap", {0, kPage}, kPage);
  ASSERT_FALSE(frames);
  EXPECT_NE(frames.error().message.find("/nowhere/pagemap"), std::string::npos);
}

TEST(FrameChanges, CountsMovedStayedAndLostApart) {
  const FrameChanges changes =
      compare_frames({1, 2, 3, 4, kNoFrame, kNoFrame}, {1, 20, 30, kNoFrame, 5, kNoFrame});
  EXPECT_EQ(changes.stayed, Pages{1});
  EXPECT_EQ(changes.moved, Pages{2});
  EXPECT_EQ(changes.lost, Pages{1});
}

TEST(FrameChanges, CountsPagesThatSwapFramesAsTwoMoves) {
  EXPECT_EQ(compare_frames({1, 2}, {2, 1}).moved, Pages{2});
}

}  // namespace
}  // namespace pagefare::demo
