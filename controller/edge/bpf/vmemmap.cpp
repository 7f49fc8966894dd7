// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/bpf/vmemmap.h"

#include <bpf/libbpf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include "controller/edge/bpf/libbpf_log.h"
#include "vmemmap.skel.h"

namespace pagefare {

namespace {

constexpr std::size_t kPages = 16;
constexpr std::uint64_t kPresent = std::uint64_t{1} << 63;
constexpr std::uint64_t kFrameMask = (std::uint64_t{1} << 55) - 1;

struct Destroy {
  void operator()(vmemmap_bpf* skeleton) const { vmemmap_bpf::destroy(skeleton); }
};
using Skeleton = std::unique_ptr<vmemmap_bpf, Destroy>;

/// A mapping of our own that is unmapped at the end.
class Pages {
 public:
  explicit Pages(std::size_t size)
      : size_(size),
        start_(mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
    if (ok()) madvise(start_, size_, MADV_NOHUGEPAGE);
  }
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;
  ~Pages() {
    if (ok()) munmap(start_, size_);
  }
  bool ok() const { return start_ != MAP_FAILED; }
  volatile char* at(std::size_t offset) const { return static_cast<char*>(start_) + offset; }

 private:
  std::size_t size_;
  void* start_;
};

Result<std::uint64_t> frame_of(int pagemap, const volatile char* page, std::uint64_t page_size) {
  const auto index = reinterpret_cast<std::uintptr_t>(page) / page_size;
  std::uint64_t entry = 0;
  if (pread(pagemap, &entry, sizeof entry, static_cast<off_t>(index * sizeof entry)) !=
      sizeof entry) {
    return fail(std::string("pagemap: ") + std::strerror(errno));
  }
  if ((entry & kPresent) == 0 || (entry & kFrameMask) == 0) {
    return fail("pagemap hides frame numbers; CAP_SYS_ADMIN is needed");
  }
  return entry & kFrameMask;
}

/// The kernel's own number of a device, which is not how stat() packs it.
std::uint64_t kernel_device(dev_t device) {
  constexpr unsigned kMinorBits = 20;
  return std::uint64_t{major(device)} << kMinorBits | minor(device);
}

/// Keeps of `bases` what the pages seen since the last fault allow for this frame.
void narrow(std::vector<std::uint64_t>& bases, const vmemmap_bpf& skeleton, std::uint64_t frame,
            std::uint64_t struct_size, bool first) {
  std::vector<std::uint64_t> possible;
  const std::size_t seen = std::min<std::size_t>(skeleton.bss->nr_seen, 64);
  possible.reserve(seen);
  for (std::size_t i = 0; i < seen; ++i) {
    possible.push_back(skeleton.bss->seen[i] - frame * struct_size);
  }
  if (first) {
    bases = possible;
  } else {
    std::erase_if(bases, [&](std::uint64_t base) {
      return std::ranges::find(possible, base) == possible.end();
    });
  }
}

}  // namespace

Result<std::uint64_t> find_vmemmap(const std::string& proc_root, std::uint64_t struct_size) {
  Skeleton skeleton(vmemmap_bpf::open());
  if (!skeleton) return fail("cannot open the vmemmap program: " + last_libbpf_message());
  struct stat pid_namespace{};
  if (stat((proc_root + "/self/ns/pid").c_str(), &pid_namespace) != 0) {
    return fail(proc_root + "/self/ns/pid: " + std::strerror(errno));
  }
  skeleton->rodata->cfg_tid = gettid();
  skeleton->rodata->cfg_pidns_dev = kernel_device(pid_namespace.st_dev);
  skeleton->rodata->cfg_pidns_ino = pid_namespace.st_ino;
  if (vmemmap_bpf::load(skeleton.get()) != 0 || vmemmap_bpf::attach(skeleton.get()) != 0) {
    return fail("cannot load the vmemmap program: " + last_libbpf_message());
  }
  const auto page_size = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  const Pages pages(kPages * page_size);
  const int pagemap = open((proc_root + "/self/pagemap").c_str(), O_RDONLY | O_CLOEXEC);
  if (!pages.ok() || pagemap < 0) {
    if (pagemap >= 0) close(pagemap);
    return fail(proc_root + "/self/pagemap: " + std::strerror(errno));
  }
  std::vector<std::uint64_t> bases;
  for (std::size_t i = 0; i < kPages; ++i) {
    skeleton->bss->nr_seen = 0;
    *pages.at(i * page_size) = 1;
    const auto frame = frame_of(pagemap, pages.at(i * page_size), page_size);
    if (!frame) {
      close(pagemap);
      return tl::make_unexpected(frame.error());
    }
    narrow(bases, *skeleton, *frame, struct_size, i == 0);
  }
  close(pagemap);
  std::ranges::sort(bases);
  const auto repeated = std::ranges::unique(bases);
  bases.erase(repeated.begin(), repeated.end());
  if (bases.size() != 1) return fail("the kernel's page array is not one piece");
  return bases.front();
}

}  // namespace pagefare
