// SPDX-License-Identifier: Apache-2.0
#include "tests/vm/guest/mover_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <utility>

namespace pagefare::guest {

Result<MoverProcess> MoverProcess::start(std::vector<std::string> arguments) {
  std::array<int, 2> orders{};
  std::array<int, 2> answers{};
  if (pipe2(orders.data(), O_CLOEXEC) != 0 || pipe2(answers.data(), O_CLOEXEC) != 0) {
    return fail("no pipes for the mover");
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, orders[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, answers[1], STDOUT_FILENO);
  std::string program = "mover";
  std::vector<char*> argv{program.data()};
  for (auto& argument : arguments) {
    argv.push_back(argument.data());
  }
  argv.push_back(nullptr);
  pid_t pid = -1;
  const int error = posix_spawnp(&pid, "mover", &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(orders[0]);
  close(answers[1]);
  MoverProcess process(pid, orders[1], answers[0]);
  if (error != 0) {
    return fail("the mover cannot be started");
  }
  if (auto ready = process.answer(); !ready) {
    return fail("the mover did not get ready", ready.error());
  }
  return process;
}

MoverProcess::MoverProcess(MoverProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      orders_(std::exchange(other.orders_, -1)),
      answers_(std::exchange(other.answers_, -1)),
      unread_(std::move(other.unread_)) {}

MoverProcess::~MoverProcess() {
  if (orders_ >= 0) {
    close(orders_);
    close(answers_);
  }
  if (pid_ > 0) {
    waitpid(pid_, nullptr, 0);
  }
}

void MoverProcess::kill() {
  ::kill(pid_, SIGKILL);
  waitpid(std::exchange(pid_, -1), nullptr, 0);
}

Result<nlohmann::json> MoverProcess::order(std::string_view order) {
  return send(order).and_then([this] { return answer(); });
}

Result<void> MoverProcess::send(std::string_view order) {
  const auto line = std::string(order) + "\n";
  if (write(orders_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    return fail("the mover takes no more orders");
  }
  return {};
}

Result<nlohmann::json> MoverProcess::answer() {
  while (unread_.find('\n') == std::string::npos) {
    std::array<char, 512> block{};
    const auto got = read(answers_, block.data(), block.size());
    if (got <= 0) {
      return fail("the mover ended");
    }
    unread_.append(block.data(), static_cast<std::size_t>(got));
  }
  const auto end = unread_.find('\n');
  auto answer = nlohmann::json::parse(unread_.substr(0, end), nullptr, false);
  unread_.erase(0, end + 1);
  if (answer.is_discarded() || answer.contains("error")) {
    return fail("the mover said: " + answer.dump());
  }
  return answer;
}

}  // namespace pagefare::guest
