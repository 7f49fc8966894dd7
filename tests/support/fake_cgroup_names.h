// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "controller/ports/cgroup_names.h"

namespace pagefare::test {

/// A cgroup tree that a test makes and unmakes.
class FakeCgroupNames : public CgroupNames {
 public:
  std::optional<std::string> path(CgroupId id) override {
    ++lookups;
    const auto found = paths_.find(id);
    if (found == paths_.end()) {
      ++failures_;
      return std::nullopt;
    }
    return found->second;
  }

  std::vector<CgroupId> find_removed() override { return std::exchange(removed_, {}); }

  void forget(CgroupId id) override {
    paths_.erase(id);
    forgotten.push_back(id);
  }

  std::uint64_t failures() const override { return failures_; }

  void make(CgroupId id, std::string path) { paths_[id] = std::move(path); }
  /// The directory is gone; the next find_removed() says so. The path stays until forget().
  void remove(CgroupId id) { removed_.push_back(id); }
  /// The path cannot be read any more, without a removal that could be told.
  void lose(CgroupId id) { paths_.erase(id); }

  std::vector<CgroupId> forgotten;
  std::uint64_t lookups = 0;

 private:
  std::map<CgroupId, std::string> paths_;
  std::vector<CgroupId> removed_;
  std::uint64_t failures_ = 0;
};

}  // namespace pagefare::test
