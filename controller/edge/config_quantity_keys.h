// SPDX-License-Identifier: Apache-2.0
// Keys whose values are shares, rates and weights.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "controller/core/fair/budget.h"
#include "controller/edge/config_key_makers.h"

namespace pagefare {

/// A text that stands for a number, or `none` for none at all.
template <typename Of, typename Number>
Key<Of> text_key(std::string_view name, std::optional<Number> Of::* member, std::string_view none,
                 std::string_view form, std::string_view meaning,
                 Result<Number> (*parse)(std::string_view), std::string (*format)(Number)) {
  Key<Of> made;
  made.name = name;
  made.kind = KeyKind::kText;
  made.form = form;
  made.meaning = meaning;
  made.get = [member, none, format](const Of& of) {
    return KeyValue(of.*member ? format(*(of.*member)) : std::string(none));
  };
  made.set = [member, none, parse](Of& of, const KeyValue& value) -> Result<void> {
    const auto& text = std::get<std::string>(value);
    if (text == none) {
      (of.*member).reset();
      return {};
    }
    const auto number = parse(text);
    if (!number) return fail(number.error().message + ", or \"" + std::string(none) + "\"");
    of.*member = *number;
    return {};
  };
  return made;
}

template <typename Of>
Key<Of> weight_key(std::string_view name, std::uint32_t Of::* member, std::string_view meaning) {
  Key<Of> made;
  made.name = name;
  made.kind = KeyKind::kInteger;
  made.lowest = fair::kLeastWeight;
  made.highest = fair::kMostWeight;
  made.meaning = meaning;
  made.get = [member](const Of& of) { return KeyValue(static_cast<std::int64_t>(of.*member)); };
  made.set = [member](Of& of, const KeyValue& value) -> Result<void> {
    of.*member = static_cast<std::uint32_t>(std::get<std::int64_t>(value));
    return {};
  };
  return made;
}

}  // namespace pagefare
