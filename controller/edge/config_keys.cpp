// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/config_keys.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <iterator>
#include <set>
#include <sstream>
#include <utility>

#include "controller/edge/duration.h"
#include "controller/edge/listen_address.h"

namespace pagefare {

namespace {

constexpr std::size_t kMaxCopyWorkers =
    64;                                  // functions are counted by an 8-bit index in the kernel
constexpr std::size_t kMaxSymbol = 511;  // the kernel's KSYM_NAME_LEN, less its end

template <typename Stored>
std::function<KeyValue(const Config&)> reads(Stored Config::* member) {
  return [member](const Config& config) { return KeyValue(config.*member); };
}

template <typename Stored>
std::function<Result<void>(Config&, const KeyValue&)> writes(Stored Config::* member) {
  return [member](Config& config, const KeyValue& value) -> Result<void> {
    config.*member = std::get<Stored>(value);
    return {};
  };
}

template <typename Stored>
ConfigKey key(std::string_view name, KeyKind kind, Stored Config::* member,
              std::string_view meaning) {
  ConfigKey made;
  made.name = name;
  made.kind = kind;
  made.meaning = meaning;
  made.get = reads(member);
  made.set = writes(member);
  return made;
}

template <typename Stored>
ConfigKey ranged(ConfigKey made, Stored lowest, Stored highest) {
  made.lowest = lowest;
  made.highest = highest;
  return made;
}

/// Choices are listed in the order of the enumeration, which counts from 0.
template <typename Enum>
ConfigKey choice(std::string_view name, Enum Config::* member,
                 std::vector<std::string_view> choices, std::string_view meaning) {
  ConfigKey made;
  made.name = name;
  made.kind = KeyKind::kChoice;
  made.meaning = meaning;
  made.choices = std::move(choices);
  made.get = [member, names = made.choices](const Config& config) {
    return KeyValue(std::string(names[static_cast<std::size_t>(config.*member)]));
  };
  made.set = [member, names = made.choices](Config& config, const KeyValue& value) -> Result<void> {
    const auto found = std::ranges::find(names, std::get<std::string>(value));
    assert(found != names.end());
    config.*member = static_cast<Enum>(std::distance(names.begin(), found));
    return {};
  };
  return made;
}

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

ConfigKey refined(ConfigKey made, std::string_view form,
                  std::function<Result<void>(Config&, const KeyValue&)> set) {
  made.form = form;
  made.set = std::move(set);
  return made;
}

std::vector<ConfigKey> make_keys() {
  using std::chrono::hours;
  using std::chrono::milliseconds;
  using std::chrono::seconds;
  std::vector<ConfigKey> keys;
  keys.push_back(choice("mode", &Config::mode, {"observe", "advise", "enforce"},
                        "What pagefare may do: look, look and suggest, or act"));
  keys.push_back(refined(key("listen", KeyKind::kText, &Config::listen,
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
  keys.push_back(refined(key("copy_workers", KeyKind::kTextList, &Config::copy_workers,
                             "Kernel functions whose work items copy pages for somebody else"),
                         "kernel functions", set_copy_workers));
  keys.push_back(key("bpf_stats", KeyKind::kBoolean, &Config::bpf_stats,
                     "Let the kernel measure what each BPF program costs; takes about 20 ns a run "
                     "of every BPF program of the machine"));
  keys.push_back(choice("log_level", &Config::log_level,
                        {"trace", "debug", "info", "warn", "error"}, "What is logged, and above"));
  return keys;
}

/// A TOML basic string: what may not stand in it as it is, escaped.
std::string quoted(std::string_view text) {
  std::ostringstream out;
  out << '"';
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\') {
      out << '\\' << letter;
    } else if (byte < 0x20 || byte == 0x7f) {
      constexpr std::string_view kHex = "0123456789ABCDEF";
      out << "\\u00" << kHex[byte >> 4U] << kHex[byte & 0xfU];
    } else {
      out << letter;
    }
  }
  out << '"';
  return out.str();
}

std::string quoted_list(const std::vector<std::string>& texts) {
  std::string list = "[";
  for (const std::string& text : texts) {
    if (list.size() > 1) list += ", ";
    list += quoted(text);
  }
  return list + "]";
}

}  // namespace

std::span<const ConfigKey> config_keys() {
  static const std::vector<ConfigKey> keys = make_keys();
  return keys;
}

std::string to_toml(const ConfigKey& key, const KeyValue& value) {
  switch (key.kind) {
    case KeyKind::kText:
    case KeyKind::kChoice:
      return quoted(std::get<std::string>(value));
    case KeyKind::kInteger:
      return std::to_string(std::get<std::int64_t>(value));
    case KeyKind::kDuration:
      return quoted(format_duration(std::get<Nanoseconds>(value)));
    case KeyKind::kBoolean:
      return std::get<bool>(value) ? "true" : "false";
    case KeyKind::kTextList:
      return quoted_list(std::get<std::vector<std::string>>(value));
  }
  return {};
}

std::string describe_values(const ConfigKey& key) {
  switch (key.kind) {
    case KeyKind::kText:
      return "a text, " + std::string(key.form);
    case KeyKind::kChoice: {
      std::string all = "one of ";
      for (std::size_t i = 0; i < key.choices.size(); ++i) {
        all += (i == 0 ? "\"" : ", \"") + std::string(key.choices[i]) + "\"";
      }
      return all;
    }
    case KeyKind::kInteger:
      return "an integer, " + std::to_string(key.lowest) + " to " + std::to_string(key.highest);
    case KeyKind::kDuration:
      return "a duration, \"" + format_duration(Nanoseconds(key.lowest)) + "\" to \"" +
             format_duration(Nanoseconds(key.highest)) + "\"";
    case KeyKind::kBoolean:
      return "true or false";
    case KeyKind::kTextList:
      return "a list of texts, " + std::string(key.form);
  }
  return {};
}

}  // namespace pagefare
