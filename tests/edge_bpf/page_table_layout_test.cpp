// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/bpf/page_table_layout.h"

#include <gtest/gtest.h>

#include <bit>

namespace pagefare {
namespace {

constexpr std::uint64_t k4K = 4096;
constexpr std::uint64_t k64K = 65536;

constexpr std::uint64_t bit(unsigned number) {
  return std::uint64_t{1} << number;
}

/// The frame that bpf/portable.h reads from an entry: entry_pfn(), word for word.
std::uint64_t frame_in(std::uint64_t entry, const PageTableLayout& layout,
                       std::uint64_t page_size) {
  std::uint64_t address = entry & layout.address_mask;
  if (layout.inverted_unless != 0 && (entry & layout.inverted_unless) == 0) {
    address = ~entry & layout.address_mask;
  }
  if (layout.high_mask != 0) address |= (entry & layout.high_mask) << layout.high_shift;
  return address >> std::countr_zero(page_size);
}

#if defined(__x86_64__)
/// No-execute, a protection key, dirty, accessed, user, writable, present.
constexpr std::uint64_t kAttributes = bit(63) | bit(59) | 0x67;
#elif defined(__aarch64__)
/// Execute-never, contiguous, accessed, shared, a memory type, user, a page.
constexpr std::uint64_t kAttributes = bit(54) | bit(52) | 0xf53;
#endif

TEST(PageTableLayout, TellsTheFrameOfAnEntry) {
  constexpr std::uint64_t kMaxPfn = 0xfffff;
  const PageTableLayout layout = page_table_layout(k4K, kMaxPfn);
  for (const std::uint64_t pfn : {std::uint64_t{0}, std::uint64_t{1}, kMaxPfn / 2, kMaxPfn}) {
    EXPECT_EQ(frame_in(pfn * k4K | kAttributes, layout, k4K), pfn);
  }
}

TEST(PageTableLayout, ReachesTheLastFrameOfAMemoryThatIsNoPowerOfTwo) {
  constexpr std::uint64_t kMaxPfn = 0x17ffff;  // 6 GiB
  const PageTableLayout layout = page_table_layout(k4K, kMaxPfn);
  EXPECT_EQ(frame_in(kMaxPfn * k4K | kAttributes, layout, k4K), kMaxPfn);
}

TEST(PageTableLayout, ReachesOneFrameMoreThanAPowerOfTwo) {
  constexpr std::uint64_t kMaxPfn = 0x100000;
  const PageTableLayout layout = page_table_layout(k4K, kMaxPfn);
  EXPECT_EQ(frame_in(kMaxPfn * k4K | kAttributes, layout, k4K), kMaxPfn);
}

TEST(PageTableLayout, RemovesAMemoryEncryptionBit) {
  constexpr std::uint64_t kPfn = 0x12345;
  const PageTableLayout layout = page_table_layout(k4K, 0xfffff);
  for (const unsigned encryption : {47U, 51U}) {
    EXPECT_EQ(frame_in(kPfn * k4K | kAttributes | bit(encryption), layout, k4K), kPfn);
  }
}

TEST(PageTableLayout, TakesNothingBelowAPageForAnAddress) {
  EXPECT_EQ(page_table_layout(k4K, 0xfffff).address_mask, 0xffff'f000U);
  EXPECT_EQ(page_table_layout(k64K, 0xffff).address_mask, 0xffff'0000U);
}

#if defined(__x86_64__)

TEST(PageTableLayoutOnX86, ReadsAnEntryThatIsNotPresentInverted) {
  constexpr std::uint64_t kPfn = 0x12345;
  const PageTableLayout layout = page_table_layout(k4K, 0xfffff);
  constexpr std::uint64_t kAddressBits = bit(52) - k4K;
  const std::uint64_t entry = (~(kPfn * k4K) & kAddressBits) | (kAttributes & ~std::uint64_t{1});
  EXPECT_EQ(frame_in(entry, layout, k4K), kPfn);
}

TEST(PageTableLayoutOnX86, HasNoAddressBitAbove51) {
  const PageTableLayout layout = page_table_layout(k4K, bit(41));
  EXPECT_EQ(layout.address_mask, bit(52) - k4K);
  EXPECT_EQ(layout.high_mask, 0U);
}

#elif defined(__aarch64__)

TEST(PageTableLayoutOnArm64, NeverInvertsAnEntry) {
  EXPECT_EQ(page_table_layout(k64K, 0xffff).inverted_unless, 0U);
}

TEST(PageTableLayoutOnArm64, FindsBits48To51OfA64KPageInBits12To15) {
  constexpr std::uint64_t kPfn = bit(51 - 16) | bit(48 - 16) | 1;
  const PageTableLayout layout = page_table_layout(k64K, bit(36) - 1);
  const std::uint64_t entry = k64K | bit(15) | bit(12) | (kAttributes & 0xfff);
  EXPECT_EQ(frame_in(entry, layout, k64K), kPfn);
}

TEST(PageTableLayoutOnArm64, FindsBits50And51OfA4KPageInBits8And9) {
  constexpr std::uint64_t kPfn = bit(51 - 12) | bit(50 - 12) | bit(49 - 12) | 1;
  const PageTableLayout layout = page_table_layout(k4K, bit(40) - 1);
  const std::uint64_t entry = k4K | bit(49) | bit(9) | bit(8) | 0x53;
  EXPECT_EQ(frame_in(entry, layout, k4K), kPfn);
}

TEST(PageTableLayoutOnArm64, TakesShareabilityBitsForNoAddressBelow50Bits) {
  constexpr std::uint64_t kPfn = bit(49 - 12) | 1;
  const PageTableLayout layout = page_table_layout(k4K, bit(38) - 1);
  EXPECT_EQ(frame_in(bit(49) | k4K | kAttributes, layout, k4K), kPfn);
}

#endif

}  // namespace
}  // namespace pagefare
