// SPDX-License-Identifier: Apache-2.0
#include "controller/core/steer/samples.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace pagefare::steer {
namespace {

/// A batch size changes its class when its logarithm is so far from the class's own.
constexpr double kBatchHysteresis = 0.75;
constexpr std::size_t kMaxGroups = 4096;
constexpr std::uint32_t kMaxBatchBits = 30;

using Caller = std::pair<Initiator, MigrateReason>;

/// What was observed of the folios of one caller, reason and order.
struct GroupSums {
  std::uint64_t folios = 0;
  Bytes bytes;
  Nanoseconds cpu{};
  Nanoseconds content{};
  Nanoseconds elapsed{};
  Nanoseconds content_elapsed{};
};

struct OffloadSums {
  Nanoseconds worker_cpu{};
  Nanoseconds channel{};
};

std::map<Caller, std::uint64_t> calls_by_caller(const Window& window) {
  std::map<Caller, std::uint64_t> calls;
  for (const CallEntry& entry : window.calls) {
    // Calls that moved nothing say nothing about the size of batches.
    if (entry.pages_migrated.value > 0) {
      calls[{entry.initiator, entry.reason}] += entry.calls;
    }
  }
  return calls;
}

std::map<Caller, OffloadSums> offload_by_caller(const Window& window) {
  std::map<Caller, OffloadSums> sums;
  for (const WorkerEntry& entry : window.workers) {
    sums[{entry.requester, entry.reason}].worker_cpu += entry.cpu;
  }
  for (const DmaEntry& entry : window.dma) {
    sums[{entry.requester, entry.reason}].channel += entry.channel;
  }
  return sums;
}

Nanoseconds asleep(const GroupSums& sums) {
  return std::max(sums.content_elapsed - sums.content, Nanoseconds::zero());
}

Nanoseconds part_of(Nanoseconds whole, double share) {
  return Nanoseconds(std::llround(static_cast<double>(whole.count()) * share));
}

void add(ClassSample& sample, const GroupSums& sums, Timing timing) {
  const bool inside = timing == Timing::kCopyFunction;
  sample.bytes += sums.bytes;
  sample.copy += inside ? sums.content_elapsed : sums.elapsed;
  sample.move += sums.elapsed;
  sample.cpu += inside ? sums.content : sums.cpu;
}

std::vector<ClassSample> largest(std::map<CopyClass, ClassSample> by_class) {
  std::vector<ClassSample> samples;
  samples.reserve(by_class.size());
  for (auto& [copy_class, sample] : by_class) {
    sample.copy_class = copy_class;
    samples.push_back(sample);
  }
  if (samples.size() > kMaxSampledClasses) {
    std::ranges::stable_sort(samples, std::ranges::greater{},
                             [](const ClassSample& sample) { return sample.bytes; });
    samples.resize(kMaxSampledClasses);
    std::ranges::sort(samples, {}, &ClassSample::copy_class);
  }
  return samples;
}

}  // namespace

std::string_view name(Timing timing) {
  return timing == Timing::kCopyFunction ? "copy_function" : "whole_call";
}

TimedShare timed_share(const Window& window) {
  TimedShare share;
  for (const FolioEntry& entry : window.folios) {
    if (entry.folios.value == 0) {
      continue;
    }
    share.seen += entry.bytes;
    if (entry.content_elapsed > Nanoseconds::zero()) {
      share.timed += entry.bytes;
    }
  }
  return share;
}

std::uint32_t Sampler::batch_bits(const Group& group, double folios_per_call) {
  const double bits =
      std::clamp(std::log2(folios_per_call), 0.0, static_cast<double>(kMaxBatchBits));
  const auto known = batch_bits_.find(group);
  if (known != batch_bits_.end() && std::abs(bits - known->second) < kBatchHysteresis) {
    return known->second;
  }
  if (known == batch_bits_.end() && batch_bits_.size() >= kMaxGroups) {
    batch_bits_.clear();  // cgroups come and go; what is still there is learned again at once
  }
  return batch_bits_[group] = static_cast<std::uint32_t>(std::lround(bits));
}

std::vector<ClassSample> Sampler::sample(const Window& window, const SampleTerms& terms) {
  std::map<Group, GroupSums> groups;
  std::map<Caller, GroupSums> callers;
  const auto gather = [](GroupSums& sums, const FolioEntry& entry) {
    sums.folios += entry.folios.value;
    sums.bytes += entry.bytes;
    sums.cpu += entry.cpu;
    sums.content += entry.content;
    sums.elapsed += entry.elapsed;
    sums.content_elapsed += entry.content_elapsed;
  };
  for (const FolioEntry& entry : window.folios) {
    const auto reason = static_cast<std::uint32_t>(entry.reason);
    const bool uses_engine = reason >= 32 || (terms.admitted & (1U << reason)) != 0;
    if (entry.folios.value > 0 && uses_engine) {
      gather(groups[{entry.initiator, entry.reason, entry.order}], entry);
      gather(callers[{entry.initiator, entry.reason}], entry);
    }
  }
  const auto calls = calls_by_caller(window);
  const auto offload = offload_by_caller(window);
  std::map<CopyClass, ClassSample> by_class;
  for (const auto& [group, sums] : groups) {
    const auto& [initiator, reason, order] = group;
    const Caller caller{initiator, reason};
    const auto counted = calls.find(caller);
    const double per_call =
        counted == calls.end() || counted->second == 0
            ? 1.0
            : static_cast<double>(sums.folios) / static_cast<double>(counted->second);
    const CopyClass copy_class{terms.page_size << order, 1ULL << batch_bits(group, per_call),
                               reason};
    ClassSample& sample = by_class[copy_class];
    add(sample, sums, terms.timing);
    const auto offloaded = offload.find(caller);
    if (offloaded == offload.end()) {
      continue;
    }
    const GroupSums& all = callers.at(caller);
    const double share =
        asleep(all) > Nanoseconds::zero()
            ? static_cast<double>(asleep(sums).count()) / static_cast<double>(asleep(all).count())
            : static_cast<double>(sums.bytes.value) /
                  static_cast<double>(std::max<std::uint64_t>(all.bytes.value, 1));
    sample.cpu += part_of(offloaded->second.worker_cpu, share);
    sample.dma += part_of(offloaded->second.channel, share);
  }
  return largest(std::move(by_class));
}

Nanoseconds copying_cpu(const Window& window, Timing timing) {
  Nanoseconds sum{};
  for (const FolioEntry& entry : window.folios) {
    sum += timing == Timing::kCopyFunction ? entry.content : entry.cpu;
  }
  for (const WorkerEntry& entry : window.workers) {
    sum += entry.cpu;
  }
  return sum;
}

}  // namespace pagefare::steer
