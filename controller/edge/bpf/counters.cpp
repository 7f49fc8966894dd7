// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/bpf/counters.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>
#include <utility>

namespace pagefare {

namespace {

template <typename Map, typename Entries>
Result<void> append(Map& map, Entries& entries, std::uint64_t& refused,
                    std::uint8_t (*kind)(const typename Map::Entry&)) {
  auto added = map.read();
  if (!added) return tl::make_unexpected(added.error());
  entries.reserve(entries.size() + added->size());
  for (const auto& entry : *added) {
    if (is_refused(kind(entry))) {
      ++refused;
    } else {
      entries.push_back(to_entry(entry.key, entry.added));
    }
  }
  return {};
}

std::uint8_t kind_of(const auto& entry) {
  return entry.key.kind;
}

}  // namespace

Result<Counters> Counters::open(const Programs& programs) {
  auto calls = Calls::open(programs.map_fd("calls"));
  auto histograms = Histograms::open(programs.map_fd("call_histograms"));
  auto folios = FolioMoves::open(programs.map_fd("folios"));
  auto workers = Workers::open(programs.map_fd("workers"));
  auto dma = Dma::open(programs.map_fd("dma"));
  if (!calls) return tl::make_unexpected(calls.error());
  if (!histograms) return tl::make_unexpected(histograms.error());
  if (!folios) return tl::make_unexpected(folios.error());
  if (!workers) return tl::make_unexpected(workers.error());
  if (!dma) return tl::make_unexpected(dma.error());
  return Counters(std::move(*calls), std::move(*histograms), std::move(*folios),
                  std::move(*workers), std::move(*dma));
}

Result<void> Counters::read(const Programs& programs, Window& window) {
  // Each map tells its additions once: what was read before another one failed is kept for next
  // time.
  if (const auto read = read_entries(untold_); !read) return read;
  if (const auto read = read_losses(programs, untold_); !read) return read;
  untold_.duration = window.duration;
  window = std::exchange(untold_, {});
  return {};
}

Result<void> Counters::read_entries(Window& window) {
  std::uint64_t& refused = window.losses.refused_records;
  if (auto r = append(calls_, window.calls, refused, kind_of); !r) return r;
  if (auto r = read_histograms(window); !r) return r;
  if (auto r = append(folios_, window.folios, refused, kind_of); !r) return r;
  if (auto r = append(workers_, window.workers, refused, kind_of); !r) return r;
  return append(dma_, window.dma, refused, kind_of);
}

Result<void> Counters::read_histograms(Window& window) {
  const auto added = histograms_.read();
  if (!added) return tl::make_unexpected(added.error());
  for (const auto& entry : *added) {
    const auto reason = static_cast<MigrateReason>(entry.key.reason);
    window.call_histograms[reason] += to_histograms(entry.added);
  }
  return {};
}

Result<void> Counters::read_losses(const Programs& programs, Window& window) {
  const int fd = programs.map_fd("losses");
  std::vector<std::uint64_t> per_cpu(static_cast<std::size_t>(libbpf_num_possible_cpus()));
  LossCounts sums{};
  for (std::uint32_t i = 0; i < ABI_LOSSES; ++i) {
    if (bpf_map_lookup_elem(fd, &i, per_cpu.data()) != 0) {
      return fail(std::string("cannot read the losses: ") + std::strerror(errno));
    }
    for (const std::uint64_t count : per_cpu) sums[i] += count;
  }
  LossCounts added{};
  for (std::uint32_t i = 0; i < ABI_LOSSES; ++i) added[i] = sums[i] - last_losses_[i];
  last_losses_ = sums;
  const std::uint64_t refused = window.losses.refused_records;
  window.losses = to_losses(added);
  window.losses.refused_records = refused;
  const std::uint64_t missed = programs.missed_runs();
  window.losses.missed_runs = missed - std::min(missed, last_missed_);
  last_missed_ = missed;
  return {};
}

void Counters::forget(const std::vector<CgroupId>& ids) {
  const std::set<std::uint64_t> gone = [&] {
    std::set<std::uint64_t> values;
    for (const CgroupId id : ids) values.insert(id.value);
    return values;
  }();
  if (gone.empty()) return;
  const auto is_gone = [&](std::uint64_t id) { return gone.contains(id); };
  calls_.remove_if([&](const auto& key) { return is_gone(key.initiator); });
  folios_.remove_if([&](const auto& key) { return is_gone(key.initiator) || is_gone(key.owner); });
  workers_.remove_if([&](const auto& key) { return is_gone(key.initiator) || is_gone(key.owner); });
  dma_.remove_if([&](const auto& key) { return is_gone(key.initiator) || is_gone(key.owner); });
}

std::uint64_t Counters::entries(const std::string& map) const {
  if (map == "calls") return calls_.size();
  if (map == "call_histograms") return histograms_.size();
  if (map == "folios") return folios_.size();
  if (map == "workers") return workers_.size();
  if (map == "dma") return dma_.size();
  return 0;
}

}  // namespace pagefare
