// SPDX-License-Identifier: Apache-2.0
// The gate in a real kernel: who is refused, for how long, and what becomes of it with its owner.
#include <gtest/gtest.h>
#include <linux/mempolicy.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <optional>
#include <string>
#include <thread>

#include "controller/edge/levers/gate.h"
#include "tests/vm/guest/cgroup.h"
#include "tests/vm/guest/held_process.h"
#include "tests/vm/guest/work.h"

namespace pagefare::guest {
namespace {

using namespace std::chrono_literals;

constexpr unsigned long kMaskBits = 65;

long move_a_page_of(pid_t pid) {
  static int somewhere = 0;
  void* page = &somewhere;
  const int node = 0;
  int status = 0;
  return syscall(SYS_move_pages, pid, 1UL, &page, &node, &status, MPOL_MF_MOVE);
}

long migrate_oneself() {
  const unsigned long from = 2;
  const unsigned long to = 1;
  return syscall(SYS_migrate_pages, 0, kMaskBits, &from, &to);
}

/// The errno that a process of the cgroup gets, or 0.
int errno_in(const std::string& cgroup, const std::function<long()>& call) {
  const auto done = in_cgroup(cgroup, [&]() -> Result<void> {
    if (call() >= 0) return {};
    return fail(std::to_string(errno));
  });
  if (done) return 0;
  int error = -1;
  const auto& text = done.error().message;
  std::from_chars(text.data(), text.data() + text.size(), error);
  return error;
}

int errno_of_move(const std::string& cgroup) {
  return errno_in(cgroup, [parent = getpid()] { return move_a_page_of(parent); });
}

int errno_of_migrate(const std::string& cgroup) {
  return errno_in(cgroup, migrate_oneself);
}

class GateInGuest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(Gate::why_not({}), "");
    for (const char* path : {"gated", "above", "above/below", "free"}) {
      auto cgroup = Cgroup::create(path);
      ASSERT_TRUE(cgroup) << cgroup.error().message;
      cgroups_.push_back(std::move(*cgroup));
    }
    auto gate = Gate::open(true);
    ASSERT_TRUE(gate) << gate.error().message;
    gate_.emplace(std::move(*gate));
  }

  /// Children first.
  void TearDown() override {
    while (!cgroups_.empty()) cgroups_.pop_back();
  }

  Gate& gate() { return *gate_; }
  CgroupId gated() const { return CgroupId{cgroups_[0].id()}; }
  CgroupId above() const { return CgroupId{cgroups_[1].id()}; }
  void drop_gate() { gate_.reset(); }

 private:
  std::vector<Cgroup> cgroups_;
  std::optional<Gate> gate_;
};

TEST_F(GateInGuest, RefusesMovePagesAndMigratePagesOfTheCgroup) {
  ASSERT_TRUE(gate().shut(gated(), 1h));
  EXPECT_EQ(errno_of_move("gated"), EAGAIN);
  EXPECT_EQ(errno_of_migrate("gated"), EAGAIN);
}

TEST_F(GateInGuest, RefusesThoseBelowTheCgroup) {
  ASSERT_TRUE(gate().shut(above(), 1h));
  EXPECT_EQ(errno_of_move("above/below"), EAGAIN);
  EXPECT_EQ(errno_of_migrate("above/below"), EAGAIN);
}

TEST_F(GateInGuest, LetsOthersPass) {
  ASSERT_TRUE(gate().shut(gated(), 1h));
  EXPECT_EQ(errno_of_move("free"), 0);
  EXPECT_EQ(errno_of_migrate("free"), 0);
  EXPECT_EQ(errno_of_move(""), 0);
}

TEST_F(GateInGuest, CountsRefusalsForTheCgroupThatIsGated) {
  ASSERT_TRUE(gate().shut(above(), 1h));
  (void)errno_of_move("above/below");
  (void)errno_of_migrate("above/below");
  (void)errno_of_move("free");
  EXPECT_EQ(gate().passed(above()).refused, 2U);
}

TEST_F(GateInGuest, KeepsItsCountWhenProlonged) {
  ASSERT_TRUE(gate().shut(gated(), 1h));
  (void)errno_of_move("gated");
  ASSERT_TRUE(gate().shut(gated(), 1h));
  EXPECT_EQ(gate().passed(gated()).refused, 1U);
}

TEST_F(GateInGuest, LetsSoManyCallsThroughAndNoMore) {
  ASSERT_TRUE(gate().hold(above(), {.how_long = 1h, .shut_for = {}, .calls = 3}));
  EXPECT_EQ(errno_of_move("above/below"), 0);
  EXPECT_EQ(errno_of_move("above/below"), 0);
  EXPECT_EQ(errno_of_migrate("above/below"), 0);
  EXPECT_EQ(errno_of_migrate("above/below"), EAGAIN);
  EXPECT_EQ(errno_of_move("above/below"), EAGAIN);
  EXPECT_EQ(gate().passed(above()).admitted, 3U);
  EXPECT_EQ(gate().passed(above()).refused, 2U);
}

TEST_F(GateInGuest, OpensWhenReleased) {
  ASSERT_TRUE(gate().shut(gated(), 1h));
  ASSERT_TRUE(gate().release(gated()));
  EXPECT_EQ(errno_of_move("gated"), 0);
}

TEST_F(GateInGuest, OpensByItselfWhenItsTimeIsOver) {
  ASSERT_TRUE(gate().shut(gated(), 3s));
  EXPECT_EQ(errno_of_move("gated"), EAGAIN);
  EXPECT_TRUE(eventually(60s, [] { return errno_of_move("gated") == 0; }));
}

TEST_F(GateInGuest, DoesNotSeeAProcessMoveItsOwnPagesByPidZero) {
  ASSERT_TRUE(gate().shut(gated(), 1h));
  EXPECT_EQ(errno_in("gated", [] { return move_a_page_of(0); }), 0);
}

TEST_F(GateInGuest, DoesNotSeeMbind) {
  ASSERT_TRUE(gate().shut(gated(), 1h));
  EXPECT_EQ(errno_in("gated",
                     [] {
                       const auto size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
                       void* page = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                       *static_cast<volatile char*>(page) = 1;
                       const unsigned long node = 2;
                       return syscall(SYS_mbind, page, size, MPOL_BIND, &node, kMaskBits,
                                      MPOL_MF_MOVE);
                     }),
            0);
}

TEST_F(GateInGuest, IsGoneWithItsOwner) {
  drop_gate();
  const auto cgroup = gated();
  auto owner = HeldProcess::start([cgroup]() -> Result<void> {
    static std::optional<Gate> held;  // open until the process is killed
    auto gate = Gate::open(true);
    if (!gate) return tl::make_unexpected(gate.error());
    held.emplace(std::move(*gate));
    return held->shut(cgroup, 1h);
  });
  ASSERT_TRUE(owner) << owner.error().message;
  EXPECT_EQ(errno_of_move("gated"), EAGAIN);
  owner->kill();
  EXPECT_TRUE(eventually(2s, [] { return errno_of_move("gated") == 0; }));
}

}  // namespace
}  // namespace pagefare::guest
