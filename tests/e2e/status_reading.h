// SPDX-License-Identifier: Apache-2.0
// The status document, and the laws that every one of them must obey.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/e2e/daemon_process.h"

namespace pagefare::e2e {

using Json = nlohmann::json;

/// /status; fails the test and gives null when there is none.
Json read_status(const DaemonProcess& daemon);

/// The next status that was made after this call: two periods later.
Json read_fresh_status(const DaemonProcess& daemon);

/// Every law of sums that `status` breaks, in words: charged + unattributed = measured, initiators
/// = measured, causes = unattributed, in exact integers.
std::vector<std::string> broken_sums(const Json& status);

/// Every counter that is smaller in `later`, in words. A cgroup may have gone; its sums may not.
std::vector<std::string> shrunk(const Json& earlier, const Json& later);

/// The row of a path; null without one.
Json row_of(const Json& status, const std::string& path);

/// A sample without labels, or with exactly `labels` as they stand in the text. NaN without one.
double metric(const std::string& metrics, const std::string& name_and_labels);

}  // namespace pagefare::e2e
