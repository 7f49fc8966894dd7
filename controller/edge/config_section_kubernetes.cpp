// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/config_section_kubernetes.h"

#include <utility>

#include "controller/edge/config_key_makers.h"
#include "controller/edge/config_quantity_keys.h"
#include "controller/edge/quantity_text.h"

namespace pagefare {
namespace {

Result<void> set_url(KubernetesConfig& config, const KeyValue& value) {
  std::string url = std::get<std::string>(value);
  if (!url.empty() && !url.starts_with("https://") && !url.starts_with("http://")) {
    return fail("'" + url + "' is no address; write it as https://HOST:PORT");
  }
  while (url.ends_with('/')) url.pop_back();
  config.url = std::move(url);
  return {};
}

/// A key of the bounds as one of the section.
Key<KubernetesConfig> bound(const Key<fair::PodBounds>& of_bounds) {
  Key<KubernetesConfig> made;
  static_cast<KeyShape&>(made) = of_bounds;
  made.get = [get = of_bounds.get](const KubernetesConfig& config) { return get(config.bounds); };
  made.set = [set = of_bounds.set](KubernetesConfig& config, const KeyValue& value) {
    return set(config.bounds, value);
  };
  return made;
}

void add_bounds(std::vector<Key<KubernetesConfig>>& keys) {
  using fair::PodBounds;
  keys.push_back(
      key("annotations", KeyKind::kBoolean, &KubernetesConfig::annotations,
          "Pods that a [[budget]] covers may choose their share of it by annotations, or "
          "their namespace by labels: docs/kubernetes.md"));
  keys.push_back(bound(weight_key("most_weight", &PodBounds::most_weight,
                                  "The largest weight that a pod may choose")));
  keys.push_back(bound(text_key(
      "most_copy_cpu", &PodBounds::most_cpu_ppm, "max", R"("25%" or "max")",
      "Most copy CPU of such a pod, in percent of one CPU", parse_percent, format_percent)));
  keys.push_back(
      bound(text_key("most_bytes", &PodBounds::most_bytes_per_second, "max", R"("2GiB/s" or "max")",
                     "Most migrated bytes of such a pod", parse_byte_rate, format_byte_rate)));
}

std::vector<Key<KubernetesConfig>> kubernetes_keys() {
  using Of = KubernetesConfig;
  std::vector<Key<Of>> keys;
  keys.push_back(choice("names", &Of::names, {"auto", "api", "kubelet", "off"},
                        "Where the names of pods come from: the API server, if there is a service "
                        "account (auto); the API server; this node's kubelet; nowhere"));
  keys.push_back(refined<Of>(
      key("url", KeyKind::kText, &Of::url,
          "Address of the API server or kubelet; empty: KUBERNETES_SERVICE_HOST and _PORT, or "
          "https://127.0.0.1:10250"),
      "https://HOST:PORT or empty", set_url));
  keys.push_back(formed(key("node", KeyKind::kText, &Of::node,
                            "Name of this node; empty: NODE_NAME, or the host's name"),
                        "a node's name or empty"));
  keys.push_back(formed(key("token_file", KeyKind::kText, &Of::token_file,
                            "The service account's token; empty: none is sent"),
                        "a file's path or empty"));
  keys.push_back(formed(key("ca_file", KeyKind::kText, &Of::ca_file,
                            "Certificates that the server's must be signed by; empty: those of "
                            "the system"),
                        "a file's path or empty"));
  add_bounds(keys);
  return keys;
}

}  // namespace

ConfigSection kubernetes_section() {
  return section("kubernetes", "How cgroups get the names of pods: docs/kubernetes.md",
                 &Config::kubernetes, kubernetes_keys());
}

}  // namespace pagefare
