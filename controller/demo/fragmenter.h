// SPDX-License-Identifier: Apache-2.0
// Memory full of holes, for the kernel's compaction to close: the load of the demo and of the
// benchmarks.
#pragma once

#include <cstdint>

#include "controller/core/quantity.h"
#include "controller/demo/memory_range.h"
#include "controller/ports/result.h"

namespace pagefare::demo {

/// Pages per repetition of the pattern: one stays, the others become holes. The page that stays
/// changes with the round, so that it is always one faulted in this round: compaction carries
/// pages to the high end of a zone, where they would not move again.
inline constexpr std::uint64_t kPatternPages = 3;

/// True when the page with this index keeps its memory in this round.
constexpr bool keeps_page(std::uint64_t index, std::uint64_t round) {
  return index % kPatternPages == round % kPatternPages;
}

struct FragmenterSizes {
  Bytes holes;  ///< base pages that fragment() punches holes into
  Bytes small;  ///< base pages that stay whole
  Bytes huge;   ///< transparent huge pages where the kernel has them, whole
};

/// Owns one anonymous mapping: [holes | small | huge]. Sizes are rounded up to huge pages.
class Fragmenter {
 public:
  /// Reserves addresses only.
  static Result<Fragmenter> reserve(const FragmenterSizes& sizes);
  Fragmenter(Fragmenter&& other) noexcept;
  Fragmenter& operator=(Fragmenter&&) = delete;
  Fragmenter(const Fragmenter&) = delete;
  Fragmenter& operator=(const Fragmenter&) = delete;
  ~Fragmenter();

  /// Gives every page of the mapping memory of its own.
  void fill();
  /// fill(), then punches the holes of this round.
  Result<void> fragment(std::uint64_t round);

  MemoryRange all() const { return {holes_.start, holes_.length + whole_.length}; }
  MemoryRange holes() const { return holes_; }
  MemoryRange whole() const { return whole_; }

 private:
  Fragmenter(MemoryRange mapping, MemoryRange holes, MemoryRange whole)
      : mapping_(mapping), holes_(holes), whole_(whole) {}

  MemoryRange mapping_;  ///< as mapped; the others are aligned to huge pages inside it
  MemoryRange holes_;
  MemoryRange whole_;
};

/// What one write to compact_memory did.
struct CompactionRound {
  Pages pages;           ///< migrated by anybody while the write lasted
  Nanoseconds cpu_ns{};  ///< CPU time of the writing thread
  Nanoseconds wall_ns{};
};

/// Writes 1 to compact_memory and measures the calling thread. Fails where the kernel has no
/// compaction or the caller may not trigger it.
///
/// The kernel gives a zone up at the first large folio that finds no free room of its size and
/// cannot be split (COMPACT_CONTENDED). Dirty page cache is made of those, so a machine that writes
/// files compacts little. write_back_first calls sync(2) before, unmeasured: then they split.
Result<CompactionRound> compact_memory(bool write_back_first);

/// Fragments with the given round's pattern, then compacts. Only the compaction is measured.
Result<CompactionRound> compact_once(Fragmenter& fragmenter, std::uint64_t round,
                                     bool write_back_first);

}  // namespace pagefare::demo
