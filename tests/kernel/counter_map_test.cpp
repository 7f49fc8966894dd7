// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/bpf/counter_map.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <utility>

namespace pagefare {
namespace {

struct Key {
  std::uint64_t id;
};
struct Value {
  std::uint64_t first;
  std::uint64_t second;
};

class CounterMapTest : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "BPF needs root";
    map_ = FileDescriptor(bpf_map_create(BPF_MAP_TYPE_PERCPU_HASH, "counters", sizeof(Key),
                                         sizeof(Value), 4096, nullptr));
    if (!map_.is_open() && errno == EPERM) GTEST_SKIP() << "this machine refuses BPF (EPERM)";
    ASSERT_TRUE(map_.is_open());
    auto counters = CounterMap<Key, Value>::open(map_.get());
    ASSERT_TRUE(counters) << counters.error().message;
    counters_.emplace(std::move(*counters));
  }

  /// Gives an entry these counts on every CPU.
  void count(std::uint64_t id, const Value& value) const {
    const Key key{id};
    const std::vector<Value> per_cpu(cpus_, value);
    ASSERT_EQ(bpf_map_update_elem(map_.get(), &key, per_cpu.data(), BPF_ANY), 0);
  }

  std::vector<CounterMap<Key, Value>::Entry> read() {
    auto entries = counters_->read();
    EXPECT_TRUE(entries) << entries.error().message;
    return entries ? std::move(*entries) : std::vector<CounterMap<Key, Value>::Entry>{};
  }

  const std::size_t cpus_ = static_cast<std::size_t>(libbpf_num_possible_cpus());
  FileDescriptor map_;
  std::optional<CounterMap<Key, Value>> counters_;
};

TEST_F(CounterMapTest, SumsOverCpus) {
  count(7, {.first = 3, .second = 5});
  const auto entries = read();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].key.id, 7U);
  EXPECT_EQ(entries[0].added.first, 3 * cpus_);
  EXPECT_EQ(entries[0].added.second, 5 * cpus_);
}

TEST_F(CounterMapTest, TellsWhatWasAddedSinceTheLastReading) {
  count(7, {.first = 3, .second = 5});
  read();
  count(7, {.first = 4, .second = 5});
  const auto entries = read();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].added.first, cpus_);
  EXPECT_EQ(entries[0].added.second, 0U);
}

TEST_F(CounterMapTest, LeavesOutWhatHasNotChanged) {
  count(7, {.first = 3, .second = 5});
  read();
  EXPECT_TRUE(read().empty());
}

TEST_F(CounterMapTest, ReadsMoreThanABatch) {
  constexpr std::uint64_t kEntries = 3000;
  for (std::uint64_t id = 0; id < kEntries; ++id) count(id, {.first = 1, .second = 0});
  EXPECT_EQ(read().size(), kEntries);
}

TEST_F(CounterMapTest, TellsWhatARemovedEntryStillCounted) {
  count(7, {.first = 3, .second = 0});
  read();
  count(7, {.first = 10, .second = 0});
  counters_->remove_if([](const Key& key) { return key.id == 7; });
  const auto entries = read();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].added.first, 7 * cpus_);
  EXPECT_EQ(counters_->size(), 0U);
}

TEST_F(CounterMapTest, CountsFromZeroWhenARemovedKeyComesBack) {
  count(7, {.first = 3, .second = 0});
  read();
  counters_->remove_if([](const Key&) { return true; });
  read();
  count(7, {.first = 2, .second = 0});
  const auto entries = read();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].added.first, 2 * cpus_);
}

TEST_F(CounterMapTest, OutlivesTheProgramsItWasOpenedFrom) {
  count(7, {.first = 3, .second = 5});
  {
    const FileDescriptor closed = std::move(map_);
  }
  EXPECT_EQ(read().size(), 1U);
}

TEST_F(CounterMapTest, RefusesRecordsOfAnotherSize) {
  struct Longer {
    std::uint64_t counts[3];
  };
  const auto refused = CounterMap<Key, Longer>::open(map_.get());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message,
            "map counters has records of the wrong size (8+16 bytes): it belongs to another "
            "version of pagefare");
}

}  // namespace
}  // namespace pagefare
