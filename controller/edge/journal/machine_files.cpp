// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/journal/machine_files.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include "controller/edge/file_descriptor.h"

namespace pagefare {

namespace {

constexpr std::size_t kMaxRead = std::size_t{1} << 20;

tl::expected<void, int> put_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = ::write(fd, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return tl::make_unexpected(errno);
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  if (::fdatasync(fd) != 0) return tl::make_unexpected(errno);
  return {};
}

tl::expected<void, int> sync_directory_of(const std::string& path) {
  const std::string directory = path.substr(0, path.rfind('/') + 1);
  const FileDescriptor fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.is_open() || ::fsync(fd.get()) != 0) return tl::make_unexpected(errno);
  return {};
}

}  // namespace

tl::expected<std::string, int> SystemFiles::read(const std::string& path) {
  const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd.is_open()) return tl::make_unexpected(errno);
  std::string text;
  std::array<char, 4096> piece{};
  for (;;) {
    const ssize_t got = ::read(fd.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return tl::make_unexpected(errno);
    if (got == 0) break;
    text.append(piece.data(), static_cast<std::size_t>(got));
    if (text.size() > kMaxRead) return tl::make_unexpected(EFBIG);
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

tl::expected<std::size_t, int> SystemFiles::write_once(const std::string& path,
                                                       std::string_view text) {
  // O_TRUNC, as a shell's redirection does: files of the kernel do not mind.
  const FileDescriptor fd(
      ::open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd.is_open()) return tl::make_unexpected(errno);
  const ssize_t put = ::write(fd.get(), text.data(), text.size());
  if (put < 0) return tl::make_unexpected(errno);
  return static_cast<std::size_t>(put);
}

tl::expected<void, int> SystemFiles::append(const std::string& path, std::string_view text) {
  const FileDescriptor fd(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW));
  if (!fd.is_open()) return tl::make_unexpected(errno);
  return put_all(fd.get(), text);
}

tl::expected<void, int> SystemFiles::replace(const std::string& path, std::string_view text) {
  const std::string temporary = path + ".new";
  {
    const FileDescriptor fd(
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd.is_open()) return tl::make_unexpected(errno);
    if (const auto put = put_all(fd.get(), text); !put) return put;
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) return tl::make_unexpected(errno);
  return sync_directory_of(path);
}

std::uint64_t SystemFiles::identity(const std::string& path) {
  struct statfs where{};
  struct stat what{};
  if (::statfs(path.c_str(), &where) != 0 || ::stat(path.c_str(), &what) != 0) return 0;
  // Inode numbers of /proc come and go with the cache; those of kernfs live as long as the file.
  const bool lasting = where.f_type == SYSFS_MAGIC || where.f_type == CGROUP2_SUPER_MAGIC ||
                       where.f_type == CGROUP_SUPER_MAGIC;
  return lasting ? what.st_ino : 0;
}

}  // namespace pagefare
