// SPDX-License-Identifier: Apache-2.0
#include "tests/vm/kmod/gated_movers.h"

#include <linux/mempolicy.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <new>

#include "tests/vm/guest/numa_memory.h"

namespace pagefare::kmod_test {
namespace {

constexpr useconds_t kPause = 5'000;
constexpr useconds_t kNap = 50'000;

/// By its own process id: the kernel asks the gate as for any other process.
long ask(std::vector<void*>& pages, const std::vector<int>& nodes, std::vector<int>& where) {
  return syscall(SYS_move_pages, getpid(), pages.size(), pages.data(), nodes.data(), where.data(),
                 MPOL_MF_MOVE);
}

void move_for_ever(TenantTally& tally, std::size_t call_bytes) {
  auto memory = guest::NumaMemory::on_node(call_bytes, 0, guest::PageKind::kBase);
  if (!memory) _exit(2);
  auto pages = memory->pages();
  std::vector<int> nodes(pages.size());
  std::vector<int> where(pages.size());
  const std::size_t page = call_bytes / pages.size();
  int target = 1;
  while (!tally.stop) {
    if (tally.asleep) {
      usleep(kNap);
      continue;
    }
    std::ranges::fill(nodes, target);
    if (ask(pages, nodes, where) < 0) {
      if (errno != EAGAIN) _exit(3);
      ++tally.refused;
      usleep(kPause);
      continue;
    }
    tally.bytes += static_cast<std::uint64_t>(std::ranges::count(where, target)) * page;
    target = 1 - target;
  }
  _exit(memory->wrong_bytes() == 0 ? 0 : 4);
}

}  // namespace

MovingTenant::MovingTenant(const std::string& cgroup, unsigned movers, std::size_t call_bytes)
    : path_(cgroup),
      tally_{new(mmap(nullptr, sizeof(TenantTally), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0)) TenantTally{}} {
  sleep();
  for (unsigned mover = 0; mover < movers; ++mover) {
    const pid_t child = fork();
    if (child == 0) {
      if (!guest::join_cgroup(cgroup)) _exit(5);
      move_for_ever(*tally_, call_bytes);
    }
    children_.push_back(child);
  }
}

MovingTenant::~MovingTenant() {
  tally_->stop = true;
  for (const pid_t child : children_) waitpid(child, nullptr, 0);
  munmap(tally_, sizeof(TenantTally));
}

}  // namespace pagefare::kmod_test
