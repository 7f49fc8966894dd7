// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Reads a text of the kernel's at a given address: the name at the start of the variable
 * `migrator` of the batch copy series, which says who copies whatever the knobs read. The
 * variable has no type in BTF, so its address comes from kallsyms. Run on demand, not
 * attached.
 */
#include "kernel_types.h"
#include <bpf/bpf_helpers.h>

#define TEXT_SIZE 32

__u64 text_address;
char text[TEXT_SIZE];

SEC("raw_tp")
int read_text(void *ctx)
{
	return bpf_probe_read_kernel_str(text, sizeof(text), (const void *)text_address);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
