// SPDX-License-Identifier: Apache-2.0
#include "tests/vm/kmod/buffer.h"

#include <linux/mempolicy.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string>

#include "tests/vm/kmod/module.h"

namespace pagefare::kmod_test {
namespace {

constexpr const char* kThp = "/sys/kernel/mm/transparent_hugepage/";
constexpr unsigned long kMaxNode = 64;

std::string enabled_file(std::size_t bytes) {
  return kThp + ("hugepages-" + std::to_string(bytes / 1024)) + "kB/enabled";
}

int bind(void* start, std::size_t bytes, int node, unsigned flags) {
  const unsigned long mask = 1UL << static_cast<unsigned>(node);
  return syscall(SYS_mbind, start, bytes, MPOL_BIND, &mask, kMaxNode, flags) == 0 ? 0 : errno;
}

std::uint64_t word_at(std::uint64_t seed, std::size_t index) {
  // An odd multiplier: different for every index of one seed.
  return (seed + index) * 0x9E3779B97F4A7C15ULL;
}

}  // namespace

std::vector<std::size_t> folio_sizes() {
  std::vector<std::size_t> sizes{kPage};
  for (std::size_t bytes = 2 * kPage; bytes <= kHuge; bytes *= 2) {
    if (!read_file(enabled_file(bytes)).empty()) {
      sizes.push_back(bytes);
    }
  }
  return sizes;
}

void use_folio_size(std::size_t bytes) {
  write_file(std::string{kThp} + "enabled", "madvise");
  write_file(std::string{kThp} + "defrag", "always");
  for (const std::size_t size : folio_sizes()) {
    if (size > kPage) {
      write_file(enabled_file(size), size == bytes ? "always" : "never");
    }
  }
}

Buffer::Buffer(std::size_t bytes, std::size_t folio, int node, FolioSize how)
    : bytes_{bytes}, mapped_{bytes + kHuge} {
  if (how == FolioSize::kSetForAll) {
    use_folio_size(folio);
  }
  mapping_ = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  void* start = mapping_;
  std::size_t room = mapped_;
  data_ = static_cast<std::uint64_t*>(std::align(kHuge, bytes_, start, room));
  bind(data_, bytes_, node, 0);
  madvise(data_, bytes_, folio > kPage ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
}

Buffer::~Buffer() {
  munmap(mapping_, mapped_);
}

void Buffer::fill(std::uint64_t seed) {
  seed_ = seed;
  for (std::size_t i = 0; i < bytes_ / sizeof(*data_); ++i) {
    data_[i] = word_at(seed, i);
  }
}

std::size_t Buffer::wrong_words() const {
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < bytes_ / sizeof(*data_); ++i) {
    wrong += data_[i] != word_at(seed_, i) ? 1U : 0U;
  }
  return wrong;
}

int Buffer::move_to(int node) {
  return bind(data_, bytes_, node, MPOL_MF_MOVE);
}

std::size_t Buffer::pages_elsewhere(int node) const {
  const std::size_t count = bytes_ / kPage;
  std::vector<void*> pages(count);
  std::vector<int> nodes(count, -1);
  for (std::size_t i = 0; i < count; ++i) {
    pages[i] = reinterpret_cast<std::byte*>(data_) + i * kPage;
  }
  syscall(SYS_move_pages, 0, count, pages.data(), nullptr, nodes.data(), 0);
  std::size_t elsewhere = 0;
  for (const int found : nodes) {
    elsewhere += found != node ? 1U : 0U;
  }
  return elsewhere;
}

}  // namespace pagefare::kmod_test
