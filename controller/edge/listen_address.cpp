// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/listen_address.h"

#include <arpa/inet.h>

#include <charconv>

namespace pagefare {

namespace {

constexpr std::string_view kShape = "; write ADDRESS:PORT, as 127.0.0.1:9464 or [::1]:9464";

tl::unexpected<Error> refuse(std::string_view text, std::string_view why) {
  return fail("'" + std::string(text) + "' " + std::string(why) + std::string(kShape));
}

bool is_address(int family, const std::string& host) {
  in6_addr address{};
  return host.find('\0') == std::string::npos && ::inet_pton(family, host.c_str(), &address) == 1;
}

bool parse_port(std::string_view text, std::uint16_t& port) {
  if (text.empty() || text.size() > 5) return false;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && rest == text.data() + text.size();
}

}  // namespace

Result<ListenAddress> parse_listen_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return refuse(text, "has no port");
  ListenAddress address;
  std::string_view host = text.substr(0, colon);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    address.ipv6 = true;
  } else if (host.find(':') != std::string_view::npos) {
    return refuse(text, "is an IPv6 address without brackets");
  }
  if (host.empty()) return refuse(text, "has no address (0.0.0.0 means every IPv4 one)");
  address.host = host;
  if (!is_address(address.ipv6 ? AF_INET6 : AF_INET, address.host)) {
    return refuse(text, "has no numeric address");
  }
  if (!parse_port(text.substr(colon + 1), address.port)) {
    return refuse(text, "has no port between 0 and 65535");
  }
  return address;
}

std::string to_string(const ListenAddress& address) {
  const std::string host = address.ipv6 ? "[" + address.host + "]" : address.host;
  return host + ":" + std::to_string(address.port);
}

}  // namespace pagefare
