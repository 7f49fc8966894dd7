// SPDX-License-Identifier: Apache-2.0
#include "controller/demo/node_moves.h"

#include <linux/mempolicy.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <system_error>

namespace pagefare::demo {
namespace {

constexpr std::uint64_t kPagesPerCall = 4096;
constexpr std::size_t kMaskWords = 16;  // 1024 nodes, the largest CONFIG_NODES_SHIFT
constexpr std::size_t kBitsPerWord = 8 * sizeof(unsigned long);

using NodeMask = std::array<unsigned long, kMaskWords>;

NodeMask mask_of(int node) {
  NodeMask mask{};
  const auto bit = static_cast<std::size_t>(node);
  mask.at(bit / kBitsPerWord) = 1UL << (bit % kBitsPerWord);
  return mask;
}

// The kernel reads one bit less than it is told.
constexpr unsigned long kMaskBits = kMaskWords * kBitsPerWord + 1;

tl::unexpected<Error> call_failed(const char* call) {
  return fail(std::string(call) + ": " + std::generic_category().message(errno));
}

/// move_pages(2) in pieces. nodes: null to ask only. Appends what it says of each page to status.
Result<void> call_move_pages(pid_t pid, MemoryRange range, const int* node,
                             std::vector<int>& status) {
  const std::uint64_t size = page_size();
  const std::uint64_t pages = range.length / size;
  for (std::uint64_t done = 0; done < pages; done += kPagesPerCall) {
    const auto count = static_cast<std::size_t>(std::min(kPagesPerCall, pages - done));
    std::vector<std::uint64_t> addresses(count);
    for (std::size_t i = 0; i < count; ++i) addresses[i] = range.start + (done + i) * size;
    const std::vector<int> targets(node != nullptr ? count : 0, node != nullptr ? *node : 0);
    std::vector<int> part(count, -ENOENT);
    // Not MPOL_MF_MOVE_ALL: pages shared with others are none of ours to move.
    if (::syscall(SYS_move_pages, pid, count, addresses.data(),
                  node != nullptr ? targets.data() : nullptr, part.data(), MPOL_MF_MOVE) < 0) {
      return call_failed("move_pages");
    }
    status.insert(status.end(), part.begin(), part.end());
  }
  return {};
}

}  // namespace

Result<NodeSnapshot> read_nodes(pid_t pid, MemoryRange range) {
  NodeSnapshot nodes;
  if (const auto asked = call_move_pages(pid, range, nullptr, nodes); !asked) {
    return tl::make_unexpected(asked.error());
  }
  return nodes;
}

Pages count_node_changes(const NodeSnapshot& before, const NodeSnapshot& after) {
  assert(before.size() == after.size());
  Pages moved;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] >= 0 && after[i] >= 0 && before[i] != after[i]) moved += Pages{1};
  }
  return moved;
}

int emptier_node(const NodeSnapshot& pages, int first, int second) {
  const auto on_first = std::ranges::count(pages, first);
  const auto on_second = std::ranges::count(pages, second);
  return on_first < on_second ? first : second;
}

Result<void> move_range(pid_t pid, MemoryRange range, int node) {
  std::vector<int> status;
  return call_move_pages(pid, range, &node, status);
}

Result<void> bind_range(MemoryRange range, int node) {
  const NodeMask mask = mask_of(node);
  if (::syscall(SYS_mbind, range.start, range.length, MPOL_BIND, mask.data(), kMaskBits,
                MPOL_MF_MOVE) != 0) {
    return call_failed("mbind");
  }
  return {};
}

Result<void> migrate_process(pid_t pid, int from, int to) {
  const NodeMask old_nodes = mask_of(from);
  const NodeMask new_nodes = mask_of(to);
  if (::syscall(SYS_migrate_pages, pid, kMaskBits, old_nodes.data(), new_nodes.data()) < 0) {
    return call_failed("migrate_pages");
  }
  return {};
}

}  // namespace pagefare::demo
