// SPDX-License-Identifier: Apache-2.0
#include "controller/core/knobs/alarms.h"

#include <algorithm>
#include <array>
#include <bit>
#include <iterator>

namespace pagefare::knobs {

namespace {

using steer::Engine;
using What = KnobAlarm::Kind;

const KnobRow* row_of(const std::vector<KnobRow>& rows, Generation generation,
                      std::string_view ending) {
  const auto found = std::ranges::find_if(rows, [&](const KnobRow& row) {
    return row.generation == spec(generation).name && row.name.ends_with(ending);
  });
  return found == rows.end() ? nullptr : &*found;
}

void find_losses(const EngineReading& reading, const std::vector<KnobRow>& rows,
                 std::uint32_t node_cpus, std::vector<KnobAlarm>& alarms) {
  const Driver& driver = reading.driver(Engine::kThreads);
  if (!loses_bytes(driver, node_cpus)) return;
  const KnobRow* row = row_of(rows, driver.generation, ".threads");
  if (row == nullptr) row = row_of(rows, driver.generation, ".limit_mt_num");
  if (row == nullptr) return;
  const bool limited = driver.generation == Generation::kLimitMt;
  const std::uint32_t most = limited ? std::min(*driver.count, node_cpus) : *driver.count;
  const std::string good = std::to_string(std::bit_floor(most));
  alarms.push_back(
      {.kind = What::kLosesData,
       .knob = row->name,
       .sentence = row->value + " threads " +
                   (driver.on || !driver.has_switch ? "leave" : "would, once on, leave") +
                   " bytes of migrated folios uncopied, and old content of other processes shows "
                   "there: echo " +
                   good + " > " + row->path});
}

std::string how_to_mend(const KnobRow& row) {
  return "echo 0 > " + row.path + "; echo 1 > " + row.path;
}

void find_lies(const EngineReading& reading, const std::vector<KnobRow>& rows, bool certain,
               std::vector<KnobAlarm>& alarms) {
  for (const Engine engine : {Engine::kThreads, Engine::kDma}) {
    const Driver& driver = reading.driver(engine);
    if (!driver.there || !driver.on || reading.one_module || reading.active == engine) continue;
    const KnobRow* row = row_of(rows, driver.generation, ".offloading");
    if (row == nullptr) continue;
    const bool nobody = reading.active == Engine::kKernel;
    alarms.push_back(
        {.kind = What::kNotActive,
         .knob = row->name,
         .sentence = "reads on, but " +
                     std::string(nobody ? "nobody offloads" : "another engine copies") +
                     (certain ? "" : ", as far as its history tells") +
                     "; to turn it on: " + how_to_mend(*row)});
  }
}

}  // namespace

std::string_view name(What kind) {
  constexpr std::array<std::string_view, 4> kNames{"loses_data", "not_active", "conflict",
                                                   "unreadable"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::vector<KnobAlarm> find_conflicts(const std::vector<KnobRow>& rows) {
  std::vector<KnobAlarm> alarms;
  for (const KnobRow& row : rows) {
    if (row.grip != Grip::kTheirs || !row.error.empty()) continue;
    alarms.push_back({.kind = What::kConflict,
                      .knob = row.name,
                      .sentence = "somebody else set it to " + row.value + " after " + row.ours +
                                  " of ours; it is left alone until: pagefare release " +
                                  row.name});
  }
  return alarms;
}

std::vector<KnobAlarm> find_alarms(const EngineReading& reading, const std::vector<KnobRow>& rows,
                                   bool certain, std::uint32_t cpus_of_smallest_node) {
  std::vector<KnobAlarm> alarms;
  find_losses(reading, rows, cpus_of_smallest_node, alarms);
  find_lies(reading, rows, certain, alarms);
  for (const KnobRow& row : rows) {
    if (!row.error.empty()) {
      alarms.push_back({.kind = What::kUnreadable, .knob = row.name, .sentence = row.error});
    }
  }
  std::ranges::move(find_conflicts(rows), std::back_inserter(alarms));
  return alarms;
}

}  // namespace pagefare::knobs
