// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/machine_facts.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "tests/support/temp_directory.h"

namespace pagefare {
namespace {

class MachineFactsTest : public testing::Test {
 protected:
  MachineFacts read() const {
    return read_machine_facts({.proc = directory_.path("proc"), .sys = directory_.path("sys")});
  }
  void sys(const std::string& below, const std::string& text) const {
    directory_.write("sys/" + below, text);
  }
  void proc(const std::string& below, const std::string& text) const {
    directory_.write("proc/" + below, text);
  }
  static bool has(const MachineFacts& facts, std::string_view name) {
    const auto found = std::ranges::find(facts.capabilities, name, &CapabilityFact::name);
    return found != facts.capabilities.end() && found->effective;
  }
  TempDirectory directory_;
};

TEST_F(MachineFactsTest, ReadsNodesAndCpus) {
  sys("devices/system/node/online", "0-2,4\n");
  sys("devices/system/node/has_memory", "0,4\n");
  sys("devices/system/cpu/possible", "0-255\n");
  const MachineFacts facts = read();
  EXPECT_EQ(facts.online_nodes, (std::vector{NodeId{0}, NodeId{1}, NodeId{2}, NodeId{4}}));
  EXPECT_EQ(facts.nodes_with_memory, (std::vector{NodeId{0}, NodeId{4}}));
  EXPECT_EQ(facts.possible_cpus, 256U);
}

TEST_F(MachineFactsTest, HasNodeZeroOnAKernelWithoutNuma) {
  EXPECT_EQ(read().nodes_with_memory, std::vector{NodeId{0}});
}

TEST_F(MachineFactsTest, SaysWhichListIsBroken) {
  sys("devices/system/node/has_memory", "0-x\n");
  const MachineFacts facts = read();
  EXPECT_TRUE(std::ranges::any_of(facts.problems, [](const std::string& problem) {
    return problem.find("has_memory: '0-x' is no list of ids") != std::string::npos;
  }));
}

TEST_F(MachineFactsTest, FindsTheEndOfTheHighestZone) {
  proc(
      "zoneinfo",
      "Node 0, zone      DMA\n  pages free     3\n        spanned  4095\n  start_pfn:           1\n"
      "Node 0, zone   Normal\n        spanned  5505024\n  start_pfn:           1048576\n"
      "Node 1, zone   Normal\n        spanned  100\n  start_pfn:           9000000\n"
      "Node 1, zone  Movable\n        spanned  0\n        present  0\n");
  EXPECT_EQ(read().pfn_end, 9000100U);
}

TEST_F(MachineFactsTest, SaysThatZoneinfoIsMissing) {
  const MachineFacts facts = read();
  EXPECT_EQ(facts.pfn_end, 0U);
  EXPECT_TRUE(std::ranges::any_of(facts.problems, [](const std::string& problem) {
    return problem.find("zoneinfo: cannot be opened") != std::string::npos;
  }));
}

TEST_F(MachineFactsTest, ReadsTheLockdownInForce) {
  sys("kernel/security/lockdown", "none [integrity] confidentiality\n");
  EXPECT_EQ(read().lockdown, "integrity");
}

TEST_F(MachineFactsTest, KnowsNoLockdownWithoutSecurityfs) {
  EXPECT_EQ(read().lockdown, std::nullopt);
}

TEST_F(MachineFactsTest, KnowsNoLockdownFromABrokenFile) {
  sys("kernel/security/lockdown", "none ]integrity[\n");
  EXPECT_EQ(read().lockdown, std::nullopt);
}

TEST_F(MachineFactsTest, SeesBtfAndModulesByTheirFiles) {
  EXPECT_FALSE(read().kernel_btf);
  EXPECT_FALSE(read().modules_supported);
  sys("kernel/btf/vmlinux", "x");
  proc("modules", "");
  EXPECT_TRUE(read().kernel_btf);
  EXPECT_TRUE(read().modules_supported);
}

TEST_F(MachineFactsTest, NamesTheEffectiveCapabilities) {
  proc("self/status", "Name:\tx\nCapPrm:\tffffffffffffffff\nCapEff:\t0000008000000004\n");
  const MachineFacts facts = read();
  EXPECT_TRUE(has(facts, "CAP_BPF"));
  EXPECT_TRUE(has(facts, "CAP_DAC_READ_SEARCH"));
  EXPECT_FALSE(has(facts, "CAP_PERFMON"));
  EXPECT_FALSE(has(facts, "CAP_SYS_ADMIN"));
  EXPECT_FALSE(has(facts, "CAP_SYSLOG"));
}

TEST_F(MachineFactsTest, HasNoCapabilityWhenTheyCannotBeRead) {
  proc("self/status", "CapEff:\tzz\n");
  const MachineFacts facts = read();
  EXPECT_FALSE(has(facts, "CAP_BPF"));
  EXPECT_FALSE(facts.problems.empty());
}

TEST(MachineFactsOfThisMachine, AgreeWithTheSystemCalls) {
  const MachineFacts facts = read_machine_facts(Roots{});
  EXPECT_EQ(facts.page_size, static_cast<std::uint32_t>(::sysconf(_SC_PAGESIZE)));
  EXPECT_GE(facts.possible_cpus, static_cast<std::uint32_t>(::sysconf(_SC_NPROCESSORS_ONLN)));
  EXPECT_FALSE(facts.nodes_with_memory.empty());
  EXPECT_GE(facts.pfn_end, static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)));
  EXPECT_FALSE(facts.kernel_release.empty());
  EXPECT_EQ(facts.problems, std::vector<std::string>{});
}

TEST(IdList, ReadsSinglesAndRanges) {
  EXPECT_EQ(parse_id_list("0-2,7\n"), (std::vector{0, 1, 2, 7}));
  EXPECT_EQ(parse_id_list("\n"), std::vector<int>{});
  EXPECT_EQ(parse_id_list("5"), std::vector{5});
}

TEST(IdList, RefusesAnythingElse) {
  for (const auto* text : {",", "0,", ",0", "0-", "-1", "2-1", "a", "0 1", "0-1-2", "65536",
                           "0-99999999999", "+1", "0x1", "1,,2"}) {
    EXPECT_FALSE(parse_id_list(text)) << text;
  }
}

TEST(IdList, RefusesMoreIdsThanThereAre) {
  EXPECT_FALSE(parse_id_list("0-65535,0-65535,0-65535"));
}

}  // namespace
}  // namespace pagefare
