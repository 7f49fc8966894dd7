/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Batches handed to a DMA engine, bracketed where the offload module submits and waits.
 * Channel time is wall time by nature and never added to CPU time. Kprobes, because a
 * trampoline on a module's function would keep the module from being unloaded; user space
 * attaches them.
 */
#ifndef PAGEFARE_DMA_H
#define PAGEFARE_DMA_H

#include "folio.h"
#include "frame.h"
#include "initiator.h"

/* The largest batch of any posted version. */
#define MAX_BATCH 512

static __always_inline struct dma_state *dma_of_current(void)
{
	struct task_state *state = bpf_task_storage_get(
		&tasks, bpf_get_current_task_btf(), 0, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (!state)
		return 0;
	forget_former_generation(state);
	return &state->dma;
}

static __always_inline void add_to_batch(
	struct dma_state *batch, struct folio *folio, u64 memcg_data)
{
	u32 order = folio_order(folio, folio_flags(folio)) & 31;
	u64 owner = owner_of(memcg_data);

	/* the engine reports a batch as a whole: one with several owners has none */
	if (batch->folios == 0)
		batch->owner = owner;
	else if (batch->owner != owner)
		batch->owner = ABI_OWNER_UNSEEN;
	batch->folios++;
	batch->bytes += 1ULL << (order + cfg_page_shift);
}

static __always_inline void open_batch(struct dma_state *batch)
{
	batch->folios = 0;
	batch->bytes = 0;
	batch->owner = ABI_OWNER_UNSEEN;
	batch->start_ns = bpf_ktime_get_ns();
}

/* Where a walk along a list of folios is. */
struct list_walk {
	struct dma_state *batch;
	struct list_head *entry;
	struct list_head *end;
};

static long add_entry(u32 index, struct list_walk *walk)
{
	struct list_head *entry = walk->entry;
	struct folio *folio;

	if (entry == walk->end)
		return 1;
	folio = (void *)entry - bpf_core_field_offset(struct folio, lru);
	add_to_batch(walk->batch, folio, BPF_CORE_READ(folio, memcg_data));
	walk->entry = BPF_CORE_READ(entry, next);
	return 0;
}

/*
 * When a list is handed over, the destinations have the memcg already. Not a loop of C:
 * the kernel would follow each of its rounds when it verifies the program, which was most
 * of the time that pagefare took to start.
 */
SEC("kprobe")
int BPF_KPROBE(on_dma_list, struct list_head *dst, struct list_head *src)
{
	struct list_walk walk = {.batch = dma_of_current(), .end = dst};

	if (!walk.batch)
		return 0;
	open_batch(walk.batch);
	walk.entry = BPF_CORE_READ(dst, next);
	bpf_loop(MAX_BATCH, add_entry, &walk, 0);
	return 0;
}

SEC("kprobe")
int BPF_KPROBE(on_dma_folio, struct folio *dst, struct folio *src)
{
	struct dma_state *batch = dma_of_current();
	u64 memcg_data;

	if (!batch)
		return 0;
	open_batch(batch);
	memcg_data = BPF_CORE_READ(src, memcg_data) ?: BPF_CORE_READ(dst, memcg_data);
	add_to_batch(batch, src, memcg_data);
	return 0;
}

static __always_inline void fill_dma_key(struct abi_dma_key *key, struct dma_state *batch)
{
	struct task_state *state =
		bpf_task_storage_get(&tasks, bpf_get_current_task_btf(), 0, 0);
	struct frame *frame = state ? current_frame(state) : 0;

	key->owner = batch->owner;
	key->reason = 0xff;
	if (frame) {
		key->initiator = frame->caller.initiator;
		key->kind = frame->caller.kind;
		key->reason = frame->caller.reason;
	} else {
		name_initiator(&key->initiator, &key->kind);
	}
}

static __always_inline int close_batch(int error)
{
	struct dma_state *batch = dma_of_current();
	struct abi_dma_value zero = {}, *value;
	struct abi_dma_key key = {};
	u64 elapsed;

	if (!batch || !batch->start_ns)
		return 0;
	elapsed = bpf_ktime_get_ns() - batch->start_ns;
	batch->start_ns = 0;
	fill_dma_key(&key, batch);
	value = lookup_or_insert(&dma, &key, zero);
	if (!value) {
		count_loss(ABI_LOSS_DMA_MAP_FULL, 1);
		return 0;
	}
	value->batches++;
	value->channel_ns += elapsed;
	if (error) {
		value->failures++;
		return 0;
	}
	value->folios += batch->folios;
	value->bytes += batch->bytes;
	return 0;
}

SEC("kretprobe")
int BPF_KRETPROBE(on_dma_done, int error)
{
	return close_batch(error);
}

#endif /* PAGEFARE_DMA_H */
