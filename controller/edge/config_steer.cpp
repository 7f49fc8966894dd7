// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/config_steer.h"

#include <algorithm>

#include "controller/edge/config_key_makers.h"

namespace pagefare {

namespace {

constexpr std::int64_t kMostThriftLoss = 18;  // beyond it no mix may go, whatever is lent

Result<void> set_reasons(SteerConfig& config, const KeyValue& value) {
  const auto& names = std::get<std::vector<std::string>>(value);
  for (auto name = names.begin(); name != names.end(); ++name) {
    if (!reason_named(*name)) {
      return fail("'" + *name + "' is no reason of the kernel's for migrating; there are " +
                  "compaction, memory_failure, memory_hotplug, syscall_or_cpuset, "
                  "mempolicy_mbind, numa_misplaced, contig_range, longterm_pin, demotion, damon");
    }
    if (std::find(names.begin(), name, *name) != name) {
      return fail("'" + *name + "' is named twice; name it once");
    }
  }
  config.reasons = names;
  return {};
}

Key<SteerConfig> percent(std::string_view name, std::int64_t SteerConfig::* member,
                         std::int64_t highest, std::string_view meaning) {
  return ranged(key(name, KeyKind::kInteger, member, meaning), std::int64_t{0}, highest);
}

}  // namespace

std::optional<MigrateReason> reason_named(std::string_view text) {
  for (int number = 0; number <= static_cast<int>(MigrateReason::kDamon); ++number) {
    if (const auto reason = static_cast<MigrateReason>(number); name(reason) == text) return reason;
  }
  return std::nullopt;
}

std::vector<Key<SteerConfig>> steer_keys() {
  std::vector<Key<SteerConfig>> keys;
  keys.push_back(choice("objective", &SteerConfig::objective, {"throughput", "thrift", "balanced"},
                        "What copying is steered to: the most GB/s; the fewest CPU seconds per GB "
                        "near that; GB/s at a price per CPU second"));
  keys.push_back(percent("thrift_loss_percent", &SteerConfig::thrift_loss_percent, kMostThriftLoss,
                         "Objective thrift: how much of the best throughput may be given up"));
  keys.push_back(percent("cpu_price_percent", &SteerConfig::cpu_price_percent, 100,
                         "Objective balanced: what one more busy CPU must bring, in percent of "
                         "what one CPU copies"));
  keys.back().lowest = 1;
  auto prior = key("prior", KeyKind::kText, &SteerConfig::prior,
                   "Throughput table to begin from, as pagefare calibrate writes it; empty: none");
  prior.form = "PATH";
  keys.push_back(std::move(prior));
  keys.push_back(refined<SteerConfig>(
      key("reasons", KeyKind::kTextList, &SteerConfig::reasons,
          "Reasons for migrating that may use the engine first when it is full; empty: all may, "
          "always"),
      "the kernel's names of reasons", set_reasons));
  keys.push_back(percent("most_unseen_percent", &SteerConfig::most_unseen_percent, 100,
                         "No knob is turned in a period in which more of the bytes were charged to "
                         "nobody because no hook saw them"));
  return keys;
}

}  // namespace pagefare
