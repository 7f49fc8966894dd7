// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <string>

#include "controller/edge/file_descriptor.h"
#include "tests/support/temp_directory.h"

namespace pagefare::e2e {

/// The service manager's end of sd_notify().
class NotifySocket {
 public:
  NotifySocket()
      : path_(directory_.path("notify")), fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    EXPECT_LT(path_.size(), sizeof address.sun_path);
    std::copy_n(path_.begin(), std::min(path_.size(), sizeof address.sun_path - 1),
                address.sun_path);
    const timeval limit{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    // The sockets interface takes every kind of address through this one pointer type.
    EXPECT_EQ(::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }

  const std::string& path() const { return path_; }

  /// The next message; empty when none came.
  std::string next() const {
    std::array<char, 512> text{};
    const auto got = ::recv(fd_.get(), text.data(), text.size(), 0);
    return got > 0 ? std::string(text.data(), static_cast<std::size_t>(got)) : "";
  }

  /// The next message that is another one.
  std::string next_but(const std::string& skipped) const {
    std::string message = next();
    while (message == skipped) message = next();
    return message;
  }

 private:
  TempDirectory directory_;
  std::string path_;
  FileDescriptor fd_;
};

}  // namespace pagefare::e2e
