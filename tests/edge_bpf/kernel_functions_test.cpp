// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/bpf/kernel_functions.h"

#include <gtest/gtest.h>

#include <filesystem>

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

TEST_F(ModuleLayoutTest, ChangesWhenAModuleGetsReady) {
  EXPECT_NE(layout("dcbm 16384 0 - Loading 0xffffffffc0a3d000\n"),
            layout("dcbm 16384 0 - Live 0xffffffffc0a3d000\n"));
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

/// A kernel with one function and one module.
class KernelFunctionsTest : public testing::Test {
 protected:
  KernelFunctionsTest() { load(); }

  void load(const std::string& state = "live\n") const {
    directory_.write("module/dcbm/initstate", state);
  }
  void unload() const { std::filesystem::remove_all(directory_.path() + "/module/dcbm"); }

  KernelFunction find(const std::string& name) const {
    const auto symbols = [](const SymbolVisitor& visit) {
      visit({"schedule", "", 0xffffffff81000000});
      visit({"_sinittext", "", 0xffffffff82000000});
      visit({"start_kernel", "", 0xffffffff82000010});
      visit({"_einittext", "", 0xffffffff82100000});
      visit({"folios_copy_dma", "dcbm", 0xffffffffc0a3d040});
    };
    return find_kernel_functions({name}, directory_.path(), symbols).front();
  }
  bool gone(const KernelFunction& function) const { return has_gone(function, directory_.path()); }

  TempDirectory directory_;
};

TEST_F(KernelFunctionsTest, AreFoundInTheKernelItself) {
  EXPECT_EQ(find("schedule"), (KernelFunction{.name = "schedule", .address = 0xffffffff81000000}));
}

TEST_F(KernelFunctionsTest, AreFoundInAModuleThatIsReady) {
  const KernelFunction found = find("folios_copy_dma");
  EXPECT_EQ(found.address, 0xffffffffc0a3d040);
  EXPECT_EQ(found.module, "dcbm");
}

TEST_F(KernelFunctionsTest, AreNotFoundByTheBeginningOfTheirName) {
  EXPECT_EQ(find("folios_copy").address, 0U);
}

TEST_F(KernelFunctionsTest, AreNotFoundInMemoryThatWasFreedAfterBoot) {
  EXPECT_EQ(find("start_kernel").address, 0U);
}

TEST_F(KernelFunctionsTest, AreNotFoundInAModuleThatIsComing) {
  load("coming\n");
  EXPECT_EQ(find("folios_copy_dma").address, 0U);
}

TEST_F(KernelFunctionsTest, AreNotFoundInAModuleThatIsGoing) {
  load("going\n");
  EXPECT_EQ(find("folios_copy_dma").address, 0U);
}

TEST_F(KernelFunctionsTest, StayWhileTheirModuleStays) {
  EXPECT_FALSE(gone(find("folios_copy_dma")));
}

TEST_F(KernelFunctionsTest, OfTheKernelItselfNeverGo) {
  EXPECT_FALSE(gone(find("schedule")));
  EXPECT_FALSE(gone(find("no_such_function")));
}

TEST_F(KernelFunctionsTest, GoWithTheirModule) {
  const KernelFunction found = find("folios_copy_dma");
  unload();
  EXPECT_TRUE(gone(found));
}

TEST_F(KernelFunctionsTest, AreOthersWhenTheirModuleCameBackInTheSamePlace) {
  const KernelFunction found = find("folios_copy_dma");
  // Moved away, not removed: a file system may give the same inode again, sysfs does not.
  std::filesystem::rename(directory_.path() + "/module/dcbm", directory_.path() + "/former");
  load();
  EXPECT_TRUE(gone(found));
  EXPECT_EQ(find("folios_copy_dma").address, found.address);
  EXPECT_NE(find("folios_copy_dma"), found);
}

}  // namespace
}  // namespace pagefare
