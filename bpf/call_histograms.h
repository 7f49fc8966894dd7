/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* How long calls took and how large they were, by reason. */
#ifndef PAGEFARE_CALL_HISTOGRAMS_H
#define PAGEFARE_CALL_HISTOGRAMS_H

#include "maps.h"

/* 464 bytes: too many for the stack. */
static const struct abi_call_histograms no_calls;

/* How many bits a number needs: 0 for 0, 1 for 1, 2 for 2 and 3. Without a loop. */
static __always_inline u32 bits_of(u64 value)
{
	u32 bits = 0;

	if (value >> 32) {
		bits += 32;
		value >>= 32;
	}
	if (value >> 16) {
		bits += 16;
		value >>= 16;
	}
	if (value >> 8) {
		bits += 8;
		value >>= 8;
	}
	if (value >> 4) {
		bits += 4;
		value >>= 4;
	}
	if (value >> 2) {
		bits += 2;
		value >>= 2;
	}
	if (value >> 1) {
		bits += 1;
		value >>= 1;
	}
	return bits + value;
}

/* The smallest i with value <= 2^i, at most `last`. */
static __always_inline u32 bucket_of(u64 value, u32 last)
{
	u32 bucket = value ? bits_of(value - 1) : 0;

	return bucket < last ? bucket : last;
}

/* The map holds an entry for every reason there can be: it is never full. */
static __always_inline void add_to_histograms(u8 reason, u64 cpu_ns, u64 pages)
{
	struct abi_reason_key key = {.reason = reason};
	struct abi_call_histograms *value = bpf_map_lookup_elem(&call_histograms, &key);

	if (!value) {
		bpf_map_update_elem(&call_histograms, &key, &no_calls, BPF_NOEXIST);
		value = bpf_map_lookup_elem(&call_histograms, &key);
		if (!value)
			return;
	}
	value->by_cpu[bucket_of(cpu_ns, ABI_CALL_CPU_BUCKETS - 1)]++;
	value->by_pages[bucket_of(pages, ABI_CALL_SIZE_BUCKETS - 1)]++;
	value->cpu_ns += cpu_ns;
	value->pages += pages;
}

#endif /* PAGEFARE_CALL_HISTOGRAMS_H */
