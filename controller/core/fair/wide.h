// SPDX-License-Identifier: Apache-2.0
// Products of two 64-bit numbers, so that shares are cut once, at the end.
#pragma once

#include <cstdint>

namespace pagefare::fair {

__extension__ using Wide = unsigned __int128;

/// a * b / c, rounded down. Preconditions: c > 0, the quotient fits.
constexpr std::uint64_t scaled(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
  return static_cast<std::uint64_t>(static_cast<Wide>(a) * b / c);
}

/// part / whole in parts per million, rounded down; 0 of 0 is 0. At most UINT32_MAX.
constexpr std::uint32_t ppm_of(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return 0;
  const Wide ppm = static_cast<Wide>(part) * 1'000'000 / whole;
  return ppm > UINT32_MAX ? UINT32_MAX : static_cast<std::uint32_t>(ppm);
}

}  // namespace pagefare::fair
