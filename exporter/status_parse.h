// SPDX-License-Identifier: Apache-2.0
// What a reader of /status knows: the part of it that the terminal shows.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "controller/core/snapshot.h"
#include "controller/ports/result.h"

namespace pagefare {

/// What steering does now, for a reader of one line.
struct SteerShort {
  bool deciding = false;
  std::string why_not;
  std::string objective;
  std::string active;  ///< "mt 8"
  std::string target;
  std::uint64_t regret_ppm = 0;
  bool has_engine = false;    ///< something else than the unmodified kernel is offered
  std::uint64_t last_id = 0;  ///< 0: nothing was decided yet
  std::string last_sentence;
  std::string last_outcome;
};

struct AlarmShort {
  std::string kind;  ///< "loses_data", "not_active", ...
  std::string knob;
  std::string sentence;
};

/// A budget in the last period.
struct BudgetShort {
  std::string holder;           ///< path of the cgroup
  std::string stage;            ///< "under", "limit", "repay", "gate"
  std::uint64_t share_ppm = 0;  ///< used, of what there is to share out of its dominant resource
};

struct Status {
  std::string version;
  std::string mode;
  std::string charge;
  std::string layer;
  std::string layer_why;
  Nanoseconds period{};
  std::int64_t start_unix_ns = 0;
  Nanoseconds uptime{};
  std::uint32_t completeness_ppm = 0;
  Totals totals;
  Unattributed unattributed;
  std::vector<CgroupRow> rows;                                ///< in the order of the JSON
  std::vector<std::pair<std::string, std::uint64_t>> losses;  ///< only those above 0
  std::vector<std::string> warnings;
  std::uint64_t programs = 0;
  std::vector<std::string> not_attached;  ///< "name: why"
  std::uint64_t periods = 0;
  std::uint64_t failed_periods = 0;
  Nanoseconds total_period_cpu{};
  std::string last_error;
  SteerShort steer;
  std::vector<AlarmShort> alarms;    ///< of the knobs
  std::vector<BudgetShort> budgets;  ///< none while none are settled
};

inline bool is_kernel_thread(const CgroupRow& row) {
  return row.path.starts_with('[');
}

/// Reads the text of /status. `mode`, `layer`, `totals` and `cgroups` must be there; other fields
/// that are missing are zero or empty, so that versions can be mixed. A field of the wrong type is
/// an error that names it. Text is made printable, whoever sent it.
Result<Status> parse_status(std::string_view json);

/// "NAMESPACE/POD/CONTAINER" where the cluster has a name for the cgroup, else its path.
std::string shown_name(const CgroupRow& row);

}  // namespace pagefare
