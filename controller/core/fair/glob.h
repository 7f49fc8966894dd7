// SPDX-License-Identifier: Apache-2.0
// Globs on cgroup paths; what they mean is said at Budget.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace pagefare::fair {

inline constexpr std::string_view kAnyDepth = "**";

/// What is wrong with a glob, as a clause; nothing when it can be used.
std::optional<std::string> find_fault(std::string_view glob);

/// "/a/b" has the components "a" and "b"; "/" has none.
std::vector<std::string_view> components_of(std::string_view path);

/// Whether one component of a path matches one of a glob that is not `**`.
bool matches_component(std::string_view glob, std::string_view component);

/// The larger, the more specific; see Budget. The place in the file comes after all of these.
struct Specificity {
  std::uint32_t literal_components = 0;
  std::uint32_t single_components = 0;  ///< those that are not `**`
  std::uint32_t literal_characters = 0;

  constexpr auto operator<=>(const Specificity&) const = default;
};
Specificity specificity_of(std::string_view glob);

/// Many globs, matched against a path at once, from its first component on.
class GlobSet {
 public:
  /// Where a path leads so far; one who has read no component is at the root.
  using Places = std::vector<std::uint32_t>;

  GlobSet();

  /// Precondition: find_fault(glob) found nothing.
  void add(std::string_view glob, std::uint32_t number);

  Places root() const;
  Places step(const Places& from, std::string_view component) const;

  /// The lowest number of the globs that match a path that leads here, of each distinct glob.
  std::vector<std::uint32_t> matching(const Places& places) const;

  /// Whether some longer path that leads through here could match.
  static bool can_go_on(const Places& places) { return !places.empty(); }

 private:
  struct Node {
    std::unordered_map<std::string, std::uint32_t> literal;
    std::vector<std::pair<std::string, std::uint32_t>> wild;
    std::optional<std::uint32_t> any_depth;  ///< the node behind `**`
    bool stays = false;                      ///< this node is behind `**`: any component stays here
    std::optional<std::uint32_t> number;
  };

  std::uint32_t child(std::uint32_t at, std::string_view component);
  void enter(std::uint32_t node, Places& places) const;

  std::vector<Node> nodes_;
};

/// Whether a glob matches `path`, something above it, or could match something below it.
bool touches(std::string_view glob, std::string_view path);

}  // namespace pagefare::fair
