// SPDX-License-Identifier: Apache-2.0
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "controller/edge/bpf/counter_map.h"

namespace pagefare {

namespace {
constexpr std::uint32_t kBatch = 1024;
}

Result<CounterRows> CounterRows::open(int map_fd, std::size_t key_size, std::size_t value_size) {
  bpf_map_info info{};
  __u32 length = sizeof info;
  if (bpf_obj_get_info_by_fd(map_fd, &info, &length) != 0) {
    return fail(std::string("cannot ask for a map's shape: ") + std::strerror(errno));
  }
  if (info.key_size != key_size || info.value_size != value_size) {
    return fail("map " + std::string(info.name) + " has records of the wrong size (" +
                std::to_string(info.key_size) + "+" + std::to_string(info.value_size) +
                " bytes): it belongs to another version of pagefare");
  }
  FileDescriptor own(fcntl(map_fd, F_DUPFD_CLOEXEC, 3));
  if (!own.is_open()) return fail(std::string("cannot keep a map: ") + std::strerror(errno));
  return CounterRows(std::move(own), key_size, value_size);
}

CounterRows::CounterRows(FileDescriptor map, std::size_t key_size, std::size_t value_size)
    : map_(std::move(map)),
      key_size_(key_size),
      counters_(value_size / sizeof(std::uint64_t)),
      cpus_(static_cast<std::size_t>(std::max(1, libbpf_num_possible_cpus()))),
      batch_(kBatch) {}

void CounterRows::sum(const std::uint64_t* per_cpu, std::uint64_t* sums) const {
  std::fill_n(sums, counters_, 0);
  for (std::size_t cpu = 0; cpu < cpus_; ++cpu) {
    for (std::size_t i = 0; i < counters_; ++i) sums[i] += per_cpu[cpu * counters_ + i];
  }
}

Result<void> CounterRows::for_each(
    const std::function<void(const std::byte*, const std::uint64_t*)>& row) {
  std::vector<std::uint64_t> sums(counters_);
  std::uint64_t position = 0;
  bool first = true;
  for (;;) {
    keys_.resize(batch_ * key_size_);
    values_.resize(batch_ * counters_ * cpus_);
    __u32 count = batch_;
    const int result = bpf_map_lookup_batch(map_.get(), first ? nullptr : &position, &position,
                                            keys_.data(), values_.data(), &count, nullptr);
    if (result == -ENOSPC) {  // one bucket holds more than a batch
      batch_ *= 2;
      continue;
    }
    if (result != 0 && result != -ENOENT) {
      return fail(std::string("cannot read a map of counters: ") + std::strerror(-result));
    }
    for (std::size_t i = 0; i < count; ++i) {
      sum(values_.data() + i * counters_ * cpus_, sums.data());
      row(keys_.data() + i * key_size_, sums.data());
    }
    if (result == -ENOENT) return {};
    first = false;
  }
}

bool CounterRows::remove(const std::byte* key, std::uint64_t* sums) {
  std::vector<std::uint64_t> per_cpu(counters_ * cpus_);
  if (bpf_map_lookup_and_delete_elem(map_.get(), key, per_cpu.data()) != 0) return false;
  sum(per_cpu.data(), sums);
  return true;
}

}  // namespace pagefare
