// SPDX-License-Identifier: Apache-2.0
// Properties over generated values, from a fixed seed unless RC_PARAMS says otherwise.
#pragma once

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdlib>

namespace pagefare::test {

/// Checks a property and fails the test with rapidcheck's counterexample.
template <typename Property>
void holds(Property&& property) {
  setenv("RC_PARAMS", "seed=20261122 max_success=400 max_size=60", 0);
  EXPECT_TRUE(rc::check(std::forward<Property>(property)));
}

}  // namespace pagefare::test
