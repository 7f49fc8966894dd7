// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Whose child a new cgroup is. One that is made, moves memory and is removed within a
 * period has no path by the time that user space asks for it; its parent, or the parent
 * of that, has one. An object of its own, loaded only where budgets are settled.
 */
#include "kernel_types.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

const volatile int cfg_hierarchy; /* whose ids are meant, as in /proc/PID/cgroup */

/* Cgroup id -> id of the cgroup it was made in. The oldest make room. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, u64);
	__type(value, u64);
} parents SEC(".maps");

SEC("tp_btf/cgroup_mkdir")
int BPF_PROG(on_cgroup_mkdir, struct cgroup *cgroup, const char *path)
{
	u64 id, parent;

	if (BPF_CORE_READ(cgroup, root, hierarchy_id) != cfg_hierarchy)
		return 0;
	id = BPF_CORE_READ(cgroup, kn, id);
	parent = BPF_CORE_READ(cgroup, self.parent, cgroup, kn, id);
	if (parent)
		bpf_map_update_elem(&parents, &id, &parent, BPF_ANY);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
