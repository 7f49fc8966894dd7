/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Copying done by kworkers for somebody else. The requester is the task that queued the
 * work item; queue and start are matched by the item's address, which is re-used, so the
 * entry lives only between the two.
 */
#ifndef PAGEFARE_WORKERS_H
#define PAGEFARE_WORKERS_H

#include "frame.h"
#include "initiator.h"

/* Index of a copy worker function, or -1. The first thing done for every work item of the
 * host. */
static __always_inline int copy_worker_index(u64 function)
{
	u32 i;

	for (i = 0; i < MAX_COPY_WORKERS; i++) {
		if (i >= nr_copy_workers)
			break;
		if (copy_workers[i] == function)
			return i;
	}
	return -1;
}

static __always_inline u64 work_function(struct work_struct *work)
{
	return (u64)work->func;
}

static __always_inline void fill_worker_key(struct abi_worker_key *key, int function)
{
	struct task_state *state =
		bpf_task_storage_get(&tasks, bpf_get_current_task_btf(), 0, 0);
	struct frame *frame = state ? current_frame(state) : 0;

	key->function = function;
	key->owner = ABI_OWNER_UNSEEN;
	key->reason = 0xff;
	if (frame) {
		key->owner = frame->last_owner;
		key->initiator = frame->caller.initiator;
		key->kind = frame->caller.kind;
		key->reason = frame->caller.reason;
	} else {
		name_initiator(&key->initiator, &key->kind);
	}
}

SEC("tp_btf/workqueue_queue_work")
int BPF_PROG(on_workqueue_queue_work, int req_cpu, void *pwq, struct work_struct *work)
{
	int function = copy_worker_index(work_function(work));
	struct queued_work entry = {};
	u64 address = (u64)work;

	if (function < 0)
		return 0;
	fill_worker_key(&entry.key, function);
	entry.queued_ns = bpf_ktime_get_ns();
	if (bpf_map_update_elem(&queued, &address, &entry, BPF_ANY))
		count_loss(ABI_LOSS_QUEUE_MAP_FULL, 1);
	return 0;
}

static __always_inline void begin_work(
	struct work_state *state, struct queued_work *entry, u64 work, int function)
{
	state->off_ns = 0;
	state->work = work;
	state->start_ns = bpf_ktime_get_ns();
	if (entry) {
		state->key = entry->key;
		state->queued_ns = state->start_ns - entry->queued_ns;
		return;
	}
	/* queued before tracing began: the time is still measured, for nobody */
	count_loss(ABI_LOSS_UNMATCHED_WORK_START, 1);
	__builtin_memset(&state->key, 0, sizeof(state->key));
	state->key.owner = ABI_OWNER_UNSEEN;
	state->key.kind = ABI_INITIATOR_KWORKER;
	state->key.reason = 0xff;
	state->key.function = function;
	state->queued_ns = 0;
}

SEC("tp_btf/workqueue_execute_start")
int BPF_PROG(on_workqueue_execute_start, struct work_struct *work)
{
	int function = copy_worker_index(work_function(work));
	u64 address = (u64)work;
	struct task_state *state;

	if (function < 0)
		return 0;
	state = bpf_task_storage_get(
		&tasks, bpf_get_current_task_btf(), 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!state) {
		count_loss(ABI_LOSS_NO_TASK_STATE, 1);
		return 0;
	}
	forget_former_generation(state);
	state->out_ns = 0;
	begin_work(
		&state->work, bpf_map_lookup_elem(&queued, &address), address, function);
	bpf_map_delete_elem(&queued, &address);
	return 0;
}

static __always_inline void add_work(struct work_state *work, u64 cpu_ns)
{
	struct abi_worker_key key = work->key;
	struct abi_worker_value zero = {};
	struct abi_worker_value *value = lookup_or_insert(&workers, &key, zero);

	if (!value) {
		count_loss(ABI_LOSS_WORKER_MAP_FULL, 1);
		count_loss(ABI_LOSS_WORKER_CPU_NS, cpu_ns);
		return;
	}
	value->items++;
	value->cpu_ns += cpu_ns;
	value->queue_ns += work->queued_ns;
}

/*
 * The item may be freed by now, and the function cannot be read here: a kworker that runs
 * no copy worker is told by its state, most of them by having none.
 */
SEC("tp_btf/workqueue_execute_end")
int BPF_PROG(on_workqueue_execute_end, struct work_struct *work)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_state *state;
	u64 elapsed;

	if (!task->bpf_storage)
		return 0;
	state = bpf_task_storage_get(&tasks, task, 0, 0);
	if (!state || !state->work.start_ns || state->work.work != (u64)work)
		return 0;
	elapsed = bpf_ktime_get_ns() - state->work.start_ns;
	state->work.start_ns = 0;
	add_work(&state->work,
		elapsed > state->work.off_ns ? elapsed - state->work.off_ns : 0);
	return 0;
}

#endif /* PAGEFARE_WORKERS_H */
