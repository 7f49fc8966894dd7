// SPDX-License-Identifier: Apache-2.0
// What is shared out: three resources that are never added to each other.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pagefare::fair {

enum class Resource : std::uint8_t {
  kCpu,    ///< nanoseconds of copy CPU: inside migrate_pages() and in kworkers
  kBytes,  ///< migrated bytes
  kDma,    ///< nanoseconds of DMA channel time
};
inline constexpr std::size_t kResources = 3;
/// "cpu", "bytes", "dma": a metric label.
std::string_view name(Resource resource);

/// An amount of each resource, in the units of Resource.
class Amounts {
 public:
  constexpr Amounts() = default;
  constexpr Amounts(std::uint64_t cpu, std::uint64_t bytes, std::uint64_t dma)
      : values_{cpu, bytes, dma} {}

  constexpr std::uint64_t& operator[](std::size_t resource) { return values_.at(resource); }
  constexpr std::uint64_t operator[](std::size_t resource) const { return values_.at(resource); }
  constexpr std::uint64_t& operator[](Resource r) { return values_[static_cast<std::size_t>(r)]; }
  constexpr std::uint64_t operator[](Resource r) const {
    return values_[static_cast<std::size_t>(r)];
  }
  constexpr Amounts& operator+=(const Amounts& other) {
    for (std::size_t r = 0; r < kResources; ++r) values_[r] += other.values_[r];
    return *this;
  }
  /// Precondition: no part of `other` is larger.
  constexpr Amounts& operator-=(const Amounts& other) {
    for (std::size_t r = 0; r < kResources; ++r) values_[r] -= other.values_[r];
    return *this;
  }
  constexpr bool operator==(const Amounts&) const = default;
  constexpr bool is_zero() const { return *this == Amounts{}; }

 private:
  std::array<std::uint64_t, kResources> values_{};
};

/// Stands for "max": more than any machine has, small enough to be multiplied by a weight.
inline constexpr std::uint64_t kUnlimited = std::uint64_t{1} << 49U;

}  // namespace pagefare::fair
