// SPDX-License-Identifier: Apache-2.0
#include "tests/vm/guest/numa_memory.h"

#include <linux/mempolicy.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>
#include <utility>

namespace pagefare::guest {
namespace {

constexpr std::size_t kHugeBytes = std::size_t{2} << 20U;
constexpr unsigned long kMaskBits = 64 + 1;  // the kernel reads one bit less
constexpr int kDirt = 0xA5;
constexpr std::uint64_t kFrameBits = (1ULL << 55U) - 1;  // of an entry of pagemap

std::size_t base_page() {
  return static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

std::size_t page_size_of(PageKind kind) {
  return kind == PageKind::kBase ? base_page() : kHugeBytes;
}

tl::unexpected<Error> failed(const char* call) {
  return fail(std::string(call) + ": " + std::strerror(errno));
}

unsigned long mask_of(int node) {
  return 1UL << static_cast<unsigned>(node);
}

std::uint64_t pattern_at(std::size_t word) {
  return (static_cast<std::uint64_t>(word) + 1) * 0x9E3779B97F4A7C15ULL;
}

void* aligned(void* mapping) {
  const auto address = reinterpret_cast<std::uintptr_t>(mapping);
  return static_cast<char*>(mapping) + ((kHugeBytes - (address % kHugeBytes)) % kHugeBytes);
}

/// Fills memory of the node and exits: run in a process of its own, so that it is free again.
[[noreturn]] void dirty_and_exit(std::size_t bytes, int node, PageKind kind) {
  const auto mapped = bytes + kHugeBytes;
  void* mapping = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED || !allocate_from(node)) {
    _exit(1);
  }
  madvise(mapping, mapped, kind == PageKind::kBase ? MADV_NOHUGEPAGE : MADV_HUGEPAGE);
  std::memset(aligned(mapping), kDirt, bytes);
  _exit(0);
}

}  // namespace

Result<NumaMemory> NumaMemory::on_node(std::size_t bytes, int node, PageKind kind) {
  const auto mapped = bytes + kHugeBytes;
  const int flags =
      MAP_PRIVATE | MAP_ANONYMOUS | (kind == PageKind::kHugetlb ? MAP_HUGETLB : MAP_NORESERVE);
  const auto length = kind == PageKind::kHugetlb ? bytes : mapped;
  void* mapping = mmap(nullptr, length, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (mapping == MAP_FAILED) {
    return failed("mmap");
  }
  NumaMemory memory(aligned(mapping), bytes, mapping, length, kind);
  if (kind != PageKind::kHugetlb &&
      madvise(mapping, length, kind == PageKind::kBase ? MADV_NOHUGEPAGE : MADV_HUGEPAGE) != 0) {
    return failed("madvise");
  }
  // A child that shared the pages would keep move_pages(2) from moving them.
  if (madvise(mapping, length, MADV_DONTFORK) != 0) {
    return failed("madvise");
  }
  const auto mask = mask_of(node);
  if (syscall(SYS_mbind, memory.base_, bytes, MPOL_BIND, &mask, kMaskBits, 0) != 0) {
    return failed("mbind before the first touch");
  }
  memory.fill();
  // The binding served the faults only: with it, nothing could take the pages elsewhere.
  if (syscall(SYS_mbind, memory.base_, bytes, MPOL_DEFAULT, nullptr, 0, 0) != 0) {
    return failed("mbind back to the default");
  }
  return memory;
}

NumaMemory::NumaMemory(NumaMemory&& other) noexcept
    : base_(other.base_),
      bytes_(other.bytes_),
      mapping_(std::exchange(other.mapping_, nullptr)),
      mapped_(other.mapped_),
      kind_(other.kind_) {}

NumaMemory::~NumaMemory() {
  if (mapping_ != nullptr) {
    munmap(mapping_, mapped_);
  }
}

void NumaMemory::fill() {
  auto* words = static_cast<std::uint64_t*>(base_);
  for (std::size_t i = 0; i < bytes_ / sizeof *words; ++i) {
    words[i] = pattern_at(i);
  }
}

std::vector<void*> NumaMemory::pages() const {
  std::vector<void*> addresses;
  for (std::size_t offset = 0; offset < bytes_; offset += page_size_of(kind_)) {
    addresses.push_back(static_cast<char*>(base_) + offset);
  }
  return addresses;
}

std::size_t NumaMemory::wrong_bytes() const {
  const auto* words = static_cast<const std::uint64_t*>(base_);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < bytes_ / sizeof *words; ++i) {
    auto difference = words[i] ^ pattern_at(i);
    for (; difference != 0; difference >>= 8U) {
      wrong += (difference & 0xFFU) != 0 ? 1 : 0;
    }
  }
  return wrong;
}

Result<std::vector<std::uint64_t>> NumaMemory::bytes_by_node() const {
  const auto count = bytes_ / base_page();
  std::vector<void*> addresses(count);
  for (std::size_t i = 0; i < count; ++i) {
    addresses[i] = static_cast<char*>(base_) + (i * base_page());
  }
  std::vector<int> status(count);
  if (syscall(SYS_move_pages, 0, count, addresses.data(), nullptr, status.data(), 0) != 0) {
    return failed("move_pages as a question");
  }
  std::vector<std::uint64_t> bytes;
  for (const int node : status) {
    if (node >= 0) {
      bytes.resize(std::max(bytes.size(), static_cast<std::size_t>(node) + 1));
      bytes[static_cast<std::size_t>(node)] += base_page();
    }
  }
  return bytes;
}

Result<std::vector<std::uint64_t>> NumaMemory::frames() const {
  std::vector<std::uint64_t> entries(bytes_ / base_page());
  const auto first = reinterpret_cast<std::uintptr_t>(base_) / base_page();
  std::ifstream pagemap("/proc/self/pagemap", std::ios::binary);
  pagemap.seekg(static_cast<std::streamoff>(first * sizeof entries[0]));
  pagemap.read(reinterpret_cast<char*>(entries.data()),
               static_cast<std::streamsize>(entries.size() * sizeof entries[0]));
  if (!pagemap) {
    return fail("/proc/self/pagemap cannot be read");
  }
  for (auto& entry : entries) {
    entry &= kFrameBits;
  }
  return entries;
}

Result<std::uint64_t> NumaMemory::huge_bytes() const {
  std::ifstream rollup("/proc/self/smaps_rollup");
  const std::string wanted =
      kind_ == PageKind::kHugetlb ? std::string("Private_Hugetlb:") : "AnonHugePages:";
  std::string name;
  while (rollup >> name) {
    std::uint64_t kib = 0;
    if (name == wanted && rollup >> kib) {
      return kib * 1024;
    }
    std::getline(rollup, name);
  }
  return fail("/proc/self/smaps_rollup has no line " + wanted);
}

void NumaMemory::touch() const {
  for (std::size_t offset = 0; offset < bytes_; offset += base_page()) {
    (void)*(static_cast<const volatile char*>(base_) + offset);
  }
}

void NumaMemory::punch(std::size_t k) {
  for (std::size_t page = 0; page < bytes_ / base_page(); ++page) {
    if (page % k != 0) {
      madvise(static_cast<char*>(base_) + (page * base_page()), base_page(), MADV_DONTNEED);
    }
  }
}

Result<void> NumaMemory::bind_and_move(int node) {
  const auto mask = mask_of(node);
  if (syscall(SYS_mbind, base_, bytes_, MPOL_BIND, &mask, kMaskBits, MPOL_MF_MOVE) != 0) {
    return failed("mbind");
  }
  return {};
}

Result<void> move_pages_of(pid_t pid, const std::vector<void*>& pages, int node) {
  const std::vector<int> nodes(pages.size(), node);
  std::vector<int> status(pages.size(), -1);
  auto addresses = pages;
  if (syscall(SYS_move_pages, pid, pages.size(), addresses.data(), nodes.data(), status.data(),
              MPOL_MF_MOVE) < 0) {
    return failed("move_pages");
  }
  return {};
}

Result<void> migrate_process(pid_t pid, int from, int to) {
  const auto old_mask = mask_of(from);
  const auto new_mask = mask_of(to);
  if (syscall(SYS_migrate_pages, pid, kMaskBits, &old_mask, &new_mask) < 0) {
    return failed("migrate_pages");
  }
  return {};
}

Result<void> allocate_from(int node) {
  const auto mask = mask_of(node);
  if (syscall(SYS_set_mempolicy, MPOL_BIND, &mask, kMaskBits) != 0) {
    return failed("set_mempolicy");
  }
  return {};
}

Result<void> dirty_free_memory(std::size_t bytes, int node, PageKind kind) {
  const pid_t child = fork();
  if (child == 0) {
    dirty_and_exit(bytes, node, kind);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) {
    return failed("fork");
  }
  if (status != 0) {
    return fail("could not dirty the free memory of node " + std::to_string(node));
  }
  return {};
}

}  // namespace pagefare::guest
