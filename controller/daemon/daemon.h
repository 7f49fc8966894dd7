// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "controller/edge/config.h"
#include "controller/edge/journal/journal.h"
#include "controller/edge/roots.h"
#include "controller/ports/result.h"

namespace pagefare {

struct DaemonOptions {
  Config config;
  /// Reads the configuration again, command line applied; for SIGHUP.
  std::function<Result<Config>()> reload;
  /// A file whose change is as good as a SIGHUP; empty for none.
  std::string watched_file;
  Roots roots;
  std::string run_directory = "/run/pagefare";
  std::string state_directory =
      kDefaultStateDirectory;  ///< what survives us: the journal, and what fairness remembers
  std::string record;          ///< file for what the governor sees; empty: none
};

/// Observes and serves until SIGTERM or SIGINT. Error: it could not start; names the remedy.
Result<void> run_daemon(const DaemonOptions& options);

}  // namespace pagefare
