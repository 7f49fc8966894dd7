/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Every migrate_pages() call, from its two tracepoints, and its time on CPU. */
#ifndef PAGEFARE_CALLS_H
#define PAGEFARE_CALLS_H

#include "call_histograms.h"
#include "frame.h"
#include "initiator.h"
#include "streak.h"

static __always_inline void name_caller(struct caller *caller, u8 mode, u8 reason)
{
	caller->mode = mode;
	caller->reason = reason;
	name_initiator(&caller->initiator, &caller->kind);
}

static __always_inline void open_frame(struct frame *frame, u64 now, u8 mode, u8 reason)
{
	frame->base_ns = now;
	frame->start_ns = now;
	frame->off_ns = 0;
	frame->inner_ns = 0;
	frame->total_ns = 0;
	frame->seen_pages = 0;
	frame->last_head = 0;
	frame->last_event_ns = 0;
	frame->copy_start_ns = 0;
	frame->last_owner = ABI_OWNER_UNSEEN;
	frame->nr_slots = 0;
	frame->current_slot = 0;
	frame->src_node = cfg_one_node ? 0 : ABI_NODE_UNKNOWN;
	name_caller(&frame->caller, mode, reason);
}

SEC("tp_btf/mm_migrate_pages_start")
int BPF_PROG(on_mm_migrate_pages_start, int mode, int reason)
{
	struct task_state *state = bpf_task_storage_get(
		&tasks, bpf_get_current_task_btf(), 0, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (!state) {
		count_loss(ABI_LOSS_NO_TASK_STATE, 1);
		return 0;
	}
	forget_former_generation(state);
	close_streak(current_frame(state));
	state->depth++;
	if (state->depth > FRAMES) {
		count_loss(ABI_LOSS_NESTED_TOO_DEEP, 1);
		return 0;
	}
	state->out_ns = 0;
	open_frame(frame_at(state, state->depth), bpf_ktime_get_ns(), mode, reason);
	return 0;
}

struct outcome {
	u64 migrated;
	u64 failed;
	u64 thp_migrated;
	u64 thp_failed;
	u64 thp_split;
	u64 large_folio_split;
};

static __always_inline void add_call(
	struct caller *caller, struct outcome *outcome, u64 cpu_ns)
{
	struct abi_call_key key = {
		.initiator = caller->initiator,
		.kind = caller->kind,
		.reason = caller->reason,
		.mode = caller->mode,
	};
	struct abi_call_value zero = {};
	struct abi_call_value *value = lookup_or_insert(&calls, &key, zero);

	if (!value) {
		count_loss(ABI_LOSS_CALL_MAP_FULL, 1);
		return;
	}
	value->calls++;
	value->pages_migrated += outcome->migrated;
	value->pages_failed += outcome->failed;
	value->thp_migrated += outcome->thp_migrated;
	value->thp_failed += outcome->thp_failed;
	value->thp_split += outcome->thp_split;
	value->large_folio_split += outcome->large_folio_split;
	value->cpu_ns += cpu_ns;
}

/* Migration entries restored after a failure can look like a move: take back what was too
 * much. */
static __always_inline void drop_overcount(struct frame *frame, u64 migrated)
{
	u64 excess = frame->seen_pages - migrated;
	u32 i;

	count_loss(ABI_LOSS_OVERCOUNT_PAGES, excess);
	for (i = 0; i < SLOTS; i++) {
		struct slot *slot = &frame->slots[i];
		u64 folios = excess >> slot->order;

		if (i >= frame->nr_slots || excess == 0)
			break;
		if (folios > slot->folios)
			folios = slot->folios;
		slot->folios -= folios;
		excess -= folios << slot->order;
	}
}

static __always_inline void close_frame(
	struct frame *frame, struct outcome *outcome, u64 now)
{
	if (cfg_portable && frame->seen_pages > outcome->migrated)
		drop_overcount(frame, outcome->migrated);
	settle(frame, now);
	if (cfg_portable && outcome->migrated > frame->seen_pages)
		add_unseen(&frame->caller,
			(outcome->migrated - frame->seen_pages) << cfg_page_shift, 0);
	add_call(&frame->caller, outcome, frame->total_ns);
	add_to_histograms(frame->caller.reason, frame->total_ns,
		outcome->migrated + outcome->failed);
}

/* A call whose start was not seen, because tracing began inside it. */
static __always_inline void add_unmatched(struct outcome *outcome, u8 mode, u8 reason)
{
	struct caller caller;

	count_loss(ABI_LOSS_UNMATCHED_CALL_END, 1);
	name_caller(&caller, mode, reason);
	if (cfg_portable && outcome->migrated)
		add_unseen(&caller, outcome->migrated << cfg_page_shift, 0);
	add_call(&caller, outcome, 0);
}

SEC("tp_btf/mm_migrate_pages")
int on_mm_migrate_pages(u64 *ctx)
{
	struct outcome outcome = {
		.migrated = ctx[0],
		.failed = ctx[1],
		.thp_migrated = ctx[2],
		.thp_failed = ctx[3],
		.thp_split = ctx[4],
		.large_folio_split = cfg_large_split_arg ? ctx[5] : 0,
	};
	struct task_state *state =
		bpf_task_storage_get(&tasks, bpf_get_current_task_btf(), 0, 0);
	u64 now = bpf_ktime_get_ns();
	struct frame *frame;

	if (!state || !current_frame(state)) {
		if (cfg_large_split_arg)
			add_unmatched(&outcome, ctx[6], ctx[7]);
		else
			add_unmatched(&outcome, ctx[5], ctx[6]);
		return 0;
	}
	close_streak(current_frame(state));
	if (state->depth-- > FRAMES)
		return 0;
	frame = frame_at(state, state->depth + 1);
	close_frame(frame, &outcome, now);
	/* an inner call is not the outer one's time */
	if (state->depth) {
		state->frames[0].off_ns += now - frame->start_ns;
		state->frames[0].inner_ns += now - frame->start_ns;
	}
	return 0;
}

static __always_inline void switch_out(struct task_state *state)
{
	if (!state->depth && !state->work.start_ns)
		return;
	close_streak(current_frame(state));
	state->out_ns = bpf_ktime_get_ns();
}

static __always_inline void switch_in(struct task_state *state)
{
	struct frame *frame = current_frame(state);
	u64 off;

	if (!state->out_ns)
		return;
	off = bpf_ktime_get_ns() - state->out_ns;
	state->out_ns = 0;
	if (frame)
		frame->off_ns += off;
	if (state->work.start_ns)
		state->work.off_ns += off;
}

/*
 * Fires on every context switch of the host: two loads decide for tasks that never
 * migrated. Time preempted or asleep is not copying.
 */
SEC("tp_btf/sched_switch")
int BPF_PROG(
	on_sched_switch, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	struct task_state *state;

	if (prev->bpf_storage) {
		state = bpf_task_storage_get(&tasks, prev, 0, 0);
		if (state)
			switch_out(state);
	}
	if (next->bpf_storage) {
		state = bpf_task_storage_get(&tasks, next, 0, 0);
		if (state)
			switch_in(state);
	}
	return 0;
}

#endif /* PAGEFARE_CALLS_H */
