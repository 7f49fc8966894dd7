// SPDX-License-Identifier: Apache-2.0
#include "controller/core/knobs/reading.h"

#include <algorithm>
#include <bit>

#include "controller/core/migration.h"

namespace pagefare::knobs {

namespace {

using steer::Engine;

constexpr std::array kCopiers{Engine::kThreads, Engine::kDma};
constexpr std::uint32_t kReasons = static_cast<std::uint32_t>(MigrateReason::kDamon) + 1;

void plan_counts(const EngineReading& now, const steer::Knobs& to, std::vector<KnobWrite>& writes) {
  for (const Engine engine : kCopiers) {
    const Driver& driver = now.driver(engine);
    const std::uint32_t wanted = to.count(engine);
    const bool allowed = std::has_single_bit(wanted) && wanted <= driver.max;
    if (!driver.there || !driver.count || *driver.count == wanted || !allowed) continue;
    writes.push_back({.role = engine == Engine::kThreads ? Role::kThreads : Role::kChannels,
                      .engine = engine,
                      .text = std::to_string(wanted)});
  }
}

void plan_one_module(const EngineReading& now, Engine to, std::vector<KnobWrite>& writes) {
  const bool on = now.driver(Engine::kThreads).on;
  if (to == Engine::kKernel) {
    if (on) writes.push_back({.role = Role::kSwitch, .engine = Engine::kThreads, .text = "0"});
    return;
  }
  if (now.chosen != to) {
    writes.push_back(
        {.role = Role::kEngine, .engine = to, .text = to == Engine::kDma ? "dma" : "threads"});
  }
  if (!on) writes.push_back({.role = Role::kSwitch, .engine = to, .text = "1"});
}

void plan_switches(const EngineReading& now, Engine to, std::vector<KnobWrite>& writes) {
  bool disturbed = false;
  for (const Engine other : kCopiers) {
    if (other == to || !now.driver(other).has_switch || !now.driver(other).on) continue;
    writes.push_back({.role = Role::kSwitch, .engine = other, .text = "0"});
    disturbed = spec(now.driver(other).generation).lies;
  }
  const Driver& driver = now.driver(to);
  if (to == Engine::kKernel || !driver.there || !driver.has_switch) return;
  if (!driver.on) {
    writes.push_back({.role = Role::kSwitch, .engine = to, .text = "1"});
  } else if (now.active != to || disturbed) {
    writes.push_back({.role = Role::kSwitch, .engine = to, .text = "0"});
  }
}

}  // namespace

std::vector<steer::Setting> offers(const EngineReading& reading) {
  std::vector<steer::Setting> settings;
  for (const Engine engine : kCopiers) {
    const Driver& driver = reading.driver(engine);
    if (!driver.there) continue;
    if (!driver.count) settings.push_back({engine, 1});
    for (std::uint32_t workers = 1; driver.count && workers <= driver.max; workers *= 2) {
      settings.push_back({engine, workers});
    }
  }
  if (!settings.empty()) settings.insert(settings.begin(), steer::kUnmodified);
  return settings;
}

steer::Knobs knobs_of(const EngineReading& reading) {
  steer::Knobs knobs;
  knobs.engine = reading.active;
  for (const Engine engine : kCopiers) {
    if (reading.driver(engine).there) {
      knobs.count(engine) = reading.driver(engine).count.value_or(1);
    }
  }
  return knobs;
}

std::vector<KnobWrite> plan(const EngineReading& now, const steer::Knobs& to) {
  std::vector<KnobWrite> writes;
  plan_counts(now, to, writes);
  if (now.one_module) {
    plan_one_module(now, to.engine, writes);
  } else {
    plan_switches(now, to.engine, writes);
  }
  return writes;
}

Engine SwitchHistory::infer(const EngineReading& reading) {
  if (reading.one_module) {
    return reading.driver(Engine::kThreads).on ? reading.chosen : Engine::kKernel;
  }
  for (const Engine engine : kCopiers) {
    const Driver& driver = reading.driver(engine);
    bool& was_on = on_[static_cast<std::size_t>(engine)];
    const bool on = driver.there && (driver.on || !driver.has_switch);
    if (on && (!was_on || !seen_)) last_ = engine;
    const bool shared = driver.there && spec(driver.generation).lies;
    if (was_on && !on && (shared || last_ == engine)) last_ = Engine::kKernel;
    was_on = on;
  }
  seen_ = true;
  return last_;
}

std::optional<Engine> engine_of_migrator(std::string_view name) {
  if (name == "kernel") return Engine::kKernel;
  if (name == "CPU_MT_COPY") return Engine::kThreads;
  if (name == "DCBM") return Engine::kDma;
  return std::nullopt;
}

bool loses_bytes(const Driver& driver, std::uint32_t cpus_of_smallest_node) {
  if (!driver.there || !driver.count || !spec(driver.generation).loses_bytes) return false;
  const bool clamped = driver.generation == Generation::kLimitMt &&
                       *driver.count > cpus_of_smallest_node && cpus_of_smallest_node > 0;
  const std::uint32_t used = clamped ? cpus_of_smallest_node : *driver.count;
  return used > 0 && !std::has_single_bit(used);
}

std::string reason_names(std::uint32_t mask) {
  std::string names;
  for (std::uint32_t bit = 0; bit < kReasons; ++bit) {
    if ((mask >> bit & 1U) == 0) continue;
    names += (names.empty() ? "" : ",") + std::string(name(static_cast<MigrateReason>(bit)));
  }
  return names.empty() ? "none" : names;
}

std::uint32_t reason_mask(std::string_view names) {
  if (names == "all") return (1U << kReasons) - 1;
  std::uint32_t mask = 0;
  while (!names.empty()) {
    const auto end = std::min(names.find(','), names.size());
    for (std::uint32_t bit = 0; bit < kReasons; ++bit) {
      if (names.substr(0, end) == name(static_cast<MigrateReason>(bit))) mask |= 1U << bit;
    }
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return mask;
}

}  // namespace pagefare::knobs
