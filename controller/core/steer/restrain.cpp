// SPDX-License-Identifier: Apache-2.0
#include "controller/core/steer/restrain.h"

#include <algorithm>
#include <bit>

namespace pagefare::steer {
namespace {

bool count_held(Engine engine, const Held& held) {
  return engine == Engine::kThreads ? held.threads : held.channels;
}

/// The next count on the way, among those that this machine offers.
std::uint32_t next_count(std::uint32_t now, std::uint32_t target, const SettingSpace& space,
                         Engine engine, std::uint32_t steps_down) {
  const std::vector<std::uint32_t> counts = space.counts(engine);
  if (target > now) {
    const auto above = std::ranges::upper_bound(counts, now);
    return above == counts.end() ? target : std::min(*above, target);
  }
  std::uint32_t count = now;
  for (std::uint32_t i = 0; i < steps_down && count > target; ++i) {
    const auto here = std::ranges::lower_bound(counts, count);
    count = here == counts.begin() ? target : std::max(*(here - 1), target);
  }
  return count;
}

}  // namespace

Knobs step_toward(const Knobs& now, Setting target, const SettingSpace& space, const Held& held,
                  Haste haste) {
  Knobs next = now;
  if (target.engine == Engine::kKernel) {
    next.engine = held.engine ? now.engine : Engine::kKernel;
    return next;
  }
  std::uint32_t& count = next.count(target.engine);
  const bool running = now.engine == target.engine;
  if (count != target.workers && !count_held(target.engine, held)) {
    count =
        next_count(count, target.workers, space, target.engine, haste == Haste::kPressure ? 2 : 1);
  }
  const bool one_write_only = haste == Haste::kCalm && next != now;
  if (!running && count == target.workers && !one_write_only && !held.engine) {
    next.engine = target.engine;
  }
  // Threads that are wanted elsewhere become fewer also on the way to another engine.
  const bool waits = next.engine == Engine::kThreads && target.engine != Engine::kThreads;
  if (haste == Haste::kPressure && waits && !held.threads) {
    std::uint32_t& threads = next.count(Engine::kThreads);
    threads = next_count(threads, 1, space, Engine::kThreads, 2);
  }
  return next;
}

bool within_step(std::uint32_t now, std::uint32_t to, Haste haste) {
  const std::uint64_t from = std::max(now, 1U);  // the bounds may be beyond 32 bits
  const std::uint64_t most = 2 * std::bit_floor(from);
  const std::uint64_t least = std::bit_ceil(from) / (haste == Haste::kPressure ? 4 : 2);
  return to >= least && to <= most;
}

bool reachable(const Knobs& now, Setting setting, const Held& held) {
  if (held.engine && setting.engine != now.engine) {
    return false;
  }
  return setting.engine == Engine::kKernel || !count_held(setting.engine, held) ||
         now.count(setting.engine) == setting.workers;
}

}  // namespace pagefare::steer
