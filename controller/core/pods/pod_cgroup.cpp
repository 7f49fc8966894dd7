// SPDX-License-Identifier: Apache-2.0
#include "controller/core/pods/pod_cgroup.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

namespace pagefare {
namespace {

constexpr std::size_t kContainerDigits = 64;
constexpr std::size_t kLongestUid = 64;
constexpr std::string_view kKubepods = "kubepods";
constexpr std::string_view kSlice = ".slice";
constexpr std::string_view kScope = ".scope";

bool is_hex(char letter) {
  return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f');
}

/// A uid of the API server, or the 32 digits that the kubelet gives a static pod.
bool is_uid(std::string_view text) {
  return text.size() >= 32 && text.size() <= kLongestUid &&
         std::ranges::all_of(text, [](char letter) { return is_hex(letter) || letter == '-'; });
}

bool is_container(std::string_view text) {
  return text.size() == kContainerDigits && std::ranges::all_of(text, is_hex);
}

/// "kubepods-burstable-pod1234_5678.slice" -> "1234-5678".
std::optional<std::string> uid_of_slice(std::string_view component) {
  if (!component.ends_with(kSlice) || component.find(kKubepods) == std::string_view::npos) {
    return std::nullopt;
  }
  component.remove_suffix(kSlice.size());
  const auto at = component.rfind("-pod");
  if (at == std::string_view::npos) return std::nullopt;
  std::string uid(component.substr(at + 4));
  std::ranges::replace(uid, '_', '-');
  return is_uid(uid) ? std::optional(uid) : std::nullopt;
}

/// "pod1234-5678" below a "kubepods".
std::optional<std::string> uid_of_directory(std::string_view component) {
  if (!component.starts_with("pod") || !is_uid(component.substr(3))) return std::nullopt;
  return std::string(component.substr(3));
}

/// The id in "cri-containerd-<id>.scope", "crio-<id>" or "<id>". A runtime's own monitor
/// ("crio-conmon-<id>.scope") is no container.
std::string container_of(std::string_view component) {
  if (component.ends_with(kScope)) component.remove_suffix(kScope.size());
  constexpr std::array<std::string_view, 5> kRuntimes = {"cri-containerd-", "crio-", "docker-",
                                                         "libpod-", ""};
  for (const std::string_view runtime : kRuntimes) {
    if (component.starts_with(runtime) && is_container(component.substr(runtime.size()))) {
      return std::string(component.substr(runtime.size()));
    }
  }
  return {};
}

/// "<slice>:cri-containerd:<id>".
std::optional<PodCgroup> pod_of_triple(std::string_view component) {
  const auto first = component.find(':');
  const auto last = component.rfind(':');
  if (first == std::string_view::npos || first == last) return std::nullopt;
  const auto uid = uid_of_slice(component.substr(0, first));
  const auto id = component.substr(last + 1);
  if (!uid || !is_container(id)) return std::nullopt;
  return PodCgroup{*uid, std::string(id)};
}

class PodSearch {
 public:
  void take(std::string_view component) {
    if (auto both = pod_of_triple(component)) {
      pods_.push_back(*std::move(both));
      directly_below_pod_ = false;
    } else if (auto uid = uid_of_slice(component)) {
      open(*std::move(uid));
    } else if (auto plain = below_kubepods_ ? uid_of_directory(component) : std::nullopt) {
      open(*std::move(plain));
    } else {
      if (directly_below_pod_) pods_.back().container = container_of(component);
      directly_below_pod_ = false;
    }
    below_kubepods_ = below_kubepods_ || component == kKubepods;
  }

  std::vector<PodCgroup> pods() && { return std::move(pods_); }

 private:
  void open(std::string uid) {
    pods_.push_back({.uid = std::move(uid), .container = {}});
    directly_below_pod_ = true;
  }

  std::vector<PodCgroup> pods_;
  bool directly_below_pod_ = false;
  bool below_kubepods_ = false;
};

}  // namespace

std::vector<PodCgroup> pods_on_path(std::string_view path) {
  PodSearch search;
  while (!path.empty()) {
    const auto slash = path.find('/');
    const auto component = path.substr(0, slash);
    if (!component.empty()) search.take(component);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return std::move(search).pods();
}

}  // namespace pagefare
