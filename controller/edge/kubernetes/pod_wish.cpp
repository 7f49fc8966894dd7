// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/kubernetes/pod_wish.h"

#include <charconv>
#include <cstdint>
#include <string_view>
#include <utility>

#include "controller/edge/quantity_text.h"

namespace pagefare {
namespace {

/// Annotations may be 256 KiB long; a sentence need not be.
std::string shown(std::string_view text) {
  constexpr std::size_t kMost = 60;
  std::string cut(text.substr(0, kMost));
  for (char& c : cut) {
    if (static_cast<unsigned char>(c) < ' ') c = '?';
  }
  return cut + (text.size() > kMost ? "..." : "");
}

Result<std::uint32_t> parse_weight(std::string_view text) {
  std::uint32_t weight = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), weight);
  if (error != std::errc{} || end != text.data() + text.size() || weight < fair::kLeastWeight ||
      weight > fair::kMostWeight) {
    return fail("is no weight; write a whole number from 1 to 10000");
  }
  return weight;
}

class Reading {
 public:
  explicit Reading(fair::PodWish wish) : wish_(std::move(wish)) {}

  void take(const std::string& key, const std::string& value) {
    const std::string_view name = std::string_view(key).substr(key.find('/') + 1);
    if (name == "weight") {
      put(wish_.weight, parse_weight(value), key, value);
    } else if (name == "copy-cpu") {
      if (value != "max") put(wish_.cpu_ppm, parse_percent(value), key, value);
    } else if (name == "bytes") {
      if (value != "max") put(wish_.bytes_per_second, parse_byte_rate(value), key, value);
    } else {
      fault(key, "is not known; there are weight, copy-cpu and bytes");
    }
  }

  fair::PodWish wish() && { return std::move(wish_); }

 private:
  template <typename Number>
  void put(std::optional<Number>& member, const Result<Number>& read, const std::string& key,
           const std::string& value) {
    if (read) {
      member = *read;
    } else {
      fault(key, "'" + shown(value) + "' is ignored: " + read.error().message);
    }
  }
  void fault(const std::string& key, const std::string& what) {
    wish_.faults.push_back(wish_.pod + ": annotation " + shown(key) + ": " + what);
  }

  fair::PodWish wish_;
};

}  // namespace

std::optional<fair::PodWish> read_pod_wish(const Pod& pod, std::string path) {
  if (pod.annotations.empty()) return std::nullopt;
  fair::PodWish wish;
  wish.path = std::move(path);
  wish.pod = pod.name_space + "/" + pod.name;
  Reading reading(std::move(wish));
  for (const auto& [key, value] : pod.annotations) reading.take(key, value);
  return std::move(reading).wish();
}

}  // namespace pagefare
