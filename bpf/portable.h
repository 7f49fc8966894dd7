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

/* Longer intervals between folios of one page are interruptions, not work. */
#define TRUSTED_INTERVAL_NS 16384

/* Kernel addresses on all 64-bit machines; a list poison is not one. */
#define IS_KERNEL_ADDRESS(x) ((x) >> 52 == 0xfff)

static __always_inline u64 entry_pfn(u64 entry)
{
	u64 address = entry & cfg_pte_pfn_mask;

	/* x86 stores entries that are not present inverted (L1TF) */
	if (cfg_pte_present_mask && !(entry & cfg_pte_present_mask))
		address = ~entry & cfg_pte_pfn_mask;
	if (cfg_pte_high_mask)
		address |= (entry & cfg_pte_high_mask) << cfg_pte_high_shift;
	return address >> cfg_page_shift;
}

/*
 * Entries are also restored when a folio did not move. The new folio was put on the LRU
 * just before (or waits in a batch for it, its list entry poisoned); one that stays is
 * still isolated: off the LRU and linked into the caller's list.
 */
static __always_inline bool has_moved(struct folio_words *words)
{
	if (words->flags & (1ULL << bpf_core_enum_value(enum pageflags___bits, PG_lru)))
		return true;
	return !IS_KERNEL_ADDRESS(words->lru_next);
}

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

static __always_inline void see_folio(struct frame *frame, u64 pfn, u32 order)
{
	u64 head = pfn >> order << order; /* folios are aligned to their size */
	struct folio_words words;
	struct slot *slot;
	s16 node;

	/* a folio mapped more than once has all its entries replaced in a row */
	if (head == frame->last_head)
		return;
	frame->last_head = head;
	read_folio_words(cfg_vmemmap + head * cfg_struct_page_size, &words);
	if (!has_moved(&words))
		return;
	node = node_of(words.flags);
	slot = find_slot(frame, words.memcg_data, order, frame->src_node, node);
	if (!slot)
		slot = make_slot(frame, owner_of(words.memcg_data), words.memcg_data,
			order, frame->src_node, node);
	slot->folios++;
	frame->seen_pages += 1ULL << order;
	frame->last_owner = slot->owner;
	/* one kind of folio needs no shares: spare the clock until there is a second */
	if (frame->nr_slots > 1)
		time_folio(frame, slot);
}

SEC("tp_btf/remove_migration_pte")
int BPF_PROG(on_remove_migration_pte, unsigned long addr, unsigned long pte, int order)
{
	struct task_state *state =
		bpf_task_storage_get(&tasks, bpf_get_current_task_btf(), 0, 0);
	struct frame *frame;

	if (!state || !(frame = current_frame(state)))
		return 0;
	see_folio(frame, entry_pfn(pte), order & 31);
	return 0;
}

SEC("tp_btf/remove_migration_pmd")
int BPF_PROG(on_remove_migration_pmd, unsigned long addr, unsigned long pmd)
{
	struct task_state *state =
		bpf_task_storage_get(&tasks, bpf_get_current_task_btf(), 0, 0);
	struct frame *frame;

	if (!state || !(frame = current_frame(state)))
		return 0;
	see_folio(frame, entry_pfn(pmd), cfg_pmd_order & 31);
	return 0;
}

#endif /* PAGEFARE_PORTABLE_H */
