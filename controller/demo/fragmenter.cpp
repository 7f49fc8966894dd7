// SPDX-License-Identifier: Apache-2.0
#include "controller/demo/fragmenter.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <system_error>
#include <utility>

#include "controller/demo/kernel_counters.h"

namespace pagefare::demo {
namespace {

// Alignment that suits the PMD-sized pages of 4 KiB kernels; elsewhere larger pages just split.
constexpr std::uint64_t kHugeBytes = 2ULL << 20;

std::uint64_t round_up(std::uint64_t bytes, std::uint64_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

void* pointer(std::uint64_t address) {
  return reinterpret_cast<void*>(address);  // NOLINT(performance-no-int-to-ptr)
}

Nanoseconds read_clock(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return std::chrono::seconds(now.tv_sec) + Nanoseconds(now.tv_nsec);
}

}  // namespace

Result<Fragmenter> Fragmenter::reserve(const FragmenterSizes& sizes) {
  const std::uint64_t unit = std::max(kHugeBytes, page_size());
  const std::uint64_t holes = round_up(sizes.holes.value, unit);
  const std::uint64_t small = round_up(sizes.small.value, unit);
  const std::uint64_t huge = round_up(sizes.huge.value, unit);
  const std::uint64_t length = holes + small + huge + unit;
  void* const address = ::mmap(nullptr, length, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (address == MAP_FAILED) {
    return fail("cannot reserve " + std::to_string(length) +
                " bytes of addresses: " + std::generic_category().message(errno));
  }
  const auto mapped = reinterpret_cast<std::uint64_t>(address);
  const std::uint64_t start = round_up(mapped, unit);
  // Refused by kernels without transparent huge pages, where there is nothing to say no to.
  ::madvise(pointer(start), holes + small, MADV_NOHUGEPAGE);
  if (huge != 0) ::madvise(pointer(start + holes + small), huge, MADV_HUGEPAGE);
  return Fragmenter({mapped, length}, {start, holes}, {start + holes, small + huge});
}

Fragmenter::Fragmenter(Fragmenter&& other) noexcept
    : mapping_(std::exchange(other.mapping_, {})), holes_(other.holes_), whole_(other.whole_) {}

Fragmenter::~Fragmenter() {
  if (mapping_.length != 0) ::munmap(pointer(mapping_.start), mapping_.length);
}

void Fragmenter::fill() {
  const std::uint64_t step = page_size();
  const MemoryRange range = all();
  auto* const bytes = static_cast<volatile unsigned char*>(pointer(range.start));
  for (std::uint64_t at = 0; at < range.length; at += step) bytes[at] = 1;
}

Result<void> Fragmenter::fragment(std::uint64_t round) {
  fill();
  const std::uint64_t size = page_size();
  const std::uint64_t pages = holes_.length / size;
  for (std::uint64_t first = 0; first < pages;) {
    if (keeps_page(first, round)) {
      ++first;
      continue;
    }
    std::uint64_t last = first + 1;
    while (last < pages && !keeps_page(last, round)) ++last;
    if (::madvise(pointer(holes_.start + first * size), (last - first) * size, MADV_DONTNEED) !=
        0) {
      return fail("madvise(MADV_DONTNEED): " + std::generic_category().message(errno));
    }
    first = last;
  }
  return {};
}

Result<CompactionRound> compact_memory(bool write_back_first) {
  if (write_back_first) ::sync();
  const auto before = migrated_pages();
  if (!before) return tl::make_unexpected(before.error());
  const Nanoseconds cpu = read_clock(CLOCK_THREAD_CPUTIME_ID);
  const Nanoseconds wall = read_clock(CLOCK_MONOTONIC);
  const auto written = write_text("/proc/sys/vm/compact_memory", "1");
  CompactionRound round;
  round.cpu_ns = read_clock(CLOCK_THREAD_CPUTIME_ID) - cpu;
  round.wall_ns = read_clock(CLOCK_MONOTONIC) - wall;
  if (!written) {
    return fail("cannot compact memory (needs root and CONFIG_COMPACTION)", written.error());
  }
  const auto after = migrated_pages();
  if (!after) return tl::make_unexpected(after.error());
  round.pages = *after - *before;
  return round;
}

Result<CompactionRound> compact_once(Fragmenter& fragmenter, std::uint64_t round,
                                     bool write_back_first) {
  if (const auto done = fragmenter.fragment(round); !done) {
    return tl::make_unexpected(done.error());
  }
  return compact_memory(write_back_first);
}

}  // namespace pagefare::demo
