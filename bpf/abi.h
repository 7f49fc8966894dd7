/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The one header that crosses the kernel border: the keys and values of every map that
 * user space reads. Fixed-width fields only, every hole named, sizes asserted on both
 * sides. Times are nanoseconds, sizes bytes, pages base pages of the running kernel.
 */
#ifndef PAGEFARE_ABI_H
#define PAGEFARE_ABI_H

#ifdef __cplusplus
#include <cstdint>
typedef std::uint64_t abi_u64;
typedef std::int64_t abi_s64;
typedef std::uint32_t abi_u32;
typedef std::uint8_t abi_u8;
typedef std::int16_t abi_s16;
#define ABI_SIZE(type, size) static_assert(sizeof(struct type) == (size))
#else
typedef __u64 abi_u64;
typedef __s64 abi_s64;
typedef __u32 abi_u32;
typedef __u8 abi_u8;
typedef __s16 abi_s16;
#define ABI_SIZE(type, size) _Static_assert(sizeof(struct type) == (size), #type)
#endif

/* Owners that are not cgroup ids. A cgroup id is a kernfs inode number and is never one
 * of these. */
#define ABI_OWNER_NONE 0ULL	 /* the folio is charged to no memcg */
#define ABI_OWNER_UNSEEN (~0ULL) /* moved or paid for, but no hook saw the folio */

#define ABI_NODE_UNKNOWN (-1)

/* Who called migrate_pages(): a task of a cgroup, or a kernel thread (then the cgroup id
 * is 0). */
enum abi_initiator_kind {
	ABI_INITIATOR_TASK = 0,
	ABI_INITIATOR_KCOMPACTD = 1,
	ABI_INITIATOR_KSWAPD = 2,
	ABI_INITIATOR_KDAMOND = 3,
	ABI_INITIATOR_KWORKER = 4,
	ABI_INITIATOR_KHUGEPAGED = 5,
	ABI_INITIATOR_KTHREAD = 6, /* any other kernel thread */
	ABI_INITIATOR_KINDS
};

/* One entry per kind of migrate_pages() call. */
struct abi_call_key {
	abi_u64 initiator; /* cgroup id, 0 for a kernel thread */
	abi_u8 kind;	   /* enum abi_initiator_kind */
	abi_u8 reason;	   /* the kernel's enum migrate_reason */
	abi_u8 mode;	   /* the kernel's enum migrate_mode */
	abi_u8 hole[5];
};
ABI_SIZE(abi_call_key, 16);

struct abi_call_value {
	abi_u64 calls;
	abi_u64 pages_migrated; /* base pages, as mm_migrate_pages reports them */
	abi_u64 pages_failed;
	abi_u64 thp_migrated; /* PMD-sized folios */
	abi_u64 thp_failed;
	abi_u64 thp_split;
	abi_u64 large_folio_split; /* 0 on kernels whose event lacks it */
	abi_u64 cpu_ns;		   /* on CPU inside the calls */
};
ABI_SIZE(abi_call_value, 64);

/* One entry per reason. Bucket i counts calls of more than 2^(i-1) and at most 2^i; the
 * first one those of 0 too, the last one all larger ones too. */
#define ABI_CALL_CPU_BUCKETS 36
#define ABI_CALL_SIZE_BUCKETS 20

struct abi_reason_key {
	abi_u8 reason; /* the kernel's enum migrate_reason */
	abi_u8 hole[7];
};
ABI_SIZE(abi_reason_key, 8);

struct abi_call_histograms {
	abi_u64 by_cpu[ABI_CALL_CPU_BUCKETS];	 /* ns on CPU inside the call */
	abi_u64 by_pages[ABI_CALL_SIZE_BUCKETS]; /* base pages, migrated or failed */
	abi_u64 cpu_ns;
	abi_u64 pages;
};
ABI_SIZE(abi_call_histograms, 464);

