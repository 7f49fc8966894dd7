// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/config.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "controller/edge/config_keys.h"
#include "controller/edge/config_reader.h"
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
  const auto mistakes = read_table(parsed.table(), config_keys(), config);
  if (!mistakes.empty()) return tl::make_unexpected(to_error(mistakes, filename));
  return config;
}

std::string to_toml(const Config& config) {
  std::string text;
  for (const ConfigKey& key : config_keys()) {
    text += std::string(key.name) + " = " + to_toml(key, key.get(config)) + "\n";
  }
  return text;
}

}  // namespace pagefare
