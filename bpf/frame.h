/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * One migrate_pages() call while it runs: the folios it moves, grouped into slots, and at
 * its end (or when the slots run out) its time on CPU shared out over them.
 */
#ifndef PAGEFARE_FRAME_H
#define PAGEFARE_FRAME_H

#include "maps.h"
#include "settings.h"

/* Weights are cut to this many bits before they are multiplied with a time. */
#define WEIGHT_BITS 24

static __always_inline struct frame *frame_at(struct task_state *state, u32 depth)
{
	return depth <= 1 ? &state->frames[0] : &state->frames[FRAMES - 1];
}

/* The call the task is in, the inner one of two; NULL when it is in none. */
static __always_inline struct frame *current_frame(struct task_state *state)
{
	if (state->depth == 0 || state->generation != cfg_generation)
		return 0;
	return frame_at(state, state->depth);
}

static __always_inline void forget_former_generation(struct task_state *state)
{
	if (state->generation == cfg_generation)
		return;
	state->generation = cfg_generation;
	state->depth = 0;
	state->work.start_ns = 0;
	state->dma.start_ns = 0;
}

/* Times of some folios of a call, as in struct abi_folio_value. */
struct times {
	u64 cpu;
	u64 content;
	u64 elapsed;
	u64 content_elapsed;
};

static __always_inline void add_folios(
	struct abi_folio_key *key, u64 nr, u64 bytes, const struct times *times)
{
	struct abi_folio_value zero = {};
	struct abi_folio_value *value = lookup_or_insert(&folios, key, zero);

	if (!value) {
		count_loss(ABI_LOSS_FOLIO_MAP_FULL, 1);
		count_loss(ABI_LOSS_FOLIO_BYTES, bytes);
		count_loss(ABI_LOSS_FOLIO_CPU_NS, times->cpu);
		return;
	}
	value->folios += nr;
	value->bytes += bytes;
	value->cpu_ns += times->cpu;
	value->content_ns += times->content;
	value->elapsed_ns += times->elapsed;
	value->content_elapsed_ns += times->content_elapsed;
}

/* What no slot can take: time of a call that moved nothing seen, pages no hook saw. */
static __always_inline void add_unseen(struct caller *caller, u64 bytes, u64 cpu_ns)
{
	struct abi_folio_key key = {
		.owner = ABI_OWNER_UNSEEN,
		.initiator = caller->initiator,
		.src_node = ABI_NODE_UNKNOWN,
		.dst_node = ABI_NODE_UNKNOWN,
		.kind = caller->kind,
		.reason = caller->reason,
	};

	struct times times = {.cpu = cpu_ns, .elapsed = cpu_ns};

	add_folios(&key, 0, bytes, &times);
}

static __always_inline u64 slot_bytes(struct slot *slot)
{
	return slot->folios << (slot->order + cfg_page_shift);
}

/*
 * Cost of one folio beyond its content, in bytes of copying: unmapping, rmap and flags
 * cost about as much as three quarters of a 4K page (measured on 4K and 64K folios;
 * docs/attribution.md).
 */
#define FOLIO_OVERHEAD_BYTES 3072

static __always_inline u64 model_weight(struct slot *slot)
{
	return slot_bytes(slot) + slot->folios * FOLIO_OVERHEAD_BYTES;
}

struct weights {
	u64 total;
	u64 content; /* time inside the copy function, all slots */
	bool timed;  /* every slot has trusted intervals */
};

static __always_inline u64 interval_weight(struct slot *slot)
{
	return slot->timed_folios ? slot->timed_ns / slot->timed_folios * slot->folios
				  : 0;
}

static __always_inline u64 weight_of(struct slot *slot, struct weights *weights)
{
	if (weights->content)
		return slot->folios;
	return weights->timed ? interval_weight(slot) : model_weight(slot);
}

static __always_inline void weigh(
	struct frame *frame, struct weights *weights, u64 cpu_ns)
{
	u32 i;

	weights->total = 0;
	weights->content = 0;
	weights->timed = cfg_portable;
	for (i = 0; i < SLOTS; i++) {
		if (i >= frame->nr_slots)
			break;
		weights->content += frame->slots[i].content_ns;
		if (!interval_weight(&frame->slots[i]))
			weights->timed = false;
	}
	/* a copy that began before the slots were last emptied: no use as a share */
	if (weights->content > cpu_ns)
		weights->content = 0;
	for (i = 0; i < SLOTS; i++) {
		if (i >= frame->nr_slots)
			break;
		weights->total += weight_of(&frame->slots[i], weights);
	}
}

static __always_inline u64 time_on_cpu(struct frame *frame, u64 now)
{
	u64 elapsed = now - frame->base_ns;

	return elapsed > frame->off_ns ? elapsed - frame->off_ns : 0;
}

