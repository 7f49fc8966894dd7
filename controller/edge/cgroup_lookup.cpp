// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/cgroup_lookup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <vector>

namespace pagefare {

namespace {

/// The kernel's FILEID_KERNFS: the handle is the 64-bit inode number (since Linux 5.5).
constexpr int kKernfsHandleType = 0xfe;

struct KernfsHandle {
  alignas(
      file_handle) std::array<unsigned char, sizeof(file_handle) + sizeof(std::uint64_t)> bytes{};

  explicit KernfsHandle(CgroupId id) {
    file_handle header{};
    header.handle_bytes = sizeof(std::uint64_t);
    header.handle_type = kKernfsHandleType;
    std::memcpy(bytes.data(), &header, sizeof header);
    std::memcpy(bytes.data() + sizeof header, &id.value, sizeof id.value);
  }
  file_handle* get() { return reinterpret_cast<file_handle*>(bytes.data()); }
};

/// A handle opened like this needs no permission on the directory itself and starts no I/O.
FileDescriptor open_handle(const FileDescriptor& mount, CgroupId id) {
  KernfsHandle handle(id);
  return FileDescriptor(
      ::open_by_handle_at(mount.get(), handle.get(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

std::string path_of(const FileDescriptor& directory) {
  const std::string link = "/proc/self/fd/" + std::to_string(directory.get());
  std::array<char, PATH_MAX> target{};
  const ssize_t size = ::readlink(link.c_str(), target.data(), target.size());
  return size > 0 ? std::string(target.data(), static_cast<std::size_t>(size)) : std::string();
}

bool is_at_or_below(const std::string& path, const std::string& root) {
  return path == root || (path.starts_with(root) && path[root.size()] == '/');
}

}  // namespace

Look look_at(const std::string& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) == 0) {
    if (!S_ISDIR(status.st_mode)) return {Look::Kind::kGone, {}};
    return {Look::Kind::kThere, CgroupId{status.st_ino}};
  }
  const bool gone = errno == ENOENT || errno == ENOTDIR || errno == ENODEV;
  return {gone ? Look::Kind::kGone : Look::Kind::kUnknown, {}};
}

CgroupHandles::CgroupHandles(const std::string& root)
    : root_(root), mount_(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {}

std::optional<std::string> CgroupHandles::obstacle() const {
  const Look root = look_at(root_);
  if (!mount_.is_open() || root.kind != Look::Kind::kThere) return root_ + " cannot be opened";
  const Answer answer = find(root.id);
  if (answer.error == EPERM) return "open_by_handle_at is refused: needs CAP_DAC_READ_SEARCH";
  if (answer.error != 0) {
    return "open_by_handle_at fails: " + std::generic_category().message(answer.error);
  }
  if (answer.path != root_) return "open_by_handle_at does not find " + root_ + " itself";
  return std::nullopt;
}

CgroupHandles::Answer CgroupHandles::find(CgroupId id) const {
  const FileDescriptor directory = open_handle(mount_, id);
  if (!directory.is_open()) {
    const bool no_such = errno == ESTALE || errno == ENOENT || errno == ENOTDIR;
    return {std::nullopt, no_such ? 0 : errno};
  }
  std::string path = path_of(directory);
  // A directory outside this mount has a path that leads elsewhere, a removed one on some kernels
  // a path with " (deleted)" at its end, which is a legal name too: only a look at it can tell.
  if (!is_at_or_below(path, root_)) return {};
  const Look look = look_at(path);
  if (look.kind != Look::Kind::kThere || look.id != id) return {};
  return {std::move(path), 0};
}

std::map<CgroupId, std::string> walk_cgroups(const std::string& root) {
  namespace fs = std::filesystem;
  std::map<CgroupId, std::string> found;
  std::vector<std::string> to_visit{root};
  while (!to_visit.empty()) {
    std::string path = std::move(to_visit.back());
    to_visit.pop_back();
    const Look look = look_at(path);
    if (look.kind != Look::Kind::kThere) continue;
    std::error_code error;
    for (fs::directory_iterator entry(path, error), end; !error && entry != end;
         entry.increment(error)) {
      // Both know the type from the directory itself: no further system call for the many files.
      std::error_code vanished;
      const bool is_directory = !entry->is_symlink(vanished) && entry->is_directory(vanished);
      if (is_directory) to_visit.push_back(entry->path().string());
    }
    found.emplace(look.id, std::move(path));
  }
  return found;
}

}  // namespace pagefare
