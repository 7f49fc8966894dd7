// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/overhead/machine.h"

#include "controller/edge/bpf/btf_facts.h"
#include "controller/edge/bpf/vmemmap.h"
#include "controller/edge/cgroup_hierarchy.h"
#include "controller/edge/machine_facts.h"
#include "controller/edge/roots.h"

namespace pagefare::bench {

Result<BpfSettings> portable_settings() {
  const Roots roots;
  const auto hierarchy = find_cgroup_hierarchy(roots);
  if (!hierarchy) return tl::make_unexpected(hierarchy.error());
  const MachineFacts facts = read_machine_facts(roots);
  BpfSettings settings{.layer = LayerWish::kPortable,
                       .memory_on_v2 = hierarchy->memory_on_v2,
                       .page_size = facts.page_size,
                       .max_pfn = facts.pfn_end};
  for (const NodeId node : facts.nodes_with_memory) settings.nodes.push_back(node.value);
  return settings;
}

Result<FolioAddressing> folio_addressing() {
  const Roots roots;
  const MachineFacts machine = read_machine_facts(roots);
  const auto facts = BtfFacts::read(roots.sys);
  if (!facts) return tl::make_unexpected(facts.error());
  const auto base = find_vmemmap(roots.proc, facts->struct_page_size());
  if (!base) return tl::make_unexpected(base.error());
  return FolioAddressing{.page_size = machine.page_size,
                         .vmemmap = *base,
                         .struct_page_size = facts->struct_page_size(),
                         .node_bits = facts->node_bits(),
                         .rdonly_cast = facts->has_function("bpf_rdonly_cast"),
                         .layout = page_table_layout(machine.page_size, machine.pfn_end)};
}

}  // namespace pagefare::bench
