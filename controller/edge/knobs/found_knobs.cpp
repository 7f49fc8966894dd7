// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/knobs/found_knobs.h"

#include <sys/stat.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <system_error>

namespace pagefare {

namespace {

using knobs::Generation;
using knobs::Role;
using steer::Engine;

std::string absolute(const Roots& roots, knobs::Root root, std::string_view path) {
  return (root == knobs::Root::kProc ? roots.proc : roots.sys) + "/" + std::string(path);
}

std::vector<Generation> generations_here(const Roots& roots) {
  return knobs::find_generations(
      [&roots](knobs::Root root, std::string_view path) -> std::optional<std::uint32_t> {
        struct stat status{};
        if (::stat(absolute(roots, root, path).c_str(), &status) != 0) return std::nullopt;
        return status.st_mode;
      });
}

/// How many CPUs a list such as 0-3,8 has.
std::uint32_t count_cpus(std::string_view list) {
  std::uint32_t cpus = 0;
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    const std::string_view range = list.substr(0, end);
    std::uint32_t first = 0;
    const auto head = std::from_chars(range.data(), range.data() + range.size(), first);
    std::uint32_t last = first;
    if (head.ec == std::errc{} && head.ptr < range.data() + range.size()) {
      std::from_chars(head.ptr + 1, range.data() + range.size(), last);
    }
    if (head.ec == std::errc{} && last >= first) cpus += last - first + 1;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return cpus;
}

void add_count(knobs::Driver& driver, const FoundKnob& knob, std::uint32_t most) {
  std::uint32_t value = 0;
  const std::string& text = knob.row.value;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc{}) return;
  driver.count = value;
  driver.max = std::min(knob.spec->max, most);
  // What somebody has set may be gone back to.
  if (most > 0 && std::has_single_bit(value) && value <= knob.spec->max) {
    driver.max = std::max(driver.max, value);
  }
}

void add_knob(knobs::EngineReading& reading, const FoundKnob& knob, Engine engine,
              const EngineBounds& bounds) {
  knobs::Driver& driver = reading.driver(engine);
  driver.there = true;
  driver.generation = knob.generation;
  const bool threads = engine == Engine::kThreads;
  const bool limited = knob.generation == Generation::kLimitMt;
  const std::uint32_t most = threads ? (limited ? bounds.cpus_of_smallest_node : bounds.cpus)
                                     : (bounds.has_channels ? knob.spec->max : 0);
  if (knob.spec->role == Role::kSwitch) {
    driver.has_switch = true;
    driver.on = same(Comparison::kSwitch, knob.row.value, "1");
    if (!threads && bounds.has_channels) driver.max = std::max(driver.max, 1U);
  } else if (knob.spec->role == (threads ? Role::kThreads : Role::kChannels)) {
    add_count(driver, knob, most);
  }
}

}  // namespace

Comparison comparison_of(knobs::Kind kind) {
  switch (kind) {
    case knobs::Kind::kSwitch:
      return Comparison::kSwitch;
    case knobs::Kind::kCount:
    case knobs::Kind::kNumber:
    case knobs::Kind::kCounter:
      return Comparison::kNumber;
    case knobs::Kind::kNames:
      return Comparison::kNames;
    case knobs::Kind::kChoice:
      return Comparison::kChoice;
    case knobs::Kind::kMask:
      return Comparison::kMask;
    case knobs::Kind::kList:
      break;
  }
  return Comparison::kText;
}

std::vector<FoundKnob> find_knobs(const Roots& roots, MachineFiles& files) {
  std::vector<FoundKnob> found;
  for (const Generation generation : generations_here(roots)) {
    for (const knobs::KnobSpec& spec : knobs::knob_table()) {
      if (std::ranges::find(spec.generations, generation) == spec.generations.end()) continue;
      KnobRow row{.name = std::string(spec.name),
                  .generation = std::string(knobs::spec(generation).name),
                  .path = absolute(roots, knobs::root_of(spec, generation),
                                   knobs::path_of(spec, generation)),
                  .range = std::string(spec.range),
                  .effect = std::string(spec.effect)};
      const auto text = files.read(row.path);
      if (!text && (text.error() == ENOENT || text.error() == ENOTDIR)) continue;
      if (text) {
        row.value = *text;
      } else {
        row.error = row.path + ": cannot be read: " + std::generic_category().message(text.error());
      }
      found.push_back({.spec = &spec, .generation = generation, .row = std::move(row)});
    }
  }
  return found;
}

EngineBounds find_bounds(const Roots& roots, MachineFiles& files) {
  EngineBounds bounds;
  if (const auto online = files.read(roots.sys + "/devices/system/cpu/online")) {
    bounds.cpus = std::max(count_cpus(*online), 1U);
  }
  bounds.cpus_of_smallest_node = bounds.cpus;
  std::error_code ignored;
  using Listing = std::filesystem::directory_iterator;
  for (const auto& entry : Listing(roots.sys + "/devices/system/node", ignored)) {
    const auto list = files.read(entry.path().string() + "/cpulist");
    const std::uint32_t cpus = list ? count_cpus(*list) : 0;
    if (cpus > 0) bounds.cpus_of_smallest_node = std::min(bounds.cpus_of_smallest_node, cpus);
  }
  return bounds;
}

knobs::EngineReading engines_of(const std::vector<FoundKnob>& found, const EngineBounds& bounds) {
  knobs::EngineReading reading;
  reading.one_module = std::ranges::any_of(
      found, [](const FoundKnob& knob) { return knob.generation == Generation::kPagefareCopy; });
  for (const FoundKnob& knob : found) {
    const knobs::Seat seat = knobs::spec(knob.generation).seat;
    if (reading.one_module != (seat == knobs::Seat::kBoth) || seat == knobs::Seat::kNone) continue;
    if (seat != knobs::Seat::kDma) add_knob(reading, knob, Engine::kThreads, bounds);
    if (seat != knobs::Seat::kThreads) add_knob(reading, knob, Engine::kDma, bounds);
    if (knob.spec->role == Role::kEngine) {
      reading.chosen = knob.row.value == "threads" ? Engine::kThreads
                       : knob.row.value == "dma"   ? Engine::kDma
                                                   : Engine::kKernel;
    }
  }
  return reading;
}

}  // namespace pagefare
