// SPDX-License-Identifier: Apache-2.0
//
// Memory that a test moves between nodes and checks byte by byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pagefare::guest {

inline constexpr std::size_t kPage = 4096;
inline constexpr std::size_t kHuge = std::size_t{2} << 20U;

/// Folio sizes that this kernel can give to anonymous memory, smallest first.
std::vector<std::size_t> folio_sizes();

/// From now on MADV_HUGEPAGE memory gets folios of exactly this size.
void use_folio_size(std::size_t bytes);

/// Fills the free memory of a node that the next allocations will get, in a process of its own that
/// then ends: what is read there later and was not copied is 0xA5. Returns whether it could.
bool dirty_free_memory(int node, std::size_t bytes);

/// A page-aligned private mapping, faulted in on one node.
class Buffer {
 public:
  /// Folios of `folio` bytes where the kernel can (see use_folio_size).
  Buffer(std::size_t bytes, std::size_t folio, int node);
  ~Buffer();
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  /// Writes a pattern in which no two words are equal.
  void fill(std::uint64_t seed);
  /// Words that differ from what fill() wrote.
  [[nodiscard]] std::size_t wrong_words() const;
  /// mbind(2) with MPOL_MF_MOVE. Returns 0 or errno.
  int move_to(int node);
  /// Pages that are not on the node.
  [[nodiscard]] std::size_t pages_elsewhere(int node) const;

  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] void* data() const { return data_; }

 private:
  std::size_t bytes_;
  std::uint64_t seed_ = 0;
  void* mapping_;
  std::size_t mapped_;
  std::uint64_t* data_;
};

}  // namespace pagefare::guest
