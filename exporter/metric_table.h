// SPDX-License-Identifier: Apache-2.0
// The one list of our metrics: the collector and docs/metrics.md are both made from it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace pagefare {

enum class Metric : std::uint8_t {
  kBuildInfo,
  kMode,
  kLayer,
  kChargeRule,
  kStartTime,
  kPageSize,
  kPeriod,
  kWarnings,
  kMigrateCalls,
  kMigratedPages,
  kFailedPages,
  kMigratedThps,
  kFailedThps,
  kSplitThps,
  kCallCpu,
  kCallLatency,
  kCallSize,
  kCgroupBytes,
  kCgroupFolios,
  kCgroupCopyCpu,
  kCgroupWorkerCpu,
  kCgroupOutsideQuota,
  kCgroupDmaBytes,
  kCgroupDmaChannel,
  kMeasuredBytes,
  kMeasuredFolios,
  kMeasuredCopyCpu,
  kMeasuredContentCopy,
  kWorkerCpu,
  kWorkerItems,
  kDmaBytes,
  kDmaChannel,
  kDmaBatches,
  kDmaFailures,
  kUnattributedBytes,
  kUnattributedFolios,
  kUnattributedCopyCpu,
  kUnattributedWorkerCpu,
  kUnattributedDmaBytes,
  kUnattributedDmaChannel,
  kCompleteness,
  kClassBytes,
  kClassFolios,
  kClassCopyCpu,
  kNodeBytes,
  kNodeFolios,
  kNodeCopyCpu,
  kKnobAlarm,
  kKnobGrip,
  kSteerWorkers,
  kSteerTargetWorkers,
  kSteerDeciding,
  kSteerDecisions,
  kSteerHeldPeriods,
  kSteerRegret,
  kSteerLost,
  kSteerCpusAvailable,
  kSteerMaskWrites,
  kFairEnforcing,
  kBudgetStage,
  kBudgetShare,
  kBudgetUsedCpu,
  kBudgetEarnedCpu,
  kBudgetLentCpu,
  kBudgetBorrowedCpu,
  kBudgetRefusals,
  kBudgetRepaid,
  kFairVerdicts,
  kFairSteps,
  kFairLeverOutcomes,
  kFairFailures,
  kPodBudgets,
  kPodBudgetFaults,
  kProgramAttached,
  kProgramRunTime,
  kProgramRuns,
  kProgramMissed,
  kMapEntries,
  kMapMaxEntries,
  kMapBytes,
  kPeriodCpu,
  kLastPeriodCpu,
  kPeriods,
  kFailedPeriods,
  kScrapes,
  kScrapeCpu,
  kLosses,
  kOvercountedPages,
  kResolveFailures,
  kPods,
  kPodNamesComplete,
  kPodNameFailures,
  kEnd  ///< no metric: how many there are
};
inline constexpr auto kMetrics = static_cast<std::size_t>(Metric::kEnd);

enum class MetricType : std::uint8_t { kCounter, kGauge, kHistogram };

struct MetricSpec {
  Metric metric{};
  std::string_view name;
  MetricType type{};
  std::string_view unit;                   ///< base unit, or what is counted
  std::array<std::string_view, 2> labels;  ///< empty where unused
  std::string_view sum_over;               ///< labels that may be summed over; empty: none
  std::string_view help;
};

/// As Prometheus spells it.
std::string_view type_name(MetricType type);

/// All metrics, in the order in which they are written.
std::span<const MetricSpec> metric_table();

const MetricSpec& spec(Metric metric);

/// How many of the two labels are used.
std::size_t label_count(const MetricSpec& spec);

/// Labels that follow those of the table where the cgroup of a sample is a named pod's.
inline constexpr std::array<std::string_view, 3> kPodLabels{"namespace", "pod", "container"};

/// The first label is "cgroup": a sample may have the pod labels too.
bool is_per_cgroup(const MetricSpec& spec);

/// Whether a sample may have so many label values.
bool takes_labels(const MetricSpec& spec, std::size_t values);

/// Of the i-th label value of a sample.
std::string_view label_name(const MetricSpec& spec, std::size_t i);

/// The text of docs/metrics.md.
std::string metrics_markdown();

}  // namespace pagefare
