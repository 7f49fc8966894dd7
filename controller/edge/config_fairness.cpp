// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/config_fairness.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "controller/core/fair/glob.h"
#include "controller/core/fair/holders.h"
#include "controller/edge/config_key_makers.h"
#include "controller/edge/config_quantity_keys.h"
#include "controller/edge/quantity_text.h"

namespace pagefare {
namespace {

using fair::Budget;
using fair::Policy;

Key<Budget> actions_key() {
  Key<Budget> made;
  made.name = "actions";
  made.kind = KeyKind::kTextList;
  made.form = "of \"limit\", \"repay\", \"gate\", \"rate\"";
  made.meaning = "What may be done, step by step, when it is over; docs/enforcement.md";
  made.get = [](const Budget& budget) {
    std::vector<std::string> names;
    for (std::size_t at = 0; at < fair::kActions; ++at) {
      const auto action = static_cast<fair::Action>(at);
      if (budget.actions.has(action)) names.emplace_back(name(action));
    }
    return KeyValue(names);
  };
  made.set = [](Budget& budget, const KeyValue& value) -> Result<void> {
    budget.actions = {};
    for (const std::string& text : std::get<std::vector<std::string>>(value)) {
      const auto action = fair::parse_action(text);
      if (!action) {
        return fail("'" + text +
                    "' is no action; write \"limit\", \"repay\", \"gate\" or \"rate\"");
      }
      budget.actions.add(*action);
    }
    return {};
  };
  return made;
}

Result<void> set_match(Budget& budget, const KeyValue& value) {
  const auto& glob = std::get<std::string>(value);
  if (const auto fault = fair::find_fault(glob)) return fail("'" + glob + "' " + *fault);
  budget.match = glob;
  return {};
}

Result<void> set_protect(Policy& policy, const KeyValue& value) {
  const auto& globs = std::get<std::vector<std::string>>(value);
  for (const std::string& glob : globs) {
    if (const auto fault = fair::find_fault(glob)) return fail("'" + glob + "' " + *fault);
  }
  policy.protect = globs;
  return {};
}

/// A share that is always there.
Key<Policy> least_attributed_key() {
  Key<Policy> made;
  made.name = "least_attributed";
  made.kind = KeyKind::kText;
  made.form = "\"0%\" to \"100%\"";
  made.meaning = "Nothing is enforced while less of the cost than this is charged to somebody";
  made.get = [](const Policy& policy) {
    return KeyValue(format_percent(policy.least_attributed_ppm));
  };
  made.set = [](Policy& policy, const KeyValue& value) -> Result<void> {
    const auto ppm = parse_percent(std::get<std::string>(value));
    if (!ppm) return tl::make_unexpected(ppm.error());
    if (*ppm > 1'000'000) return fail("is more than all; write \"0%\" to \"100%\"");
    policy.least_attributed_ppm = static_cast<std::uint32_t>(*ppm);
    return {};
  };
  return made;
}

std::vector<Key<Policy>> policy_keys() {
  using std::chrono::hours;
  std::vector<Key<Policy>> keys;
  keys.push_back(choice("charge", &Policy::charge, {"bill", "rule", "initiator", "owner"},
                        "Whose cost counts against budgets: as the bill (the key charge above), or "
                        "by a rule of its own"));
  keys.push_back(text_key("capacity", &Policy::capacity_cpu_ppm, "auto", "\"200%\" or \"auto\"",
                          "Copy CPU of the machine to share out, in percent of one CPU; auto: as "
                          "much as CPU pressure allows",
                          parse_percent, format_percent));
  keys.push_back(text_key("capacity_bytes", &Policy::capacity_bytes_per_second, "max",
                          "\"20GiB/s\" or \"max\"",
                          "Migrated bytes of the machine to share out; max: not shared out",
                          parse_byte_rate, format_byte_rate));
  keys.push_back(text_key("capacity_dma", &Policy::capacity_dma_ppm, "max", "\"400%\" or \"max\"",
                          "DMA channels to share out, in percent of one; max: not shared out",
                          parse_percent, format_percent));
  keys.push_back(weight_key("unlisted_weight", &Policy::unlisted_weight,
                            "Weight of all cgroups together that no budget matches"));
  keys.push_back(refined(key("protect", KeyKind::kTextList, &Policy::protect,
                             "Nothing is done to these, nor to what is above or below them; "
                             "pagefare's own cgroup is always one of them"),
                         "globs on cgroup paths",
                         std::function<Result<void>(Policy&, const KeyValue&)>(set_protect)));
  keys.push_back(least_attributed_key());
  keys.push_back(ranged(key("dwell", KeyKind::kDuration, &Policy::dwell,
                            "A step of the escalation is kept at least so long"),
                        std::int64_t{0}, Nanoseconds(hours(1)).count()));
  return keys;
}

std::vector<Key<Budget>> budget_keys() {
  using std::chrono::seconds;
  std::vector<Key<Budget>> keys;
  keys.push_back(refined(key("match", KeyKind::kText, &Budget::match,
                             "Glob on the cgroup path: * within a component, ** over components; "
                             "the most specific one wins, children share their parent's"),
                         "as /kubepods.slice/**",
                         std::function<Result<void>(Budget&, const KeyValue&)>(set_match)));
  keys.push_back(weight_key("weight", &Budget::weight, "Share against its siblings"));
  keys.push_back(text_key("cpu", &Budget::cpu_ppm, "max", "\"25%\" or \"max\"",
                          "Most copy CPU, in percent of one CPU", parse_percent, format_percent));
  keys.push_back(text_key("bytes", &Budget::bytes_per_second, "max", "\"2GiB/s\" or \"max\"",
                          "Most migrated bytes", parse_byte_rate, format_byte_rate));
  keys.push_back(ranged(key("burst", KeyKind::kDuration, &Budget::burst,
                            "How far it may run ahead: so much time of its own share may be saved "
                            "up while it is not used"),
                        std::int64_t{0}, Nanoseconds(seconds(600)).count()));
  keys.push_back(actions_key());
  return keys;
}

}  // namespace

ConfigSection fairness_section() {
  return section("fairness", "What is shared out among cgroups: docs/fairness.md",
                 &Config::fairness, policy_keys());
}

ConfigSection budget_section() {
  ConfigSection made = sections("budget", "Who may migrate how much: docs/fairness.md",
                                &Config::budgets, budget_keys());
  made.read = [read = made.read](const toml::table& table, Config& config) {
    std::vector<Mistake> mistakes = read(table, config);
    const std::string& match = config.budgets.back().match;
    if (!table.contains("match")) {
      mistakes.push_back(mistake_at(table.source(),
                                    "match: is missing; write a cgroup path or a "
                                    "glob, as match = \"/kubepods.slice/**\""));
    }
    const auto others = std::span(config.budgets).first(config.budgets.size() - 1);
    if (!match.empty() && std::ranges::find(others, match, &Budget::match) != others.end()) {
      mistakes.push_back(
          mistake_at(table.source(), "match: '" + match + "' has a budget already; merge the two"));
    }
    return mistakes;
  };
  return made;
}

fair::Policy fair_policy(const Config& config) {
  fair::Policy policy = config.fairness;
  policy.budgets = config.budgets;
  return policy;
}

std::string explain_budgets(const fair::Policy& policy, const std::vector<std::string>& paths) {
  const fair::Holders holders(policy.budgets);
  std::vector<std::size_t> lives_on(policy.budgets.size());
  std::string text;
  for (const std::string& path : paths) {
    const auto on_the_way = holders.on_the_way_to(path);
    if (on_the_way.empty()) {
      text += "# " + path + ": no budget matches; one of the unlisted\n";
      continue;
    }
    const fair::Holder& holder = on_the_way.back();
    ++lives_on[holder.budget];
    const std::string& match = policy.budgets[holder.budget].match;
    text += "# " + path + ": ";
    text += holder.path == path ? "holds \"" + match + "\""
                                : "lives on \"" + match + "\" of " + holder.path;
    if (on_the_way.size() > 1) text += ", within " + on_the_way[on_the_way.size() - 2].path;
    const auto matching = holders.matching(holder.path);
    if (matching.size() > 1) {
      text += "; more specific than \"" + policy.budgets[matching[1]].match + "\"";
    }
    text += "\n";
  }
  for (std::size_t at = 0; at < lives_on.size(); ++at) {
    if (lives_on[at] == 0)
      text += "# \"" + policy.budgets[at].match + "\": no cgroup lives on it\n";
  }
  return text;
}

}  // namespace pagefare
