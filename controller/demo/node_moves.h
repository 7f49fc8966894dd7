// SPDX-License-Identifier: Apache-2.0
// The system calls that move memory between nodes. Raw: no libnuma on the hosts this must run on.
#pragma once

#include <sys/types.h>

#include <vector>

#include "controller/core/quantity.h"
#include "controller/demo/memory_range.h"
#include "controller/ports/result.h"

namespace pagefare::demo {

/// The node of each page, negative where none is mapped. pid 0 is the caller.
using NodeSnapshot = std::vector<int>;
Result<NodeSnapshot> read_nodes(pid_t pid, MemoryRange range);

/// Pages mapped in both snapshots whose node differs. Precondition: the same range.
Pages count_node_changes(const NodeSnapshot& before, const NodeSnapshot& after);

/// Of the two nodes, the one that holds fewer of these pages.
int emptier_node(const NodeSnapshot& pages, int first, int second);

/// move_pages(2) of every page in the range. Pages the kernel could not move are no error.
Result<void> move_range(pid_t pid, MemoryRange range, int node);
/// mbind(2) of the caller's range with MPOL_BIND and MPOL_MF_MOVE.
Result<void> bind_range(MemoryRange range, int node);
/// migrate_pages(2) of the whole process.
Result<void> migrate_process(pid_t pid, int from, int to);

}  // namespace pagefare::demo
