// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/text_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "controller/edge/file_descriptor.h"

namespace pagefare {

tl::unexpected<Error> fail_errno(std::string_view path, std::string_view what, int error) {
  return fail(std::string(path) + ": " + std::string(what) + ": " +
              std::generic_category().message(error));
}

namespace {

/// O_NONBLOCK: opening a pipe that nobody writes to must not hang.
Result<FileDescriptor> open_regular(const std::string& path) {
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file.is_open()) return fail_errno(path, "cannot be opened", errno);
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return fail_errno(path, "cannot be looked at", errno);
  if (S_ISDIR(status.st_mode)) return fail(path + ": is a directory; name a file");
  if (!S_ISREG(status.st_mode)) return fail(path + ": is not a regular file");
  return file;
}

}  // namespace

Result<std::string> read_text_file(const std::string& path, std::size_t max_bytes) {
  auto file = open_regular(path);
  if (!file) return tl::make_unexpected(file.error());
  std::string text;
  std::array<char, 16384> piece{};
  for (;;) {
    const ssize_t got = ::read(file->get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_errno(path, "cannot be read", errno);
    if (got == 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(got));
    if (text.size() > max_bytes) {
      return fail(path + ": is larger than " + std::to_string(max_bytes) + " bytes");
    }
  }
}

}  // namespace pagefare
