// SPDX-License-Identifier: Apache-2.0
// Pods and namespaces as the API server, and pods as the kubelet, write them (core/v1).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "controller/core/pods/pod_directory.h"
#include "controller/ports/result.h"

namespace pagefare {

struct Namespace {
  std::string name;
  std::map<std::string, std::string> labels;  ///< those of pagefare.io only
  bool operator==(const Namespace&) const = default;
};

/// One part of a list.
template <typename Object>
struct ObjectList {
  std::vector<Object> objects;
  std::string resource_version;  ///< where a watch goes on; empty from a kubelet
  std::string next;              ///< "continue" of the next part; empty at the end
};

enum class EventKind : std::uint8_t { kPut, kDeleted, kBookmark, kError };

template <typename Object>
struct WatchEvent {
  EventKind kind{};
  Object object;                 ///< for kPut and kDeleted
  std::string resource_version;  ///< of the object or bookmark
  int code = 0;                  ///< for kError: an HTTP status, 410 when the version is too old
  std::string message;           ///< for kError
};

/// Of Pod and Namespace. Error: not a list of these. A pod without uid, name or namespace and a
/// namespace without a name are left out.
template <typename Object>
Result<ObjectList<Object>> parse_list(std::string_view json);

/// One line of a watch, of Pod and Namespace. Error: not an event, or of a type that this does not
/// know.
template <typename Object>
Result<WatchEvent<Object>> parse_watch_event(std::string_view json);

}  // namespace pagefare
