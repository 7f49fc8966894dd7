// SPDX-License-Identifier: Apache-2.0
#include "controller/demo/kernel_counters.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <system_error>

#include "controller/demo/memory_range.h"

namespace pagefare::demo {
namespace {

constexpr unsigned kMostNodes = 1023;  // the largest CONFIG_NODES_SHIFT is 10

std::string reason(int error) {
  return std::generic_category().message(error);
}

/// The number after "key" and blanks at the beginning of a line.
std::optional<std::uint64_t> number_of(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (!line.starts_with(key)) continue;
    line.remove_prefix(key.size());
    const auto digits = line.find_first_not_of(' ');
    if (digits == 0 || digits == std::string_view::npos) continue;
    line.remove_prefix(digits);
    std::uint64_t value = 0;
    const auto [stop, error] = std::from_chars(line.data(), line.data() + line.size(), value);
    if (error == std::errc{} && stop != line.data()) return value;
  }
  return std::nullopt;
}

}  // namespace

std::uint64_t page_size() {
  return static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

Result<std::string> read_text(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return fail(path.string() + ": " + reason(errno));
  std::string text;
  std::array<char, 4096> part{};
  ssize_t got = 0;
  while ((got = ::read(file, part.data(), part.size())) > 0) {
    text.append(part.data(), static_cast<std::size_t>(got));
  }
  const int error = errno;
  ::close(file);
  if (got < 0) return fail(path.string() + ": " + reason(error));
  return text;
}

Result<void> write_text(const std::filesystem::path& path, std::string_view text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) return fail(path.string() + ": " + reason(errno));
  const ssize_t put = ::write(file, text.data(), text.size());
  const int error = errno;
  ::close(file);
  if (put != static_cast<ssize_t>(text.size())) return fail(path.string() + ": " + reason(error));
  return {};
}

Result<Pages> migrated_pages(const std::filesystem::path& vmstat) {
  const auto text = read_text(vmstat);
  if (!text) return tl::make_unexpected(text.error());
  const auto pages = number_of(*text, "pgmigrate_success");
  if (!pages) {
    return fail(vmstat.string() +
                " has no pgmigrate_success: this kernel cannot migrate pages; it needs "
                "CONFIG_MIGRATION");
  }
  return Pages{*pages};
}

Result<Bytes> available_memory(const std::filesystem::path& meminfo) {
  const auto text = read_text(meminfo);
  if (!text) return tl::make_unexpected(text.error());
  const auto kib = number_of(*text, "MemAvailable:");
  if (!kib) return fail(meminfo.string() + " has no MemAvailable");
  return Bytes{*kib * 1024};
}

Result<std::vector<int>> parse_node_list(std::string_view text) {
  std::vector<int> nodes;
  const char* at = text.data();
  const char* const end = text.data() + text.find_last_not_of(" \n") + 1;
  while (at < end) {
    unsigned first = 0;
    auto parsed = std::from_chars(at, end, first);
    if (parsed.ec != std::errc{}) return fail("not a list of nodes: \"" + std::string(text) + "\"");
    unsigned last = first;
    if (parsed.ptr < end && *parsed.ptr == '-') {
      parsed = std::from_chars(parsed.ptr + 1, end, last);
    }
    if (parsed.ec != std::errc{} || last < first || last > kMostNodes ||
        (parsed.ptr < end && *parsed.ptr != ',')) {
      return fail("not a list of nodes: \"" + std::string(text) + "\"");
    }
    for (unsigned node = first; node <= last; ++node) nodes.push_back(static_cast<int>(node));
    at = parsed.ptr + 1;
  }
  return nodes;
}

Result<std::vector<int>> memory_nodes(const std::filesystem::path& has_memory) {
  std::error_code error;
  if (!std::filesystem::exists(has_memory, error)) return std::vector<int>{0};
  const auto text = read_text(has_memory);
  if (!text) return tl::make_unexpected(text.error());
  auto nodes = parse_node_list(*text);
  if (!nodes) return fail(has_memory.string(), nodes.error());
  return nodes;
}

}  // namespace pagefare::demo
