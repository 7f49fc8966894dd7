/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The portable layer: a folio that was mapped gets its migration entries replaced by
 * ordinary ones when it has moved, and the tracepoints there show the new entry. From it
 * follow the folio, and from the folio its owner. Works where trampolines are refused;
 * blind to folios that nobody maps.
 */
#ifndef PAGEFARE_PORTABLE_H
#define PAGEFARE_PORTABLE_H

#include "folio.h"
#include "frame.h"
#include "migration_entry.h"
#include "streak.h"

/* Longer intervals between folios of one page are interruptions, not work. */
#define TRUSTED_INTERVAL_NS 16384

static __always_inline void time_folio(struct frame *frame, struct slot *slot)
{
	u64 now = bpf_ktime_get_ns();
	u64 interval = now - frame->last_event_ns;

	frame->last_event_ns = now;
	if (interval < (u64)TRUSTED_INTERVAL_NS << (slot->order & 31)) {
		slot->timed_ns += interval;
		slot->timed_folios++;
	}
}

static __always_inline struct slot *slot_of_folio(
	struct frame *frame, struct folio_words *words, u32 order)
{
	s16 node = node_of(words->flags);
	struct slot *slot =
		find_slot(frame, words->memcg_data, order, frame->src_node, node);

	if (slot)
		return slot;
	return make_slot(frame, owner_of(words->memcg_data), words->memcg_data, order,
		frame->src_node, node);
}

/* A folio that continues no streak: the task's state says which call it belongs to. */
static __always_inline void begin_streak(
	struct streak *streak, struct folio_words *words, u64 head, u32 order)
{
	struct task_state *state =
		bpf_task_storage_get(&tasks, bpf_get_current_task_btf(), 0, 0);
	struct frame *frame = state ? current_frame(state) : 0;
	struct slot *slot;

	if (!frame)
		return;
	close_streak(frame);
	if (head == frame->last_head)
		return;
	frame->last_head = head;
	if (!has_moved(words))
		return;
	slot = slot_of_folio(frame, words, order);
	slot->folios++;
	frame->seen_pages += 1ULL << order;
	frame->last_owner = slot->owner;
	/* one kind of folio needs no shares: spare the clock until there is a second */
	if (frame->nr_slots > 1)
		time_folio(frame, slot);
	else
		open_streak(streak, slot, head);
}

static __always_inline void see_folio(u64 pfn, u32 order)
{
	u64 head = pfn >> order << order; /* folios are aligned to their size */
	struct streak *streak = streak_of_cpu();
	struct folio_words words;

	if (!streak)
		return;
	/* a folio mapped more than once has all its entries replaced in a row */
	if (streak->open == open_mark() && head == streak->last_head)
		return;
	read_folio_words(cfg_vmemmap + head * cfg_struct_page_size, &words);
	if (streak->open != open_mark() || words.memcg_data != streak->memcg_data ||
		order != streak->order || node_of(words.flags) != streak->node) {
		begin_streak(streak, &words, head, order);
		return;
	}
	streak->last_head = head;
	if (has_moved(&words))
		streak->folios++;
}

SEC("tp_btf/remove_migration_pte")
int BPF_PROG(on_remove_migration_pte, unsigned long addr, unsigned long pte, int order)
{
	see_folio(entry_pfn(pte), order & 31);
	return 0;
}

SEC("tp_btf/remove_migration_pmd")
int BPF_PROG(on_remove_migration_pmd, unsigned long addr, unsigned long pmd)
{
	see_folio(entry_pfn(pmd), cfg_pmd_order & 31);
	return 0;
}

#endif /* PAGEFARE_PORTABLE_H */
