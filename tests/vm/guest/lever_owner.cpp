// SPDX-License-Identifier: Apache-2.0
#include "tests/vm/guest/lever_owner.h"

#include <chrono>
#include <memory>
#include <string>

#include "controller/edge/bpf/libbpf_log.h"
#include "controller/edge/cgroup_hierarchy.h"
#include "controller/edge/journal/custody.h"
#include "controller/edge/levers/kernel_levers.h"
#include "controller/edge/system_clock.h"

namespace pagefare::guest {

namespace {

constexpr const char* kStateDirectory = "/run/levers";
/// The guard of an owner that was killed before may still be at work.
constexpr std::chrono::seconds kPatience(30);

struct Owner {
  SystemFiles files;
  SystemClock clock;
  std::unique_ptr<Custody> custody;
  std::unique_ptr<KernelLevers> levers;
};

Result<void> tell(Owner& owner, const fair::Restraints& restraints) {
  const auto report = owner.levers->apply(restraints);
  if (!report) return tl::make_unexpected(report.error());
  for (const auto& outcome : report->outcomes) {
    if (outcome.outcome != fair::Outcome::kApplied) return fail(outcome.path + ": " + outcome.why);
  }
  return {};
}

Result<void> hold(const fair::Restraints& restraints) {
  static Owner owner;  // until the process is killed
  capture_libbpf_log();
  auto place = journal_place(kStateDirectory);
  if (!place) return tl::make_unexpected(place.error());
  place->patience = kPatience;
  auto custody =
      Custody::open({.place = *place,
                     .on_stop = OnStop::kRestore,
                     .guard = {"/bin/pagefare", "guard", "--state-directory", kStateDirectory}},
                    owner.files);
  if (!custody) return tl::make_unexpected(custody.error());
  owner.custody = std::make_unique<Custody>(*std::move(custody));
  const auto hierarchy = find_cgroup_hierarchy({});
  if (!hierarchy) return tl::make_unexpected(hierarchy.error());
  owner.levers =
      std::make_unique<KernelLevers>(Roots{}, *hierarchy, owner.clock, *owner.custody, owner.files);
  return tell(owner, restraints);
}

}  // namespace

Result<HeldProcess> start_lever_owner(const fair::Restraints& restraints) {
  return HeldProcess::start([&] { return hold(restraints); });
}

}  // namespace pagefare::guest
