// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/kubernetes/pod_json.h"

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

namespace pagefare {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kOurAnnotations = "pagefare.io/";
constexpr std::string_view kStaticUid = "kubernetes.io/config.hash";

/// The member, or null where there is none: what the server leaves out is as good as empty.
const Json& member(const Json& object, const char* key) {
  static const Json nothing;
  if (!object.is_object()) return nothing;
  const auto found = object.find(key);
  return found == object.end() ? nothing : *found;
}

std::string text(const Json& object, const char* key) {
  const Json& value = member(object, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

/// "containerd://<id>" -> "<id>".
std::string container_id(const std::string& url) {
  const auto at = url.find("://");
  return at == std::string::npos ? std::string() : url.substr(at + 3);
}

void add_containers(const Json& status, Pod& pod) {
  for (const char* const key :
       {"containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"}) {
    for (const Json& container : member(status, key)) {
      const std::string name = text(container, "name");
      const Json& last = member(member(container, "lastState"), "terminated");
      for (const std::string& url : {text(container, "containerID"), text(last, "containerID")}) {
        if (auto id = container_id(url); !id.empty()) pod.containers.emplace(std::move(id), name);
      }
    }
  }
}

std::optional<Pod> to_pod(const Json& object) {
  const Json& metadata = member(object, "metadata");
  Pod pod;
  pod.uid = text(metadata, "uid");
  pod.name_space = text(metadata, "namespace");
  pod.name = text(metadata, "name");
  if (pod.uid.empty() || pod.name_space.empty() || pod.name.empty()) return std::nullopt;
  const Json& annotations = member(metadata, "annotations");
  if (annotations.is_object()) {
    for (const auto& [key, value] : annotations.items()) {
      if (!value.is_string()) continue;
      if (key == kStaticUid) pod.static_uid = value.get<std::string>();
      if (key.starts_with(kOurAnnotations)) pod.annotations[key] = value.get<std::string>();
    }
  }
  add_containers(member(object, "status"), pod);
  return pod;
}

Json parse(std::string_view json) {
  return Json::parse(json, nullptr, /*allow_exceptions=*/false);
}

std::string beginning_of(std::string_view json) {
  constexpr std::size_t kShown = 80;
  return "'" + std::string(json.substr(0, kShown)) + (json.size() > kShown ? "...'" : "'");
}

}  // namespace

Result<PodList> parse_pod_list(std::string_view json) {
  const Json list = parse(json);
  const Json& items = member(list, "items");
  if (!list.is_object() || !(items.is_array() || items.is_null()) ||
      text(list, "kind") != "PodList") {
    return fail("is no PodList: " + beginning_of(json));
  }
  PodList pods;
  for (const Json& item : items) {
    if (auto pod = to_pod(item)) pods.pods.push_back(*std::move(pod));
  }
  const Json& metadata = member(list, "metadata");
  pods.resource_version = text(metadata, "resourceVersion");
  pods.next = text(metadata, "continue");
  return pods;
}

Result<WatchEvent> parse_watch_event(std::string_view json) {
  const Json event = parse(json);
  const Json& object = member(event, "object");
  const std::string type = text(event, "type");
  WatchEvent parsed;
  parsed.resource_version = text(member(object, "metadata"), "resourceVersion");
  if (type == "BOOKMARK") {
    parsed.kind = WatchEvent::Kind::kBookmark;
    return parsed;
  }
  if (type == "ERROR") {
    parsed.kind = WatchEvent::Kind::kError;
    const Json& code = member(object, "code");
    parsed.code = code.is_number_integer() ? code.get<int>() : 0;
    parsed.message = text(object, "message");
    return parsed;
  }
  auto pod = to_pod(object);
  const bool known = type == "ADDED" || type == "MODIFIED" || type == "DELETED";
  if (!known || !pod) return fail("is no watch event of a pod: " + beginning_of(json));
  parsed.kind = type == "DELETED" ? WatchEvent::Kind::kDeleted : WatchEvent::Kind::kPut;
  parsed.pod = *std::move(pod);
  return parsed;
}

}  // namespace pagefare
