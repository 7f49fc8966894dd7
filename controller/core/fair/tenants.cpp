// SPDX-License-Identifier: Apache-2.0
#include "controller/core/fair/tenants.h"

#include <algorithm>
#include <utility>

namespace pagefare::fair {
namespace {

Remembered as_remembered(const Tenant& tenant) {
  return {.path = tenant.path,
          .id = tenant.id,
          .last_seen_unix_ns = tenant.last_seen_unix_ns,
          .dues = tenant.dues,
          .gate_refusals = tenant.gate_refusals,
          .repaid = tenant.repaid};
}

/// The last component of the path of those that went before they had one.
constexpr std::string_view kGone = "/~gone";

bool is_gone(std::string_view path) {
  return path.ends_with(kGone);
}

}  // namespace

Tenants::Tenants(Policy policy, std::string own_path, Memory memory, std::string boot_id)
    : policy_(std::move(policy)),
      holders_(policy_.budgets),
      own_path_(std::move(own_path)),
      boot_id_(std::move(boot_id)) {
  for (Remembered& tenant : memory.tenants) {
    if (memory.boot_id != boot_id_) tenant.id = {};
    std::string path = tenant.path;
    remembered_.emplace(std::move(path), std::move(tenant));
  }
  make_unlisted();
}

Steps Tenants::steps() const {
  Steps steps;
  steps.dwell = policy_.dwell;
  return steps;
}

bool Tenants::is_protected(std::string_view path) const {
  const auto touches_it = [path](const std::string& glob) { return touches(glob, path); };
  return (!own_path_.empty() && own_path_ != "/" && touches(own_path_, path)) ||
         std::ranges::any_of(policy_.protect, touches_it);
}

void Tenants::make_unlisted() {
  const std::string path(kUnlistedPath);
  Tenant& tenant = tenants_.try_emplace(path, steps()).first->second;
  tenant.path = path;
  unlisted_ = &tenant;
  recall(tenant);
}

Tenant& Tenants::make(const Holder& holder, Tenant* parent) {
  const auto [found, is_new] = tenants_.try_emplace(holder.path, steps());
  Tenant& tenant = found->second;
  if (!is_new) return tenant;
  tenant.path = holder.path;
  tenant.budget = holder.budget;
  tenant.parent = parent;
  if (parent != nullptr) ++parent->below;
  tenant.is_protected = is_protected(holder.path);
  recall(tenant);
  return tenant;
}

void Tenants::recall(Tenant& tenant) {
  const auto found = remembered_.find(tenant.path);
  if (found == remembered_.end()) return;
  tenant.id = found->second.id;
  tenant.dues = found->second.dues;
  tenant.gate_refusals = found->second.gate_refusals;
  tenant.repaid = found->second.repaid;
  tenant.last_seen_unix_ns = found->second.last_seen_unix_ns;
}

Tenant& Tenants::tenant_for(std::string_view path) {
  Tenant* tenant = nullptr;
  for (const Holder& holder : holders_.on_the_way_to(path)) tenant = &make(holder, tenant);
  return tenant != nullptr ? *tenant : *unlisted_;
}

/// Another cgroup under the path of one before it, in the same boot, does not inherit.
void Tenants::recognize(Tenant& tenant, CgroupId id) {
  if (tenant.id.value != 0 && tenant.id != id) tenant.dues = {};
  tenant.id = id;
}

void Tenants::add(CgroupId id, std::string_view path) {
  if (members_.contains(id)) return;
  Tenant& tenant = tenant_for(path);
  if (tenant.path == path) recognize(tenant, id);
  enroll(id, std::string(path), tenant);
}

void Tenants::add_gone(CgroupId id, std::string_view ancestor) {
  if (members_.contains(id)) return;
  std::string path(ancestor == "/" ? "" : ancestor);
  path += kGone;
  Tenant& tenant = tenant_for(path);
  enroll(id, std::move(path), tenant);
}

void Tenants::enroll(CgroupId id, std::string path, Tenant& tenant) {
  ++tenant.cgroups;
  members_.emplace(id, Member{.path = std::move(path), .tenant = &tenant});
}

void Tenants::remember(const Tenant& tenant) {
  remembered_[tenant.path] = as_remembered(tenant);
  if (remembered_.size() <= kMaxRemembered) return;
  const auto oldest = std::ranges::min_element(
      remembered_, {}, [](const auto& entry) { return entry.second.last_seen_unix_ns; });
  remembered_.erase(oldest);
}

void Tenants::forget(CgroupId id) {
  const auto member = members_.find(id);
  if (member == members_.end()) return;
  Tenant& tenant = *member->second.tenant;
  members_.erase(member);
  --tenant.cgroups;
  // A tenant stays as long as one below it does: shares are dealt out from the top.
  for (Tenant* gone = &tenant; gone != nullptr && gone != unlisted_;) {
    if (gone->cgroups > 0 || gone->below > 0) return;
    Tenant* const parent = gone->parent;
    if (parent != nullptr) --parent->below;
    remember(*gone);
    tenants_.erase(tenants_.find(gone->path));
    gone = parent;
  }
}

Tenant* Tenants::find(CgroupId id) {
  const auto member = members_.find(id);
  return member == members_.end() ? nullptr : member->second.tenant;
}

Tenant* Tenants::find(std::string_view path) {
  const auto tenant = tenants_.find(path);
  return tenant == tenants_.end() ? nullptr : &tenant->second;
}

std::vector<std::string> Tenants::grips(const Tenant& tenant) const {
  if (is_gone(tenant.path)) return {};
  if (tenant.below == 0) return {tenant.path};
  const auto holds_a_tenant = [this](const std::string& path) {
    const auto below = tenants_.lower_bound(path + "/");
    return below != tenants_.end() && below->first.starts_with(path + "/");
  };
  std::vector<std::string> paths;
  for (const auto& [id, member] : members_) {
    if (member.tenant != &tenant || is_gone(member.path) || holds_a_tenant(member.path)) continue;
    paths.push_back(member.path);
  }
  return paths;
}

void Tenants::set_policy(Policy policy) {
  for (const auto& [path, tenant] : tenants_) remember(tenant);
  policy_ = std::move(policy);
  holders_ = Holders(policy_.budgets);
  const auto before = std::exchange(tenants_, {});
  make_unlisted();
  for (auto& [id, member] : members_) {
    member.tenant = &tenant_for(member.path);
    ++member.tenant->cgroups;
  }
  for (auto& [path, tenant] : tenants_) {
    const auto same = before.find(path);
    if (same == before.end()) continue;
    tenant.appetite = same->second.appetite;
    tenant.standing = same->second.standing;
    tenant.standing.set_steps(steps());
    tenant.open_ppm = same->second.open_ppm;
    tenant.gated = same->second.gated;
    tenant.said = same->second.said;
  }
}

Memory Tenants::memory() const {
  std::map<std::string, Remembered, std::less<>> all = remembered_;
  for (const auto& [path, tenant] : tenants_) all[path] = as_remembered(tenant);
  Memory memory{.boot_id = boot_id_, .tenants = {}};
  for (auto& [path, tenant] : all) memory.tenants.push_back(std::move(tenant));
  return memory;
}

}  // namespace pagefare::fair
