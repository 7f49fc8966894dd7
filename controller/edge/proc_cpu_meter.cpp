// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/proc_cpu_meter.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <sstream>

#include "controller/edge/text_file.h"

namespace pagefare {

namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr std::int64_t kNsPerMicrosecond = 1'000;
// /proc/stat has a number per interrupt: large on large machines.
constexpr std::size_t kMaxStat = std::size_t{8} << 20;

bool is_one_cpu(std::string_view word) {
  return word.size() > 3 && word.starts_with("cpu") && word[3] >= '0' && word[3] <= '9';
}

}  // namespace

Result<steer::CpuCounters> parse_proc_stat(std::string_view text, std::int64_t tick_ns) {
  steer::CpuCounters counters;
  std::int64_t idle_ticks = -1;
  while (!text.empty() && text.starts_with("cpu")) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::istringstream line{std::string(text.substr(0, end))};
    text.remove_prefix(std::min(end + 1, text.size()));
    std::string word;
    std::int64_t user = 0;
    std::int64_t nice = 0;
    std::int64_t system = 0;
    std::int64_t idle = 0;
    std::int64_t waiting = 0;
    line >> word >> user >> nice >> system >> idle >> waiting;
    if (!line) {
      return fail("the line of " + word + " has fewer than five numbers");
    }
    if (word == "cpu") {
      idle_ticks = idle + waiting;
    } else if (is_one_cpu(word)) {
      ++counters.cpus;
    }
  }
  if (idle_ticks < 0 || counters.cpus == 0) {
    return fail("has no lines cpu and cpu0; is procfs mounted there?");
  }
  counters.idle = Nanoseconds(idle_ticks * tick_ns);
  return counters;
}

std::optional<Nanoseconds> parse_pressure(std::string_view text) {
  constexpr std::string_view kTotal = "total=";
  const std::string_view line = text.substr(0, text.find('\n'));
  const std::size_t at = line.find(kTotal);
  if (!line.starts_with("some ") || at == std::string_view::npos) {
    return std::nullopt;
  }
  std::int64_t microseconds = 0;
  const char* const end = line.data() + line.size();
  const auto [stop, error] = std::from_chars(line.data() + at + kTotal.size(), end, microseconds);
  if (error != std::errc{} || stop != end) {
    return std::nullopt;
  }
  return Nanoseconds(microseconds * kNsPerMicrosecond);
}

ProcCpuMeter::ProcCpuMeter(const Roots& roots, Clock& clock)
    : stat_(roots.proc + "/stat"),
      pressure_(roots.proc + "/pressure/cpu"),
      clock_(clock),
      tick_ns_(kNsPerSecond / sysconf(_SC_CLK_TCK)) {}

Result<steer::CpuCounters> ProcCpuMeter::read() {
  const auto text = read_text_file(stat_, kMaxStat);
  if (!text) return tl::make_unexpected(text.error());
  auto counters = parse_proc_stat(*text, tick_ns_);
  if (!counters) return fail(stat_, counters.error());
  counters->at = clock_.monotonic();
  if (const auto pressure = read_text_file(pressure_)) {
    counters->stalled = parse_pressure(*pressure);
  }
  return counters;
}

}  // namespace pagefare
