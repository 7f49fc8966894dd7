// SPDX-License-Identifier: Apache-2.0
// The visits as a table and as JSON: medians, quartiles, paired differences.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/bench/overhead/load.h"
#include "tests/bench/overhead/program_times.h"
#include "tests/bench/overhead/rounds.h"
#include "tests/bench/overhead/watcher.h"

namespace pagefare::bench {

struct Quartiles {
  double lower = 0;
  double median = 0;
  double upper = 0;
};

/// By linear interpolation. Precondition: values is not empty.
Quartiles quartiles(std::vector<double> values);

struct Row {
  std::string name;
  std::string what;
  std::string missing;  ///< then nothing below is set
  std::size_t rounds = 0;
  Quartiles ns;                      ///< CPU time per unit
  Quartiles added;                   ///< minus `none` in the same round
  Quartiles added_percent;           ///< of `none` in the same round
  std::optional<double> of_ringbuf;  ///< median added, of the ring buffer's median added
  double seen = 0;                   ///< median
  double consumer_ns = 0;            ///< median
};

/// What must hold of pagefare, and whether it did.
struct Gate {
  std::string claim;
  double value = 0;
  double limit = 0;
  bool holds = false;
};

struct Report {
  std::string load;
  std::string unit;
  std::string machine;
  std::vector<std::string> notes;
  std::vector<Row> rows;
  std::vector<Gate> gates;
  std::vector<ProgramTime> programs;
};

/// Without `none` among the visits, nothing is compared.
Report make_report(const Load& load, const std::vector<Variant>& variants, const Visits& visits);

std::string report_text(const Report& report);
/// Everything in the text, and every visit.
std::string report_json(const Report& report, const Visits& visits);

}  // namespace pagefare::bench
