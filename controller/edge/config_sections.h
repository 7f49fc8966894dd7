// SPDX-License-Identifier: Apache-2.0
// The sections of the configuration: [name], and [[name]] where there may be any number of them.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "controller/edge/config.h"
#include "controller/edge/config_key.h"
#include "controller/edge/config_reader.h"
#include "controller/edge/toml.h"

namespace pagefare {

/// A key as the documents show it.
struct KeyText {
  std::string_view name;
  std::string default_value;  ///< as TOML
  std::string values;         ///< describe_values()
  std::string_view meaning;
};

struct ConfigSection {
  std::string_view name;
  bool repeated = false;     ///< [[name]]
  std::string_view meaning;  ///< one line, without a full stop
  std::vector<KeyText> keys;
  /// Puts one table into the configuration; a repeated section adds one entry, also after mistakes.
  std::function<std::vector<Mistake>(const toml::table&, Config&)> read;
  /// All of it as TOML, headings included; ends with a newline unless empty.
  std::function<std::string(const Config&)> write;
};

/// "[name]" or "[[name]]".
std::string heading(const ConfigSection& section);

/// In the order in which they are shown.
std::span<const ConfigSection> config_sections();

template <typename Of>
std::vector<KeyText> describe(std::span<const Key<Of>> keys) {
  std::vector<KeyText> texts;
  for (const Key<Of>& key : keys) {
    texts.push_back({key.name, to_toml(key, key.get(Of{})), describe_values(key), key.meaning});
  }
  return texts;
}

template <typename Of>
std::string to_toml(std::span<const Key<Of>> keys, const Of& of) {
  std::string text;
  for (const Key<Of>& key : keys) {
    text += std::string(key.name) + " = " + to_toml(key, key.get(of)) + "\n";
  }
  return text;
}

/// [name], kept in a member of Config.
template <typename Of>
ConfigSection section(std::string_view name, std::string_view meaning, Of Config::* member,
                      std::vector<Key<Of>> keys) {
  ConfigSection made{.name = name,
                     .repeated = false,
                     .meaning = meaning,
                     .keys = describe(std::span<const Key<Of>>(keys)),
                     .read = {},
                     .write = {}};
  made.read = [member, keys](const toml::table& table, Config& config) {
    return read_table(table, std::span<const Key<Of>>(keys), config.*member);
  };
  made.write = [name, member, keys](const Config& config) {
    return "\n[" + std::string(name) + "]\n" +
           to_toml(std::span<const Key<Of>>(keys), config.*member);
  };
  return made;
}

/// [[name]], each an entry of a member of Config.
template <typename Of>
ConfigSection sections(std::string_view name, std::string_view meaning,
                       std::vector<Of> Config::* member, std::vector<Key<Of>> keys) {
  ConfigSection made{.name = name,
                     .repeated = true,
                     .meaning = meaning,
                     .keys = describe(std::span<const Key<Of>>(keys)),
                     .read = {},
                     .write = {}};
  made.read = [member, keys](const toml::table& table, Config& config) {
    return read_table(table, std::span<const Key<Of>>(keys), (config.*member).emplace_back());
  };
  made.write = [name, member, keys](const Config& config) {
    std::string text;
    for (const Of& entry : config.*member) {
      text += "\n[[" + std::string(name) + "]]\n" + to_toml(std::span<const Key<Of>>(keys), entry);
    }
    return text;
  };
  return made;
}

}  // namespace pagefare
