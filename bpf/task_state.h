/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What is kept per task while it migrates or copies: the migrate_pages() calls it is in,
 * the work item it runs, and when it left the CPU. Task storage makes this safe against
 * preemption and migration of the task; nothing here is shared between tasks.
 */
#ifndef PAGEFARE_TASK_STATE_H
#define PAGEFARE_TASK_STATE_H

#include "abi.h"

/* Owners and size classes of one call that are kept apart before they are settled early.
 */
#define SLOTS 8

/* A call can run another one: allocating a target folio may reclaim, and that may demote.
 */
#define FRAMES 2

struct slot {
	u64 memcg_data; /* raw word of the folio: compared per folio, resolved once per
			   slot */
	u64 owner;
	u64 folios;
	u64 timed_folios; /* portable: folios whose interval was short enough to trust */
	u64 timed_ns;
	u64 content_ns;		/* precise: inside the copy function */
	u64 content_elapsed_ns; /* the same with the time off the CPU: workers copy then
				 */
	u32 order;
	s16 src_node;
	s16 dst_node;
};

/* Who asked, and why. */
struct caller {
	u64 initiator; /* cgroup id, 0 for a kernel thread */
	u8 kind;
	u8 reason;
	u8 mode;
};

struct frame {
	u64 base_ns;  /* start of the call, or of what is not settled yet */
	u64 off_ns;   /* of that, not on the CPU, or in an inner call */
	u64 inner_ns; /* of that, in an inner call */
	u64 total_ns; /* on CPU, settled already */
	u64 start_ns;
	u64 seen_pages; /* base pages in the slots and settled ones */
	u64 last_head;	/* pfn of the folio seen last */
	u64 last_event_ns;
	u64 copy_start_ns;
	u64 copy_off_ns;
	u64 last_owner;
	struct caller caller;
	u32 nr_slots;
	u32 current_slot;
	s16 src_node; /* where the portable layer knows it */
	struct slot slots[SLOTS];
};

struct work_state {
	u64 start_ns; /* 0 when no known copy worker runs */
	u64 off_ns;
	u64 queued_ns;
	u64 work;
	struct abi_worker_key key;
};

struct dma_state {
	u64 start_ns;
	u64 bytes;
	u64 folios;
	u64 owner;
};

struct task_state {
	u64 out_ns;	/* when it was switched out, 0 while on a CPU */
	u32 generation; /* of the programs that wrote this: see cfg_generation */
	u32 depth;	/* calls it is in; only the first FRAMES are tracked */
	struct work_state work;
	struct dma_state dma;
	struct frame frames[FRAMES];
};

#endif /* PAGEFARE_TASK_STATE_H */
