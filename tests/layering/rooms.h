// SPDX-License-Identifier: Apache-2.0
// Who may include whom: the walls between the rooms, as data, and the check of one line against
// them.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pagefare::layering {

struct Room {
  std::string_view path;                  // of its directory, relative to the root of the sources
  std::vector<std::string_view> may_see;  // path prefixes of our own files, besides itself
  bool only_standard_library = false;     // of what is not ours
  std::vector<std::string_view> foreign_allowed;  // exceptions to that, by prefix
  std::vector<std::string_view> never_includes;   // foreign headers that are refused, by prefix
  std::vector<std::string_view> never_says;       // words that betray a forbidden dependency
};

inline const std::vector<Room>& rooms() {
  static const std::vector<Room> all = {
      {.path = "controller/core",
       .only_standard_library = true,
       .never_includes = {"fstream", "iostream", "cstdio", "filesystem", "thread", "mutex",
                          "shared_mutex", "condition_variable", "future", "atomic", "stop_token",
                          "semaphore", "latch", "barrier", "ctime", "random"},
       .never_says = {"system_clock", "steady_clock", "high_resolution_clock"}},
      {.path = "controller/ports",
       .may_see = {"controller/core/"},
       .only_standard_library = true,
       .foreign_allowed = {"tl/"},
       .never_includes = {"fstream", "iostream", "filesystem"}},
      {.path = "controller/loop",
       .may_see = {"controller/core/", "controller/ports/"},
       .only_standard_library = true,
       .foreign_allowed = {"tl/"},
       .never_includes = {"fstream", "iostream", "filesystem"}},
      {.path = "controller/edge",
       .may_see = {"controller/core/", "controller/ports/", "bpf/"},
       .never_includes = {"prometheus/"}},
      {.path = "exporter",
       .may_see = {"controller/core/", "controller/ports/"},
       .never_includes = {"bpf/", "bcc/", "linux/"}},
      {.path = "controller/demo", .may_see = {"controller/core/", "controller/ports/"}},
      {.path = "bpf"},
      {.path = "kmod"},
      {.path = "controller/daemon", .may_see = {"controller/", "exporter/", "bpf/"}},
      {.path = "controller/cli", .may_see = {"controller/", "exporter/", "bpf/"}},
  };
  return all;
}

struct Include {
  std::string_view target;
  bool quoted = false;
};

// The file that a line includes, if it includes one.
inline std::optional<Include> include_on(std::string_view line) {
  const auto skip_blanks = [&line] {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  };
  skip_blanks();
  if (!line.starts_with('#')) return std::nullopt;
  line.remove_prefix(1);
  skip_blanks();
  if (!line.starts_with("include")) return std::nullopt;
  line.remove_prefix(7);
  skip_blanks();
  if (line.empty() || (line.front() != '"' && line.front() != '<')) return std::nullopt;
  const bool quoted = line.front() == '"';
  line.remove_prefix(1);
  const auto end = line.find(quoted ? '"' : '>');
  if (end == std::string_view::npos) return std::nullopt;
  return Include{.target = line.substr(0, end), .quoted = quoted};
}

inline bool begins_with_any(std::string_view text, const std::vector<std::string_view>& prefixes) {
  return std::ranges::any_of(prefixes, [text](auto prefix) { return text.starts_with(prefix); });
}

// Whether a path relative to the root lies in one of the rooms or beside them in our tree.
inline bool is_ours(std::string_view target) {
  return begins_with_any(target, {"controller/", "exporter/", "kmod/", "tests/"});
}

// Headers of the standard library have no directory and no extension.
inline bool is_standard(std::string_view target) {
  return target.find_first_of("/.") == std::string_view::npos;
}

// Why a room may not have this line; nothing when it may. A quoted name without a directory is a
// neighbour in the same room. "bpf/" is ours when quoted (abi.h, skeletons), libbpf's otherwise.
inline std::optional<std::string> objection(const Room& room, std::string_view line) {
  for (const auto word : room.never_says) {
    if (line.find(word) != std::string_view::npos) {
      return std::string(room.path) + " may not say " + std::string(word);
    }
  }
  const auto include = include_on(line);
  if (!include) return std::nullopt;
  const auto refused = [&](std::string_view why) {
    return std::string(room.path) + " may not include " + std::string(include->target) + ": " +
           std::string(why);
  };
  const auto target = include->target;
  if (is_ours(target) || (include->quoted && target.starts_with("bpf/"))) {
    const bool own = target.starts_with(std::string(room.path) + "/");
    if (own || begins_with_any(target, room.may_see)) return std::nullopt;
    return refused("another room that it must not see");
  }
  if (target.find("..") != std::string_view::npos) return refused("name it from the root");
  if (include->quoted && is_standard(target.substr(0, target.find('.')))) return std::nullopt;
  if (std::ranges::any_of(room.never_includes, [target](auto name) {
        return name.ends_with('/') ? target.starts_with(name) : target == name;
      })) {
    return refused("not the job of this room");
  }
  if (room.only_standard_library && !is_standard(target) &&
      !begins_with_any(target, room.foreign_allowed)) {
    return refused("only the standard library is allowed there");
  }
  return std::nullopt;
}

}  // namespace pagefare::layering
