// SPDX-License-Identifier: Apache-2.0
// An API server of pods and namespaces over real HTTP or TLS: list with parts, watch with
// resumption, bookmarks, and whatever can go wrong, on demand.
#pragma once

#include <microhttpd.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pagefare {

struct Certificate {
  std::string key;
  std::string certificate;
};

class ApiServer {
 public:
  struct Settings {
    Certificate tls;         ///< empty: plain HTTP
    std::string token;       ///< required of every request, unless empty
    std::size_t part = 500;  ///< pods in one part of a list at most
    std::uint16_t port = 0;  ///< 0: any free one
  };

  ApiServer() : ApiServer(Settings{}) {}
  explicit ApiServer(Settings settings);
  ApiServer(const ApiServer&) = delete;
  ApiServer& operator=(const ApiServer&) = delete;
  ~ApiServer();

  std::string url() const;
  std::uint16_t port() const { return port_; }

  /// The next version; every watcher is told.
  void put(nlohmann::json pod);
  void remove(const std::string& uid);
  void put_namespace(const std::string& name, const std::map<std::string, std::string>& labels);
  void remove_namespace(const std::string& name);
  /// Every watcher of pods gets this line as it is.
  void say(const std::string& line);
  void bookmark();
  /// Versions up to now are too old for a watch to begin at.
  void compact();
  /// Ends all watches, as the server does after a while.
  void end_watches();
  /// Answers with this status until told 0 again.
  void refuse_with(unsigned status) { refuse_ = status; }
  /// The same of namespaces alone.
  void refuse_namespaces_with(unsigned status) { namespaces_.refuse = status; }

  /// Of pods, and of namespaces.
  int lists() const { return pods_.lists; }
  int watches() const { return pods_.watches; }
  int namespace_lists() const { return namespaces_.lists; }
  int namespace_watches() const { return namespaces_.watches; }
  /// What the last request asked for, with its arguments in order.
  std::string last_request() const;

 private:
  struct Said {
    std::uint64_t version = 0;
    std::string line;
  };
  struct Collection {
    std::string kind;
    std::map<std::string, nlohmann::json> objects;
    std::deque<Said> log;
    std::atomic<unsigned> refuse{0};
    std::atomic<int> lists{0};
    std::atomic<int> watches{0};
  };
  struct Watcher {
    ApiServer* server = nullptr;
    Collection* of = nullptr;
    std::size_t next = 0;  // index into the log
    std::uint64_t epoch = 0;
    std::string rest;
  };

  static MHD_Result answer(void* self, MHD_Connection* connection, const char* url,
                           const char* method, const char* version, const char* upload,
                           std::size_t* upload_size, void** state);
  static ssize_t feed(void* watcher, std::uint64_t position, char* into, std::size_t room);
  MHD_Result handle(MHD_Connection* connection, const std::string& url);
  Collection* collection_at(const std::string& url);
  MHD_Result list(MHD_Connection* connection, Collection& collection);
  MHD_Result watch(MHD_Connection* connection, Collection& collection);
  void put(Collection& collection, const std::string& key, nlohmann::json object);
  void remove(Collection& collection, const std::string& key);
  void append(Collection& collection, const nlohmann::json& event);

  Settings settings_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Collection pods_{.kind = "Pod"};
  Collection namespaces_{.kind = "Namespace"};
  std::uint64_t version_ = 1000;
  std::uint64_t oldest_ = 0;
  std::uint64_t epoch_ = 0;
  bool closing_ = false;
  std::string last_request_;
  std::atomic<unsigned> refuse_{0};
  MHD_Daemon* daemon_ = nullptr;
  std::uint16_t port_ = 0;
};

/// A pod as the API server describes it, with one running container.
nlohmann::json pod_json(const std::string& uid, const std::string& name_space,
                        const std::string& name, const std::string& container,
                        const std::string& container_id);

/// A fresh key and a certificate for 127.0.0.1 that signs itself, made by openssl(1).
Certificate make_certificate();

}  // namespace pagefare
