// SPDX-License-Identifier: Apache-2.0
//
// What the daemon measures of the copy module, and that in mode advise it only says what it would
// do.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/vm/kmod/module.h"
#include "tests/vm/kmod/steered_module.h"

namespace pagefare::kmod_test {
namespace {

using nlohmann::json;
using Advising = SteeredModule;

TEST_F(Advising, MeasuresTheCopyFunctionWhileWorkersCopy) {
  LoadedModule module{"pagefare_copy", "engine=threads threads=4 offloading=1"};
  ASSERT_EQ(module.error(), 0);
  load();
  ASSERT_TRUE(start({"--mode", "advise"}));
  ASSERT_TRUE(eventually_steer([](const json& now) {
    if (now["timing"] != "copy_function" || now["classes"].empty()) return false;
    const json& one = now["classes"].back();
    // Workers are CPU time that the caller's elapsed time in the copy does not have.
    return one["folio_bytes"] == kHuge && one["copy_ns"] > 0 && one["move_ns"] >= one["copy_ns"] &&
           one["cpu_ns"] > 0;
  })) << steer().dump();
}

TEST_F(Advising, WritesNothingWhenItAdvises) {
  LoadedModule module{"pagefare_copy"};
  ASSERT_EQ(module.error(), 0);
  load();
  ASSERT_TRUE(start({"--mode", "advise"}));
  ASSERT_TRUE(eventually_steer([](const json& now) { return counted(now, "would") >= 3; }));
  EXPECT_EQ(counted(steer(), "written"), 0);
  EXPECT_EQ(get_knob("offloading"), "0");
  EXPECT_EQ(get_knob("threads"), "4");
}

}  // namespace
}  // namespace pagefare::kmod_test
