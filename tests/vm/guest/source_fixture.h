// SPDX-License-Identifier: Apache-2.0
// What tests of one source of migrations share.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>

#include "tests/vm/guest/daemon.h"
#include "tests/vm/guest/work.h"

namespace pagefare::guest {

inline constexpr std::int64_t kMib = 1 << 20;
inline constexpr std::int64_t kBasePage = 4096;

/// The kernel reports a folio that was freed while it waited to be moved as migrated, though
/// nothing was copied; the folio hooks do not see it.
enum class Freed : std::uint8_t { kNothing, kSome };

class Source : public testing::Test {
 protected:
  void SetUp() override {
    auto daemon = shared_daemon("auto");
    ASSERT_TRUE(daemon) << daemon.error().message;
    daemon_ = *daemon;
  }

  Daemon& daemon() { return *daemon_; }

  /// What the daemon saw while `action` ran; it must agree with the kernel about how much moved.
  /// The daemon's window is a little wider than the action: on a quiet machine that makes no
  /// difference.
  Change observe(const std::function<void()>& action, Freed freed = Freed::kNothing) {
    std::int64_t in_action = 0;
    const auto start = vmstat("pgmigrate_success");
    const auto change = change_during(daemon(), [&] {
      const auto before = vmstat("pgmigrate_success");
      action();
      in_action = vmstat("pgmigrate_success") - before;
    });
    const auto in_all = vmstat("pgmigrate_success") - start;
    EXPECT_TRUE(change) << change.error().message;
    if (!change) {
      return {};
    }
    EXPECT_GE(change->total("pages_migrated"), in_action);
    EXPECT_LE(change->total("pages_migrated"), in_all);
    const auto reported = change->total("pages_migrated") * kBasePage;
    if (freed == Freed::kNothing) {
      EXPECT_EQ(change->total("bytes"), reported);
    } else {
      EXPECT_LE(change->total("bytes"), reported);
      EXPECT_GE(change->total("bytes"), reported * 9 / 10);
    }
    return *change;
  }

 private:
  Daemon* daemon_ = nullptr;
};

}  // namespace pagefare::guest
