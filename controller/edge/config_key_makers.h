// SPDX-License-Identifier: Apache-2.0
// Short ways to write a table of keys.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "controller/edge/config_key.h"

namespace pagefare {

/// Precondition: `Stored` is one of the types of KeyValue.
template <typename Of, typename Stored>
Key<Of> key(std::string_view name, KeyKind kind, Stored Of::* member, std::string_view meaning) {
  Key<Of> made;
  made.name = name;
  made.kind = kind;
  made.meaning = meaning;
  made.get = [member](const Of& of) { return KeyValue(of.*member); };
  made.set = [member](Of& of, const KeyValue& value) -> Result<void> {
    of.*member = std::get<Stored>(value);
    return {};
  };
  return made;
}

template <typename Of, typename Stored>
Key<Of> ranged(Key<Of> made, Stored lowest, Stored highest) {
  made.lowest = lowest;
  made.highest = highest;
  return made;
}

/// A key that looks closer at its value before it is stored.
template <typename Of>
Key<Of> refined(Key<Of> made, std::string_view form,
                std::function<Result<void>(Of&, const KeyValue&)> set) {
  made.form = form;
  made.set = std::move(set);
  return made;
}

/// Choices are listed in the order of the enumeration, which counts from 0.
template <typename Of, typename Enum>
Key<Of> choice(std::string_view name, Enum Of::* member, std::vector<std::string_view> choices,
               std::string_view meaning) {
  Key<Of> made;
  made.name = name;
  made.kind = KeyKind::kChoice;
  made.meaning = meaning;
  made.choices = std::move(choices);
  made.get = [member, names = made.choices](const Of& of) {
    return KeyValue(std::string(names[static_cast<std::size_t>(of.*member)]));
  };
  made.set = [member, names = made.choices](Of& of, const KeyValue& value) -> Result<void> {
    const auto found = std::ranges::find(names, std::get<std::string>(value));
    assert(found != names.end());
    of.*member = static_cast<Enum>(std::distance(names.begin(), found));
    return {};
  };
  return made;
}

}  // namespace pagefare
