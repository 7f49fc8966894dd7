// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/vmstat.h"

#include <algorithm>
#include <charconv>

#include "controller/edge/text_file.h"

namespace pagefare {

namespace {

bool matches(std::string_view pattern, std::string_view name) {
  if (!pattern.ends_with('*')) return pattern == name;
  return name.starts_with(pattern.substr(0, pattern.size() - 1));
}

/// Cuts the first line off `text`.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

}  // namespace

Result<std::map<std::string, std::uint64_t>> read_vmstat(const Roots& roots,
                                                         std::span<const std::string_view> wanted) {
  const std::string path = roots.proc + "/vmstat";
  const auto file = read_text_file(path);
  if (!file) return tl::make_unexpected(file.error());
  std::map<std::string, std::uint64_t> counters;
  std::string_view rest = *file;
  while (!rest.empty()) {
    const std::string_view line = take_line(rest);
    const std::string_view name = line.substr(0, line.find(' '));
    if (std::ranges::none_of(wanted, [&](auto pattern) { return matches(pattern, name); })) {
      continue;
    }
    const char* const begin = line.data() + std::min(name.size() + 1, line.size());
    const char* const end = line.data() + line.size();
    std::uint64_t value = 0;
    const auto [stop, error] = std::from_chars(begin, end, value);
    if (error != std::errc() || stop != end) {
      return fail(path + ": the line '" + std::string(line) + "' has no number");
    }
    counters.emplace(name, value);
  }
  return counters;
}

}  // namespace pagefare
