// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "controller/edge/config_key.h"
#include "controller/edge/toml.h"

namespace pagefare {

/// A mistake in a configuration file, where it stands (both count from 1).
struct Mistake {
  unsigned line = 0;
  unsigned column = 0;
  std::string message;  ///< "period: ...", without file and line
};

Mistake mistake_at(const toml::source_region& where, std::string message);

/// The value that a key is given; `usual` stands as the example in the error.
Result<KeyValue> read_value(const KeyShape& key, const KeyValue& usual, const toml::node& node);

/// "NAME: is no key of pagefare; did you mean NAMES[i]?"
std::string unknown_key(std::string_view name, const std::vector<std::string_view>& names);

/// Puts one value into `of`, or adds a mistake.
template <typename Of>
void read_key(const Key<Of>& key, const toml::key& name, const toml::node& node, Of& of,
              std::vector<Mistake>& mistakes) {
  const auto value = read_value(key, key.get(Of{}), node);
  const auto done = value ? key.set(of, *value) : tl::make_unexpected(value.error());
  if (!done) {
    mistakes.push_back(
        mistake_at(name.source(), std::string(key.name) + ": " + done.error().message));
  }
}

/// Puts the values of `table` into `of`. Every key that `keys` does not name, every value of the
/// wrong kind or out of range is a mistake. In no particular order.
template <typename Of>
std::vector<Mistake> read_table(const toml::table& table, std::span<const Key<Of>> keys, Of& of) {
  std::vector<Mistake> mistakes;
  for (const auto& [name, node] : table) {
    const auto key = std::ranges::find(keys, name.str(), &Key<Of>::name);
    if (key != keys.end()) {
      read_key(*key, name, node, of, mistakes);
      continue;
    }
    std::vector<std::string_view> names;
    std::ranges::transform(keys, std::back_inserter(names), &Key<Of>::name);
    mistakes.push_back(mistake_at(name.source(), unknown_key(name.str(), names)));
  }
  return mistakes;
}

}  // namespace pagefare
