// SPDX-License-Identifier: Apache-2.0
#include "tests/vm/kmod/gated_movers.h"

#include <linux/mempolicy.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <new>
#include <utility>

#include "tests/vm/guest/numa_memory.h"

namespace pagefare::kmod_test {
namespace {

constexpr useconds_t kPause = 5'000;
constexpr useconds_t kNap = 50'000;

std::string directory_of(const std::string& cgroup) {
  return "/sys/fs/cgroup/" + cgroup;
}

/// By its own process id: the kernel asks the gate as for any other process.
long ask(std::vector<void*>& pages, const std::vector<int>& nodes, std::vector<int>& where) {
  return syscall(SYS_move_pages, getpid(), pages.size(), pages.data(), nodes.data(), where.data(),
                 MPOL_MF_MOVE);
}

/// A process's place in children of a cgroup, one after the other.
class Children {
 public:
  explicit Children(std::string parent) : parent_(std::move(parent)) {}

  void move_on() {
    const std::string next =
        parent_ + "/child-" + std::to_string(getpid()) + "-" + std::to_string(++number_);
    if (mkdir(directory_of(next).c_str(), 0755) != 0 || !guest::join_cgroup(next)) _exit(6);
    leave();
    current_ = next;
  }
  /// Whoever is in it must have gone elsewhere.
  void leave() {
    if (!current_.empty()) rmdir(directory_of(current_).c_str());
    current_.clear();
  }

 private:
  std::string parent_;
  std::string current_;
  unsigned number_ = 0;
};

void move_for_ever(TenantTally& tally, std::size_t call_bytes, Home home,
                   const std::string& cgroup) {
  Children children(cgroup);
  if (home == Home::kTenant && !guest::join_cgroup(cgroup)) _exit(5);
  if (home != Home::kTenant) children.move_on();
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
    if (home == Home::kBriefChildren) children.move_on();
  }
  if (home != Home::kTenant && guest::join_cgroup("")) children.leave();
  _exit(memory->wrong_bytes() == 0 ? 0 : 4);
}

}  // namespace

MovingTenant::MovingTenant(const std::string& cgroup, unsigned movers, std::size_t call_bytes,
                           Home home)
    : path_(cgroup),
      tally_{new(mmap(nullptr, sizeof(TenantTally), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0)) TenantTally{}} {
  sleep();
  for (unsigned mover = 0; mover < movers; ++mover) {
    const pid_t child = fork();
    if (child == 0) {
      move_for_ever(*tally_, call_bytes, home, cgroup);
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
