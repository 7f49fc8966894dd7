// SPDX-License-Identifier: Apache-2.0
// Every BPF program on this kernel: attached, or not and for the reason that doctor gives; and what
// is attached fires.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tests/vm/guest/cgroup.h"
#include "tests/vm/guest/daemon.h"
#include "tests/vm/guest/mover_process.h"

namespace pagefare::guest {
namespace {

class Programs : public testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(Precise, Programs, testing::Values("precise"));
INSTANTIATE_TEST_SUITE_P(Portable, Programs, testing::Values("portable"));

struct Reason {
  bool attached;
  std::string why;
};

std::map<std::string, Reason> reasons_of(const nlohmann::json& programs) {
  std::map<std::string, Reason> reasons;
  for (const auto& program : programs) {
    reasons[program.value("name", "")] = {program.value("attached", false),
                                          program.value("why", "")};
  }
  return reasons;
}

TEST_P(Programs, AreAttachedOrSayWhyNot) {
  const auto daemon = shared_daemon(GetParam());
  ASSERT_TRUE(daemon) << daemon.error().message;
  const auto status = (*daemon)->settled();
  ASSERT_TRUE(status) << status.error().message;
  const auto reasons = reasons_of(status->json()["programs"]);
  EXPECT_GE(reasons.size(), 10U);
  for (const auto& [name, reason] : reasons) {
    EXPECT_FALSE(reason.why.empty()) << name;
  }
  EXPECT_EQ(status->layer(), GetParam());
}

TEST_P(Programs, ThatEveryLayerNeedsAreAttached) {
  const auto daemon = shared_daemon(GetParam());
  ASSERT_TRUE(daemon) << daemon.error().message;
  const auto status = (*daemon)->settled();
  ASSERT_TRUE(status) << status.error().message;
  auto reasons = reasons_of(status->json()["programs"]);
  for (const char* name : {"on_mm_migrate_pages_start", "on_mm_migrate_pages", "on_sched_switch"}) {
    EXPECT_TRUE(reasons[name].attached) << name << ": " << reasons[name].why;
  }
  const bool precise = GetParam() == "precise";
  EXPECT_EQ(reasons["on_folio_migrate_flags"].attached || reasons["on_mem_cgroup_migrate"].attached,
            precise);
  EXPECT_EQ(reasons["on_folio_copy"].attached, precise) << reasons["on_folio_copy"].why;
  EXPECT_EQ(reasons["on_remove_migration_pte"].attached, !precise);
  EXPECT_EQ(reasons["on_remove_migration_pmd"].attached, !precise);
}

/// Provokes everything that a hook of ours can see without the copy module.
void provoke_all() {
  for (const char* kind : {"base", "huge"}) {
    auto mover = MoverProcess::start({"--mib", "4", "--kind", kind});
    ASSERT_TRUE(mover) << mover.error().message;
    const auto moved = mover->order("go");
    ASSERT_TRUE(moved) << moved.error().message;
  }
}

TEST_P(Programs, ThatAreAttachedFireForTheEventTheyMustSee) {
  ASSERT_TRUE(write_file("/proc/sys/kernel/bpf_stats_enabled", "1"));
  const auto daemon = shared_daemon(GetParam());
  ASSERT_TRUE(daemon) << daemon.error().message;
  const auto before = (*daemon)->settled();
  provoke_all();
  const auto after = (*daemon)->settled();
  ASSERT_TRUE(before && after);
  int attached = 0;
  for (std::size_t i = 0; i < after->json()["programs"].size(); ++i) {
    const auto& program = after->json()["programs"][i];
    if (program.value("attached", false)) {
      ++attached;
      EXPECT_GT(program.value("runs", 0), before->json()["programs"][i].value("runs", 0))
          << program["name"] << " on " << program["hook"] << " is attached but silent";
    }
  }
  EXPECT_GE(attached, 5);
}

TEST(Doctor, GivesTheSameReasonsAsTheDaemon) {
  const auto daemon = shared_daemon("auto");
  ASSERT_TRUE(daemon) << daemon.error().message;
  const auto status = (*daemon)->settled();
  const auto text = run_pagefare("doctor");
  ASSERT_TRUE(status && text);
  for (const auto& [name, reason] : reasons_of(status->json()["programs"])) {
    EXPECT_NE(text->find(reason.why), std::string::npos) << name << ": " << reason.why << "\n"
                                                         << *text;
  }
}

TEST(Layer, IsThePreciseOneWhereTrampolinesAttach) {
  const auto daemon = shared_daemon("auto");
  ASSERT_TRUE(daemon) << daemon.error().message;
  const auto status = (*daemon)->settled();
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(status->layer(), "precise") << status->json().value("layer_why", "");
}

}  // namespace
}  // namespace pagefare::guest
