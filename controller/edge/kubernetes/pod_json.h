// SPDX-License-Identifier: Apache-2.0
// Pods as the API server and the kubelet write them (core/v1).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "controller/core/pods/pod_directory.h"
#include "controller/ports/result.h"

namespace pagefare {

struct PodList {
  std::vector<Pod> pods;
  std::string resource_version;  ///< where a watch goes on; empty from a kubelet
  std::string next;              ///< "continue" of the next part; empty at the end
};

/// Error: not a PodList. A pod without uid, name or namespace is left out.
Result<PodList> parse_pod_list(std::string_view json);

struct WatchEvent {
  enum class Kind : std::uint8_t { kPut, kDeleted, kBookmark, kError };
  Kind kind{};
  Pod pod;                       ///< for kPut and kDeleted
  std::string resource_version;  ///< of the pod or bookmark
  int code = 0;                  ///< for kError: an HTTP status, 410 when the version is too old
  std::string message;           ///< for kError
};

/// One line of a watch. Error: not an event, or of a type that this does not know.
Result<WatchEvent> parse_watch_event(std::string_view json);

}  // namespace pagefare
