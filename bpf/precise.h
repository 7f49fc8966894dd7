/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The precise layer: trampolines where each folio moves and where its content is copied.
 *
 * A folio's metadata moves exactly once per real migration, offloaded or not; its content
 * is copied by the copy function only when nobody offloads. So owners and bytes come from
 * the first, time from the second. Two functions see the first: folio_migrate_flags sees
 * hugetlb too, but a compiler may inline it; mem_cgroup_migrate is in another file and
 * cannot be.
 */
#ifndef PAGEFARE_PRECISE_H
#define PAGEFARE_PRECISE_H

#include "folio.h"
#include "frame.h"

static __always_inline struct frame *frame_of_current(void)
{
	struct task_state *state =
		bpf_task_storage_get(&tasks, bpf_get_current_task_btf(), 0, 0);

	return state ? current_frame(state) : 0;
}

/* Stock kernels copy before they move the memcg, the copy-offload series after. */
static __always_inline u64 memcg_of_either(struct folio *src, struct folio *dst)
{
	u64 memcg_data = BPF_CORE_READ(src, memcg_data);

	return memcg_data ?: BPF_CORE_READ(dst, memcg_data);
}

static __always_inline struct slot *slot_of_pair(
	struct frame *frame, struct folio *src, struct folio *dst)
{
	u64 flags = folio_flags(src);
	u32 order = folio_order(src, flags) & 31;
	u64 memcg_data = memcg_of_either(src, dst);
	s16 src_node = node_of(flags), dst_node = node_of(folio_flags(dst));
	struct slot *slot = find_slot(frame, memcg_data, order, src_node, dst_node);

	if (!slot)
		slot = make_slot(frame, owner_of(memcg_data), memcg_data, order, src_node,
			dst_node);
	return slot;
}

static __always_inline void move_folio(struct folio *src, struct folio *dst)
{
	struct frame *frame = frame_of_current();
	struct slot *slot;

	if (!frame)
		return;
	slot = slot_of_pair(frame, src, dst);
	slot->folios++;
	frame->seen_pages += 1ULL << slot->order;
	frame->last_owner = slot->owner;
}

SEC("fentry/folio_migrate_flags")
int BPF_PROG(on_folio_migrate_flags, struct folio *dst, struct folio *src)
{
	move_folio(src, dst);
	return 0;
}

SEC("fentry/mem_cgroup_migrate")
int BPF_PROG(on_mem_cgroup_migrate, struct folio *src, struct folio *dst)
{
	move_folio(src, dst);
	return 0;
}

SEC("fentry/folio_mc_copy")
int BPF_PROG(on_folio_copy, struct folio *dst, struct folio *src)
{
	struct frame *frame = frame_of_current();

	if (!frame)
		return 0;
	/* a copy worker queued from here on works for this folio's owner */
	frame->last_owner = owner_of(memcg_of_either(src, dst));
	frame->copy_off_ns = frame->off_ns;
	frame->copy_start_ns = bpf_ktime_get_ns();
	return 0;
}

SEC("fexit/folio_mc_copy")
int BPF_PROG(on_folio_copied, struct folio *dst, struct folio *src)
{
	struct frame *frame = frame_of_current();
	struct slot *slot;
	u64 elapsed, off;

	if (!frame || !frame->copy_start_ns)
		return 0;
	elapsed = bpf_ktime_get_ns() - frame->copy_start_ns;
	off = frame->off_ns - frame->copy_off_ns;
	frame->copy_start_ns = 0;
	slot = slot_of_pair(frame, src, dst);
	slot->content_elapsed_ns += elapsed;
	if (elapsed > off)
		slot->content_ns += elapsed - off;
	return 0;
}

#endif /* PAGEFARE_PRECISE_H */
