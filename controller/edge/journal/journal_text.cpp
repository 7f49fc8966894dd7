// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/journal/journal_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>

namespace pagefare {

namespace {

constexpr std::string_view kMagic = "pagefare-journal";
constexpr std::string_view kVersion = "1";
constexpr std::string_view kHexDigits = "0123456789abcdef";

/// FNV-1a, 32 bits: tells a torn or overwritten line, not an attack.
std::string checksum(std::string_view text) {
  std::uint32_t hash = 2166136261U;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  }
  std::string digits;
  for (int shift = 28; shift >= 0; shift -= 4) digits += kHexDigits[(hash >> shift) & 15U];
  return digits;
}

/// No blanks, line ends or percent signs; a lone "%" is the empty word.
std::string escaped(std::string_view word) {
  if (word.empty()) return "%";
  std::string text;
  for (const char c : word) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > ' ' && byte != '%' && byte < 127) {
      text += c;
    } else {
      text += {'%', kHexDigits[byte >> 4U], kHexDigits[byte & 15U]};
    }
  }
  return text;
}

std::string unescaped(std::string_view text) {
  std::string word;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    const std::string_view digits = text.substr(i + 1, 2);
    const bool code = text[i] == '%' && digits.size() == 2 &&
                      std::from_chars(digits.begin(), digits.end(), byte, 16).ptr == digits.end();
    if (code) {
      word += static_cast<char>(byte);
      i += 2;
    } else if (text[i] != '%') {
      word += text[i];
    }
  }
  return word;
}

std::string line_of(std::initializer_list<std::string_view> words) {
  std::string line;
  for (const std::string_view word : words) line += escaped(word) + " ";
  return line + checksum(line) + "\n";
}

/// The words of a line; none when its checksum does not fit.
std::vector<std::string> words_of(std::string_view line) {
  const auto last = line.rfind(' ');
  if (last == std::string_view::npos) return {};
  const std::string_view body = line.substr(0, last + 1);
  if (checksum(body) != line.substr(last + 1)) return {};
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin < body.size();) {
    const auto end = body.find(' ', begin);
    words.push_back(unescaped(body.substr(begin, end - begin)));
    begin = end + 1;
  }
  return words;
}

bool apply_will(std::vector<ChangedValue>& values, const std::vector<std::string>& words) {
  const auto comparison = comparison_named(words[3]);
  ChangedValue value{.path = words[1], .row = words[2], .original = words[5], .ours = {}};
  const std::string& digits = words[4];
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value.identity);
  if (!comparison || read.ec != std::errc{}) return false;
  value.comparison = *comparison;
  apply_will(values, value, words[6]);
  return true;
}

bool apply(JournalContent& content, const std::vector<std::string>& words) {
  const std::string kind = words.empty() ? "" : words[0];
  if (kind == "boot" && words.size() == 2) {
    content.boot = words[1];
  } else if (kind == "will" && words.size() == 7) {
    content.kept = false;
    return apply_will(content.values, words);
  } else if (kind == "wrote" && words.size() == 4) {
    apply_wrote(content.values, words[1], words[2], words[3]);
  } else if (kind == "done" && words.size() == 3) {
    apply_done(content.values, words[1], words[2]);
  } else if (kind == "kept" && words.size() == 1) {
    content.kept = true;
  } else {
    return false;
  }
  return true;
}

auto find_value(std::vector<ChangedValue>& values, std::string_view path, std::string_view row) {
  return std::ranges::find_if(
      values, [&](const ChangedValue& value) { return value.path == path && value.row == row; });
}

}  // namespace

void apply_will(std::vector<ChangedValue>& values, const ChangedValue& value,
                const std::string& ours) {
  auto found = find_value(values, value.path, value.row);
  if (found == values.end()) {
    values.push_back(value);
    found = values.end() - 1;
    found->ours.clear();
  }
  if (std::ranges::find(found->ours, ours) == found->ours.end()) found->ours.push_back(ours);
}

void apply_wrote(std::vector<ChangedValue>& values, std::string_view path, std::string_view row,
                 const std::string& ours) {
  const auto found = find_value(values, path, row);
  if (found != values.end()) found->ours = {ours};
}

void apply_done(std::vector<ChangedValue>& values, std::string_view path, std::string_view row) {
  const auto found = find_value(values, path, row);
  if (found != values.end()) values.erase(found);
}

JournalContent parse_journal(std::string_view text) {
  JournalContent content;
  for (bool first = true; text.find('\n') != std::string_view::npos; first = false) {
    const auto end = text.find('\n');
    const auto words = words_of(text.substr(0, end));
    text.remove_prefix(end + 1);
    if (first) {
      content.understood = words == std::vector<std::string>{std::string(kMagic), "1"};
      if (!content.understood) return content;
    } else if (!apply(content, words)) {
      ++content.damaged;
    }
  }
  return content;
}

std::string journal_text(const JournalContent& content) {
  std::string text = line_of({kMagic, kVersion}) + line_of({"boot", content.boot});
  for (const ChangedValue& value : content.values) {
    for (const std::string& ours : value.ours) text += will_line(value, ours);
  }
  return content.kept ? text + kept_line() : text;
}

std::string will_line(const ChangedValue& value, std::string_view ours) {
  return line_of({"will", value.path, value.row, name(value.comparison),
                  std::to_string(value.identity), value.original, ours});
}

std::string wrote_line(std::string_view path, std::string_view row, std::string_view ours) {
  return line_of({"wrote", path, row, ours});
}

std::string done_line(std::string_view path, std::string_view row) {
  return line_of({"done", path, row});
}

std::string kept_line() {
  return line_of({"kept"});
}

}  // namespace pagefare
