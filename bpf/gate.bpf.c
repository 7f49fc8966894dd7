// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The gate: move_pages(2) of another process and migrate_pages(2), called by a task of a
 * gated cgroup or one below it, fail with EAGAIN. An object of its own, loaded only when
 * somebody is to be gated. An entry lets through so many calls of the cgroup and of all
 * below it: time would not do, because a call that has begun is not stopped. Nothing is
 * pinned, so it is gone with the process that loaded it; an entry that is not renewed
 * ends by itself, so that a hung one gates nobody for long.
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

/* Cgroup id -> what is let through. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 8192);
	__type(key, u64);
	__type(value, struct abi_gate);
} gated SEC(".maps");

/* Cgroup id of the entry -> calls. User space makes the entries. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 8192);
	__type(key, u64);
	__type(value, struct abi_gate_calls);
} passed SEC(".maps");

static __always_inline bool is_gated(u64 cgroup, u64 now)
{
	struct abi_gate *gate = bpf_map_lookup_elem(&gated, &cgroup);
	struct abi_gate_calls *calls;
	bool refuse;

	if (!gate || gate->holds_until_ns <= now)
		return false;
	refuse = gate->shut_until_ns > now ||
		 __sync_fetch_and_add(&gate->calls_left, -1) <= 0;
	calls = bpf_map_lookup_elem(&passed, &cgroup);
	if (calls)
		__sync_fetch_and_add(refuse ? &calls->refused : &calls->admitted, 1);
	return refuse;
}

static __always_inline bool is_gated_on_v2(u64 now)
{
	u64 own = bpf_get_current_cgroup_id();
	bool own_asked = false;
	int level;

	for (level = 0; level < MAX_DEPTH; level++) {
		u64 id = bpf_get_current_ancestor_cgroup_id(level);

		if (!id)
			break;
		own_asked = own_asked || id == own;
		if (is_gated(id, now))
			return true;
	}
	return !own_asked && is_gated(own, now);
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
