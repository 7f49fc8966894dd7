// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/bpf/bpf_cgroup_births.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "births.skel.h"
#include "controller/edge/bpf/libbpf_log.h"

namespace pagefare {

void BpfCgroupBirths::Destroy::operator()(births_bpf* skeleton) const {
  births_bpf::destroy(skeleton);
}

BpfCgroupBirths::BpfCgroupBirths(births_bpf* skeleton) : skeleton_(skeleton) {}
BpfCgroupBirths::~BpfCgroupBirths() = default;

Result<std::unique_ptr<BpfCgroupBirths>> BpfCgroupBirths::open(int hierarchy) {
  std::unique_ptr<BpfCgroupBirths> births(new BpfCgroupBirths(births_bpf::open()));
  births_bpf* const skeleton = births->skeleton_.get();
  if (skeleton == nullptr) {
    return fail("tp_btf/cgroup_mkdir: the program cannot be opened: " + last_libbpf_message());
  }
  skeleton->rodata->cfg_hierarchy = hierarchy;
  if (births_bpf::load(skeleton) != 0 || births_bpf::attach(skeleton) != 0) {
    return fail("tp_btf/cgroup_mkdir: the kernel does not take the program: " +
                last_libbpf_message());
  }
  return births;
}

std::optional<CgroupId> BpfCgroupBirths::parent(CgroupId id) const {
  std::uint64_t parent = 0;
  const int map = bpf_map__fd(skeleton_->maps.parents);
  if (bpf_map_lookup_elem(map, &id.value, &parent) != 0) return std::nullopt;
  return CgroupId{parent};
}

}  // namespace pagefare
