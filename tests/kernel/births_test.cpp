// SPDX-License-Identifier: Apache-2.0
// Whose child a cgroup was, on the running kernel.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <string>

#include "controller/edge/bpf/bpf_cgroup_births.h"
#include "controller/edge/bpf/libbpf_log.h"
#include "controller/edge/cgroup_hierarchy.h"
#include "controller/edge/own_cgroup.h"

namespace pagefare {
namespace {

std::optional<CgroupId> id_of(const std::string& directory) {
  struct stat status{};
  if (::stat(directory.c_str(), &status) != 0) return std::nullopt;
  return CgroupId{status.st_ino};
}

class Births : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "BPF needs root";
    const auto hierarchy = find_cgroup_hierarchy({});
    if (!hierarchy) GTEST_SKIP() << hierarchy.error().message;
    parent_ = hierarchy->path + "/pagefare-births-" + std::to_string(getpid());
    if (::mkdir(parent_.c_str(), 0755) != 0) GTEST_SKIP() << "no cgroup can be made";
    capture_libbpf_log();
    auto births = BpfCgroupBirths::open(memory_hierarchy({}));
    ASSERT_TRUE(births) << births.error().message;
    births_ = *std::move(births);
  }
  void TearDown() override { ::rmdir(parent_.c_str()); }

  std::string parent_;
  std::unique_ptr<BpfCgroupBirths> births_;
};

TEST_F(Births, AreKnownWhenTheChildIsGone) {
  const std::string child = parent_ + "/brief";
  ASSERT_EQ(::mkdir(child.c_str(), 0755), 0);
  const auto id = id_of(child);
  ASSERT_TRUE(id);
  ASSERT_EQ(::rmdir(child.c_str()), 0);
  EXPECT_EQ(births_->parent(*id), id_of(parent_));
}

TEST_F(Births, BeforeAnybodyLookedAreNotKnown) {
  const auto parent = id_of(parent_);
  ASSERT_TRUE(parent);
  EXPECT_EQ(births_->parent(*parent), std::nullopt);
}

}  // namespace
}  // namespace pagefare
