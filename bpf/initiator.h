/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Who is the current task: a cgroup's, or which kind of kernel thread. */
#ifndef PAGEFARE_INITIATOR_H
#define PAGEFARE_INITIATOR_H

#include "memory_css.h"
#include "settings.h"

#define STARTS(a, b, c, d)                                                               \
	(comm[0] == (a) && comm[1] == (b) && comm[2] == (c) && comm[3] == (d))

static __always_inline u8 kthread_kind(struct task_struct *task)
{
	char comm[16];

	bpf_get_current_comm(comm, sizeof(comm));
	if (STARTS('k', 'c', 'o', 'm'))
		return ABI_INITIATOR_KCOMPACTD;
	if (STARTS('k', 's', 'w', 'a'))
		return ABI_INITIATOR_KSWAPD;
	if (STARTS('k', 'd', 'a', 'm'))
		return ABI_INITIATOR_KDAMOND;
	if (STARTS('k', 'w', 'o', 'r'))
		return ABI_INITIATOR_KWORKER;
	if (STARTS('k', 'h', 'u', 'g'))
		return ABI_INITIATOR_KHUGEPAGED;
	return ABI_INITIATOR_KTHREAD;
}

/*
 * Ids of initiators and of owners must come from the same hierarchy. Where the memory
 * controller is on v1, the v2 id of a task says nothing about whose memory it uses.
 */
static __always_inline u64 current_cgroup(struct task_struct *task)
{
	if (cfg_memory_on_v2)
		return bpf_get_current_cgroup_id();
	return memory_css_of(task)->cgroup->kn->id;
}

static __always_inline void name_initiator(u64 *initiator, u8 *kind)
{
	struct task_struct *task = bpf_get_current_task_btf();

	if (task->flags & PF_KTHREAD) {
		*initiator = 0;
		*kind = kthread_kind(task);
	} else {
		*initiator = current_cgroup(task);
		*kind = ABI_INITIATOR_TASK;
	}
}

#endif /* PAGEFARE_INITIATOR_H */
