// SPDX-License-Identifier: Apache-2.0
#include "tests/support/api_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/temp_directory.h"

namespace pagefare {
namespace {

using Json = nlohmann::json;

std::string argument(MHD_Connection* connection, const char* key) {
  const char* const value = MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, key);
  return value == nullptr ? "" : value;
}

MHD_Result reply(MHD_Connection* connection, unsigned status, const std::string& body) {
  MHD_Response* const response = MHD_create_response_from_buffer_with_free_callback(
      body.size(), ::strdup(body.c_str()), &std::free);
  const MHD_Result queued = MHD_queue_response(connection, status, response);
  MHD_destroy_response(response);
  return queued;
}

MHD_Result note_argument(void* into, MHD_ValueKind, const char* key, const char* value) {
  *static_cast<std::string*>(into) +=
      std::string("&") + key + "=" + (value == nullptr ? "" : value);
  return MHD_YES;
}

}  // namespace

ApiServer::ApiServer(Settings settings) : settings_(std::move(settings)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(settings_.port);
  unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION;
  std::vector<MHD_OptionItem> options{{MHD_OPTION_SOCK_ADDR, 0, &address},
                                      {MHD_OPTION_LISTENING_ADDRESS_REUSE, 1, nullptr}};
  if (!settings_.tls.key.empty()) {
    flags |= MHD_USE_TLS;
    options.push_back({MHD_OPTION_HTTPS_MEM_KEY, 0, settings_.tls.key.data()});
    options.push_back({MHD_OPTION_HTTPS_MEM_CERT, 0, settings_.tls.certificate.data()});
  }
  options.push_back({MHD_OPTION_END, 0, nullptr});
  daemon_ = MHD_start_daemon(flags, settings_.port, nullptr, nullptr, &ApiServer::answer, this,
                             MHD_OPTION_ARRAY, options.data(), MHD_OPTION_END);
  if (daemon_ == nullptr) {
    ADD_FAILURE() << "the API server of the test cannot listen: " << std::strerror(errno);
    return;
  }
  port_ = MHD_get_daemon_info(daemon_, MHD_DAEMON_INFO_BIND_PORT)->port;
}

ApiServer::~ApiServer() {
  {
    const std::scoped_lock lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  if (daemon_ != nullptr) MHD_stop_daemon(daemon_);
}

std::string ApiServer::url() const {
  return (settings_.tls.key.empty() ? "http" : "https") + std::string("://127.0.0.1:") +
         std::to_string(port_);
}

void ApiServer::append(Collection& collection, const Json& event) {
  collection.log.push_back({version_, event.dump() + "\n"});
  changed_.notify_all();
}

void ApiServer::put(Collection& collection, const std::string& key, Json object) {
  const std::scoped_lock lock(mutex_);
  object["metadata"]["resourceVersion"] = std::to_string(++version_);
  const bool known = collection.objects.contains(key);
  collection.objects[key] = object;
  append(collection, {{"type", known ? "MODIFIED" : "ADDED"}, {"object", object}});
}

void ApiServer::remove(Collection& collection, const std::string& key) {
  const std::scoped_lock lock(mutex_);
  Json object = collection.objects.at(key);
  collection.objects.erase(key);
  object["metadata"]["resourceVersion"] = std::to_string(++version_);
  append(collection, {{"type", "DELETED"}, {"object", object}});
}

void ApiServer::put(Json pod) {
  const std::string uid = pod["metadata"]["uid"];
  put(pods_, uid, std::move(pod));
}

void ApiServer::remove(const std::string& uid) {
  remove(pods_, uid);
}

void ApiServer::put_namespace(const std::string& name,
                              const std::map<std::string, std::string>& labels) {
  put(namespaces_, name,
      {{"kind", "Namespace"}, {"metadata", {{"name", name}, {"labels", labels}}}});
}

void ApiServer::remove_namespace(const std::string& name) {
  remove(namespaces_, name);
}

void ApiServer::say(const std::string& line) {
  const std::scoped_lock lock(mutex_);
  pods_.log.push_back({version_, line + "\n"});
  changed_.notify_all();
}

void ApiServer::bookmark() {
  const std::scoped_lock lock(mutex_);
  append(pods_,
         {{"type", "BOOKMARK"},
          {"object",
           {{"kind", "Pod"}, {"metadata", {{"resourceVersion", std::to_string(version_)}}}}}});
}

void ApiServer::compact() {
  const std::scoped_lock lock(mutex_);
  oldest_ = ++version_;
}

void ApiServer::end_watches() {
  const std::scoped_lock lock(mutex_);
  ++epoch_;
  changed_.notify_all();
}

std::string ApiServer::last_request() const {
  const std::scoped_lock lock(mutex_);
  return last_request_;
}

MHD_Result ApiServer::answer(void* self, MHD_Connection* connection, const char* url, const char*,
                             const char*, const char*, std::size_t*, void** state) {
  static int seen = 0;
  if (*state == nullptr) {
    *state = &seen;
    return MHD_YES;
  }
  return static_cast<ApiServer*>(self)->handle(connection, url);
}

MHD_Result ApiServer::handle(MHD_Connection* connection, const std::string& url) {
  std::string arguments;
  MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, &note_argument, &arguments);
  {
    const std::scoped_lock lock(mutex_);
    last_request_ = url + arguments;
  }
  const char* const said =
      MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Authorization");
  if (!settings_.token.empty() && (said == nullptr || said != "Bearer " + settings_.token)) {
    return reply(connection, MHD_HTTP_UNAUTHORIZED, "Unauthorized");
  }
  if (const unsigned status = refuse_; status != 0) return reply(connection, status, "refused");
  Collection* const collection = collection_at(url);
  if (collection == nullptr) return reply(connection, MHD_HTTP_NOT_FOUND, "no");
  if (const unsigned status = collection->refuse; status != 0) {
    return reply(connection, status, "refused");
  }
  return argument(connection, "watch").empty() ? list(connection, *collection)
                                               : watch(connection, *collection);
}

