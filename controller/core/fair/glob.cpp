// SPDX-License-Identifier: Apache-2.0
#include "controller/core/fair/glob.h"

#include <algorithm>

namespace pagefare::fair {
namespace {

constexpr std::size_t kMaxGlob = 4096;  // the kernel's PATH_MAX

bool is_wild(std::string_view component) {
  return component.find_first_of("*?") != std::string_view::npos;
}

/// As matched: a `**` at the end stands for one component at least, two in a row for one.
std::vector<std::string_view> normal_form(std::string_view glob) {
  std::vector<std::string_view> components = components_of(glob);
  const auto doubled = [](std::string_view a, std::string_view b) {
    return a == kAnyDepth && b == kAnyDepth;
  };
  components.erase(std::ranges::unique(components, doubled).begin(), components.end());
  if (!components.empty() && components.back() == kAnyDepth) components.emplace_back("*");
  return components;
}

}  // namespace

std::vector<std::string_view> components_of(std::string_view path) {
  std::vector<std::string_view> components;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const std::size_t end = std::min(path.find('/'), path.size());
    if (end > 0) components.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return components;
}

std::optional<std::string> find_fault(std::string_view glob) {
  if (glob.empty()) return "is empty; write a cgroup path as /kubepods.slice/**";
  if (glob.front() != '/') return "does not begin with '/'; write it from the hierarchy's root";
  if (glob.size() > kMaxGlob) return "is longer than any cgroup path";
  if (glob == "/") return "is the root, which nothing can be done about; write /** for all below";
  if (glob.back() == '/') return "ends with '/'; leave that away, or write /** for all below";
  if (glob.find("//") != std::string_view::npos) return "has an empty component; write one '/'";
  for (const std::string_view component : components_of(glob)) {
    if (component == "." || component == "..") return "has '.' or '..'; write the path itself";
    if (component != kAnyDepth && component.find(kAnyDepth) != std::string_view::npos) {
      return "has '**' within a component; it stands for whole components, as in /a/**/b";
    }
  }
  return std::nullopt;
}

bool matches_component(std::string_view glob, std::string_view component) {
  std::size_t at = 0;
  std::size_t read = 0;
  std::optional<std::size_t> star;  // the last one seen, and what it has taken up to
  std::size_t taken = 0;
  while (read < component.size()) {
    if (at < glob.size() && glob[at] == '*') {
      star = at++;
      taken = read;
    } else if (at < glob.size() && (glob[at] == '?' || glob[at] == component[read])) {
      ++at;
      ++read;
    } else if (star) {
      at = *star + 1;
      read = ++taken;
    } else {
      return false;
    }
  }
  return glob.find_first_not_of('*', at) == std::string_view::npos;
}

Specificity specificity_of(std::string_view glob) {
  Specificity specificity;
  for (const std::string_view component : components_of(glob)) {
    if (component == kAnyDepth) continue;
    ++specificity.single_components;
    if (!is_wild(component)) ++specificity.literal_components;
    const auto wild = std::ranges::count_if(component, [](char c) { return c == '*' || c == '?'; });
    specificity.literal_characters +=
        static_cast<std::uint32_t>(component.size() - static_cast<std::size_t>(wild));
  }
  return specificity;
}

GlobSet::GlobSet() : nodes_(1) {}

std::uint32_t GlobSet::child(std::uint32_t at, std::string_view component) {
  const auto next = static_cast<std::uint32_t>(nodes_.size());
  const auto make = [this, next] {
    nodes_.emplace_back();
    return next;
  };
  if (component == kAnyDepth) {
    if (!nodes_[at].any_depth) {
      nodes_[at].any_depth = next;
      make();
      nodes_[next].stays = true;
    }
    return *nodes_[at].any_depth;
  }
  if (!is_wild(component)) {
    const auto [found, is_new] = nodes_[at].literal.try_emplace(std::string(component), next);
    const std::uint32_t to = found->second;
    return is_new ? make() : to;
  }
  const auto found =
      std::ranges::find(nodes_[at].wild, component, &std::pair<std::string, std::uint32_t>::first);
  if (found != nodes_[at].wild.end()) return found->second;
  nodes_[at].wild.emplace_back(component, next);
  return make();
}

void GlobSet::add(std::string_view glob, std::uint32_t number) {
  std::uint32_t at = 0;
  for (const std::string_view component : normal_form(glob)) at = child(at, component);
  if (!nodes_[at].number) nodes_[at].number = number;
}

void GlobSet::enter(std::uint32_t node, Places& places) const {
  places.push_back(node);
  if (nodes_[node].any_depth) enter(*nodes_[node].any_depth, places);
}

GlobSet::Places GlobSet::root() const {
  Places places;
  enter(0, places);
  return places;
}

GlobSet::Places GlobSet::step(const Places& from, std::string_view component) const {
  Places to;
  const std::string text(component);
  for (const std::uint32_t at : from) {
    const Node& node = nodes_[at];
    if (node.stays) enter(at, to);
    if (const auto found = node.literal.find(text); found != node.literal.end()) {
      enter(found->second, to);
    }
    for (const auto& [glob, next] : node.wild) {
      if (matches_component(glob, component)) enter(next, to);
    }
  }
  std::ranges::sort(to);
  to.erase(std::ranges::unique(to).begin(), to.end());
  return to;
}

std::vector<std::uint32_t> GlobSet::matching(const Places& places) const {
  std::vector<std::uint32_t> numbers;
  for (const std::uint32_t at : places) {
    if (nodes_[at].number) numbers.push_back(*nodes_[at].number);
  }
  return numbers;
}

bool touches(std::string_view glob, std::string_view path) {
  GlobSet set;
  set.add(glob, 0);
  GlobSet::Places places = set.root();
  for (const std::string_view component : components_of(path)) {
    places = set.step(places, component);
    if (!set.matching(places).empty()) return true;
  }
  return GlobSet::can_go_on(places);
}

}  // namespace pagefare::fair
