// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/instance_lock.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "tests/support/temp_directory.h"

namespace pagefare {
namespace {

/// Another process that holds the lock until it is killed.
class Holder {
 public:
  explicit Holder(const std::string& directory) {
    std::array<int, 2> pipe{};
    EXPECT_EQ(::pipe(pipe.data()), 0);
    pid_ = ::fork();
    if (pid_ == 0) hold(directory, pipe[1]);
    char said = '-';
    EXPECT_EQ(::read(pipe[0], &said, 1), 1);
    EXPECT_EQ(said, '+') << "the other process did not get the lock";
    ::close(pipe[0]);
    ::close(pipe[1]);
  }
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;
  ~Holder() { kill(); }

  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  pid_t pid() const { return pid_; }

 private:
  [[noreturn]] static void hold(const std::string& directory, int out) {
    const auto lock = InstanceLock::acquire(directory);
    const char answer = lock ? '+' : '-';
    if (::write(out, &answer, 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }
  pid_t pid_ = 0;
};

class InstanceLockTest : public testing::Test {
 protected:
  std::string refusal() const {
    const auto lock = InstanceLock::acquire(directory_);
    return lock ? "" : lock.error().message;
  }
  TempDirectory parent_;
  std::string directory_ = parent_.path("pagefare");
};

TEST_F(InstanceLockTest, MakesItsDirectory) {
  const auto lock = InstanceLock::acquire(directory_);
  ASSERT_TRUE(lock) << lock.error().message;
  const auto permissions = std::filesystem::status(directory_).permissions();
  EXPECT_EQ(permissions & std::filesystem::perms::others_write, std::filesystem::perms::none);
}

TEST_F(InstanceLockTest, NamesTheProcessThatHoldsIt) {
  const Holder holder(directory_);
  EXPECT_NE(refusal().find("as process " + std::to_string(holder.pid()) + ";"), std::string::npos)
      << refusal();
}

TEST_F(InstanceLockTest, IsFreeAfterTheHolderWasKilled) {
  Holder holder(directory_);
  holder.kill();
  const auto lock = InstanceLock::acquire(directory_);
  EXPECT_TRUE(lock) << lock.error().message;
}

TEST_F(InstanceLockTest, NamesTheNewHolderAfterALongerPid) {
  parent_.write("pagefare/pagefare.lock", "4000000000\nold");
  const auto lock = InstanceLock::acquire(directory_);
  ASSERT_TRUE(lock) << lock.error().message;
  EXPECT_NE(refusal().find("as process " + std::to_string(::getpid()) + ";"), std::string::npos)
      << refusal();
}

TEST_F(InstanceLockTest, LeavesNothingOfAnEarlierHolderInTheFile) {
  const std::string path = parent_.write("pagefare/pagefare.lock", "4000000000\nold");
  const auto lock = InstanceLock::acquire(directory_);
  ASSERT_TRUE(lock) << lock.error().message;
  EXPECT_EQ(std::filesystem::file_size(path), std::to_string(::getpid()).size() + 1);
}

TEST_F(InstanceLockTest, IsFreeWhenItsHolderLetsGo) {
  {
    ASSERT_TRUE(InstanceLock::acquire(directory_));
  }
  EXPECT_TRUE(InstanceLock::acquire(directory_));
}

TEST_F(InstanceLockTest, DoesNotRepeatGarbageAsAPid) {
  const Holder holder(directory_);
  parent_.write("pagefare/pagefare.lock", "\x1b[31mrm -rf\n");
  EXPECT_NE(refusal().find("as another process;"), std::string::npos) << refusal();
}

TEST_F(InstanceLockTest, DoesNotFollowALink) {
  const std::string victim = parent_.write("victim", "precious");
  parent_.make_directory("pagefare");
  std::filesystem::create_symlink(victim, directory_ + "/pagefare.lock");
  EXPECT_NE(refusal().find("pagefare.lock: cannot be opened for writing"), std::string::npos);
}

TEST_F(InstanceLockTest, NamesTheDirectoryThatCannotBeMade) {
  const auto lock = InstanceLock::acquire(parent_.path("no/such"));
  ASSERT_FALSE(lock);
  EXPECT_NE(lock.error().message.find("no/such: cannot be created"), std::string::npos);
}

}  // namespace
}  // namespace pagefare
