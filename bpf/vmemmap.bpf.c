// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Tells user space the struct page of pages that it has just faulted in, so that it can
 * find the address of the page array where the kernel hides that symbol. Loaded for a
 * moment at start.
 */
#include "kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define MAX_SEEN 64

/* The thread as its own PID namespace numbers it, and that namespace's file. */
const volatile int cfg_tid;
const volatile __u64 cfg_pidns_dev;
const volatile __u64 cfg_pidns_ino;

__u64 seen[MAX_SEEN];
__u32 nr_seen;

SEC("tp_btf/mm_page_alloc")
int BPF_PROG(on_mm_page_alloc, struct page *page, unsigned int order)
{
	struct bpf_pidns_info ids = {};
	u32 i;

	/* Fails for a task of another namespace, which is none of ours. */
	if (order ||
		bpf_get_ns_current_pid_tgid(
			cfg_pidns_dev, cfg_pidns_ino, &ids, sizeof(ids)) ||
		ids.pid != (u32)cfg_tid)
		return 0;
	i = nr_seen++;
	if (i < MAX_SEEN)
		seen[i] = (u64)page;
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
