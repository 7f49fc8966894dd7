// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/real_source.h"

namespace pagefare {
namespace {

class CallTime : public RealSource {
 protected:
  /// CPU time of this thread and what was attributed to tasks while it compacted.
  void compact_and_compare(double& share) {
    (void)read();
    Nanoseconds attributed{};
    const Nanoseconds start = clock_.thread_cpu();
    ASSERT_NO_FATAL_FAILURE(migrate_some());
    const Nanoseconds spent = clock_.thread_cpu() - start;
    for (const CallEntry& entry : read().calls) {
      if (entry.initiator.kind == InitiatorKind::kTask) attributed += entry.cpu;
    }
    ASSERT_GT(attributed.count(), 0);
    share = static_cast<double>(attributed.count()) / static_cast<double>(spent.count());
  }
};

void stay_on_cpu(std::size_t cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  ASSERT_EQ(sched_setaffinity(0, sizeof set, &set), 0);
}

/// A child that does nothing but burn the same CPU.
class Hog {
 public:
  Hog() : pid_(fork()) {
    if (pid_ == 0) {
      volatile bool forever = true;
      while (forever) {
      }
    }
  }
  Hog(const Hog&) = delete;
  Hog& operator=(const Hog&) = delete;
  ~Hog() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

 private:
  pid_t pid_;
};

TEST_F(CallTime, IsNoMoreThanTheThreadsOwnTimeOnTheCpu) {
  ASSERT_NO_FATAL_FAILURE(open());
  if (IsSkipped()) return;
  double share = 0;
  ASSERT_NO_FATAL_FAILURE(compact_and_compare(share));
  EXPECT_LE(share, 1.0);
}

TEST_F(CallTime, LeavesOutWhatAHogOnTheSameCpuTook) {
  ASSERT_NO_FATAL_FAILURE(open());
  if (IsSkipped()) return;
  ASSERT_NO_FATAL_FAILURE(stay_on_cpu(0));
  const Hog hog;
  double share = 0;
  ASSERT_NO_FATAL_FAILURE(compact_and_compare(share));
  EXPECT_LE(share, 1.0);
}

}  // namespace
}  // namespace pagefare
