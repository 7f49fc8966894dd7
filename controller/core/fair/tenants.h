// SPDX-License-Identifier: Apache-2.0
// Those among whom things are shared out: holders of budgets, and the cgroups that live on them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "controller/core/fair/appetite.h"
#include "controller/core/fair/holders.h"
#include "controller/core/fair/memory.h"
#include "controller/core/fair/standing.h"
#include "controller/core/fair/state.h"

namespace pagefare::fair {

struct Tenant {
  explicit Tenant(Steps steps) : standing(steps) {}

  std::string path;
  CgroupId id;                        ///< of the holder itself; 0 when it never had an account
  std::optional<std::size_t> budget;  ///< index into Policy::budgets; nothing for the unlisted
  Tenant* parent = nullptr;
  bool is_protected = false;
  std::uint32_t cgroups = 0;  ///< that live on it and have an account
  std::uint32_t below = 0;    ///< tenants whose parent it is

  Appetite appetite;
  Standing standing;
  Actions theirs;  ///< levers of it that somebody else's writes stand in the way of
  Dues dues;
  std::uint64_t gate_refusals = 0;
  Nanoseconds repaid{};
  Nanoseconds outstanding{};
  std::int64_t last_seen_unix_ns = 0;

  // Of the period.
  std::array<bool, kResources> bound{};  ///< what is scarce, or capped for it or one above it
  std::size_t claim = 0;
  Amounts used;
  Amounts allocated;
  Bytes promoted;
  Nanoseconds outside_quota{};
  std::uint64_t refusals = 0;
  std::uint64_t admitted = 0;
  std::uint32_t open_ppm = kMillion;  ///< as it really was
  bool gated = false;                 ///< the gate really held
  Finding finding;
  std::string sentence;
  std::optional<std::pair<Rule, Stage>> said;
};

class Tenants {
 public:
  /// `own_path` is the cgroup that the program itself runs in; empty when it is not known. Ids in a
  /// memory of another boot mean nothing.
  Tenants(Policy policy, std::string own_path, Memory memory, std::string boot_id);

  /// A cgroup that has an account now. Its tenant comes into being with it.
  void add(CgroupId id, std::string_view path);
  /// One that has an account and went before it had a path: it lives on what holds for a child of
  /// `ancestor` of no particular name.
  void add_gone(CgroupId id, std::string_view ancestor);
  bool knows(CgroupId id) const { return members_.contains(id); }
  /// The cgroup is gone; a tenant whose last cgroup it was is remembered by its path.
  void forget(CgroupId id);

  /// Null for a cgroup that was never added.
  Tenant* find(CgroupId id);
  Tenant& unlisted() { return *unlisted_; }
  Tenant* find(std::string_view path);

  /// By path, so that a tenant comes after those above it.
  std::map<std::string, Tenant, std::less<>>& all() { return tenants_; }
  const std::map<std::string, Tenant, std::less<>>& all() const { return tenants_; }

  /// Where its levers take hold: its own path, or, so that the tenants below it are spared, those
  /// of its cgroups that none of them lies in.
  std::vector<std::string> grips(const Tenant& tenant) const;

  const Policy& policy() const { return policy_; }
  /// Everybody is sorted anew; what was earned and used stays with the paths.
  void set_policy(Policy policy);

  /// Those there are and those remembered.
  Memory memory() const;

 private:
  struct Member {
    std::string path;
    Tenant* tenant = nullptr;
  };

  Tenant& make(const Holder& holder, Tenant* parent);
  Tenant& tenant_for(std::string_view path);
  void make_unlisted();
  void recall(Tenant& tenant);
  void enroll(CgroupId id, std::string path, Tenant& tenant);
  static void recognize(Tenant& tenant, CgroupId id);
  void remember(const Tenant& tenant);
  Steps steps() const;
  bool is_protected(std::string_view path) const;

  Policy policy_;
  Holders holders_;
  std::string own_path_;
  std::string boot_id_;
  std::map<std::string, Remembered, std::less<>> remembered_;
  std::map<std::string, Tenant, std::less<>> tenants_;
  std::unordered_map<CgroupId, Member> members_;
  Tenant* unlisted_ = nullptr;
};

}  // namespace pagefare::fair
