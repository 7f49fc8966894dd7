// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/instance_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "controller/edge/text_file.h"

namespace pagefare {

namespace {

Result<FileDescriptor> open_lock_file(const std::string& directory, const std::string& path) {
  if (::mkdir(directory.c_str(), 0755) != 0 && errno != EEXIST) {
    return fail_errno(directory, "cannot be created", errno);
  }
  // O_NOFOLLOW: nobody may point the daemon, which writes a line here, at another file.
  FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!file.is_open()) return fail_errno(path, "cannot be opened for writing", errno);
  return file;
}

/// "process 123", as far as the holder has said so yet.
std::string holder(int fd) {
  std::array<char, 16> text{};
  const ssize_t got = ::pread(fd, text.data(), text.size(), 0);
  const std::string_view said(text.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  const std::string pid(said.substr(0, said.find('\n')));
  const bool is_number = !pid.empty() && pid.find_first_not_of("0123456789") == std::string::npos;
  return is_number ? "process " + pid : "another process";
}

Result<void> write_pid(int fd, const std::string& path) {
  const std::string line = std::to_string(::getpid()) + "\n";
  if (::ftruncate(fd, 0) != 0) return fail_errno(path, "cannot be written", errno);
  const ssize_t put = ::pwrite(fd, line.data(), line.size(), 0);
  if (put < 0) return fail_errno(path, "cannot be written", errno);
  if (static_cast<std::size_t>(put) != line.size()) {
    return fail_errno(path, "cannot be written", ENOSPC);
  }
  return {};
}

}  // namespace

Result<InstanceLock> InstanceLock::acquire(const std::string& directory) {
  const std::string path = directory + "/pagefare.lock";
  auto file = open_lock_file(directory, path);
  if (!file) return tl::make_unexpected(file.error());
  while (::flock(file->get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return fail_errno(path, "cannot be locked", errno);
    return fail(path + ": pagefare already runs here as " + holder(file->get()) +
                "; stop that one first");
  }
  auto written = write_pid(file->get(), path);
  if (!written) return tl::make_unexpected(written.error());
  return InstanceLock(std::move(*file));
}

}  // namespace pagefare
