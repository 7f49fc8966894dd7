// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/config_keys.h"

#include <algorithm>
#include <set>

#include "controller/edge/config_key_makers.h"
#include "controller/edge/listen_address.h"

namespace pagefare {

namespace {

constexpr std::size_t kMaxCopyWorkers =
    64;                                  // functions are counted by an 8-bit index in the kernel
constexpr std::size_t kMaxSymbol = 511;  // the kernel's KSYM_NAME_LEN, less its end

Result<void> set_listen(Config& config, const KeyValue& value) {
  const auto address = parse_listen_address(std::get<std::string>(value));
  if (!address) return tl::make_unexpected(address.error());
  config.listen = to_string(*address);
  return {};
}

bool is_symbol(std::string_view name) {
  const auto allowed = [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '_' || letter == '.';
  };
  return !name.empty() && name.size() <= kMaxSymbol && std::ranges::all_of(name, allowed);
}

Result<void> set_copy_workers(Config& config, const KeyValue& value) {
  const auto& names = std::get<std::vector<std::string>>(value);
  if (names.size() > kMaxCopyWorkers) {
    return fail("has " + std::to_string(names.size()) + " names; at most " +
                std::to_string(kMaxCopyWorkers) + " can be watched");
  }
  std::set<std::string_view> seen;
  for (const std::string& name : names) {
    if (!is_symbol(name)) {
      return fail("'" + name + "' is no kernel function; write a name as in /proc/kallsyms");
    }
    if (!seen.insert(name).second) return fail("'" + name + "' is named twice; name it once");
  }
  config.copy_workers = names;
  return {};
}

constexpr std::int64_t nanoseconds(Nanoseconds duration) {
  return duration.count();
}

std::vector<ConfigKey> make_keys() {
  using std::chrono::hours;
  using std::chrono::milliseconds;
  using std::chrono::seconds;
  std::vector<ConfigKey> keys;
  keys.push_back(choice("mode", &Config::mode, {"observe", "advise", "enforce"},
                        "What pagefare may do: look, look and suggest, or act"));
  keys.push_back(refined<Config>(key("listen", KeyKind::kText, &Config::listen,
                                     "Address and port of the HTTP server, as 127.0.0.1:9464 or "
                                     "[::1]:9464; port 0 takes any free one"),
                                 "ADDRESS:PORT", set_listen));
  keys.push_back(ranged(key("period", KeyKind::kDuration, &Config::period,
                            "How often the kernel's counters are read"),
                        nanoseconds(milliseconds(100)), nanoseconds(seconds(60))));
  keys.push_back(choice("charge", &Config::charge, {"rule", "initiator", "owner"},
                        "Who is billed: the task that asked, but the owner of the memory when the "
                        "kernel asked (rule); always the asker; always the owner"));
  keys.push_back(ranged(key("max_cgroups", KeyKind::kInteger, &Config::max_cgroups,
                            "Cgroups with series of their own; the rest is summed up in ~other"),
                        std::int64_t{1}, std::int64_t{100000}));
  keys.push_back(ranged(key("linger", KeyKind::kDuration, &Config::linger,
                            "How long a removed cgroup is shown before its sums move to ~removed"),
                        std::int64_t{0}, nanoseconds(hours(24))));
  keys.push_back(choice("layer", &Config::layer, {"auto", "portable", "precise"},
                        "Which kernel hooks to use: the best that work, or only these"));
  keys.push_back(
      refined<Config>(key("copy_workers", KeyKind::kTextList, &Config::copy_workers,
                          "Kernel functions whose work items copy pages for somebody else"),
                      "kernel functions", set_copy_workers));
  keys.push_back(key("bpf_stats", KeyKind::kBoolean, &Config::bpf_stats,
                     "Let the kernel measure what each BPF program costs; takes about 20 ns a run "
                     "of every BPF program of the machine"));
  keys.push_back(choice("on_stop", &Config::on_stop, {"restore", "keep"},
                        "What becomes of changed knobs and cgroup files when pagefare stops: the "
                        "values it found come back, or its own stay"));
  keys.push_back(choice("log_level", &Config::log_level,
                        {"trace", "debug", "info", "warn", "error"}, "What is logged, and above"));
  return keys;
}

}  // namespace

std::span<const ConfigKey> config_keys() {
  static const std::vector<ConfigKey> keys = make_keys();
  return keys;
}

}  // namespace pagefare
