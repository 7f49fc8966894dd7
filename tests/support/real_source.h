// SPDX-License-Identifier: Apache-2.0
// BPF on the running kernel, for tests that look at real migrations.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "controller/core/attribution.h"
#include "controller/daemon/observation.h"
#include "controller/demo/fragmenter.h"
#include "controller/edge/cgroup_hierarchy.h"
#include "controller/edge/system_clock.h"

namespace pagefare {

/// Opens a source with the settings that the daemon would use; skips the test where it cannot.
class RealSource : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "BPF needs root";
    const auto hierarchy = find_cgroup_hierarchy({});
    if (!hierarchy) GTEST_SKIP() << hierarchy.error().message;
    settings_ = bpf_settings({}, {}, hierarchy->memory_on_v2);
    settings_.statistics = true;
  }

  void open() {
    auto opened = BpfSource::open(settings_, clock_);
    if (!opened && opened.error().message.find("EPERM") != std::string::npos) {
      GTEST_SKIP() << "this machine refuses BPF: " << opened.error().message;
    }
    ASSERT_TRUE(opened) << opened.error().message;
    source_ = std::move(*opened);
  }

  Window read() {
    auto window = source_->read();
    EXPECT_TRUE(window) << window.error().message;
    return window ? std::move(*window) : Window{};
  }

  /// Fragments memory of this process and compacts it.
  static void migrate_some() {
    constexpr Bytes kHoles{512ULL << 20};
    auto fragmenter = demo::Fragmenter::reserve({.holes = kHoles, .small = {}, .huge = {}});
    ASSERT_TRUE(fragmenter) << fragmenter.error().message;
    for (std::uint64_t round = 0; round < 2; ++round) {
      const auto compacted = demo::compact_once(*fragmenter, round, true);
      ASSERT_TRUE(compacted) << compacted.error().message;
    }
  }

  SystemClock clock_;
  BpfSettings settings_;
  std::unique_ptr<BpfSource> source_;
};

}  // namespace pagefare
