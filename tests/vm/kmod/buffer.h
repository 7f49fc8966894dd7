// SPDX-License-Identifier: Apache-2.0
//
// Memory that a test moves between nodes and checks byte by byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pagefare::kmod_test {

inline constexpr std::size_t kPage = 4096;
inline constexpr std::size_t kHuge = std::size_t{2} << 20U;

/// Folio sizes that this kernel can give to anonymous memory, smallest first.
std::vector<std::size_t> folio_sizes();

/// From now on MADV_HUGEPAGE memory gets folios of exactly this size.
void use_folio_size(std::size_t bytes);

/// A page-aligned private mapping, faulted in on one node.
class Buffer {
 public:
  enum class FolioSize : std::uint8_t { kSetForAll, kAsItIs };

  /// Folios of `folio` bytes where the kernel can. kSetForAll calls use_folio_size(), which is for
  /// the whole machine; kAsItIs leaves that to the caller.
  Buffer(std::size_t bytes, std::size_t folio, int node, FolioSize how = FolioSize::kSetForAll);
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

}  // namespace pagefare::kmod_test
