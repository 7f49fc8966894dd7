// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/calibrate/calibrate.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstring>
#include <optional>
#include <set>
#include <utility>

#include "controller/core/steer/digits.h"
#include "controller/edge/calibrate/copy_crew.h"
#include "controller/edge/platform_name.h"

namespace pagefare::calibrate {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kBufferBytes = std::size_t{128} << 20U;
constexpr std::size_t kMostCallBytes = kBufferBytes / 2;
constexpr std::array<unsigned, 5> kSizeShifts{0, 2, 4, 6, 9};
constexpr std::array<std::size_t, 4> kBatches{1, 8, 32, 512};
constexpr std::size_t kLeastCalls = 3;
constexpr std::size_t kMostCalls = std::size_t{1} << 20U;

class Buffer {
 public:
  Buffer()
      : memory_(mmap(nullptr, kBufferBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                     0)) {
    if (memory_ == MAP_FAILED) return;
    madvise(memory_, kBufferBytes, MADV_HUGEPAGE);
    std::memset(memory_, 0x5a, kBufferBytes);
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() {
    if (memory_ != MAP_FAILED) munmap(memory_, kBufferBytes);
  }
  bool there() const { return memory_ != MAP_FAILED; }
  std::byte* at(std::size_t offset) const { return static_cast<std::byte*>(memory_) + offset; }

 private:
  void* memory_;
};

struct Shape {
  std::size_t folio_bytes = 0;
  std::size_t folios = 0;
};

std::vector<Shape> shapes() {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  std::vector<Shape> all;
  for (const unsigned shift : kSizeShifts) {
    for (const std::size_t folios : kBatches) {
      if ((page << shift) * folios <= kMostCallBytes) all.push_back({page << shift, folios});
    }
  }
  return all;
}

/// A crew to measure: its CPUs, the unmodified kernel's stand-in with workers 0.
struct Crew {
  Placement placement{};
  std::uint32_t workers = 0;
  std::vector<int> cpus;
};

std::vector<Crew> crews(const std::vector<Cpu>& cpus, const Terms& terms) {
  std::vector<Crew> all;
  std::set<std::vector<int>> seen;
  for (const Placement placement : terms.placements) {
    const std::vector<int> order = order_of(cpus, placement, cpus.back().node);
    if (!seen.insert(order).second) continue;  // a machine on which two placements are one
    all.push_back({placement, 0, {order.front()}});
    for (std::size_t workers = 1; workers <= order.size(); workers *= 2) {
      const auto end = order.begin() + static_cast<std::ptrdiff_t>(workers);
      all.push_back({placement, static_cast<std::uint32_t>(workers), {order.begin(), end}});
    }
  }
  return all;
}

double spread_of(const std::vector<double>& rates) {
  const auto count = static_cast<double>(rates.size());
  double mean = 0.0;
  double squares = 0.0;
  for (const double rate : rates) {
    mean += rate / count;
    squares += rate * rate / count;
  }
  return std::sqrt(std::max(squares - mean * mean, 0.0));
}

class Bench {
 public:
  Bench(const Buffer& to, const Buffer& from) : to_(to), from_(from) {}

  /// Calls of this shape for `time`, at least kLeastCalls; each at the next place in the buffers,
  /// so that small calls do not copy what is in the cache already. The rate is the median call's:
  /// at the lowest priority some calls wait for a CPU that somebody else has, which says nothing
  /// about copying.
  Measured measure(CopyCrew& crew, Shape shape, Nanoseconds time, const Terms& terms) {
    const std::size_t call = shape.folio_bytes * shape.folios;
    const auto gigabytes = static_cast<double>(call) * 1e-9;
    rates_.clear();
    const auto deadline = Clock::now() + time;
    while ((rates_.size() < kLeastCalls || Clock::now() < deadline) && rates_.size() < kMostCalls &&
           !(terms.stop && terms.stop())) {
      offset_ = offset_ + call > kBufferBytes ? 0 : offset_;
      const auto begin = Clock::now();
      crew.copy(to_.at(offset_), from_.at(offset_), shape.folio_bytes, shape.folios);
      const std::chrono::duration<double> took = Clock::now() - begin;
      offset_ += call;
      rates_.push_back(gigabytes / std::max(took.count(), 1e-9));
    }
    Measured measured;
    measured.row.folio_bytes = shape.folio_bytes;
    measured.row.folios = shape.folios;
    if (!rates_.empty()) {
      measured.stddev = spread_of(rates_);
      const auto middle = rates_.begin() + static_cast<std::ptrdiff_t>(rates_.size() / 2);
      std::ranges::nth_element(rates_, middle);
      measured.row.gbps = *middle;
    }
    return measured;
  }

 private:
  const Buffer& to_;
  const Buffer& from_;
  std::size_t offset_ = 0;
  std::vector<double> rates_;  ///< of single calls, GB/s
};

}  // namespace

Result<Calibration> calibrate(const Roots& roots, const Terms& terms) {
  const auto cpus = read_topology(roots);
  if (!cpus) return tl::make_unexpected(cpus.error());
  constexpr int kLowest = 19;
  setpriority(PRIO_PROCESS, 0, kLowest);
  // Memory is where it is touched first: the source by the first CPU, the destination by the last.
  std::optional<Buffer> from;
  std::optional<Buffer> to;
  for (const auto& [buffer, cpu] :
       {std::pair(&from, cpus->front()), std::pair(&to, cpus->back())}) {
    const auto there = CopyCrew::start({cpu.number});
    buffer->emplace();
  }
  if (!to->there() || !from->there()) {
    return fail("256 MiB of memory to copy cannot be had; free some");
  }
  const std::vector<Crew> plan = crews(*cpus, terms);
  const std::vector<Shape> all = shapes();
  const Nanoseconds each = terms.time / static_cast<std::int64_t>(plan.size() * all.size());
  Calibration calibration{platform_name(roots), {}, false};
  Bench bench(*to, *from);
  for (const Crew& crew : plan) {
    const auto copiers = CopyCrew::start(crew.cpus);
    if (!copiers) return tl::make_unexpected(copiers.error());
    for (const Shape& shape : all) {
      Measured measured = bench.measure(**copiers, shape, each, terms);
      if (terms.stop && terms.stop()) {
        calibration.stopped = true;
        return calibration;
      }
      measured.placement = crew.placement;
      measured.row.setting = crew.workers == 0
                                 ? steer::kUnmodified
                                 : steer::Setting{steer::Engine::kThreads, crew.workers};
      calibration.rows.push_back(measured);
    }
  }
  return calibration;
}

std::string to_csv(const Calibration& calibration) {
  std::string text =
      "platform,series,engine,workers,folio_size_bytes,folios,throughput_gbps,stddev\n";
  for (const Measured& one : calibration.rows) {
    text += calibration.platform + ",calibrate-" + std::string(name(one.placement)) + "," +
            std::string(steer::name(one.row.setting.engine)) + "," +
            std::to_string(one.row.setting.workers) + "," + std::to_string(one.row.folio_bytes) +
            "," + std::to_string(one.row.folios) + "," + steer::rounded(one.row.gbps, 4) + "," +
            steer::rounded(one.stddev, 3) + "\n";
  }
  return text;
}

}  // namespace pagefare::calibrate
