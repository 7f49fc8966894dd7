// SPDX-License-Identifier: Apache-2.0
// The kernel's half of a period: reading the map of folios as the daemon does. The map is the
// real one, of the real object; those keys that counted did so on every CPU.
#include <benchmark/benchmark.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <cerrno>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "bpf/abi.h"
#include "controller/edge/bpf/counter_map.h"
#include "controller/edge/bpf/libbpf_log.h"
// The skeleton uses the types of bpf/abi.h without including it.
#include "pagefare.skel.h"

namespace pagefare {
namespace {

using FolioMap = CounterMap<abi_folio_key, abi_folio_value>;

struct Destroy {
  void operator()(pagefare_bpf* object) const { pagefare_bpf::destroy(object); }
};
using Object = std::unique_ptr<pagefare_bpf, Destroy>;

/// The object's maps without its programs; nothing is attached.
Object load_maps() {
  capture_libbpf_log();
  Object object(pagefare_bpf::open());
  if (!object) return object;
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, object->obj) bpf_program__set_autoload(program, false);
  if (pagefare_bpf::load(object.get()) != 0) object.reset();
  return object;
}

abi_folio_key key_of(std::uint64_t index) {
  abi_folio_key key{};
  key.owner = 4'000 + index * 37;
  key.initiator = 4'000 + index % 100 * 37;
  key.reason = static_cast<abi_u8>(index % 3);
  return key;
}

/// The kernel's allocator of map entries is refilled in the background and says ENOMEM until then.
bool put(int map, const abi_folio_key& key, const abi_folio_value* values) {
  constexpr int kTries = 1'000;
  for (int tried = 0; tried < kTries; ++tried) {
    if (bpf_map_update_elem(map, &key, values, BPF_ANY) == 0) return true;
    if (errno != ENOMEM) return false;
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  return false;
}

/// Adds to the first `keys` keys on every CPU.
bool count_everywhere(int map, std::uint64_t keys, std::uint64_t turn) {
  const auto cpus = static_cast<std::size_t>(libbpf_num_possible_cpus());
  const abi_folio_value value{turn, turn * 4'096, turn * 1'000, 0, turn * 1'000, 0};
  const std::vector<abi_folio_value> values(cpus, value);
  for (std::uint64_t index = 0; index < keys; ++index) {
    if (!put(map, key_of(index), values.data())) return false;
  }
  return true;
}

/// `idle_keys`: only a tenth of the keys has counted since the last reading.
void read_folios(benchmark::State& state, bool idle_keys) {
  const Object object = load_maps();
  if (!object) {
    state.SkipWithError(("needs root and BPF: " + last_libbpf_message()).c_str());
    return;
  }
  const int map = bpf_map__fd(object->maps.folios);
  const auto keys = static_cast<std::uint64_t>(state.range(0));
  auto reader = FolioMap::open(map);
  std::uint64_t turn = 1;
  if (!reader || !count_everywhere(map, keys, turn) || !reader->read()) {
    state.SkipWithError("cannot fill and read the map");
    return;
  }
  std::size_t read = 0;
  while (state.KeepRunning()) {
    state.PauseTiming();
    const bool counted = count_everywhere(map, idle_keys ? keys / 10 : keys, ++turn);
    state.ResumeTiming();
    const auto entries = reader->read();
    if (!counted || !entries) {
      state.SkipWithError("cannot fill and read the map");
      return;
    }
    read = entries->size();
    benchmark::DoNotOptimize(entries->data());
  }
  state.counters["entries"] = static_cast<double>(read);
  state.counters["cpus"] = static_cast<double>(libbpf_num_possible_cpus());
}

void all_keys_counted(benchmark::State& state) {
  read_folios(state, false);
}
void tenth_of_keys_counted(benchmark::State& state) {
  read_folios(state, true);
}

BENCHMARK(all_keys_counted)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMicrosecond);
BENCHMARK(tenth_of_keys_counted)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace pagefare
