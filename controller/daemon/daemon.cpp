// SPDX-License-Identifier: Apache-2.0
#include "controller/daemon/daemon.h"

#include <spdlog/spdlog.h>
#include <systemd/sd-daemon.h>

#include <algorithm>

#include "controller/daemon/acting.h"
#include "controller/daemon/decision_log.h"
#include "controller/daemon/observation.h"
#include "controller/daemon/signals.h"
#include "controller/daemon/version.h"
#include "controller/edge/file_change.h"
#include "controller/edge/instance_lock.h"
#include "controller/edge/system_clock.h"
#include "exporter/http_server.h"
#include "exporter/snapshot_holder.h"

namespace pagefare {

namespace {

/// /readyz answers 503 below this: a bill that misses more than a twentieth is no bill.
constexpr std::uint32_t kReadyCompletenessPpm = 950'000;

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kTrace:
      return spdlog::level::trace;
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kWarn:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
    case LogLevel::kInfo:
      break;
  }
  return spdlog::level::info;
}

void warn_of_restart(const Config& before, const Config& after) {
  const auto warn = [](bool changed, const char* key) {
    if (changed) spdlog::warn("{} changed: it takes effect when pagefare is started again", key);
  };
  warn(before.mode != after.mode, "mode");
  warn(before.listen != after.listen, "listen");
  warn(before.web_config != after.web_config, "web_config");
  warn(before.layer != after.layer, "layer");
  warn(before.copy_workers != after.copy_workers, "copy_workers");
  warn(before.max_cgroups != after.max_cgroups, "max_cgroups");
  warn(before.linger != after.linger, "linger");
  warn(before.kubernetes != after.kubernetes, "[kubernetes]");
  warn(before.bpf_stats != after.bpf_stats, "bpf_stats");
  warn(before.steer != after.steer, "[steer]");
}

void say_of_web_config(const Result<void>& done) {
  if (done) {
    spdlog::info("web configuration read again");
  } else {
    spdlog::error("web configuration kept as it was: {}", done.error().message);
  }
}

void reload(const DaemonOptions& options, Config& config, Observation& observation,
            Signals& signals) {
  sd_notify(0, "RELOADING=1");
  if (const auto read = options.reload(); read) {
    warn_of_restart(config, *read);
    observation.apply(*read);
    if (const auto set = signals.set_period(read->period); !set) {
      spdlog::error("{}", set.error().message);
    }
    spdlog::set_level(to_spdlog(read->log_level));
    config.charge = read->charge;
    config.period = read->period;
    config.log_level = read->log_level;
    spdlog::info("configuration read again");
  } else {
    spdlog::error("configuration kept as it was: {}", read.error().message);
  }
  sd_notify(0, "READY=1");
}

/// Says each warning once, when it appears.
class WarningLog {
 public:
  void say(const HeldSnapshot& held) {
    if (held.snapshot == nullptr) return;
    for (const std::string& warning : held.snapshot->warnings) {
      if (std::ranges::find(said_, warning) == said_.end()) {
        spdlog::warn("{}", warning);
      }
    }
    said_ = held.snapshot->warnings;
  }

 private:
  std::vector<std::string> said_;
};

}  // namespace

Result<void> run_daemon(const DaemonOptions& options) {
  Config config = options.config;
  spdlog::set_level(to_spdlog(config.log_level));
  const auto lock = InstanceLock::acquire(options.run_directory);
  if (!lock) return tl::make_unexpected(lock.error());
  spdlog::info("pagefare {} starts", kVersion);  // the kernel's part of it can take seconds
  auto signals = Signals::open(config.period);   // before the first thread is started
  if (!signals) return tl::make_unexpected(signals.error());

  SystemClock clock;
  SnapshotHolder holder(clock);
  const auto server = HttpServer::start({.listen = config.listen,
                                         .ready_completeness_ppm = kReadyCompletenessPpm,
                                         .web_config = config.web_config,
                                         .on_web_config = &say_of_web_config},
                                        holder);
  if (!server) return tl::make_unexpected(server.error());
  // What changes the machine outlives what decides.
  const auto acting = Acting::open(config, options, clock);
  if (!acting) return tl::make_unexpected(acting.error());
  auto observation = Observation::open(config, options.roots, clock, holder);
  if (!observation) return tl::make_unexpected(observation.error());

  const auto steers =
      (*observation)->steer(config, options.roots, clock, (*acting)->engine(), options.record);
  if (!steers) return tl::make_unexpected(steers.error());
  // Without levers budgets are settled and judged, and nothing is enforced.
  (*observation)
      ->settle(config, options.roots, clock, (*acting)->levers(), options.state_directory);
  WarningLog warnings;
  DecisionLog decisions;
  (*observation)->turn();
  const auto first = holder.current().snapshot;
  spdlog::info("pagefare {} is in mode {} ({} layer: {}); {}", kVersion, name(config.mode),
               name(first->layer), first->layer_why, (*server)->url());
  if (const auto exposed = (*server)->exposure()) spdlog::warn("{}", *exposed);
  sd_notify(0, "READY=1");
  FileChange watched(options.watched_file);
  for (Wake wake = signals->wait(); wake != Wake::kStop; wake = signals->wait()) {
    if (wake == Wake::kReload || watched.look()) {
      reload(options, config, **observation, *signals);
    }
    if (wake == Wake::kReload) continue;
    (*observation)->turn();
    warnings.say(holder.current());
    decisions.say(holder.current());
    sd_notify(0, "WATCHDOG=1");
  }
  sd_notify(0, "STOPPING=1");
  (*observation)->stop();
  (*acting)->finish();
  spdlog::info("stopped");
  return {};
}

}  // namespace pagefare
