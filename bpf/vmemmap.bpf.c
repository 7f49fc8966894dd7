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

const volatile int cfg_tid;

__u64 seen[MAX_SEEN];
__u32 nr_seen;

SEC("tp_btf/mm_page_alloc")
int BPF_PROG(on_mm_page_alloc, struct page *page, unsigned int order)
{
	u32 i;

	if (order || (u32)bpf_get_current_pid_tgid() != (u32)cfg_tid)
		return 0;
	i = nr_seen++;
	if (i < MAX_SEEN)
		seen[i] = (u64)page;
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