/* Asleep or preempted: workers may have copied meanwhile. An inner call is not ours. */
static __always_inline u64 time_off_cpu(struct frame *frame)
{
	return frame->off_ns > frame->inner_ns ? frame->off_ns - frame->inner_ns : 0;
}

static __always_inline void add_slot(
	struct caller *caller, struct slot *slot, u64 bytes, u64 cpu_ns, u64 off_ns)
{
	struct times times = {
		.cpu = cpu_ns,
		.content = slot->content_ns,
		.elapsed = cpu_ns + off_ns,
		.content_elapsed = slot->content_elapsed_ns,
	};
	struct abi_folio_key key = {
		.owner = slot->owner,
		.initiator = caller->initiator,
		.src_node = slot->src_node,
		.dst_node = slot->dst_node,
		.kind = caller->kind,
		.reason = caller->reason,
		.order = slot->order,
	};

	add_folios(&key, slot->folios, bytes, &times);
}

/*
 * The precise layer gives every slot its measured copy time and splits the rest by
 * folios; the portable one splits all of it by the intervals between folios, or by size
 * where those cannot be trusted. What division leaves over goes to the last slot, so the
 * parts add up to the whole. Time off the CPU is split by the same weights.
 */
static __always_inline void share_out(struct frame *frame, u64 cpu_ns)
{
	struct weights weights;
	u64 off = time_off_cpu(frame);
	u64 rest, left;
	u32 i, shift = 0;

	weigh(frame, &weights, cpu_ns);
	rest = cpu_ns - weights.content;
	left = rest;
	while (shift < 40 && (weights.total >> shift) >> WEIGHT_BITS)
		shift++;
	weights.total = (weights.total >> shift) ?: 1;
	for (i = 0; i < SLOTS; i++) {
		struct slot *slot = &frame->slots[i];
		u64 share, weight;

		if (i >= frame->nr_slots)
			break;
		weight = weight_of(slot, &weights) >> shift;
		share = rest * weight / weights.total;
		if (i + 1 == frame->nr_slots || share > left)
			share = left;
		left -= share;
		if (weights.content)
			share += slot->content_ns;
		add_slot(&frame->caller, slot, slot_bytes(slot), share,
			off * weight / weights.total);
	}
}

/* Gives the time since base_ns to the slots and empties them. */
static __noinline void settle(struct frame *frame, u64 now)
{
	u64 cpu_ns;

	if (!frame)
		return;
	cpu_ns = time_on_cpu(frame, now);
	if (frame->nr_slots > 1)
		share_out(frame, cpu_ns);
	else if (frame->nr_slots == 1)
		add_slot(&frame->caller, &frame->slots[0], slot_bytes(&frame->slots[0]),
			cpu_ns, time_off_cpu(frame));
	else if (cpu_ns)
		add_unseen(&frame->caller, 0, cpu_ns);
	frame->total_ns += cpu_ns;
	frame->base_ns = now;
	frame->off_ns = 0;
	frame->inner_ns = 0;
	frame->nr_slots = 0;
	frame->current_slot = 0;
}

static __always_inline bool is_slot_for(
	struct slot *slot, u64 memcg_data, u32 order, s16 src_node, s16 dst_node)
{
	return slot->memcg_data == memcg_data && slot->order == order &&
	       slot->src_node == src_node && slot->dst_node == dst_node;
}

/* The slot of a kind of folio: the current one, another one, or a new one. */
static __always_inline struct slot *find_slot(
	struct frame *frame, u64 memcg_data, u32 order, s16 src_node, s16 dst_node)
{
	u32 i = frame->current_slot & (SLOTS - 1);
	struct slot *slot = &frame->slots[i];

	if (i < frame->nr_slots &&
		is_slot_for(slot, memcg_data, order, src_node, dst_node))
		return slot;
	for (i = 0; i < SLOTS; i++) {
		if (i >= frame->nr_slots)
			break;
		slot = &frame->slots[i];
		if (is_slot_for(slot, memcg_data, order, src_node, dst_node)) {
			frame->current_slot = i;
			return slot;
		}
	}
	return 0;
}

static __always_inline struct slot *make_slot(struct frame *frame, u64 owner,
	u64 memcg_data, u32 order, s16 src_node, s16 dst_node)
{
	struct slot *slot;
	u32 i;

	if (frame->nr_slots >= SLOTS)
		settle(frame, bpf_ktime_get_ns());
	i = frame->nr_slots & (SLOTS - 1);
	slot = &frame->slots[i];
	__builtin_memset(slot, 0, sizeof(*slot));
	slot->memcg_data = memcg_data;
	slot->owner = owner;
	slot->order = order;
	slot->src_node = src_node;
	slot->dst_node = dst_node;
	frame->current_slot = i;
	frame->nr_slots = i + 1;
	return slot;
}

#endif /* PAGEFARE_FRAME_H */
