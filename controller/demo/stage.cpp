// SPDX-License-Identifier: Apache-2.0
#include "controller/demo/stage.h"

#include <algorithm>
#include <thread>

#include "controller/demo/kernel_counters.h"
#include "controller/demo/node_moves.h"

namespace pagefare::demo {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::uint64_t kMemoryPercent = 40;
constexpr auto kCpusetPause = std::chrono::milliseconds(100);
constexpr int kCpusetPauses = 200;
/// A round that moved less than one page in so many was stopped early.
constexpr std::uint64_t kHeldUpShare = 2;

Order order_to(Task task) {
  Order order;
  order.task = task;
  return order;
}

/// On several nodes a part of the memory stays whole, as small and as huge pages, to be moved.
FragmenterSizes split_up(Bytes size, bool several_nodes) {
  if (!several_nodes) return {size, {}, {}};
  return {Bytes{size.value / 2}, Bytes{size.value / 4}, Bytes{size.value / 4}};
}

Nanoseconds since(SteadyClock::time_point start) {
  return SteadyClock::now() - start;
}

std::uint64_t pages_on(const NodeSnapshot& pages, int node) {
  return static_cast<std::uint64_t>(std::ranges::count(pages, node));
}

}  // namespace

std::vector<TenantSize> fit_to_memory(std::vector<TenantSize> tenants, Bytes available) {
  std::uint64_t wanted = 0;
  for (const auto& tenant : tenants) wanted += tenant.size.value;
  const std::uint64_t allowed = available.value / 100 * kMemoryPercent;
  if (wanted <= allowed) return tenants;
  const double share = static_cast<double>(allowed) / static_cast<double>(wanted);
  for (auto& tenant : tenants) {
    tenant.size.value = static_cast<std::uint64_t>(static_cast<double>(tenant.size.value) * share);
  }
  return tenants;
}

Result<Worker> Stage::admit_worker(const std::string& name) const {
  auto worker = Worker::start();
  if (!worker) return worker;
  if (const auto in = cgroups_.admit(name, worker->pid()); !in) {
    return tl::make_unexpected(in.error());
  }
  return worker;
}

Result<Answer> Stage::order(const Worker& worker, const Order& order) const {
  if (const auto told = worker.tell(order); !told) return tl::make_unexpected(told.error());
  return worker.hear(settings_.stop);
}

Result<void> Stage::set_up(const std::vector<TenantSize>& tenants) {
  auto compactor = admit_worker(kCompactor);
  if (!compactor) return tl::make_unexpected(compactor.error());
  compactor_.emplace(std::move(*compactor));
  if (nodes_.size() > 1) {
    auto mover = admit_worker(kMover);
    if (!mover) return tl::make_unexpected(mover.error());
    mover_.emplace(std::move(*mover));
  }
  for (const auto& tenant : tenants) {
    auto worker = admit_worker(tenant.name);
    if (!worker) return tl::make_unexpected(worker.error());
    Order fill = order_to(Task::kFill);
    fill.sizes = split_up(tenant.size, nodes_.size() > 1);
    const auto filled = order(*worker, fill);
    if (!filled) return fail("cannot fill the memory of " + tenant.name, filled.error());
    tenants_.push_back({tenant.name, std::move(*worker), filled->all, filled->whole});
  }
  return {};
}

Result<std::vector<FrameSnapshot>> Stage::frames() const {
  std::vector<FrameSnapshot> all;
  for (const auto& tenant : tenants_) {
    auto frames = read_frames("/proc/" + std::to_string(tenant.worker.pid()) + "/pagemap",
                              tenant.all, page_size());
    if (!frames) return tl::make_unexpected(frames.error());
    all.push_back(std::move(*frames));
  }
  return all;
}

std::vector<OwnerMove> Stage::compare(const std::vector<FrameSnapshot>& before,
                                      const std::vector<FrameSnapshot>& after) const {
  std::vector<OwnerMove> owners;
  for (std::size_t i = 0; i < tenants_.size(); ++i) {
    const FrameChanges changes = compare_frames(before[i], after[i]);
    owners.push_back({tenants_[i].name, changes.moved, changes.lost});
  }
  return owners;
}

Result<void> Stage::fragment(std::uint64_t round) const {
  Order fragment = order_to(Task::kFragment);
  fragment.round = round;
  for (const auto& tenant : tenants_) {
    if (const auto told = tenant.worker.tell(fragment); !told) return told;
  }
  for (const auto& tenant : tenants_) {
    const auto done = tenant.worker.hear(settings_.stop);
    if (!done) return fail("cannot fragment the memory of " + tenant.name, done.error());
  }
  return {};
}

