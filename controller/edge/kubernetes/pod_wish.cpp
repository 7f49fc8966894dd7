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

constexpr std::string_view kInLabels =
    "means nothing in a label; write percent of a CPU as 25, bytes per second as 2GiB, or max";

/// Where a wish is written.
struct Place {
  std::string owner;          ///< "shop/web-0", "namespace shop"
  std::string_view what;      ///< "annotation", "label"
  std::string_view percent;   ///< what a value has to end with, and here need not
  std::string_view per_time;  ///< the same of a rate
};

class Reading {
 public:
  Reading(fair::PodWish& wish, Place place) : wish_(wish), place_(std::move(place)) {}

  void take(const std::string& key, const std::string& value) {
    const std::string_view name = std::string_view(key).substr(key.find('/') + 1);
    if (name == "weight") {
      put(wish_.weight, parse_weight(value), key, value);
    } else if (name == "copy-cpu") {
      put_limit(wish_.cpu_ppm, &parse_percent, place_.percent, key, value);
    } else if (name == "bytes") {
      put_limit(wish_.bytes_per_second, &parse_byte_rate, place_.per_time, key, value);
    } else if (name != kScrape) {
      fault(key, "is not known; there are weight, copy-cpu and bytes");
    }
  }

 private:
  /// Which namespace scrapes (deploy/kubernetes/base/networkpolicy.yaml).
  static constexpr std::string_view kScrape = "scrape";

  template <typename Number>
  void put_limit(std::optional<Number>& member, Result<Number> (*parse)(std::string_view),
                 std::string_view ending, const std::string& key, const std::string& value) {
    if (value == "max") {
      member.reset();
      return;
    }
    auto read = parse(value + std::string(ending));
    if (!read && !ending.empty()) read = fail(std::string(kInLabels));
    put(member, read, key, value);
  }

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
    wish_.faults.push_back(place_.owner + ": " + std::string(place_.what) + " " + shown(key) +
                           ": " + what);
  }

  fair::PodWish& wish_;
  Place place_;
};

}  // namespace

std::optional<fair::PodWish> read_pod_wish(
    const Pod& pod, const std::map<std::string, std::string>& namespace_labels, std::string path) {
  if (pod.annotations.empty() && namespace_labels.empty()) return std::nullopt;
  fair::PodWish wish;
  wish.path = std::move(path);
  wish.pod = pod.name_space + "/" + pod.name;
  // The pod's own come last, and win.
  Reading labels(wish, {"namespace " + pod.name_space, "label", "%", "/s"});
  for (const auto& [key, value] : namespace_labels) labels.take(key, value);
  Reading annotations(wish, {wish.pod, "annotation", "", ""});
  for (const auto& [key, value] : pod.annotations) annotations.take(key, value);
  return wish;
}

}  // namespace pagefare
