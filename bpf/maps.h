/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Everything is counted in place and read once per period. Per-CPU values need no
 * atomics; entries are allocated as they appear, so an idle machine pays for none.
 */
#ifndef PAGEFARE_MAPS_H
#define PAGEFARE_MAPS_H

#include "abi.h"
#include "task_state.h"

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct task_state);
} tasks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 8192);
	__type(key, struct abi_call_key);
	__type(value, struct abi_call_value);
} calls SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 256); /* every reason there can be */
	__type(key, struct abi_reason_key);
	__type(value, struct abi_call_histograms);
} call_histograms SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, struct abi_folio_key);
	__type(value, struct abi_folio_value);
} folios SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384);
	__type(key, struct abi_worker_key);
	__type(value, struct abi_worker_value);
} workers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384);
	__type(key, struct abi_dma_key);
	__type(value, struct abi_dma_value);
} dma SEC(".maps");

struct queued_work {
	struct abi_worker_key key;
	u64 queued_ns;
};

/* Work items of known copy workers between being queued and being started. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 32768);
	__type(key, u64);
	__type(value, struct queued_work);
} queued SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, ABI_LOSSES);
	__type(key, u32);
	__type(value, u64);
} losses SEC(".maps");

static __always_inline void count_loss(u32 loss, u64 amount)
{
	u64 *count = bpf_map_lookup_elem(&losses, &loss);

	if (count)
		*count += amount;
}

/* The value for a key, made if need be; NULL when the map is full. */
#define lookup_or_insert(map, key, zero)                                                 \
	({                                                                               \
		typeof(zero) *found_ = bpf_map_lookup_elem(map, key);                    \
		if (!found_) {                                                           \
			bpf_map_update_elem(map, key, &(zero), BPF_NOEXIST);             \
			found_ = bpf_map_lookup_elem(map, key);                          \
		}                                                                        \
		found_;                                                                  \
	})

#endif /* PAGEFARE_MAPS_H */
