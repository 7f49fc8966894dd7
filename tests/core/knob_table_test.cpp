// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "controller/core/knobs/knob_spec.h"

namespace pagefare::knobs {
namespace {

constexpr std::uint32_t kFile = 0100644;
constexpr std::uint32_t kGroupFile = 0100664;

/// The generations found where exactly these files are.
std::vector<Generation> with_files(const std::map<std::string, std::uint32_t>& files) {
  return find_generations([&](Root, std::string_view path) -> std::optional<std::uint32_t> {
    const auto found = files.find(std::string(path));
    return found == files.end() ? std::nullopt : std::optional(found->second);
  });
}

struct Layout {
  Generation generation;
  std::map<std::string, std::uint32_t> files;
};

class Layouts : public testing::TestWithParam<Layout> {};

TEST_P(Layouts, AreToldApartByFilesAndModes) {
  EXPECT_EQ(with_files(GetParam().files), (std::vector{Generation::kStock, GetParam().generation}));
}

INSTANTIATE_TEST_SUITE_P(
    Generations, Layouts,
    testing::Values(
        Layout{Generation::kLimitMt, {{"sys/vm/limit_mt_num", kFile}}},
        Layout{Generation::kCpuMt,
               {{"kernel/cpu_mt/offloading", kGroupFile}, {"kernel/cpu_mt/threads", kGroupFile}}},
        Layout{Generation::kCpuMtCopy, {{"kernel/cpu_mt_copy/offloading", kFile}}},
        Layout{Generation::kDcbmV1, {{"kernel/dcbm/offloading", kGroupFile}}},
        Layout{Generation::kDcbmV2,
               {{"kernel/dcbm/offloading", kGroupFile}, {"kernel/dcbm/nr_dma_chan", kGroupFile}}},
        Layout{Generation::kDcbmV3,
               {{"kernel/dcbm/offloading", kFile}, {"kernel/dcbm/nr_dma_chan", kFile}}},
        Layout{Generation::kDcbmV4Dev,
               {{"kernel/dcbm/offloading", kFile},
                {"kernel/dcbm/nr_dma_chan", kFile},
                {"kernel/dcbm/pages_migrated", kFile}}},
        Layout{Generation::kDcbmV4,
               {{"kernel/dcbm/offloading", kFile},
                {"kernel/dcbm/nr_dma_chan", kFile},
                {"kernel/dcbm/folios_migrated", kFile}}},
        Layout{Generation::kDcbmV5, {{"module/dcbm/offloading", kFile}}},
        Layout{Generation::kDcbmV6, {{"module/dcbm/parameters/offloading", kFile}}},
        Layout{Generation::kDcbmPool,
               {{"module/dcbm/parameters/offloading", kFile},
                {"module/dcbm/parameters/min_chunk_bytes", kFile}}},
        Layout{Generation::kPagefareCopy,
               {{"module/pagefare_copy/parameters/offloading", kFile},
                {"module/pagefare_copy/parameters/engine", kFile}}}));

TEST(KnobTable, HasASwitchOrACountForEveryEngine) {
  for (const GenerationSpec& generation : generations()) {
    if (generation.seat == Seat::kNone) continue;
    bool turnable = false;
    for (const KnobSpec& knob : knob_table()) {
      const bool here =
          std::ranges::find(knob.generations, generation.generation) != knob.generations.end();
      turnable |= here && knob.role != Role::kOther;
    }
    EXPECT_TRUE(turnable) << generation.name;
  }
}

TEST(KnobTable, NamesEachKnobOfAGenerationOnce) {
  std::set<std::pair<Generation, std::string_view>> seen;
  for (const KnobSpec& knob : knob_table()) {
    for (const Generation generation : knob.generations) {
      EXPECT_TRUE(seen.insert({generation, knob.name}).second) << knob.name;
    }
  }
}

TEST(KnobDocuments, KnobsAreThoseOfTheTable) {
  const std::string path = PAGEFARE_SOURCE_DIR "/docs/knobs.md";
  if (std::getenv("PAGEFARE_REGENERATE") != nullptr) {  // NOLINT(concurrency-mt-unsafe)
    std::ofstream(path) << knobs_markdown();
  }
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(text, knobs_markdown())
      << "PAGEFARE_REGENERATE=1 ctest --preset dev -R KnobDocuments rewrites it";
}

}  // namespace
}  // namespace pagefare::knobs
