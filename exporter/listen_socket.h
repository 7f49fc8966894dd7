// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "controller/ports/result.h"

namespace pagefare {

/// A listening TCP socket; closes it when it dies.
class ListenSocket {
 public:
  /// `where` is "ADDR:PORT" or "[V6ADDR]:PORT"; port 0 is any free port. An error names the address
  /// and the remedy.
  static Result<ListenSocket> open(std::string_view where);

  ListenSocket(ListenSocket&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)),
        port_(other.port_),
        address_(std::move(other.address_)),
        loopback_(other.loopback_) {}
  ListenSocket& operator=(ListenSocket&&) = delete;
  ListenSocket(const ListenSocket&) = delete;
  ListenSocket& operator=(const ListenSocket&) = delete;
  ~ListenSocket();

  int fd() const { return fd_; }
  std::uint16_t port() const { return port_; }
  /// Where it really listens, as "127.0.0.1:9464" or "[::1]:9464".
  const std::string& address() const { return address_; }
  /// Whether only this machine can connect.
  bool is_loopback() const { return loopback_; }

 private:
  explicit ListenSocket(int fd) : fd_(fd) {}
  /// False, with errno, if the kernel does not tell the address.
  bool learn_address();

  int fd_;
  std::uint16_t port_ = 0;
  std::string address_;
  bool loopback_ = false;
};

}  // namespace pagefare
