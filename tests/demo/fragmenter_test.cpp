// SPDX-License-Identifier: Apache-2.0
#include "controller/demo/fragmenter.h"

#include <gtest/gtest.h>

#include <sys/mman.h>

#include <algorithm>
#include <vector>

#include "controller/demo/stage.h"

namespace pagefare::demo {
namespace {

constexpr Bytes kSize{4ULL << 20};

/// One flag per page: is it in memory? mincore(2) needs no privilege.
std::vector<unsigned char> resident(MemoryRange range) {
  std::vector<unsigned char> pages(range.length / page_size());
  auto* const address = reinterpret_cast<void*>(range.start);  // NOLINT(performance-no-int-to-ptr)
  EXPECT_EQ(::mincore(address, range.length, pages.data()), 0);
  for (auto& page : pages) page &= 1U;
  return pages;
}

TEST(Pattern, KeepsOnePageOfEachRepetition) {
  for (std::uint64_t round = 0; round < 2 * kPatternPages; ++round) {
    std::uint64_t kept = 0;
    for (std::uint64_t page = 0; page < 10 * kPatternPages; ++page) {
      if (keeps_page(page, round)) ++kept;
    }
    EXPECT_EQ(kept, 10U) << "in round " << round;
  }
}

TEST(Pattern, KeepsNoPageTwoRoundsRunning) {
  for (std::uint64_t page = 0; page < 4 * kPatternPages; ++page) {
    for (std::uint64_t round = 0; round < 2 * kPatternPages; ++round) {
      EXPECT_FALSE(keeps_page(page, round) && keeps_page(page, round + 1));
    }
  }
}

TEST(Fragmenter, UsesNoMemoryBeforeItIsFilled) {
  const auto memory = Fragmenter::reserve({kSize, {}, {}});
  ASSERT_TRUE(memory) << memory.error().message;
  const auto pages = resident(memory->all());
  EXPECT_EQ(std::count(pages.begin(), pages.end(), 1), 0);
}

TEST(Fragmenter, KeepsExactlyThePagesOfTheRoundsPattern) {
  auto memory = Fragmenter::reserve({kSize, {}, {}});
  ASSERT_TRUE(memory) << memory.error().message;
  for (std::uint64_t round = 0; round < kPatternPages + 1; ++round) {
    ASSERT_TRUE(memory->fragment(round));
    const auto pages = resident(memory->holes());
    for (std::uint64_t page = 0; page < pages.size(); ++page) {
      ASSERT_EQ(pages[page] == 1, keeps_page(page, round)) << "page " << page << " round " << round;
    }
  }
}

TEST(Fragmenter, PunchesNoHolesIntoTheWholePart) {
  auto memory = Fragmenter::reserve({kSize, kSize, kSize});
  ASSERT_TRUE(memory) << memory.error().message;
  ASSERT_TRUE(memory->fragment(0));
  const auto pages = resident(memory->whole());
  EXPECT_EQ(std::count(pages.begin(), pages.end(), 1), static_cast<std::ptrdiff_t>(pages.size()));
}

TEST(Fragmenter, LaysTheWholePartBehindTheHoles) {
  const auto memory = Fragmenter::reserve({kSize, kSize, kSize});
  ASSERT_TRUE(memory) << memory.error().message;
  EXPECT_EQ(memory->whole().start, memory->holes().start + memory->holes().length);
  EXPECT_GE(memory->holes().length, kSize.value);
  EXPECT_GE(memory->whole().length, 2 * kSize.value);
  EXPECT_EQ(memory->all().length, memory->holes().length + memory->whole().length);
}

TEST(FitToMemory, LeavesSizesThatFit) {
  const auto fit = fit_to_memory({{"a", Bytes{400}}, {"b", Bytes{200}}}, Bytes{10'000});
  EXPECT_EQ(fit[0].size, Bytes{400});
  EXPECT_EQ(fit[1].size, Bytes{200});
}

TEST(FitToMemory, ScalesTogetherToFortyPercent) {
  const auto fit = fit_to_memory({{"a", Bytes{400'000}}, {"b", Bytes{200'000}}}, Bytes{300'000});
  EXPECT_EQ(fit[0].size, Bytes{80'000});
  EXPECT_EQ(fit[1].size, Bytes{40'000});
}

}  // namespace
}  // namespace pagefare::demo
