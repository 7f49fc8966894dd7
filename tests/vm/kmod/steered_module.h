// SPDX-License-Identifier: Apache-2.0
//
// A daemon that steers the copy module, and load for it.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/vm/guest/daemon.h"
#include "tests/vm/guest/work.h"
#include "tests/vm/kmod/buffer.h"
#include "tests/vm/kmod/movers.h"

namespace pagefare::kmod_test {

/// For whatever must happen sooner or later; how soon an emulated machine beside others does not
/// tell.
inline constexpr std::chrono::seconds kPatience{240};

class SteeredModule : public testing::Test {
 protected:
  void SetUp() override { use_folio_size(kHuge); }
  void TearDown() override {
    daemon_.reset();
    EXPECT_TRUE(movers_.stop());
    EXPECT_EQ(movers_.wrong_words(), 0U);
  }

  void load() { movers_.start(kHuge, 4 * kHuge, std::chrono::milliseconds(100)); }

  testing::AssertionResult start(const std::vector<std::string>& arguments) {
    std::vector<std::string> all{"--period", "500ms"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    auto started = guest::Daemon::start(all);
    if (!started) return testing::AssertionFailure() << started.error().message;
    daemon_ = std::make_unique<guest::Daemon>(std::move(*started));
    return testing::AssertionSuccess();
  }

  /// The part of /status; an empty object when nobody answers.
  nlohmann::json steer() const {
    const auto status = daemon_->status();
    return status ? status->json().value("steer", nlohmann::json::object())
                  : nlohmann::json::object();
  }
  std::int64_t periods() const {
    const auto status = daemon_->status();
    return status ? status->periods() : 0;
  }
  bool wait_for(std::int64_t more_periods) const {
    const std::int64_t until = periods() + more_periods;
    return guest::eventually(kPatience, [&] { return periods() >= until; });
  }
  bool wait_for_moves(std::uint64_t more) const {
    const std::uint64_t until = movers_.moves() + more;
    return guest::eventually(kPatience, [&] { return movers_.moves() >= until; });
  }
  bool eventually_steer(const std::function<bool(const nlohmann::json&)>& claim) const {
    return guest::eventually(kPatience, [&] {
      const nlohmann::json now = steer();
      return !now.empty() && claim(now);
    });
  }
  guest::Daemon& daemon() { return *daemon_; }

  /// Decisions with this outcome, of all rules.
  static std::int64_t counted(const nlohmann::json& steer, const char* outcome) {
    std::int64_t sum = 0;
    for (const auto& [rule, counts] : steer.at("counts").items()) {
      sum += counts.value(outcome, std::int64_t{0});
    }
    return sum;
  }

 private:
  Movers movers_;
  std::unique_ptr<guest::Daemon> daemon_;
};

}  // namespace pagefare::kmod_test
