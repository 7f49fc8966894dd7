// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/kubernetes/object_json.h"

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

namespace pagefare {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kOurs = "pagefare.io/";
constexpr const char* kStaticUid = "kubernetes.io/config.hash";

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

/// Annotations or labels, those of pagefare.io.
std::map<std::string, std::string> ours(const Json& all) {
  std::map<std::string, std::string> found;
  if (!all.is_object()) return found;
  for (const auto& [key, value] : all.items()) {
    if (value.is_string() && key.starts_with(kOurs)) found[key] = value.get<std::string>();
  }
  return found;
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

/// How the API server calls a list of each, and what is read of one; nothing where it has no name.
template <typename Object>
struct Reader;

template <>
struct Reader<Pod> {
  static constexpr std::string_view kList = "PodList";
  static std::optional<Pod> read(const Json& object) {
    const Json& metadata = member(object, "metadata");
    Pod pod;
    pod.uid = text(metadata, "uid");
    pod.name_space = text(metadata, "namespace");
    pod.name = text(metadata, "name");
    if (pod.uid.empty() || pod.name_space.empty() || pod.name.empty()) return std::nullopt;
    const Json& annotations = member(metadata, "annotations");
    pod.static_uid = text(annotations, kStaticUid);
    pod.annotations = ours(annotations);
    add_containers(member(object, "status"), pod);
    return pod;
  }
};

template <>
struct Reader<Namespace> {
  static constexpr std::string_view kList = "NamespaceList";
  static std::optional<Namespace> read(const Json& object) {
    const Json& metadata = member(object, "metadata");
    Namespace name_space{.name = text(metadata, "name"),
                         .labels = ours(member(metadata, "labels"))};
    if (name_space.name.empty()) return std::nullopt;
    return name_space;
  }
};

Json parse(std::string_view json) {
  return Json::parse(json, nullptr, /*allow_exceptions=*/false);
}

std::string beginning_of(std::string_view json) {
  constexpr std::size_t kShown = 80;
  return "'" + std::string(json.substr(0, kShown)) + (json.size() > kShown ? "...'" : "'");
}

}  // namespace

template <typename Object>
Result<ObjectList<Object>> parse_list(std::string_view json) {
  const Json list = parse(json);
  const Json& items = member(list, "items");
  if (!list.is_object() || !(items.is_array() || items.is_null()) ||
      text(list, "kind") != Reader<Object>::kList) {
    return fail("is no " + std::string(Reader<Object>::kList) + ": " + beginning_of(json));
  }
  ObjectList<Object> part;
  for (const Json& item : items) {
    if (auto object = Reader<Object>::read(item)) part.objects.push_back(*std::move(object));
  }
  const Json& metadata = member(list, "metadata");
  part.resource_version = text(metadata, "resourceVersion");
  part.next = text(metadata, "continue");
  return part;
}

template <typename Object>
Result<WatchEvent<Object>> parse_watch_event(std::string_view json) {
  const Json event = parse(json);
  const Json& object = member(event, "object");
  const std::string type = text(event, "type");
  WatchEvent<Object> parsed;
  parsed.resource_version = text(member(object, "metadata"), "resourceVersion");
  if (type == "BOOKMARK") {
    parsed.kind = EventKind::kBookmark;
    return parsed;
  }
  if (type == "ERROR") {
    parsed.kind = EventKind::kError;
    const Json& code = member(object, "code");
    parsed.code = code.is_number_integer() ? code.get<int>() : 0;
    parsed.message = text(object, "message");
    return parsed;
  }
  auto read = Reader<Object>::read(object);
  const bool known = type == "ADDED" || type == "MODIFIED" || type == "DELETED";
  if (!known || !read) {
    return fail("is no watch event of a " + std::string(Reader<Object>::kList) + ": " +
                beginning_of(json));
  }
  parsed.kind = type == "DELETED" ? EventKind::kDeleted : EventKind::kPut;
  parsed.object = *std::move(read);
  return parsed;
}

template Result<ObjectList<Pod>> parse_list<Pod>(std::string_view json);
template Result<ObjectList<Namespace>> parse_list<Namespace>(std::string_view json);
template Result<WatchEvent<Pod>> parse_watch_event<Pod>(std::string_view json);
template Result<WatchEvent<Namespace>> parse_watch_event<Namespace>(std::string_view json);

}  // namespace pagefare
