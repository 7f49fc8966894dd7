// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/bpf/self_move.h"

#include <linux/mempolicy.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace pagefare {

namespace {

/// The node of a page, or a negative error.
int move_one(void* page, const int* node) {
  int status = -ENOENT;
  if (syscall(SYS_move_pages, 0, 1UL, &page, node, &status, MPOL_MF_MOVE) < 0) return -errno;
  return status;
}

}  // namespace

Result<std::string> move_page_of_our_own(const std::vector<std::int16_t>& nodes) {
  if (nodes.size() < 2) return fail("one memory node: there is nowhere to move a page to");
  const auto size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  void* page = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return fail(std::string("mmap: ") + std::strerror(errno));
  *static_cast<volatile char*>(page) = 1;
  const int from = move_one(page, nullptr);
  int to = nodes.front() == from ? nodes.back() : nodes.front();
  const int now = from < 0 ? from : move_one(page, &to);
  munmap(page, size);
  if (now != to) return fail("the kernel did not move a page of our own");
  return "from node " + std::to_string(from) + " to node " + std::to_string(to);
}

}  // namespace pagefare
