// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The gate: move_pages(2) of another process and migrate_pages(2), called by a task of a
 * gated cgroup or one below it, fail with EAGAIN. An object of its own, loaded only when
 * somebody is to be gated. Nothing is pinned, so it is gone with the process that loaded
 * it; an entry that is not renewed ends by itself, so that a hung one gates nobody for
 * long.
 */
#include "kernel_types.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "memory_css.h"

#define EAGAIN 11

/* Cgroups further down than this are gated by their nearest 64 ancestors only. */
#define MAX_DEPTH 64

const volatile bool cfg_memory_on_v2; /* ids live in the v2 hierarchy */

/* Calls that came by: tells whether the kernel asks at all. */
__u64 asked;

/* Cgroup id -> when the gate opens again, by the monotonic clock. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 8192);
	__type(key, u64);
	__type(value, u64);
} gated SEC(".maps");

/* Cgroup id of the entry that gated -> calls refused. User space makes the entries. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 8192);
	__type(key, u64);
	__type(value, u64);
} refused SEC(".maps");

static __always_inline bool is_gated(u64 cgroup, u64 now)
{
	u64 *until = bpf_map_lookup_elem(&gated, &cgroup);
	u64 *count;

	if (!until || *until <= now)
		return false;
	count = bpf_map_lookup_elem(&refused, &cgroup);
	if (count)
		__sync_fetch_and_add(count, 1);
	return true;
}

static __always_inline bool is_gated_on_v2(u64 now)
{
	int level;

	if (is_gated(bpf_get_current_cgroup_id(), now))
		return true;
	for (level = 0; level < MAX_DEPTH; level++) {
		u64 id = bpf_get_current_ancestor_cgroup_id(level);

		if (!id)
			break;
		if (is_gated(id, now))
			return true;
	}
	return false;
}

/* Where the memory controller is on v1, accounts have the ids of that hierarchy. */
static __always_inline bool is_gated_on_v1(struct task_struct *task, u64 now)
{
	struct cgroup_subsys_state *css = memory_css_of(task);
	int level;

	for (level = 0; level < MAX_DEPTH && css; level++) {
		if (is_gated(BPF_CORE_READ(css, cgroup, kn, id), now))
			return true;
		css = BPF_CORE_READ(css, parent);
	}
	return false;
}

SEC("lsm/task_movememory")
int BPF_PROG(on_task_movememory, struct task_struct *target, int verdict)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u64 now = bpf_ktime_get_ns();

	__sync_fetch_and_add(&asked, 1);
	if (verdict)
		return verdict;
	if (cfg_memory_on_v2 ? is_gated_on_v2(now) : is_gated_on_v1(task, now))
		return -EAGAIN;
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