Result<DemoStep> Stage::compact(std::uint64_t round) {
  const auto start = SteadyClock::now();
  if (const auto ready = fragment(round); !ready) return tl::make_unexpected(ready.error());
  // The kernel's counter is read outside the snapshots, so that it sees all that they see.
  const auto pages_before = migrated_pages();
  if (!pages_before) return tl::make_unexpected(pages_before.error());
  const auto before = frames();
  Order compaction = order_to(Task::kCompact);
  compaction.write_back_first = held_up_;
  if (!before) return tl::make_unexpected(before.error());
  const auto compacted = order(*compactor_, compaction);
  if (!compacted) return tl::make_unexpected(compacted.error());
  const auto after = frames();
  if (!after) return tl::make_unexpected(after.error());
  const auto pages_after = migrated_pages();
  if (!pages_after) return tl::make_unexpected(pages_after.error());

  DemoStep step;
  step.action = DemoAction::kCompaction;
  step.initiator = kCompactor;
  step.owners = compare(*before, *after);
  step.kernel_pages = *pages_after - *pages_before;
  step.cpu = compacted->compaction.cpu_ns;
  step.wall = since(start);
  Pages moved;
  for (const auto& owner : step.owners) moved += owner.moved;
  std::uint64_t seen = 0;
  for (const auto& frames : *before) {
    seen += frames.size() - static_cast<std::uint64_t>(std::ranges::count(frames, kNoFrame));
  }
  held_up_ = moved.value * kHeldUpShare < seen;
  return step;
}

std::vector<DemoAction> Stage::node_actions(bool with_cpuset) const {
  if (nodes_.size() < 2) return {};
  std::vector<DemoAction> actions{DemoAction::kMovePagesOwn, DemoAction::kMovePagesOther,
                                  DemoAction::kMbind, DemoAction::kMigratePages};
  if (with_cpuset) actions.push_back(DemoAction::kCpusetMems);
  return actions;
}

Result<void> Stage::ask_for_move(DemoAction action, const Tenant& tenant, int from,
                                 int target) const {
  if (action == DemoAction::kCpusetMems) return change_cpuset(tenant, from, target);
  Order move;
  move.node = target;
  move.from_node = from;
  move.range = tenant.whole;
  const bool own = action == DemoAction::kMovePagesOwn || action == DemoAction::kMbind;
  if (!own) move.pid = tenant.worker.pid();
  if (action == DemoAction::kMbind) {
    move.task = Task::kBindRange;
  } else if (action == DemoAction::kMigratePages) {
    move.task = Task::kMigrate;
  } else {
    move.task = Task::kMoveRange;
  }
  const auto moved = order(own ? tenant.worker : *mover_, move);
  if (!moved) return tl::make_unexpected(moved.error());
  return {};
}

Result<void> Stage::change_cpuset(const Tenant& tenant, int from, int target) const {
  if (const auto set = cgroups_.set_nodes(tenant.name, std::to_string(target)); !set) return set;
  // Newer kernels return before the worker has moved the pages.
  for (int pauses = 0; pauses < kCpusetPauses; ++pauses) {
    if (settings_.stop != nullptr && settings_.stop->load()) return fail(kInterrupted);
    const auto now = read_nodes(tenant.worker.pid(), tenant.all);
    if (!now) return tl::make_unexpected(now.error());
    if (pages_on(*now, from) == 0) break;
    std::this_thread::sleep_for(kCpusetPause);
  }
  return cgroups_.set_nodes(tenant.name, "");
}

Result<DemoStep> Stage::move_between_nodes(DemoAction action, std::uint64_t round) {
  const auto start = SteadyClock::now();
  const Tenant& tenant = tenants_[(static_cast<std::size_t>(action) + round) % tenants_.size()];
  const auto pages_before = migrated_pages();
  if (!pages_before) return tl::make_unexpected(pages_before.error());
  // Room for huge pages is made by compaction, which moves everybody's pages: look at them all.
  const auto before = frames();
  if (!before) return tl::make_unexpected(before.error());
  const auto nodes_before = read_nodes(tenant.worker.pid(), tenant.all);
  if (!nodes_before) return tl::make_unexpected(nodes_before.error());
  const int target = emptier_node(*nodes_before, nodes_[0], nodes_[1]);
  const int from = target == nodes_[0] ? nodes_[1] : nodes_[0];
  if (const auto asked = ask_for_move(action, tenant, from, target); !asked) {
    return fail(std::string(name(action)) + " of " + tenant.name, asked.error());
  }
  const auto nodes_after = read_nodes(tenant.worker.pid(), tenant.all);
  if (!nodes_after) return tl::make_unexpected(nodes_after.error());
  const auto after = frames();
  if (!after) return tl::make_unexpected(after.error());
  const auto pages_after = migrated_pages();
  if (!pages_after) return tl::make_unexpected(pages_after.error());

  DemoStep step;
  step.action = action;
  step.initiator = kMover;
  const bool own = action == DemoAction::kMovePagesOwn || action == DemoAction::kMbind;
  if (own) step.initiator = tenant.name;
  if (action == DemoAction::kCpusetMems) step.initiator = kKernelWorker;
  step.owners = compare(*before, *after);
  step.kernel_pages = *pages_after - *pages_before;
  step.node_pages = count_node_changes(*nodes_before, *nodes_after);
  step.wall = since(start);
  return step;
}

}  // namespace pagefare::demo
