// SPDX-License-Identifier: Apache-2.0
#include "tests/vm/guest/held_process.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>
#include <utility>

namespace pagefare::guest {

namespace {

constexpr std::string_view kReady = "ready";

[[noreturn]] void work_and_stay(const std::function<Result<void>()>& work, int words) {
  const auto done = work();
  const std::string word = done ? std::string(kReady) : done.error().message;
  if (write(words, word.data(), word.size()) < 0 || !done) _exit(1);
  for (;;) pause();
}

}  // namespace

Result<HeldProcess> HeldProcess::start(const std::function<Result<void>()>& work) {
  std::array<int, 2> words{};
  if (pipe(words.data()) != 0) return fail("no pipe");
  const pid_t pid = fork();
  if (pid == 0) work_and_stay(work, words[1]);
  close(words[1]);
  HeldProcess process(pid);
  std::array<char, 1024> block{};
  const auto got = read(words[0], block.data(), block.size());
  close(words[0]);
  const std::string word(block.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  if (word != kReady) return fail(word.empty() ? "the process died" : word);
  return process;
}

HeldProcess::HeldProcess(HeldProcess&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}

HeldProcess::~HeldProcess() {
  kill();
}

void HeldProcess::kill() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  waitpid(std::exchange(pid_, -1), nullptr, 0);
}

}  // namespace pagefare::guest
