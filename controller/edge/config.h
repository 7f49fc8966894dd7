// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "controller/core/attribution.h"
#include "controller/core/fair/budget.h"
#include "controller/core/fair/pod_budgets.h"
#include "controller/core/quantity.h"
#include "controller/core/snapshot.h"
#include "controller/core/steer/view.h"
#include "controller/ports/result.h"

namespace pagefare {

/// Which set of hooks to use: the best that works, or one of them or nothing.
enum class LayerChoice : std::uint8_t { kAuto, kPortable, kPrecise };

enum class LogLevel : std::uint8_t { kTrace, kDebug, kInfo, kWarn, kError };

/// What becomes of the values that were written when pagefare stops.
enum class OnStop : std::uint8_t { kRestore, kKeep };

/// [steer]
struct SteerConfig {
  steer::Objective objective = steer::Objective::kThroughput;
  std::int64_t thrift_loss_percent = 10;
  std::int64_t cpu_price_percent = 25;
  std::string prior;                 ///< path of a throughput table; empty: none
  std::vector<std::string> reasons;  ///< the kernel's names
  std::int64_t most_unseen_percent = 25;

  bool operator==(const SteerConfig&) const = default;
};

/// Where the names of pods come from. kAuto: the API server where there is a service account.
enum class PodNameSource : std::uint8_t { kAuto, kApi, kKubelet, kOff };

/// [kubernetes]
struct KubernetesConfig {
  PodNameSource names = PodNameSource::kAuto;
  std::string url;
  std::string node;
  std::string token_file = "/var/run/secrets/kubernetes.io/serviceaccount/token";
  std::string ca_file = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt";
  bool annotations = false;  ///< pods may ask for budgets
  fair::PodBounds bounds;

  bool operator==(const KubernetesConfig&) const = default;
};

/// Everything that can be set. The initial values are the defaults; names, ranges and meanings are
/// in config_keys.cpp and config_sections.cpp.
struct Config {
  Mode mode = Mode::kObserve;
  std::string listen = "127.0.0.1:9464";
  std::string web_config;  ///< path; empty: plain HTTP for everybody who can connect
  Nanoseconds period = std::chrono::seconds(1);
  ChargeRule charge = ChargeRule::kRule;
  std::int64_t max_cgroups = 1000;
  Nanoseconds linger = std::chrono::seconds(60);
  LayerChoice layer = LayerChoice::kAuto;
  std::vector<std::string> copy_workers{"copy_page_work_queue_thread", "padata_mt_helper",
                                        "pagefare_copy_work"};
  bool bpf_stats = false;
  OnStop on_stop = OnStop::kRestore;
  LogLevel log_level = LogLevel::kInfo;
  SteerConfig steer;
  KubernetesConfig kubernetes;
  fair::Policy fairness;  ///< [fairness]; its budgets stay empty: they are in `budgets`
  std::vector<fair::Budget> budgets;

  bool operator==(const Config&) const = default;
};

/// Reads a TOML file; keys that it does not name keep their defaults. The error has one line for
/// every mistake of the file: "FILE:LINE: KEY: what is wrong; what to do". Nothing of a file with a
/// mistake is used.
Result<Config> load_config(const std::string& path);

/// The same of a text; `filename` is for the error.
Result<Config> parse_config(std::string_view text, const std::string& filename);

/// All keys with the values that are in effect, as TOML that parse_config() reads back as the same.
std::string to_toml(const Config& config);

}  // namespace pagefare
