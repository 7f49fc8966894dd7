// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "controller/ports/pod_names.h"

namespace pagefare::test {

/// A cluster that a test fills.
class FakePodNames : public PodNames {
 public:
  std::optional<PodName> find(std::string_view cgroup_path) override {
    ++lookups;
    const auto found = names_.find(std::string(cgroup_path));
    return found == names_.end() ? std::nullopt : std::optional(found->second);
  }
  std::optional<fair::PodWish> wish(std::string_view cgroup_path) override {
    for (const auto& [path, wish] : wishes_) {
      if (cgroup_path == path || cgroup_path.starts_with(path + "/")) return wish;
    }
    return std::nullopt;
  }
  std::uint64_t generation() const override { return generation_; }

  void put(const std::string& path, PodName name) {
    names_[path] = std::move(name);
    ++generation_;
  }
  /// Of the pod with this cgroup.
  void put_wish(fair::PodWish wish) {
    wishes_[wish.path] = std::move(wish);
    ++generation_;
  }
  void remove(const std::string& path) {
    names_.erase(path);
    ++generation_;
  }

  PodNamesStatus status() const override { return said; }

  int lookups = 0;
  PodNamesStatus said{.wanted = true,
                      .complete = true,
                      .pods = 0,
                      .failures = {},
                      .last_error = {},
                      .labels_error = {}};

 private:
  std::map<std::string, PodName> names_;
  std::map<std::string, fair::PodWish> wishes_;
  std::uint64_t generation_ = 0;
};

}  // namespace pagefare::test
