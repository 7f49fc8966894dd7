// SPDX-License-Identifier: Apache-2.0
// Accounts under their names, in the order in which they are shown.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "controller/core/ledger.h"
#include "controller/core/snapshot.h"
#include "controller/ports/pod_names.h"

namespace pagefare {

/// The cgroups that have an account, kept in the order of their paths from one period to the next:
/// sorting ten thousand paths would cost more than all the rest of a period.
class PathOrder {
 public:
  struct Entry {
    std::string path;
    CgroupId id;
    PodName pod{};                     ///< all empty: not a pod's, or not known yet
    const Account* account = nullptr;  ///< in the ledger, which moves no account until it closes it
    bool shares_row = false;           ///< the entry before has the same path
  };

  /// Precondition: none of the ids is here already.
  void add(std::vector<Entry> newcomers);

  /// Ids that are not here change nothing.
  void erase(std::vector<CgroupId> ids);

  /// Asks for the names of pods. A name once known stays: a pod is not renamed, and its last
  /// figures are still its own.
  void name_pods(PodNames& names);

  /// Sorted by path, then by id: a cgroup recreated under its name comes after the one before it.
  const std::vector<Entry>& entries() const { return entries_; }

  /// For each cgroup that shares its path: the next newer one; for the newest, the oldest.
  const std::map<CgroupId, CgroupId>& heirs() const { return heirs_; }

 private:
  void find_shared_paths();

  std::vector<Entry> entries_;
  std::map<CgroupId, CgroupId> heirs_;
};

/// Sorted by path. Cgroups of one path share a row under the newest id. Shared accounts and kernel
/// threads follow only if they are not zero.
std::vector<CgroupRow> make_rows(const PathOrder& order, const Ledger& ledger);

}  // namespace pagefare
