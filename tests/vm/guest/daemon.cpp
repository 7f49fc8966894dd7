// SPDX-License-Identifier: Apache-2.0
#include "tests/vm/guest/daemon.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <thread>
#include <utility>

#include "tests/vm/guest/cgroup.h"

namespace pagefare::guest {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t kPort = 9464;
constexpr auto kStartPatience = 180s;
constexpr auto kSettlePatience = 30s;
constexpr const char* kLog = "/out/daemon.log";
constexpr std::size_t kLogTail = 2000;

std::string end_of_log() {
  const auto text = read_file(kLog).value_or("");
  return text.size() > kLogTail ? text.substr(text.size() - kLogTail) : text;
}

/// The body of an HTTP/1.0 answer, so that its end is the end of the connection.
Result<std::string> http_get(const char* path) {
  const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(kPort);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto request = std::string("GET ") + path + " HTTP/1.0\r\nHost: localhost\r\n\r\n";
  if (connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      write(connection, request.data(), request.size()) != static_cast<ssize_t>(request.size())) {
    close(connection);
    return fail("nobody answers on port " + std::to_string(kPort));
  }
  std::string answer;
  std::array<char, 8192> block{};
  ssize_t got = 0;
  while ((got = read(connection, block.data(), block.size())) > 0) {
    answer.append(block.data(), static_cast<std::size_t>(got));
  }
  close(connection);
  const auto body = answer.find("\r\n\r\n");
  if (body == std::string::npos || answer.find(" 200 ") > answer.find("\r\n")) {
    return fail(std::string(path) + " answered " + answer.substr(0, answer.find("\r\n")));
  }
  return answer.substr(body + 4);
}

std::optional<Daemon> shared;
std::string shared_layer;

}  // namespace

Result<Daemon> Daemon::start(std::vector<std::string> arguments) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, kLog, O_WRONLY | O_CREAT | O_APPEND,
                                   0644);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  std::array<std::string, 2> fixed{"pagefare", "run"};
  std::vector<char*> argv{fixed[0].data(), fixed[1].data()};
  for (auto& argument : arguments) {
    argv.push_back(argument.data());
  }
  argv.push_back(nullptr);
  pid_t pid = -1;
  const int error = posix_spawnp(&pid, "pagefare", &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    return fail("pagefare cannot be started");
  }
  Daemon daemon(pid);
  const auto deadline = std::chrono::steady_clock::now() + kStartPatience;
  while (std::chrono::steady_clock::now() < deadline && daemon.alive()) {
    if (const auto status = daemon.status(); status && status->periods() > 0) {
      return daemon;
    }
    std::this_thread::sleep_for(100ms);
  }
  return fail("pagefare did not come up; its log ends:\n" + end_of_log());
}

Daemon::Daemon(Daemon&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}

Daemon& Daemon::operator=(Daemon&& other) noexcept {
  std::swap(pid_, other.pid_);
  return *this;
}

Daemon::~Daemon() {
  if (alive()) {
    (void)terminate();
  }
}

bool Daemon::alive() const {
  siginfo_t state{};
  return pid_ > 0 &&
         waitid(P_PID, static_cast<id_t>(pid_), &state, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         state.si_pid == 0;
}

void Daemon::kill() {
  ::kill(pid_, SIGKILL);
  waitpid(std::exchange(pid_, -1), nullptr, 0);
}

Result<int> Daemon::terminate() {
  if (!alive()) {
    return fail("the daemon had ended by itself; its log ends:\n" + end_of_log());
  }
  ::kill(pid_, SIGTERM);
  int status = 0;
  waitpid(std::exchange(pid_, -1), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

Result<Status> Daemon::status() const {
  return http_get("/status").and_then([](const std::string& text) -> Result<Status> {
    auto json = nlohmann::json::parse(text, nullptr, false);
    if (json.is_discarded()) {
      return fail("/status is no JSON: " + text.substr(0, 200));
    }
    return Status(std::move(json));
  });
}

Result<Status> Daemon::settled() const {
  const auto now = status();
  if (!now) {
    return now;
  }
  // The period that is under way may have read before; the next one reads after.
  const auto wanted = now->periods() + 2;
  const auto deadline = std::chrono::steady_clock::now() + kSettlePatience;
  while (std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(50ms);
    auto later = status();
    if (!later || later->periods() >= wanted) {
      return later;
    }
  }
  return fail("the daemon publishes nothing new; its log ends:\n" + end_of_log());
}

Result<std::uint64_t> Daemon::resident() const {
  const auto text = read_file("/proc/" + std::to_string(pid_) + "/statm");
  if (!text) {
    return tl::make_unexpected(text.error());
  }
  unsigned long size = 0;
  unsigned long pages = 0;
  if (std::sscanf(text->c_str(), "%lu %lu", &size, &pages) != 2) {
    return fail("statm reads " + *text);
  }
  return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

Result<Change> change_during(const Daemon& daemon, const std::function<void()>& action) {
  auto before = daemon.settled();
  if (!before) {
    return tl::make_unexpected(before.error());
  }
  action();
  return daemon.settled().map(
      [&](Status&& after) { return Change(std::move(*before), std::move(after)); });
}

Result<Daemon*> shared_daemon(const std::string& layer) {
  if (shared && shared_layer == layer && shared->alive()) {
    return &*shared;
  }
  shared.reset();
  auto daemon = Daemon::start({"--period", "250ms", "--layer", layer});
  if (!daemon) {
    return tl::make_unexpected(daemon.error());
  }
  shared.emplace(std::move(*daemon));
  shared_layer = layer;
  return &*shared;
}

void end_shared_daemon() {
  shared.reset();
}

Result<std::string> run_pagefare(const std::string& arguments) {
  FILE* pipe = popen(("pagefare " + arguments).c_str(), "re");
  if (pipe == nullptr) {
    return fail("pagefare cannot be started");
  }
  std::string text;
  std::array<char, 4096> block{};
  std::size_t got = 0;
  while ((got = fread(block.data(), 1, block.size(), pipe)) > 0) {
    text.append(block.data(), got);
  }
  pclose(pipe);
  return text;
}

}  // namespace pagefare::guest
