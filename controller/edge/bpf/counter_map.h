// SPDX-License-Identifier: Apache-2.0
// Reads a per-CPU hash map of counters in batches and tells what was added since the last reading.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "controller/edge/file_descriptor.h"
#include "controller/ports/result.h"

namespace pagefare {

/// Untyped part: keys and values are bytes, every value is a row of 64-bit counters per CPU.
class CounterRows {
 public:
  /// Keeps a descriptor of its own: the map outlives the programs it was opened from.
  /// Error: the map's key or value size is not the expected one.
  static Result<CounterRows> open(int map_fd, std::size_t key_size, std::size_t value_size);

  /// Calls `row(key, sums over CPUs)` for every entry.
  Result<void> for_each(
      const std::function<void(const std::byte* key, const std::uint64_t* sums)>& row);

  /// Removes an entry and returns its last sums; nothing if there was none.
  bool remove(const std::byte* key, std::uint64_t* sums);

 private:
  CounterRows(FileDescriptor map, std::size_t key_size, std::size_t value_size);
  void sum(const std::uint64_t* per_cpu, std::uint64_t* sums) const;

  FileDescriptor map_;
  std::size_t key_size_;
  std::size_t counters_;
  std::size_t cpus_;
  std::uint32_t batch_;
  std::vector<std::byte> keys_;
  std::vector<std::uint64_t> values_;
};

/// Typed part. Key: no padding, compared as bytes. Value: 64-bit counters only.
template <typename Key, typename Value>
class CounterMap {
  static_assert(sizeof(Value) % sizeof(std::uint64_t) == 0);
  static constexpr std::size_t kCounters = sizeof(Value) / sizeof(std::uint64_t);
  using Sums = std::array<std::uint64_t, kCounters>;

 public:
  struct Entry {
    Key key;
    Value added;
  };

  static Result<CounterMap> open(int map_fd) {
    auto rows = CounterRows::open(map_fd, sizeof(Key), sizeof(Value));
    if (!rows) return tl::make_unexpected(rows.error());
    return CounterMap(std::move(*rows));
  }

  /// What was added to each entry since the last successful call; unchanged ones are left out.
  Result<std::vector<Entry>> read() {
    std::vector<Entry> entries = std::move(removed_);
    removed_.clear();
    const auto read = rows_.for_each([&](const std::byte* key_bytes, const std::uint64_t* sums) {
      Key key;
      std::memcpy(&key, key_bytes, sizeof key);
      append_added(entries, key, sums);
    });
    if (!read) {
      removed_ = std::move(entries);  // told by the next successful call
      return tl::make_unexpected(read.error());
    }
    return entries;
  }

  std::size_t size() const { return last_.size(); }

  /// Drops entries; what they counted since the last read() is told by the next one.
  void remove_if(const std::function<bool(const Key&)>& unwanted) {
    std::vector<Key> keys;
    for (const auto& [key, sums] : last_) {
      if (unwanted(key)) keys.push_back(key);
    }
    for (const Key& key : keys) {
      Sums sums{};
      if (rows_.remove(reinterpret_cast<const std::byte*>(&key), sums.data())) {
        append_added(removed_, key, sums.data());
      }
      last_.erase(key);
    }
  }

 private:
  struct Hash {
    std::size_t operator()(const Key& key) const noexcept {
      return std::hash<std::string_view>{}({reinterpret_cast<const char*>(&key), sizeof key});
    }
  };
  struct Equal {
    bool operator()(const Key& a, const Key& b) const noexcept {
      return std::memcmp(&a, &b, sizeof a) == 0;
    }
  };

  explicit CounterMap(CounterRows rows) : rows_(std::move(rows)) {}

  void append_added(std::vector<Entry>& entries, const Key& key, const std::uint64_t* sums) {
    Sums& last = last_[key];
    Sums added{};
    bool changed = false;
    for (std::size_t i = 0; i < kCounters; ++i) {
      added[i] = sums[i] - last[i];
      changed = changed || added[i] != 0;
      last[i] = sums[i];
    }
    if (!changed) return;
    Entry entry;
    entry.key = key;
    std::memcpy(&entry.added, added.data(), sizeof entry.added);
    entries.push_back(entry);
  }

  CounterRows rows_;
  std::unordered_map<Key, Sums, Hash, Equal> last_;
  std::vector<Entry> removed_;
};

}  // namespace pagefare
