/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Folios of one kind moved one after the other, counted in a per-CPU record: most pages
 * cost a comparison and an addition, without asking for the task's state.
 *
 * An open streak belongs to the task that runs on this CPU and to the call it is in: it
 * is added to the call's slot and closed when a folio of another kind comes, when a call
 * begins or ends inside or around it, and when the task is switched out.
 */
#ifndef PAGEFARE_STREAK_H
#define PAGEFARE_STREAK_H

#include "frame.h"

struct streak {
	u64 memcg_data;
	u64 last_head; /* pfn of the folio seen last */
	u64 folios;    /* not in the slot yet */
	u32 order;
	u32 open; /* open_mark() or closed */
	s16 node;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct streak);
} streaks SEC(".maps");

static __always_inline struct streak *streak_of_cpu(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&streaks, &zero);
}

/* What a former set of hooks left open is closed for this one. */
static __always_inline u32 open_mark(void)
{
	return cfg_generation + 1;
}

static __always_inline void open_streak(
	struct streak *streak, struct slot *slot, u64 head)
{
	streak->memcg_data = slot->memcg_data;
	streak->order = slot->order;
	streak->node = slot->dst_node;
	streak->last_head = head;
	streak->folios = 0;
	streak->open = open_mark();
}

/* Whatever happens next does not belong to the streak of this task, if it has one. */
static __always_inline void close_streak(struct frame *frame)
{
	struct streak *streak;
	struct slot *slot;

	if (!cfg_portable || !frame)
		return;
	streak = streak_of_cpu();
	if (!streak || streak->open != open_mark())
		return;
	streak->open = 0;
	frame->last_head = streak->last_head;
	frame->seen_pages += streak->folios << (streak->order & 31);
	slot = &frame->slots[frame->current_slot & (SLOTS - 1)];
	slot->folios += streak->folios;
}

#endif /* PAGEFARE_STREAK_H */
