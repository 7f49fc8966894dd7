// SPDX-License-Identifier: Apache-2.0
// The real load: pagefare's own demo, which knows what it caused without tracing.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/e2e/child.h"

namespace pagefare::e2e {

inline ChildSettings demo_settings(int seconds) {
  return {.arguments = {"demo", "--json", "--quiet", "--seconds", std::to_string(seconds),
                        "--cgroup-prefix", "pagefare-e2e-" + std::to_string(::getpid())}};
}

/// Its report; null, and the test fails, when it did not work.
inline nlohmann::json run_demo(int seconds) {
  const Ended ended = run_pagefare(demo_settings(seconds), 120s);
  EXPECT_EQ(ended.code, 0) << ended.err;
  auto report = nlohmann::json::parse(ended.out, nullptr, false);
  EXPECT_FALSE(report.is_discarded()) << ended.out;
  return report;
}

}  // namespace pagefare::e2e
