// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>

#include "controller/ports/result.h"
#include "exporter/top_table.h"

namespace pagefare {

/// Gets the text of /status, from wherever; called from a thread of its own, one call at a time.
using StatusFetch = std::function<Result<std::string>()>;

struct TopScreenSettings {
  std::chrono::milliseconds interval{1000};  ///< between two questions
  TopOrder order;
  bool colour = true;
};

/// Shows the live table on the terminal until the user quits or a stop is asked for. A question
/// under way is waited for. An error if standard output is no terminal or the terminal cannot be
/// driven.
Result<void> run_top_screen(const StatusFetch& fetch, const TopScreenSettings& settings,
                            const std::stop_token& stop);

}  // namespace pagefare
