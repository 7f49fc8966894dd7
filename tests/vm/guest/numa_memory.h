// SPDX-License-Identifier: Apache-2.0
// Memory whose place and content are known, and the three system calls that move it.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "controller/ports/result.h"

namespace pagefare::guest {

enum class PageKind : std::uint8_t { kBase, kHuge, kHugetlb };

/// A private anonymous mapping that was faulted in on one node and holds a pattern.
class NumaMemory {
 public:
  static Result<NumaMemory> on_node(std::size_t bytes, int node, PageKind kind);

  NumaMemory(NumaMemory&& other) noexcept;
  NumaMemory& operator=(NumaMemory&&) = delete;
  NumaMemory(const NumaMemory&) = delete;
  NumaMemory& operator=(const NumaMemory&) = delete;
  ~NumaMemory();

  std::size_t bytes() const { return bytes_; }
  /// One address per page of its kind.
  std::vector<void*> pages() const;
  /// Bytes that no longer hold the pattern.
  std::size_t wrong_bytes() const;
  /// Bytes on each node, counted in base pages; a page that is not there counts nowhere.
  Result<std::vector<std::uint64_t>> bytes_by_node() const;
  /// Physical frame of every base page.
  Result<std::vector<std::uint64_t>> frames() const;
  /// Bytes that are mapped as huge pages.
  Result<std::uint64_t> huge_bytes() const;
  /// Reads every base page once.
  void touch() const;
  /// Gives back all base pages but each k-th. The pattern is lost.
  void punch(std::size_t k);

  /// mbind(2) of the whole mapping by its own process.
  Result<void> bind_and_move(int node);

 private:
  NumaMemory(void* base, std::size_t bytes, void* mapping, std::size_t mapped, PageKind kind)
      : base_(base), bytes_(bytes), mapping_(mapping), mapped_(mapped), kind_(kind) {}
  void fill();

  void* base_;
  std::size_t bytes_;
  void* mapping_;
  std::size_t mapped_;
  PageKind kind_;
};

/// move_pages(2) of another process (or the caller, with pid 0). Pages that cannot move stay.
Result<void> move_pages_of(pid_t pid, const std::vector<void*>& pages, int node);
/// migrate_pages(2): everything the process has on `from`.
Result<void> migrate_process(pid_t pid, int from, int to);
/// From now on the calling thread takes new memory from this node.
Result<void> allocate_from(int node);
/// Leaves free memory of the node full of 0xA5, so that a page moved there without a copy shows.
Result<void> dirty_free_memory(std::size_t bytes, int node, PageKind kind);

}  // namespace pagefare::guest