ApiServer::Collection* ApiServer::collection_at(const std::string& url) {
  if (url == "/api/v1/namespaces") return &namespaces_;
  return url == "/api/v1/pods" || url == "/pods" ? &pods_ : nullptr;
}

MHD_Result ApiServer::list(MHD_Connection* connection, Collection& collection) {
  Json body = {{"kind", collection.kind + "List"}, {"apiVersion", "v1"}, {"items", Json::array()}};
  {
    const std::scoped_lock lock(mutex_);
    const std::string from = argument(connection, "continue");
    std::size_t skip = from.empty() ? 0 : std::stoul(from);
    const auto& objects = collection.objects;
    const std::size_t end = std::min(objects.size(), skip + settings_.part);
    auto one = std::next(objects.begin(), static_cast<std::ptrdiff_t>(std::min(skip, end)));
    for (; skip < end; ++skip, ++one) body["items"].push_back(one->second);
    body["metadata"]["resourceVersion"] = std::to_string(version_);
    if (end < objects.size()) body["metadata"]["continue"] = std::to_string(end);
  }
  ++collection.lists;
  return reply(connection, MHD_HTTP_OK, body.dump());
}

MHD_Result ApiServer::watch(MHD_Connection* connection, Collection& collection) {
  const std::uint64_t from = std::stoull(argument(connection, "resourceVersion"));
  auto watcher = std::make_unique<Watcher>();
  watcher->server = this;
  watcher->of = &collection;
  {
    const std::scoped_lock lock(mutex_);
    if (from < oldest_) return reply(connection, MHD_HTTP_GONE, "too old resource version");
    watcher->epoch = epoch_;
    const auto& log = collection.log;
    while (watcher->next < log.size() && log[watcher->next].version <= from) ++watcher->next;
  }
  ++collection.watches;
  constexpr std::size_t kBlock = 4096;
  MHD_Response* const response = MHD_create_response_from_callback(
      MHD_SIZE_UNKNOWN, kBlock, &ApiServer::feed, watcher.release(),
      [](void* fed) { delete static_cast<Watcher*>(fed); });
  const MHD_Result queued = MHD_queue_response(connection, MHD_HTTP_OK, response);
  MHD_destroy_response(response);
  return queued;
}

ssize_t ApiServer::feed(void* fed, std::uint64_t, char* into, std::size_t room) {
  auto& watcher = *static_cast<Watcher*>(fed);
  ApiServer& server = *watcher.server;
  const auto& log = watcher.of->log;
  std::unique_lock lock(server.mutex_);
  const auto due = [&] {
    return server.closing_ || watcher.epoch != server.epoch_ || !watcher.rest.empty() ||
           watcher.next < log.size();
  };
  if (!server.changed_.wait_for(lock, std::chrono::milliseconds(20), due)) return 0;
  if (watcher.rest.empty() && watcher.next < log.size()) {
    watcher.rest = log[watcher.next++].line;
  }
  if (watcher.rest.empty()) return MHD_CONTENT_READER_END_OF_STREAM;
  const std::size_t size = std::min(room, watcher.rest.size());
  std::memcpy(into, watcher.rest.data(), size);
  watcher.rest.erase(0, size);
  return static_cast<ssize_t>(size);
}

Json pod_json(const std::string& uid, const std::string& name_space, const std::string& name,
              const std::string& container, const std::string& container_id) {
  return {{"kind", "Pod"},
          {"metadata", {{"uid", uid}, {"namespace", name_space}, {"name", name}}},
          {"spec", {{"nodeName", "node-1"}}},
          {"status",
           {{"phase", "Running"},
            {"containerStatuses",
             {{{"name", container}, {"containerID", "containerd://" + container_id}}}}}}};
}

Certificate make_certificate() {
  const TempDirectory directory;
  const std::string key = directory.path() + "/key.pem";
  const std::string certificate = directory.path() + "/cert.pem";
  const std::string command =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
      "-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout " +
      key + " -out " + certificate + " 2>/dev/null";
  if (std::system(command.c_str()) != 0) ADD_FAILURE() << "openssl failed";
  const auto read = [](const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  };
  return {.key = read(key), .certificate = read(certificate)};
}

}  // namespace pagefare
