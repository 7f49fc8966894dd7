// SPDX-License-Identifier: Apache-2.0
#include "tests/vm/guest/cgroup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <sstream>
#include <thread>
#include <utility>

namespace pagefare::guest {
namespace {

using namespace std::chrono_literals;

constexpr const char* kRoot = "/sys/fs/cgroup";
constexpr auto kRemovalPatience = 5s;

std::string directory_of(const std::string& path) {
  return std::string(kRoot) + "/" + path;
}

tl::unexpected<Error> failed(const std::string& what) {
  return fail(what + ": " + std::strerror(errno));
}

}  // namespace

Result<void> write_file(const std::string& path, std::string_view text) {
  const int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) {
    return failed("open " + path);
  }
  const auto written = ::write(fd, text.data(), text.size());
  const int error = errno;
  close(fd);
  if (written != static_cast<ssize_t>(text.size())) {
    errno = error;
    return failed("write '" + std::string(text) + "' to " + path);
  }
  return {};
}

Result<std::string> read_file(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return failed("open " + path);
  }
  std::string text;
  std::array<char, 4096> block{};
  ssize_t got = 0;
  while ((got = ::read(fd, block.data(), block.size())) > 0) {
    text.append(block.data(), static_cast<std::size_t>(got));
  }
  close(fd);
  if (got < 0) {
    return failed("read " + path);
  }
  return text;
}

Result<std::uint64_t> read_key(const std::string& path, std::string_view key) {
  return read_file(path).and_then([&](const std::string& text) -> Result<std::uint64_t> {
    std::istringstream lines(text);
    std::string name;
    std::uint64_t value = 0;
    while (lines >> name >> value) {
      if (name == key) {
        return value;
      }
    }
    return fail(path + " has no " + std::string(key));
  });
}

Result<void> join_cgroup(const std::string& path) {
  return write_file(directory_of(path) + "/cgroup.procs", "0");
}

Result<Cgroup> Cgroup::create(const std::string& path) {
  const auto directory = directory_of(path);
  if (const auto slash = path.rfind('/'); slash != std::string::npos) {
    const auto parent = directory_of(path.substr(0, slash)) + "/cgroup.subtree_control";
    if (auto enabled = write_file(parent, "+memory +cpu +cpuset"); !enabled) {
      return tl::make_unexpected(enabled.error());
    }
  }
  if (mkdir(directory.c_str(), 0755) != 0) {
    return failed("mkdir " + directory);
  }
  struct stat status{};
  if (stat(directory.c_str(), &status) != 0) {
    return failed("stat " + directory);
  }
  return Cgroup(path, status.st_ino);
}

Cgroup::Cgroup(Cgroup&& other) noexcept
    : path_(std::exchange(other.path_, "")), id_(std::exchange(other.id_, 0)) {}

Cgroup::~Cgroup() {
  if (path_.empty()) {
    return;
  }
  const auto directory = directory_of(path_);
  (void)write_file(directory + "/cgroup.kill", "1");
  const auto deadline = std::chrono::steady_clock::now() + kRemovalPatience;
  while (rmdir(directory.c_str()) != 0 && errno == EBUSY &&
         std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(10ms);
  }
}

Result<void> Cgroup::write(std::string_view file, std::string_view text) const {
  return write_file(directory_of(path_) + "/" + std::string(file), text);
}

Result<std::string> Cgroup::read(std::string_view file) const {
  return read_file(directory_of(path_) + "/" + std::string(file));
}

Result<std::uint64_t> Cgroup::read_key(std::string_view file, std::string_view key) const {
  return guest::read_key(directory_of(path_) + "/" + std::string(file), key);
}

Result<void> Cgroup::add(pid_t pid) const {
  return write("cgroup.procs", std::to_string(pid));
}

}  // namespace pagefare::guest
