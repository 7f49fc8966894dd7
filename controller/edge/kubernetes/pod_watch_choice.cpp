// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/kubernetes/pod_watch_choice.h"

#include <unistd.h>

namespace pagefare {
namespace {

bool is_there(const std::string& file) {
  return !file.empty() && access(file.c_str(), F_OK) == 0;
}

/// An IPv6 address needs brackets in a URL.
std::string in_cluster_url(const Environment& environment) {
  const std::string host = environment("KUBERNETES_SERVICE_HOST");
  const std::string port = environment("KUBERNETES_SERVICE_PORT");
  if (host.empty()) return {};
  const bool bare_v6 = host.find(':') != std::string::npos && !host.starts_with('[');
  return "https://" + (bare_v6 ? "[" + host + "]" : host) + (port.empty() ? "" : ":" + port);
}

}  // namespace

Result<std::optional<PodWatchSettings>> choose_pod_watch(const KubernetesConfig& config,
                                                         const Environment& environment,
                                                         const std::string& host_name) {
  const bool sure = config.names != PodNameSource::kAuto;
  if (config.names == PodNameSource::kOff) return std::nullopt;
  if (!sure && !is_there(config.token_file)) return std::nullopt;

  PodWatchSettings settings;
  settings.source =
      config.names == PodNameSource::kKubelet ? PodSource::kKubelet : PodSource::kApiServer;
  settings.api.url = config.url;
  if (settings.api.url.empty()) {
    settings.api.url = settings.source == PodSource::kKubelet ? "https://127.0.0.1:10250"
                                                              : in_cluster_url(environment);
  }
  if (settings.api.url.empty()) {
    if (!sure) return std::nullopt;
    return fail(
        "[kubernetes] url: is empty and KUBERNETES_SERVICE_HOST is not set; write the API "
        "server's address, as https://10.0.0.1:6443");
  }
  settings.api.token_file = is_there(config.token_file) || sure ? config.token_file : "";
  settings.api.ca_file = is_there(config.ca_file) ? config.ca_file : "";
  settings.node = config.node.empty() ? environment("NODE_NAME") : config.node;
  if (settings.node.empty()) settings.node = host_name;
  settings.namespaces = config.annotations;
  return settings;
}

}  // namespace pagefare
