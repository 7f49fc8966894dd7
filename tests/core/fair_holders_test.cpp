// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "controller/core/fair/glob.h"
#include "controller/core/fair/holders.h"

namespace pagefare::fair {
namespace {

Holders holders_of(const std::vector<std::string>& globs) {
  std::vector<Budget> budgets;
  for (const std::string& glob : globs) {
    Budget budget;
    budget.match = glob;
    budgets.push_back(budget);
  }
  return Holders(budgets);
}

std::string holder_of(const std::vector<std::string>& globs, const std::string& path) {
  const auto holders = holders_of(globs).on_the_way_to(path);
  return holders.empty() ? "" : holders.back().path;
}

TEST(Globs, MatchWithinAComponent) {
  EXPECT_TRUE(matches_component("a*c", "abbc"));
  EXPECT_TRUE(matches_component("*", ""));
  EXPECT_TRUE(matches_component("a?c*", "abc"));
  EXPECT_FALSE(matches_component("a?c", "ac"));
  EXPECT_FALSE(matches_component("a*c", "abcd"));
}

TEST(Globs, AreRefusedWithAReason) {
  for (const std::string glob : {"", "a", "/", "/a/", "//a", "/a**", "/./a", "/a/.."}) {
    EXPECT_TRUE(find_fault(glob)) << glob;
  }
  EXPECT_FALSE(find_fault("/**"));
  EXPECT_FALSE(find_fault("/a/**/b*"));
}

TEST(Holders, ShareWithTheirChildren) {
  EXPECT_EQ(holder_of({"/a/*"}, "/a/b/c/d"), "/a/b");
  EXPECT_EQ(holder_of({"/a/**"}, "/a/b/c"), "/a/b");
  EXPECT_EQ(holder_of({"/a"}, "/a/b/c"), "/a");
}

TEST(Holders, AreNobodyWhereNothingMatches) {
  EXPECT_EQ(holder_of({"/a/**"}, "/a"), "");
  EXPECT_EQ(holder_of({"/a/**"}, "/b/a/c"), "");
  EXPECT_EQ(holder_of({"/a/**"}, "/"), "");
}

TEST(Holders, MatchAnyDepthInTheMiddle) {
  EXPECT_EQ(holder_of({"/a/**/z"}, "/a/z"), "/a/z");
  EXPECT_EQ(holder_of({"/a/**/z"}, "/a/b/c/z/y"), "/a/b/c/z");
}

TEST(Holders, AreFoundByTheMostSpecificGlob) {
  const Holders holders = holders_of({"/**", "/a/*", "/a/b"});
  EXPECT_EQ(holders.on_the_way_to("/a/b"), (std::vector<Holder>{{"/a", 0}, {"/a/b", 2}}));
  EXPECT_EQ(holders.on_the_way_to("/a/c"), (std::vector<Holder>{{"/a", 0}, {"/a/c", 1}}));
  EXPECT_EQ(holders.matching("/a/b"), (std::vector<std::size_t>{2, 1, 0}));
}

TEST(Holders, TakeTheEarlierOfEquals) {
  EXPECT_EQ(holders_of({"/x*", "/*x"}).on_the_way_to("/xx"), (std::vector<Holder>{{"/xx", 0}}));
}

/// A child named so that a less specific glob matches it has no budget of its own.
TEST(Holders, AreNotMadeByAChildsName) {
  const Holders holders = holders_of({"/tenants/*", "/**/worker"});
  EXPECT_EQ(holders.on_the_way_to("/tenants/a/worker"), (std::vector<Holder>{{"/tenants/a", 0}}));
}

TEST(Protection, CoversWhatIsAboveAndBelow) {
  const std::string glob = "/system.slice/kubelet.service";
  EXPECT_TRUE(touches(glob, glob));
  EXPECT_TRUE(touches(glob, "/system.slice"));
  EXPECT_TRUE(touches(glob, glob + "/child"));
  EXPECT_FALSE(touches(glob, "/system.slice/other.service"));
  EXPECT_FALSE(touches(glob, "/kubepods.slice"));
}

}  // namespace
}  // namespace pagefare::fair
