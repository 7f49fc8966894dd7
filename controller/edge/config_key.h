// SPDX-License-Identifier: Apache-2.0
// What one key of the configuration is: its name, what values it takes, what it means. Parsing,
// to_toml(), docs/configuration.md and deploy/pagefare.toml are made from tables of these.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "controller/core/quantity.h"
#include "controller/ports/result.h"

namespace pagefare {

enum class KeyKind : std::uint8_t {
  kText,
  kChoice,    ///< a text, one of `choices`
  kInteger,   ///< `lowest`..`highest`
  kDuration,  ///< a text; `lowest`..`highest` in nanoseconds
  kBoolean,
  kTextList,
};

/// The value of a key of each kind: kText and kChoice are a string.
using KeyValue =
    std::variant<std::string, std::int64_t, Nanoseconds, bool, std::vector<std::string>>;

/// All of a key but where its value is kept.
struct KeyShape {
  std::string_view name;
  KeyKind kind{};
  std::vector<std::string_view> choices;
  std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
  std::int64_t highest = std::numeric_limits<std::int64_t>::max();
  std::string_view form;     ///< of a kText or kTextList: "ADDRESS:PORT"
  std::string_view meaning;  ///< one line, without a full stop
};

/// A key of a table that is read into an `Of`.
template <typename Of>
struct Key : KeyShape {
  std::function<KeyValue(const Of&)> get;
  /// Precondition: a value of the key's kind, in range. May refuse it all the same, by a sentence
  /// that names neither file nor key.
  std::function<Result<void>(Of&, const KeyValue&)> set;
};

/// As written in TOML: "1s" with its quotes, 1000, [ "a", "b" ].
std::string to_toml(const KeyShape& key, const KeyValue& value);

/// "a duration, 100ms to 1m"; "one of observe, advise, enforce".
std::string describe_values(const KeyShape& key);

}  // namespace pagefare
