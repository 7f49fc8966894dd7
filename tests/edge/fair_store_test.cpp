// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/fair_store.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "tests/support/temp_directory.h"

namespace pagefare::test {
namespace {

fair::Memory some_memory() {
  fair::Remembered tenant;
  tenant.path = "/kubepods.slice/a";
  tenant.id = CgroupId{4711};
  tenant.last_seen_unix_ns = 1'790'000'000'000'000'000;
  tenant.dues.earned = {1, 2, 3};
  tenant.dues.used = {4, 5, 6};
  tenant.dues.owed = {7, 8, 9};
  tenant.gate_refusals = 10;
  tenant.repaid = Nanoseconds(11);
  return {.boot_id = "boot", .tenants = {tenant}};
}

TEST(FairStore, GivesBackWhatItWasGiven) {
  const TempDirectory directory;
  FairStore store(directory.path());
  ASSERT_TRUE(store.save(some_memory()));
  const auto loaded = FairStore(directory.path()).load();
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(*loaded, some_memory());
}

TEST(FairStore, IsEmptyAtFirst) {
  const TempDirectory directory;
  const auto loaded = FairStore(directory.path()).load();
  ASSERT_TRUE(loaded);
  EXPECT_TRUE(loaded->tenants.empty());
}

TEST(FairStore, LeavesNothingBesideTheFile) {
  const TempDirectory directory;
  ASSERT_TRUE(FairStore(directory.path()).save(some_memory()));
  EXPECT_NE(access((directory.path() + "/fairness.json.new").c_str(), F_OK), 0);
}

void expect_set_aside(const std::string& text) {
  const TempDirectory directory;
  const std::string path = directory.path() + "/fairness.json";
  std::ofstream(path) << text;
  const auto loaded = FairStore(directory.path()).load();
  ASSERT_FALSE(loaded) << text;
  EXPECT_NE(loaded.error().message.find(path), std::string::npos);
  EXPECT_NE(access(path.c_str(), F_OK), 0);
  EXPECT_EQ(access((path + ".bad").c_str(), F_OK), 0);
  EXPECT_TRUE(FairStore(directory.path()).load()) << "the next start is a fresh one";
}

TEST(FairStore, SetsABrokenFileAside) {
  const std::string good = to_json(some_memory());
  expect_set_aside("");
  expect_set_aside("{\"version\": 1}");
  expect_set_aside("[1, 2]");
  expect_set_aside(good.substr(0, good.size() / 2));
}

TEST(FairStore, SetsAFileOfTheFutureAside) {
  std::string text = to_json(some_memory());
  text.replace(text.find("\"version\": 1"), 12, "\"version\": 2");
  expect_set_aside(text);
}

TEST(FairStore, KeepsThoseSeenLast) {
  fair::Memory many{.boot_id = "boot", .tenants = {}};
  for (std::size_t at = 0; at < fair::kMaxRemembered + 5; ++at) {
    fair::Remembered tenant;
    tenant.path = "/" + std::to_string(at);
    tenant.last_seen_unix_ns = static_cast<std::int64_t>(at);
    many.tenants.push_back(tenant);
  }
  const auto kept = parse_fair_memory(to_json(many));
  ASSERT_TRUE(kept) << kept.error().message;
  ASSERT_EQ(kept->tenants.size(), fair::kMaxRemembered);
  for (const fair::Remembered& tenant : kept->tenants) EXPECT_GE(tenant.last_seen_unix_ns, 5);
}

TEST(FairStore, SaysWhereItCannotWrite) {
  const auto saved = FairStore("/proc/nothing").save(some_memory());
  ASSERT_FALSE(saved);
  EXPECT_NE(saved.error().message.find("--state-directory"), std::string::npos);
}

}  // namespace
}  // namespace pagefare::test
