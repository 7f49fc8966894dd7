// SPDX-License-Identifier: Apache-2.0
#include "controller/core/simulate/report.h"

#include <algorithm>
#include <span>

namespace pagefare::simulate {
namespace {

using Records = std::span<const PeriodRecord>;
constexpr double kRecovered = 0.03;

/// Records of one run together with where each phase begins.
struct Course {
  const Machine& machine;
  const Workload& workload;
  std::vector<std::uint64_t> begins;
  Records records;

  std::uint32_t period_in_phase(std::uint64_t index) const {
    return static_cast<std::uint32_t>(index - begins[records[index].phase]);
  }
  const Phase& phase(std::uint64_t index) const { return workload[records[index].phase]; }
  Condition condition(std::uint64_t index) const {
    return condition_at(phase(index), period_in_phase(index));
  }
};

struct Range {
  std::uint64_t begin;
  std::uint64_t end;
};

double regret_of(const Course& course, Range range, bool second_half) {
  double ours = 0.0;
  double oracle = 0.0;
  for (std::uint64_t i = range.begin; i < range.end; ++i) {
    if (second_half && 2 * course.period_in_phase(i) < course.phase(i).periods) {
      continue;
    }
    ours += 1.0;
    oracle += course.records[i].gbps / course.records[i].oracle_gbps;
  }
  return ours > 0.0 ? 1.0 - oracle / ours : 0.0;
}

/// Rate and CPU of one setting for the bytes of the range.
StaticFigures hold(const Course& course, Range range, steer::Setting setting) {
  double bytes = 0.0;
  double time = 0.0;
  double cpu = 0.0;
  for (std::uint64_t i = range.begin; i < range.end; ++i) {
    const Mixture& mixture = course.phase(i).mixture;
    const Condition condition = course.condition(i);
    const double moved = course.records[i].gbps;
    bytes += moved;
    time += moved / course.machine.rate(mixture, setting, condition);
    cpu += moved * course.machine.cpu_s_per_gb(mixture, setting, condition);
  }
  return {setting, bytes / time, cpu / bytes};
}

bool measured_throughout(const Course& course, Range range, steer::Setting setting) {
  for (std::uint64_t i = range.begin; i < range.end; ++i) {
    const bool new_phase =
        i == range.begin || course.records[i].phase != course.records[i - 1].phase;
    if (new_phase && !course.machine.measured(course.phase(i).mixture, setting, Condition{})) {
      return false;
    }
  }
  return true;
}

StaticFigures best_static(const Course& course, Range range) {
  StaticFigures best;
  for (const bool measured_only : {true, false}) {
    for (const steer::Setting setting : course.machine.space().all()) {
      if (measured_only && !measured_throughout(course, range, setting)) {
        continue;
      }
      const StaticFigures figures = hold(course, range, setting);
      best = figures.gbps > best.gbps ? figures : best;
    }
    if (best.gbps > 0.0) {
      break;
    }
  }
  return best;
}

bool steady(const Course& course, std::uint64_t index) {
  const std::size_t phase = course.records[index].phase;
  const std::uint32_t period = course.period_in_phase(index);
  if (period <= kSettlingPeriods || course.phase(index).begin != course.phase(index).end) {
    return false;
  }
  const bool machine_changed =
      phase > 0 &&
      (course.workload[phase - 1].end != course.phase(index).begin ||
       course.workload[phase - 1].available_cpus != course.phase(index).available_cpus);
  return !machine_changed || period > kRecoveryPeriods;
}

std::uint64_t count_flaps(const Course& course, Range range) {
  std::uint64_t flaps = 0;
  for (std::uint64_t i = std::max<std::uint64_t>(range.begin, 1); i < range.end; ++i) {
    const steer::Setting now = course.records[i].setting;
    if (now == course.records[i - 1].setting || !steady(course, i)) {
      continue;
    }
    for (std::uint64_t back = 2; back <= kFlapPeriods && back <= i; ++back) {
      if (course.records[i - back].setting == now) {
        ++flaps;
        break;
      }
    }
  }
  return flaps;
}

Figures figures_of(const Course& course, Range range) {
  Figures figures;
  double bytes = 0.0;
  double oracle_time = 0.0;
  double cpu = 0.0;
  for (std::uint64_t i = range.begin; i < range.end; ++i) {
    const PeriodRecord& record = course.records[i];
    bytes += record.gbps;
    oracle_time += record.gbps / record.oracle_gbps;
    cpu += record.gbps * record.cpu_s_per_gb;
    figures.writes += record.writes;
  }
  figures.periods = range.end - range.begin;
  figures.achieved_gbps = bytes / static_cast<double>(figures.periods);
  figures.oracle_gbps = bytes / oracle_time;
  figures.cpu_s_per_gb = cpu / bytes;
  figures.regret = regret_of(course, range, false);
  figures.regret_second_half = regret_of(course, range, true);
  figures.best_static = best_static(course, range);
  if (measured_throughout(course, range, steer::kUnmodified)) {
    figures.vanilla_gbps = hold(course, range, steer::kUnmodified).gbps;
  }
  figures.flaps = count_flaps(course, range);
  return figures;
}

std::uint64_t settled_after(const Course& course, Range range) {
  std::uint64_t since = range.begin;
  for (std::uint64_t i = range.begin + 1; i < range.end; ++i) {
    if (course.records[i].setting != course.records[i - 1].setting) {
      since = i;
    }
    if (i - since + 1 >= kSettledPeriods) {
      break;
    }
  }
  return since - range.begin;
}

std::optional<std::uint64_t> recovered_after(const Course& course, Range range) {
  for (std::uint64_t i = range.begin; i + kSettledPeriods <= range.end; ++i) {
    if (regret_of(course, {i, i + kSettledPeriods}, false) <= kRecovered) {
      return i - range.begin;
    }
  }
  return std::nullopt;
}

}  // namespace

Report report(const Machine& machine, const Workload& workload,
              const std::vector<PeriodRecord>& records) {
  Course course{machine, workload, {}, records};
  std::uint64_t begin = 0;
  for (const Phase& phase : workload) {
    course.begins.push_back(begin);
    begin += phase.periods;
  }
  Report report;
  report.total = figures_of(course, {0, records.size()});
  for (std::size_t i = 0; i < workload.size(); ++i) {
    const Range range{course.begins[i], course.begins[i] + workload[i].periods};
    report.phases.push_back({figures_of(course, range), &workload[i], range.begin,
                             settled_after(course, range), recovered_after(course, range)});
  }
  return report;
}

}  // namespace pagefare::simulate