/* One entry per (who asked, whose memory, why, size class, way). */
struct abi_folio_key {
	abi_u64 owner;	   /* cgroup id or ABI_OWNER_* */
	abi_u64 initiator; /* cgroup id, 0 for a kernel thread */
	abi_s16 src_node;  /* ABI_NODE_UNKNOWN where the layer cannot tell */
	abi_s16 dst_node;
	abi_u8 kind;
	abi_u8 reason;
	abi_u8 order; /* folio size is page size << order */
	abi_u8 hole;
};
ABI_SIZE(abi_folio_key, 24);

/*
 * The sum of cpu_ns over all folio entries equals the sum over all call entries, to the
 * nanosecond: a call's time is shared out over its folios when it ends.
 */
struct abi_folio_value {
	abi_u64 folios;
	abi_u64 bytes;
	abi_u64 cpu_ns;	    /* share of the calls' time on CPU */
	abi_u64 content_ns; /* of that, inside the copy function; precise layer only */
	abi_u64 elapsed_ns; /* share of the calls' time, asleep or preempted too */
	abi_u64 content_elapsed_ns; /* inside the copy function; precise layer only */
};
ABI_SIZE(abi_folio_value, 48);

/* Work items run by kworkers for a migration somebody asked for. */
struct abi_worker_key {
	abi_u64 owner;	   /* of the folio being moved when the item was queued */
	abi_u64 initiator; /* the task that queued it */
	abi_u8 kind;
	abi_u8 reason;
	abi_u8 function; /* index into the table of known copy workers */
	abi_u8 hole[5];
};
ABI_SIZE(abi_worker_key, 24);

struct abi_worker_value {
	abi_u64 items;
	abi_u64 cpu_ns;	  /* the worker's time on CPU between start and end */
	abi_u64 queue_ns; /* time the items waited to be started */
};
ABI_SIZE(abi_worker_value, 24);

/* Batches handed to a DMA engine. */
struct abi_dma_key {
	abi_u64 owner;
	abi_u64 initiator;
	abi_u8 kind;
	abi_u8 reason;
	abi_u8 hole[6];
};
ABI_SIZE(abi_dma_key, 24);

struct abi_dma_value {
	abi_u64 batches;
	abi_u64 failures; /* batches the engine handed back */
	abi_u64 folios;
	abi_u64 bytes;
	abi_u64 channel_ns; /* from submission to the end of the wait */
};
ABI_SIZE(abi_dma_value, 40);

/* What the gate lets through of a cgroup. */
struct abi_gate {
	abi_u64 holds_until_ns; /* by the monotonic clock: open from then on */
	abi_u64 shut_until_ns;	/* until then every call is refused */
	abi_s64 calls_left; /* from then on so many are let through; counts on below 0 */
};
ABI_SIZE(abi_gate, 24);

struct abi_gate_calls {
	abi_u64 refused;
	abi_u64 admitted;
};
ABI_SIZE(abi_gate_calls, 16);

/* What could not be counted, per CPU, summed by user space. */
enum abi_loss {
	ABI_LOSS_CALL_MAP_FULL = 0,  /* calls */
	ABI_LOSS_FOLIO_MAP_FULL = 1, /* entries; bytes and time below */
	ABI_LOSS_FOLIO_BYTES = 2,
	ABI_LOSS_FOLIO_CPU_NS = 3,
	ABI_LOSS_WORKER_MAP_FULL = 4, /* items; time below */
	ABI_LOSS_WORKER_CPU_NS = 5,
	ABI_LOSS_DMA_MAP_FULL = 6,	    /* batches */
	ABI_LOSS_QUEUE_MAP_FULL = 7,	    /* work items whose requester was not kept */
	ABI_LOSS_NO_TASK_STATE = 8,	    /* calls whose state could not be kept */
	ABI_LOSS_NESTED_TOO_DEEP = 9,	    /* calls inside calls inside calls */
	ABI_LOSS_UNMATCHED_CALL_END = 10,   /* ends whose start was not seen */
	ABI_LOSS_UNMATCHED_WORK_START = 11, /* items whose queueing was not seen */
	ABI_LOSS_OVERCOUNT_PAGES = 12, /* pages a hook saw beyond what the call moved */
	ABI_LOSSES
};

#endif /* PAGEFARE_ABI_H */
