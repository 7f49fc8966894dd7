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

tl::unexpected<Error> wrong_kind(const ConfigKey& key, const toml::node& node) {
  return fail("is " + std::string(kind_of(node)) + "; write " + describe_values(key) + ", as " +
              std::string(key.name) + " = " + to_toml(key, key.get(Config{})));
}

tl::unexpected<Error> out_of_range(const ConfigKey& key, const std::string& value) {
  return fail(value + " is out of range; write " + describe_values(key));
}

Result<KeyValue> read_choice(const ConfigKey& key, const std::string& text) {
  if (std::ranges::find(key.choices, text) != key.choices.end()) return KeyValue(text);
  std::string message = "'" + text + "' is no choice; ";
  if (const auto meant = nearest_spelling(text, key.choices)) {
    message += "did you mean \"" + std::string(*meant) + "\"? ";
  }
  return fail(message + "write " + describe_values(key));
}

Result<KeyValue> read_duration(const ConfigKey& key, const std::string& text) {
  const auto duration = parse_duration(text);
  if (!duration) return tl::make_unexpected(duration.error());
  if (duration->count() < key.lowest || duration->count() > key.highest) {
    return out_of_range(key, "'" + text + "'");
  }
  return KeyValue(*duration);
}

Result<KeyValue> read_text_list(const ConfigKey& key, const toml::node& node) {
  const toml::array* const array = node.as_array();
  if (array == nullptr) return wrong_kind(key, node);
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

Result<KeyValue> read_integer(const ConfigKey& key, const toml::node& node) {
  const auto* const integer = node.as_integer();
  if (integer == nullptr) return wrong_kind(key, node);
  if (integer->get() < key.lowest || integer->get() > key.highest) {
    return out_of_range(key, std::to_string(integer->get()));
  }
  return KeyValue(integer->get());
}

Result<KeyValue> read_boolean(const ConfigKey& key, const toml::node& node) {
  const auto* const boolean = node.as_boolean();
  if (boolean == nullptr) return wrong_kind(key, node);
  return KeyValue(boolean->get());
}

Result<KeyValue> read_value(const ConfigKey& key, const toml::node& node) {
  if (key.kind == KeyKind::kInteger) return read_integer(key, node);
  if (key.kind == KeyKind::kBoolean) return read_boolean(key, node);
  if (key.kind == KeyKind::kTextList) return read_text_list(key, node);
  const auto* const text = node.as_string();
  if (text == nullptr) return wrong_kind(key, node);
  if (key.kind == KeyKind::kChoice) return read_choice(key, text->get());
  if (key.kind == KeyKind::kDuration) return read_duration(key, text->get());
  return KeyValue(text->get());
}

std::string unknown_key(std::string_view name, std::span<const ConfigKey> keys) {
  std::vector<std::string_view> names;
  std::ranges::transform(keys, std::back_inserter(names), &ConfigKey::name);
  std::string message = std::string(name) + ": is no key of pagefare; ";
  if (const auto meant = nearest_spelling(name, names)) {
    return message + "did you mean " + std::string(*meant) + "?";
  }
  return message + "remove it, or see docs/configuration.md for those there are";
}

}  // namespace

std::vector<Mistake> read_table(const toml::table& table, std::span<const ConfigKey> keys,
                                Config& config) {
  std::vector<Mistake> mistakes;
  for (const auto& [name, node] : table) {
    const auto complain = [&, where = name.source().begin](std::string message) {
      mistakes.push_back({where.line, where.column, std::move(message)});
    };
    const auto key = std::ranges::find(keys, name.str(), &ConfigKey::name);
    if (key == keys.end()) {
      complain(unknown_key(name.str(), keys));
      continue;
    }
    const auto value = read_value(*key, node);
    const auto done = value ? key->set(config, *value) : tl::make_unexpected(value.error());
    if (!done) complain(std::string(key->name) + ": " + done.error().message);
  }
  std::ranges::sort(mistakes, {},
                    [](const Mistake& mistake) { return std::pair(mistake.line, mistake.column); });
  return mistakes;
}

}  // namespace pagefare
