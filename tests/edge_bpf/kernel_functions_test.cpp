// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/bpf/kernel_functions.h"

#include <gtest/gtest.h>

#include "tests/support/temp_directory.h"

namespace pagefare {
namespace {

constexpr auto* kTwoModules =
    "dcbm 16384 0 - Live 0xffffffffc0a3d000\n"
    "nf_tables 303104 7 nft_ct,nft_chain_nat, Live 0xffffffffc0980000\n";

class ModuleLayoutTest : public testing::Test {
 protected:
  std::string layout(const std::string& modules) const {
    directory_.write("modules", modules);
    return module_layout(directory_.path());
  }
  TempDirectory directory_;
};

TEST_F(ModuleLayoutTest, IsTheSameForTheSameModules) {
  EXPECT_EQ(layout(kTwoModules), layout(kTwoModules));
  EXPECT_NE(layout(kTwoModules), "");
}

TEST_F(ModuleLayoutTest, DoesNotChangeWithReferencesAndUsers) {
  EXPECT_EQ(layout(kTwoModules),
            layout("dcbm 16384 1 - Live 0xffffffffc0a3d000\n"
                   "nf_tables 303104 9 nft_ct,nft_chain_nat,nft_log, Live 0xffffffffc0980000\n"));
}

TEST_F(ModuleLayoutTest, ChangesWhenAModuleComesBackElsewhere) {
  EXPECT_NE(layout("dcbm 16384 0 - Live 0xffffffffc0a3d000\n"),
            layout("dcbm 16384 0 - Live 0xffffffffc0a41000\n"));
}

TEST_F(ModuleLayoutTest, ChangesWhenAModuleGoes) {
  EXPECT_NE(layout(kTwoModules), layout("dcbm 16384 0 - Live 0xffffffffc0a3d000\n"));
}

TEST_F(ModuleLayoutTest, ChangesWhenAnotherModuleTakesThePlace) {
  EXPECT_NE(layout("dcbm 16384 0 - Live 0xffffffffc0a3d000\n"),
            layout("mtcopy 16384 0 - Live 0xffffffffc0a3d000\n"));
}

TEST_F(ModuleLayoutTest, KnowsTheNamesWhereAddressesAreHidden) {
  EXPECT_NE(layout("dcbm 16384 0 - Live\n"), layout("mtcopy 16384 0 - Live\n"));
}

TEST_F(ModuleLayoutTest, IsEmptyOnAKernelWithoutModules) {
  EXPECT_EQ(module_layout(directory_.path()), "");
}

}  // namespace
}  // namespace pagefare
