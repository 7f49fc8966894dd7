// SPDX-License-Identifier: Apache-2.0
// What the daemon publishes under /status, and how it changes.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace pagefare::guest {

/// One answer. Counters that are not there are 0, as those of a cgroup that never moved anything.
class Status {
 public:
  Status() = default;
  explicit Status(nlohmann::json json) : json_(std::move(json)) {}

  const nlohmann::json& json() const { return json_; }
  std::string layer() const { return json_.value("layer", ""); }
  std::int64_t periods() const;
  std::int64_t total(std::string_view name) const;
  std::int64_t unattributed(std::string_view name) const;
  /// `view` is initiator, owner or charged; `name` is bytes, folios or copy_cpu_ns.
  std::int64_t cgroup(std::string_view path, std::string_view view, std::string_view name) const;
  /// What a row has but once, as outside_quota_ns or dma_bytes.
  std::int64_t cgroup(std::string_view path, std::string_view name) const;
  /// Sum over all rows.
  std::int64_t cgroups(std::string_view name) const;
  std::int64_t cgroups(std::string_view view, std::string_view name) const;
  std::int64_t loss(std::string_view name) const;
  /// Whether a BPF program of that name is attached now.
  bool attached(std::string_view program) const;
  /// Bytes moved for a reason, as "numa_misplaced".
  std::int64_t bytes_for(std::string_view reason) const;
  /// Pages moved for a kind of initiator and a reason, as ("kswapd", "demotion").
  std::int64_t pages_by(std::string_view kind, std::string_view reason) const;
  std::int64_t bytes_between(int source, int destination) const;

 private:
  nlohmann::json json_ = nlohmann::json::object();
};

/// The same counters between two answers.
class Change {
 public:
  Change() = default;
  Change(Status before, Status after) : before_(std::move(before)), after_(std::move(after)) {}

  const Status& before() const { return before_; }
  const Status& after() const { return after_; }
  std::int64_t total(std::string_view name) const {
    return after_.total(name) - before_.total(name);
  }
  std::int64_t unattributed(std::string_view name) const {
    return after_.unattributed(name) - before_.unattributed(name);
  }
  std::int64_t cgroup(std::string_view path, std::string_view view, std::string_view name) const {
    return after_.cgroup(path, view, name) - before_.cgroup(path, view, name);
  }
  std::int64_t cgroup(std::string_view path, std::string_view name) const {
    return after_.cgroup(path, name) - before_.cgroup(path, name);
  }
  std::int64_t bytes_for(std::string_view reason) const {
    return after_.bytes_for(reason) - before_.bytes_for(reason);
  }
  std::int64_t pages_by(std::string_view kind, std::string_view reason) const {
    return after_.pages_by(kind, reason) - before_.pages_by(kind, reason);
  }
  std::int64_t bytes_between(int source, int destination) const {
    return after_.bytes_between(source, destination) - before_.bytes_between(source, destination);
  }

 private:
  Status before_;
  Status after_;
};

}  // namespace pagefare::guest
