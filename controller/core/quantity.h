// SPDX-License-Identifier: Apache-2.0
// Distinct integer types for things that must never be added to each other.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>

namespace pagefare {

/// An unsigned count of one kind of thing. Arithmetic only with its own kind; never converts.
template <typename Tag>
struct Quantity {
  std::uint64_t value = 0;

  constexpr auto operator<=>(const Quantity&) const = default;
  constexpr Quantity& operator+=(Quantity other) {
    value += other.value;
    return *this;
  }
  /// Precondition: other <= *this.
  constexpr Quantity& operator-=(Quantity other) {
    value -= other.value;
    return *this;
  }
  friend constexpr Quantity operator+(Quantity a, Quantity b) { return a += b; }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return a -= b; }
};

using Bytes = Quantity<struct BytesTag>;
using Folios = Quantity<struct FoliosTag>;
using Pages = Quantity<struct PagesTag>;  ///< base pages of the running kernel

/// Durations and CPU time, 64-bit signed nanoseconds.
using Nanoseconds = std::chrono::duration<std::int64_t, std::nano>;

/// A cgroup's kernfs inode number: `stat -c %i` of its directory. Never reused while it lives.
struct CgroupId {
  std::uint64_t value = 0;
  constexpr auto operator<=>(const CgroupId&) const = default;
};

/// A memory node. kNoNode where the layer cannot tell.
struct NodeId {
  std::int16_t value = -1;
  constexpr auto operator<=>(const NodeId&) const = default;
};
inline constexpr NodeId kNoNode{-1};

}  // namespace pagefare

template <>
struct std::hash<pagefare::CgroupId> {
  std::size_t operator()(pagefare::CgroupId id) const noexcept {
    return std::hash<std::uint64_t>{}(id.value);
  }
};
