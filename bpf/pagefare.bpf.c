// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* One object for every kernel: user space loads the programs that the running one can
 * take. */
#include "kernel_types.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "calls.h"
#include "dma.h"
#include "portable.h"
#include "precise.h"
#include "workers.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
