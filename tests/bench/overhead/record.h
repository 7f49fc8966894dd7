/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What the ring-buffer variant tells of each page. */
#ifndef PAGEFARE_BENCH_RECORD_H
#define PAGEFARE_BENCH_RECORD_H

#include "bpf/abi.h"

struct abi_page_record {
  abi_u64 time_ns;
  abi_u64 owner;
  abi_u64 initiator;
  abi_u32 order;
  abi_u8 kind;
  abi_u8 reason;
  abi_s16 node;
};
ABI_SIZE(abi_page_record, 32);

#endif /* PAGEFARE_BENCH_RECORD_H */
