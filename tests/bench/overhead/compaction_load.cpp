// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "controller/demo/demo_cgroups.h"
#include "controller/demo/fragmenter.h"
#include "controller/demo/memory_hierarchy.h"
#include "controller/demo/worker.h"
#include "tests/bench/overhead/load.h"

namespace pagefare::bench {
namespace {

/// Compactions in one visit; a machine that reaches no page count in so many is too full.
constexpr int kMostCompactions = 12;

/// `fragment` is given the number of the round; only the compaction after it is measured.
Result<Work> compact(const std::function<Result<void>(std::uint64_t)>& fragment,
                     std::uint64_t& round, std::uint64_t pages) {
  Work work;
  for (int i = 0; i < kMostCompactions && work.units < pages; ++i) {
    if (const auto done = fragment(round++); !done) return tl::make_unexpected(done.error());
    const auto compaction = demo::compact_memory(true);
    if (!compaction) return tl::make_unexpected(compaction.error());
    work.units += compaction->pages.value;
    work.cpu += compaction->cpu_ns;
  }
  if (work.units < pages / 4) {
    return fail("only " + std::to_string(work.units) + " pages moved in " +
                std::to_string(kMostCompactions) +
                " compactions: free some memory, or make --holes larger");
  }
  return work;
}

/// Processes that own memory, in cgroups that are removed with this.
class Owners {
 public:
  static Result<std::unique_ptr<Owners>> start(int owners, Bytes holes) {
    const auto roots = demo::find_cgroup_roots();
    if (!roots) return tl::make_unexpected(roots.error());
    std::vector<std::string> names;
    names.reserve(static_cast<std::size_t>(owners));
    for (int i = 0; i < owners; ++i) names.push_back("owner" + std::to_string(i));
    std::unique_ptr<Owners> all(
        new Owners(demo::DemoCgroups(*roots, "pagefare-bench-overhead", names, false)));
    if (const auto made = all->cgroups_.create(); !made) return tl::make_unexpected(made.error());
    for (const std::string& name : names) {
      const auto added = all->add(name, Bytes{holes.value / names.size()});
      if (!added) return fail(name, added.error());
    }
    return all;
  }

  Owners(const Owners&) = delete;
  Owners& operator=(const Owners&) = delete;
  Owners(Owners&&) = delete;
  Owners& operator=(Owners&&) = delete;
  ~Owners() {
    processes_.clear();
    static_cast<void>(cgroups_.remove());
  }

  /// All at the same time, so that their pages lie among each other.
  Result<void> fragment(std::uint64_t round) {
    demo::Order order;
    order.task = demo::Task::kFragment;
    order.round = round;
    for (const auto& process : processes_) {
      if (const auto told = process.tell(order); !told) return told;
    }
    for (const auto& process : processes_) {
      if (const auto done = process.hear(&never_); !done) return tl::make_unexpected(done.error());
    }
    return {};
  }

 private:
  explicit Owners(demo::DemoCgroups cgroups) : cgroups_(std::move(cgroups)) {}

  Result<void> add(const std::string& name, Bytes holes) {
    auto process = demo::Worker::start();
    if (!process) return tl::make_unexpected(process.error());
    if (const auto in = cgroups_.admit(name, process->pid()); !in) return in;
    demo::Order fill;
    fill.task = demo::Task::kFill;
    fill.sizes = {holes, {}, {}};
    if (const auto told = process->tell(fill); !told) return told;
    if (const auto done = process->hear(&never_); !done) return tl::make_unexpected(done.error());
    processes_.push_back(std::move(*process));
    return {};
  }

  demo::DemoCgroups cgroups_;
  std::deque<demo::Worker> processes_;
  std::atomic<bool> never_{false};
};

}  // namespace

Result<Load> compaction_load(std::uint64_t pages, Bytes holes) {
  auto reserved = demo::Fragmenter::reserve({holes, {}, {}});
  if (!reserved) return tl::make_unexpected(reserved.error());
  auto memory = std::make_shared<demo::Fragmenter>(std::move(*reserved));
  const auto fragment = [memory](std::uint64_t round) { return memory->fragment(round); };
  auto round = std::make_shared<std::uint64_t>(0);
  return Load{"compaction", "page",
              [fragment, round, pages] { return compact(fragment, *round, pages); }};
}

Result<Load> shared_compaction_load(std::uint64_t pages, Bytes holes, int owners) {
  auto started = Owners::start(owners, holes);
  if (!started) return tl::make_unexpected(started.error());
  const std::shared_ptr<Owners> all = std::move(*started);
  const auto fragment = [all](std::uint64_t round) { return all->fragment(round); };
  auto round = std::make_shared<std::uint64_t>(0);
  return Load{"compaction of the memory of " + std::to_string(owners) + " cgroups", "page",
              [fragment, round, pages] { return compact(fragment, *round, pages); }};
}

}  // namespace pagefare::bench
