// SPDX-License-Identifier: Apache-2.0
#include "controller/core/steer/reason_loads.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace pagefare::steer {
namespace {

constexpr std::size_t kReasons = std::bit_width(kKnownReasons);

struct Asked {
  double bytes = 0.0;
  double by_callers_ns = 0.0;
  double by_engine_ns = 0.0;
};
using AskedByReason = std::array<Asked, kReasons>;

template <typename Entries, typename Add>
void for_known(const Entries& entries, AskedByReason& asked, Add add) {
  for (const auto& entry : entries) {
    const auto reason = static_cast<std::size_t>(entry.reason);
    if (reason < asked.size()) {
      add(asked[reason], entry);
    }
  }
}

AskedByReason gather(const Window& window, Engine engine) {
  AskedByReason asked{};
  for_known(window.folios, asked, [&](Asked& sum, const FolioEntry& entry) {
    // The precise layer knows what of it is copying, the portable one does not.
    const Nanoseconds copying = entry.content > Nanoseconds::zero() ? entry.content : entry.cpu;
    sum.bytes += static_cast<double>(entry.bytes.value);
    sum.by_callers_ns += static_cast<double>(copying.count());
    sum.by_engine_ns += engine == Engine::kThreads ? static_cast<double>(copying.count()) : 0.0;
  });
  for_known(window.workers, asked, [&](Asked& sum, const WorkerEntry& entry) {
    sum.by_engine_ns += engine == Engine::kThreads ? static_cast<double>(entry.cpu.count()) : 0.0;
  });
  for_known(window.dma, asked, [&](Asked& sum, const DmaEntry& entry) {
    sum.by_engine_ns += engine == Engine::kDma ? static_cast<double>(entry.channel.count()) : 0.0;
  });
  return asked;
}

}  // namespace

ReasonDemand reason_demand(const Window& window, const ReasonTerms& terms) {
  const AskedByReason asked = gather(window, terms.active.engine);
  double admitted_bytes = 0.0;
  double admitted_ns = 0.0;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if ((terms.admitted & (1U << i)) != 0) {
      admitted_bytes += asked[i].bytes;
      admitted_ns += asked[i].by_engine_ns;
    }
  }
  ReasonDemand demand;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    double needed = asked[i].by_engine_ns;
    if ((terms.admitted & (1U << i)) == 0) {
      needed = admitted_bytes > 0.0 ? asked[i].bytes * admitted_ns / admitted_bytes
                                    : asked[i].by_callers_ns;
    }
    ReasonLoad load;
    load.reason = static_cast<MigrateReason>(i);
    load.engine_time = Nanoseconds(std::llround(needed));
    const auto place = std::ranges::find(terms.order, load.reason);
    load.rank = static_cast<std::uint32_t>(place - terms.order.begin());
    demand.loads.push_back(load);
  }
  const double seconds_per_second =
      terms.active.engine == Engine::kThreads ? terms.cpu.available : 1.0;
  demand.policy.capacity =
      Nanoseconds(std::llround(seconds_per_second * static_cast<double>(window.duration.count())));
  return demand;
}

}  // namespace pagefare::steer
