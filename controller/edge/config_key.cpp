// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/config_key.h"

#include <sstream>

#include "controller/edge/duration.h"

namespace pagefare {

namespace {

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

std::string to_toml(const KeyShape& key, const KeyValue& value) {
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

std::string describe_values(const KeyShape& key) {
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
