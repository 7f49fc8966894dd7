// SPDX-License-Identifier: Apache-2.0
// What a person should know before trusting the figures, in sentences.
#pragma once

#include <optional>
#include <string>

#include "controller/core/snapshot.h"

namespace pagefare {

/// Below this share of charged cost (parts per million) the figures come with a warning.
inline constexpr std::uint32_t kCompleteEnoughPpm = 990'000;

/// Why too much is charged to nobody, or nothing when enough is charged.
std::optional<std::string> warn_of_incompleteness(const Snapshot& snapshot);

/// What could not be counted in one period, or nothing when everything could.
std::optional<std::string> warn_of_losses(const Losses& losses);

/// Why pods are shown without their names, or nothing when all is well.
std::optional<std::string> warn_of_missing_names(const Snapshot& snapshot);

/// Why budgets from labels of namespaces may be missing, or nothing when all is well.
std::optional<std::string> warn_of_missing_labels(const Snapshot& snapshot);

/// Which annotations of pods do not have their effect; nothing when all have.
std::optional<std::string> warn_of_pod_faults(const fair::FairState& fair);

/// Precondition: health.last_error is not empty.
std::string warn_of_failure(const Health& health);

}  // namespace pagefare
