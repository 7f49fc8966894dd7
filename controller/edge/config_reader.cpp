// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/config_reader.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "controller/edge/duration.h"
#include "controller/edge/spelling.h"

namespace pagefare {

namespace {

std::string_view kind_of(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a section";
    case toml::node_type::array:
      return "a list";
    case toml::node_type::string:
      return "a text";
    case toml::node_type::integer:
      return "an integer";
    case toml::node_type::floating_point:
      return "a number with a fraction";
    case toml::node_type::boolean:
      return "true or false";
    default:
      return "a date or time";
  }
}

tl::unexpected<Error> wrong_kind(const KeyShape& key, const KeyValue& usual,
                                 const toml::node& node) {
  return fail("is " + std::string(kind_of(node)) + "; write " + describe_values(key) + ", as " +
              std::string(key.name) + " = " + to_toml(key, usual));
}

tl::unexpected<Error> out_of_range(const KeyShape& key, const std::string& value) {
  return fail(value + " is out of range; write " + describe_values(key));
}

Result<KeyValue> read_choice(const KeyShape& key, const std::string& text) {
  if (std::ranges::find(key.choices, text) != key.choices.end()) return KeyValue(text);
  std::string message = "'" + text + "' is no choice; ";
  if (const auto meant = nearest_spelling(text, key.choices)) {
    message += "did you mean \"" + std::string(*meant) + "\"? ";
  }
  return fail(message + "write " + describe_values(key));
}

Result<KeyValue> read_duration(const KeyShape& key, const std::string& text) {
  const auto duration = parse_duration(text);
  if (!duration) return tl::make_unexpected(duration.error());
  if (duration->count() < key.lowest || duration->count() > key.highest) {
    return out_of_range(key, "'" + text + "'");
  }
  return KeyValue(*duration);
}

Result<KeyValue> read_text_list(const KeyShape& key, const KeyValue& usual,
                                const toml::node& node) {
  const toml::array* const array = node.as_array();
  if (array == nullptr) return wrong_kind(key, usual, node);
  std::vector<std::string> texts;
  for (const toml::node& element : *array) {
    const auto* const text = element.as_string();
    if (text == nullptr) {
      return fail("entry " + std::to_string(texts.size() + 1) + " is " +
                  std::string(kind_of(element)) + "; write texts only");
    }
    texts.push_back(text->get());
  }
  return KeyValue(std::move(texts));
}

Result<KeyValue> read_integer(const KeyShape& key, const KeyValue& usual, const toml::node& node) {
  const auto* const integer = node.as_integer();
  if (integer == nullptr) return wrong_kind(key, usual, node);
  if (integer->get() < key.lowest || integer->get() > key.highest) {
    return out_of_range(key, std::to_string(integer->get()));
  }
  return KeyValue(integer->get());
}

Result<KeyValue> read_boolean(const KeyShape& key, const KeyValue& usual, const toml::node& node) {
  const auto* const boolean = node.as_boolean();
  if (boolean == nullptr) return wrong_kind(key, usual, node);
  return KeyValue(boolean->get());
}

}  // namespace

Mistake mistake_at(const toml::source_region& where, std::string message) {
  return {where.begin.line, where.begin.column, std::move(message)};
}

Result<KeyValue> read_value(const KeyShape& key, const KeyValue& usual, const toml::node& node) {
  if (key.kind == KeyKind::kInteger) return read_integer(key, usual, node);
  if (key.kind == KeyKind::kBoolean) return read_boolean(key, usual, node);
  if (key.kind == KeyKind::kTextList) return read_text_list(key, usual, node);
  const auto* const text = node.as_string();
  if (text == nullptr) return wrong_kind(key, usual, node);
  if (key.kind == KeyKind::kChoice) return read_choice(key, text->get());
  if (key.kind == KeyKind::kDuration) return read_duration(key, text->get());
  return KeyValue(text->get());
}

std::string unknown_key(std::string_view name, const std::vector<std::string_view>& names) {
  std::string message = std::string(name) + ": is no key of pagefare; ";
  if (const auto meant = nearest_spelling(name, names)) {
    return message + "did you mean " + std::string(*meant) + "?";
  }
  return message + "remove it, or see docs/configuration.md for those there are";
}

}  // namespace pagefare
