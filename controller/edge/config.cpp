// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/config.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>

#include "controller/edge/config_keys.h"
#include "controller/edge/config_reader.h"
#include "controller/edge/config_sections.h"
#include "controller/edge/text_file.h"
#include "controller/edge/toml.h"

namespace pagefare {

namespace {

/// A dotted key makes a table within a table for each of its dots, without a limit in the parser.
constexpr std::size_t kMaxDotsPerLine = 100;
/// More mistakes than anybody reads, and no megabytes of them in a log.
constexpr std::size_t kMaxMistakesShown = 50;

std::string line_of(const std::string& filename, std::size_t line, std::string_view message) {
  return filename + ":" + std::to_string(line) + ": " + std::string(message);
}

/// The first line, from 1, that a parser without a limit of depth should not be given. Dots in a
/// row are no keys, but rulers in comments.
std::optional<std::size_t> find_too_many_dots(std::string_view text) {
  std::size_t line = 1;
  std::size_t dots = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') {
      ++line;
      dots = 0;
    }
    const bool in_a_row = i + 1 < text.size() && text[i + 1] == '.';
    if (text[i] == '.' && !in_a_row && ++dots > kMaxDotsPerLine) return line;
  }
  return std::nullopt;
}

Error to_error(const std::vector<Mistake>& mistakes, const std::string& filename) {
  Error error;
  for (std::size_t i = 0; i < std::min(mistakes.size(), kMaxMistakesShown); ++i) {
    if (i > 0) error.message += "\n";
    error.message += line_of(filename, mistakes[i].line, mistakes[i].message);
  }
  if (mistakes.size() > kMaxMistakesShown) {
    error.message += "\n" + filename + ": and " +
                     std::to_string(mistakes.size() - kMaxMistakesShown) + " more mistakes";
  }
  return error;
}

void read_section(const ConfigSection& section, const toml::key& name, const toml::node& node,
                  Config& config, std::vector<Mistake>& mistakes) {
  const auto refuse = [&] {
    mistakes.push_back(mistake_at(
        name.source(), std::string(section.name) + ": is written as " + heading(section)));
  };
  const auto read = [&](const toml::node& part) {
    const toml::table* const table = part.as_table();
    if (table == nullptr) {
      refuse();
      return;
    }
    for (Mistake& mistake : section.read(*table, config)) {
      mistake.message.insert(0, heading(section) + " ");
      mistakes.push_back(std::move(mistake));
    }
  };
  const toml::array* const array = node.as_array();
  if (!section.repeated) {
    read(node);
  } else if (array == nullptr) {
    refuse();
  } else {
    for (const toml::node& entry : *array) read(entry);
  }
}

std::vector<Mistake> read_all(const toml::table& table, Config& config) {
  const auto keys = config_keys();
  const auto sections = config_sections();
  std::vector<std::string_view> names;
  std::ranges::transform(keys, std::back_inserter(names), &ConfigKey::name);
  std::ranges::transform(sections, std::back_inserter(names), &ConfigSection::name);
  std::vector<Mistake> mistakes;
  for (const auto& [name, node] : table) {
    if (const auto key = std::ranges::find(keys, name.str(), &ConfigKey::name); key != keys.end()) {
      read_key(*key, name, node, config, mistakes);
    } else if (const auto section = std::ranges::find(sections, name.str(), &ConfigSection::name);
               section != sections.end()) {
      read_section(*section, name, node, config, mistakes);
    } else {
      mistakes.push_back(mistake_at(name.source(), unknown_key(name.str(), names)));
    }
  }
  std::ranges::sort(mistakes, {},
                    [](const Mistake& mistake) { return std::pair(mistake.line, mistake.column); });
  return mistakes;
}

}  // namespace

Result<Config> load_config(const std::string& path) {
  const auto text = read_text_file(path);
  if (!text) return tl::make_unexpected(text.error());
  return parse_config(*text, path);
}

Result<Config> parse_config(std::string_view text, const std::string& filename) {
  if (const auto nul = text.find('\0'); nul != std::string_view::npos) {
    const auto line = 1 + std::ranges::count(text.substr(0, nul), '\n');
    return fail(line_of(filename, static_cast<std::size_t>(line),
                        "has a NUL byte; write the file as UTF-8 text"));
  }
  if (const auto line = find_too_many_dots(text)) {
    return fail(line_of(filename, *line,
                        "has more than " + std::to_string(kMaxDotsPerLine) +
                            " dots in one line; break it into several"));
  }
  const toml::parse_result parsed = toml::parse(text, filename);
  if (!parsed) {
    const auto& error = parsed.error();
    return fail(line_of(filename, error.source().begin.line,
                        "column " + std::to_string(error.source().begin.column) + ": " +
                            std::string(error.description())));
  }
  Config config;
  const auto mistakes = read_all(parsed.table(), config);
  if (!mistakes.empty()) return tl::make_unexpected(to_error(mistakes, filename));
  return config;
}

std::string to_toml(const Config& config) {
  std::string text;
  for (const ConfigKey& key : config_keys()) {
    text += std::string(key.name) + " = " + to_toml(key, key.get(config)) + "\n";
  }
  for (const ConfigSection& section : config_sections()) text += section.write(config);
  return text;
}

}  // namespace pagefare
