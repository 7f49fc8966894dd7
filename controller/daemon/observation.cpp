// SPDX-License-Identifier: Apache-2.0
#include "controller/daemon/observation.h"

#include <unistd.h>

#include <array>
#include <climits>
#include <cstdlib>

#include "controller/daemon/version.h"
#include "controller/edge/config_fairness.h"
#include "controller/edge/kubernetes/pod_watch_choice.h"
#include "controller/edge/machine_facts.h"

namespace pagefare {

namespace {

LayerWish to_wish(LayerChoice choice) {
  switch (choice) {
    case LayerChoice::kPortable:
      return LayerWish::kPortable;
    case LayerChoice::kPrecise:
      return LayerWish::kPrecise;
    case LayerChoice::kAuto:
      break;
  }
  return LayerWish::kAuto;
}

LoopSettings loop_settings(const Config& config, std::uint32_t page_size) {
  return {.version = kVersion,
          .mode = config.mode,
          .charge = config.charge,
          .period = config.period,
          .page_size = page_size,
          .max_cgroups = static_cast<std::size_t>(config.max_cgroups),
          .linger = config.linger};
}

std::string host_name() {
  std::array<char, HOST_NAME_MAX + 1> text{};
  return gethostname(text.data(), text.size() - 1) == 0 ? text.data() : "";
}

std::string environment(const char* variable) {
  const char* const value = std::getenv(variable);
  return value == nullptr ? "" : value;
}

}  // namespace

Result<CgroupHierarchy> find_memory_cgroups(const Roots& roots) {
  auto found = find_cgroup_hierarchy(roots);
  // The table of mounts also names those that a later one covers.
  if (found && access((found->path + "/cgroup.procs").c_str(), F_OK) != 0) {
    return fail(found->path +
                ": the memory controller's cgroups are mounted here, but hidden by another mount; "
                "unmount that one");
  }
  return found;
}

BpfSettings bpf_settings(const Config& config, const Roots& roots, bool memory_on_v2) {
  const MachineFacts facts = read_machine_facts(roots);
  BpfSettings settings{.proc_root = roots.proc,
                       .sys_root = roots.sys,
                       .layer = to_wish(config.layer),
                       .memory_on_v2 = memory_on_v2,
                       .page_size = facts.page_size,
                       .max_pfn = facts.pfn_end,
                       .nodes = {},
                       .copy_workers = config.copy_workers,
                       .statistics = config.bpf_stats};
  for (const NodeId node : facts.nodes_with_memory) settings.nodes.push_back(node.value);
  return settings;
}

Result<std::unique_ptr<Observation>> Observation::open(const Config& config, const Roots& roots,
                                                       Clock& clock, SnapshotSink& sink) {
  const auto hierarchy = find_memory_cgroups(roots);
  if (!hierarchy) return tl::make_unexpected(hierarchy.error());
  const BpfSettings settings = bpf_settings(config, roots, hierarchy->memory_on_v2);
  const auto pods = choose_pod_watch(config.kubernetes, environment, host_name());
  if (!pods) return tl::make_unexpected(pods.error());
  auto source = BpfSource::open(settings, clock);
  if (!source) return tl::make_unexpected(source.error());

  std::unique_ptr<Observation> observation(new Observation());
  observation->source_ = std::move(*source);
  observation->names_ = std::make_unique<CgroupPaths>(hierarchy->path, clock);
  observation->loop_ =
      std::make_unique<Loop>(loop_settings(config, settings.page_size), *observation->source_,
                             *observation->names_, clock, sink);
  if (*pods) {
    observation->pods_ = std::make_unique<PodWatch>(**pods, clock);
    observation->loop_->set_pod_names(*observation->pods_);
  }
  return observation;
}

Result<void> Observation::steer(const Config& config, const Roots& roots, Clock& clock,
                                CopyEngine& engine, const std::string& record) {
  auto parts = SteeringParts::open(config, roots, clock, engine, record);
  if (!parts) return tl::make_unexpected(parts.error());
  steering_ = std::move(*parts);
  loop_->steer_with(steering_->steering());
  return {};
}

void Observation::settle(const Config& config, const Roots& roots, Clock& clock, Levers* levers,
                         const std::string& state_directory) {
  fairness_ =
      std::make_unique<FairnessParts>(config, roots, *names_, clock, levers, state_directory);
  loop_->attach(fairness_->fairness());
}

void Observation::apply(const Config& config) {
  if (fairness_ != nullptr) fairness_->fairness().set_policy(fair_policy(config));
  loop_->set_charge(config.charge);
  loop_->set_period(config.period);
}

}  // namespace pagefare
