// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/mounts.h"

#include <algorithm>
#include <optional>
#include <sstream>

#include "controller/edge/text_file.h"

namespace pagefare {

namespace {

constexpr std::size_t kMaxMountInfo = std::size_t{64} << 20;  // hosts with 100,000 mounts exist

bool is_octal(char letter) {
  return letter >= '0' && letter <= '7';
}

/// mountinfo writes space, tab, newline and backslash as \040 and so on.
std::string unescape(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '\\' && i + 3 < text.size() && is_octal(text[i + 1]) &&
                        is_octal(text[i + 2]) && is_octal(text[i + 3]);
    if (!escape) {
      plain += text[i];
      continue;
    }
    plain +=
        static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
    i += 3;
  }
  return plain;
}

/// "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory"
std::optional<Mount> parse_mount(const std::string& line) {
  std::istringstream words(line);
  std::string id;
  std::string parent;
  std::string device;
  std::string root;
  std::string path;
  std::string word;
  if (!(words >> id >> parent >> device >> root >> path)) return std::nullopt;
  while (words >> word && word != "-") {
  }
  Mount mount{unescape(root), unescape(path), "", ""};
  std::string source;
  if (!(words >> mount.type >> source >> mount.options)) return std::nullopt;
  return mount;
}

}  // namespace

bool has_option(const Mount& mount, std::string_view option) {
  std::string_view rest = mount.options;
  for (;;) {
    const std::size_t comma = rest.find(',');
    if (rest.substr(0, comma) == option) return true;
    if (comma == std::string_view::npos) return false;
    rest.remove_prefix(comma + 1);
  }
}

Result<std::vector<Mount>> read_mounts(const Roots& roots) {
  const auto text = read_text_file(roots.proc + "/self/mountinfo", kMaxMountInfo);
  if (!text) return tl::make_unexpected(text.error());
  std::vector<Mount> mounts;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    if (auto mount = parse_mount(line)) mounts.push_back(std::move(*mount));
  }
  return mounts;
}

}  // namespace pagefare
