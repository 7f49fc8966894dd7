// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "controller/ports/result.h"

namespace pagefare {

/// A numeric address and a port to serve HTTP on.
struct ListenAddress {
  std::string host;        ///< IPv4 or IPv6, without brackets
  std::uint16_t port = 0;  ///< 0: the kernel picks a free one
  bool ipv6 = false;
};

/// "127.0.0.1:9464" or "[::1]:9464". The error says what is wrong with `text` and how it should
/// look.
Result<ListenAddress> parse_listen_address(std::string_view text);

/// The text that parse_listen_address() reads back.
std::string to_string(const ListenAddress& address);

}  // namespace pagefare
