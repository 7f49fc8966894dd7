// SPDX-License-Identifier: Apache-2.0
#include "exporter/listen_socket.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <memory>
#include <optional>
#include <system_error>

namespace pagefare {
namespace {

struct HostPort {
  std::string host;
  std::string port;
};

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size();
}

std::optional<HostPort> split(std::string_view where) {
  const std::size_t colon = where.rfind(':');
  if (colon == std::string_view::npos || !is_port(where.substr(colon + 1))) {
    return std::nullopt;
  }
  std::string_view host = where.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.empty() || host.find_first_of(":[]") != std::string_view::npos) {
    return std::nullopt;
  }
  return HostPort{std::string(host), std::string(where.substr(colon + 1))};
}

std::string remedy(int error, std::string_view port) {
  switch (error) {
    case EADDRINUSE:
      return fmt::format(
          "another program listens there (`ss -ltnp 'sport = :{}'` names it); stop it or choose "
          "another port",
          port);
    case EADDRNOTAVAIL:
      return "no interface of this machine has this address; choose one that `ip address` shows, "
             "or "
             "0.0.0.0 or [::] for all";
    case EACCES:
      return "ports below 1024 need CAP_NET_BIND_SERVICE; choose a higher one";
    case EAFNOSUPPORT:
      return "the kernel runs without this address family; choose an address of the other one";
    default:
      return "choose another address or port";
  }
}

int open_one(const addrinfo& address) {
  const int fd = ::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) {
    return -1;
  }
  // A restart must not wait for the former daemon's connections to leave TIME_WAIT.
  const int yes = 1;
  constexpr int kBacklog = 64;
  if (::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
      ::bind(fd, address.ai_addr, address.ai_addrlen) == 0 && ::listen(fd, kBacklog) == 0) {
    return fd;
  }
  const int error = errno;
  ::close(fd);
  errno = error;
  return -1;
}

}  // namespace

Result<ListenSocket> ListenSocket::open(std::string_view where) {
  const std::optional<HostPort> parts = split(where);
  if (!parts) {
    return fail(fmt::format(
        "listen on \"{}\": not ADDRESS:PORT; write 127.0.0.1:9464 or [::1]:9464", where));
  }
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int lookup = ::getaddrinfo(parts->host.c_str(), parts->port.c_str(), &hints, &found);
  if (lookup != 0) {
    return fail(fmt::format("listen on {}: {}; give a numeric address such as 127.0.0.1 or [::1]",
                            where, ::gai_strerror(lookup)));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, &::freeaddrinfo);
  ListenSocket socket(open_one(*found));
  if (socket.fd_ < 0 || !socket.learn_address()) {
    const int error = errno;
    return fail(fmt::format("listen on {}: {}: {}", where, std::generic_category().message(error),
                            remedy(error, parts->port)));
  }
  return socket;
}

ListenSocket::~ListenSocket() {
  if (fd_ >= 0) {
    ::close(fd_);
  }
}

bool ListenSocket::learn_address() {
  sockaddr_storage bound{};
  socklen_t length = sizeof bound;
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> service{};
  // The sockets interface takes every kind of address through this one pointer type.
  auto* generic = reinterpret_cast<sockaddr*>(&bound);
  if (::getsockname(fd_, generic, &length) != 0) {
    return false;
  }
  if (::getnameinfo(generic, length, host.data(), host.size(), service.data(), service.size(),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    errno = EAFNOSUPPORT;
    return false;
  }
  const std::string_view port_text(service.data());
  std::from_chars(port_text.data(), port_text.data() + port_text.size(), port_);
  const bool is_v6 = bound.ss_family == AF_INET6;
  loopback_ = is_v6 ? IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<sockaddr_in6*>(&bound)->sin6_addr)
                    : ntohl(reinterpret_cast<sockaddr_in*>(&bound)->sin_addr.s_addr) >> 24U ==
                          IN_LOOPBACKNET;
  address_ = fmt::format("{}{}{}:{}", is_v6 ? "[" : "", host.data(), is_v6 ? "]" : "", port_);
  return true;
}

}  // namespace pagefare
