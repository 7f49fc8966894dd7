// SPDX-License-Identifier: Apache-2.0
// Windows and their parts, made short enough to be read in a test; random ones with a fixed seed.
#pragma once

#include <cstdint>
#include <random>

#include "controller/core/attribution.h"

namespace pagefare::test {

constexpr Initiator task(std::uint64_t id) {
  return {.kind = InitiatorKind::kTask, .cgroup = CgroupId{id}};
}
constexpr Initiator thread(InitiatorKind kind) {
  return {.kind = kind, .cgroup = {}};
}
constexpr Owner cgroup(std::uint64_t id) {
  return {.kind = Owner::Kind::kCgroup, .cgroup = CgroupId{id}};
}
inline constexpr Owner kNoMemcg{.kind = Owner::Kind::kNoMemcg, .cgroup = {}};
inline constexpr Owner kUnseen{.kind = Owner::Kind::kUnseen, .cgroup = {}};

/// A number that this build has no name for, as a newer kernel may send it.
template <typename Enum>
constexpr Enum unknown(std::uint8_t number) {
  // NOLINTNEXTLINE(clang-analyzer-optin.core.EnumCastOutOfRange): that is what it is for
  return static_cast<Enum>(number);
}

inline FolioEntry moved(Initiator initiator, Owner owner, std::uint64_t folios,
                        std::int64_t cpu = 0) {
  FolioEntry entry;
  entry.initiator = initiator;
  entry.owner = owner;
  entry.folios = Folios{folios};
  entry.bytes = Bytes{folios * 4096};
  entry.cpu = Nanoseconds{cpu};
  return entry;
}

inline WorkerEntry worked(Initiator requester, Owner owner, std::int64_t cpu,
                          std::uint64_t items = 1) {
  WorkerEntry entry;
  entry.requester = requester;
  entry.owner = owner;
  entry.cpu = Nanoseconds{cpu};
  entry.items = items;
  return entry;
}

inline DmaEntry transferred(Initiator requester, Owner owner, std::uint64_t bytes,
                            std::int64_t channel) {
  DmaEntry entry;
  entry.requester = requester;
  entry.owner = owner;
  entry.bytes = Bytes{bytes};
  entry.channel = Nanoseconds{channel};
  entry.batches = 1;
  return entry;
}

inline CopyCost cost(std::uint64_t folios, std::int64_t cpu = 0) {
  return {.bytes = Bytes{folios * 4096}, .folios = Folios{folios}, .copy_cpu = Nanoseconds{cpu}};
}

/// Windows with every kind of entry, cgroups out of a small pool (so that they meet), zero among
/// the ids and the amounts, and kinds of threads that this build does not know.
class RandomWindows {
 public:
  explicit RandomWindows(std::uint32_t seed, std::uint64_t first_id = 0, std::uint64_t ids = 12)
      : engine_(seed), first_id_(first_id), ids_(ids) {}

  std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }

  /// The pool of cgroups for the windows to come.
  void draw_ids_from(std::uint64_t first, std::uint64_t count) {
    first_id_ = first;
    ids_ = count;
  }

  Window next() {
    Window window;
    for (auto left = below(20); left > 0; --left) {
      CallEntry& entry = window.calls.emplace_back();
      entry.initiator = initiator();
      entry.reason = reason();
      entry.calls = below(9);
      entry.pages_migrated = Pages{below(5000)};
      entry.pages_failed = Pages{below(50)};
      entry.cpu = time();
    }
    for (auto left = below(60); left > 0; --left) {
      FolioEntry& entry = window.folios.emplace_back(moved(initiator(), owner(), below(700)));
      entry.reason = reason();
      entry.order = static_cast<std::uint8_t>(below(10));
      entry.bytes = Bytes{entry.folios.value << (12 + entry.order)};
      entry.source = node();
      entry.destination = node();
      entry.cpu = time();
      entry.content = entry.cpu / 2;
    }
    for (auto left = below(15); left > 0; --left) {
      window.workers.push_back(worked(initiator(), owner(), time().count(), below(4)));
    }
    for (auto left = below(15); left > 0; --left) {
      window.dma.push_back(transferred(initiator(), owner(), below(1U << 30U), time().count()));
    }
    if (below(3) == 0) {
      window.losses.folio_map_full = below(5);
      window.losses.folio_bytes = Bytes{below(1U << 20U)};
      window.losses.folio_cpu = time();
      window.losses.worker_cpu = time();
    }
    return window;
  }

 private:
  Initiator initiator() {
    const auto kind = static_cast<InitiatorKind>(below(kInitiatorKinds + 2));
    return below(2) == 0 ? task(id()) : Initiator{.kind = kind, .cgroup = CgroupId{}};
  }
  Owner owner() {
    const auto draw = below(6);
    return draw == 0 ? kNoMemcg : draw == 1 ? kUnseen : cgroup(id());
  }
  std::uint64_t id() { return first_id_ + below(ids_); }
  MigrateReason reason() { return static_cast<MigrateReason>(below(12)); }
  NodeId node() { return NodeId{static_cast<std::int16_t>(static_cast<int>(below(4)) - 1)}; }
  Nanoseconds time() { return Nanoseconds{static_cast<std::int64_t>(below(1'000'000'000))}; }

  std::mt19937 engine_;
  std::uint64_t first_id_;
  std::uint64_t ids_;
};

}  // namespace pagefare::test
