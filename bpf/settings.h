/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Constants of this machine, found by user space and frozen when the programs are loaded.
 */
#ifndef PAGEFARE_SETTINGS_H
#define PAGEFARE_SETTINGS_H

#include "abi.h"

/*
 * Which loading of the programs this is. State that tasks keep across a change of hooks
 * may be of a call or work item whose end nobody saw: it is of another generation, and
 * ignored.
 */
const volatile abi_u32 cfg_generation;
const volatile abi_u32 cfg_page_shift;
const volatile abi_u32 cfg_nodes_shift; /* shift of the node number in a folio's flags */
const volatile abi_u64 cfg_nodes_mask;
const volatile bool cfg_memory_on_v2;	 /* owner ids live in the v2 hierarchy */
const volatile bool cfg_large_split_arg; /* mm_migrate_pages has large_folio_split */
const volatile bool cfg_portable;	 /* owners come from the migration entries */
const volatile bool cfg_rdonly_cast;	 /* the kernel has bpf_rdonly_cast */
const volatile bool cfg_one_node;	 /* then every source is node 0 */

/* From a page table entry to a struct page; portable layer only. */
const volatile abi_u64 cfg_vmemmap; /* address of the struct page of pfn 0; 0: unknown */
const volatile abi_u64 cfg_struct_page_size;
const volatile abi_u64 cfg_pte_pfn_mask;
const volatile abi_u64
	cfg_pte_high_mask; /* bits of the entry above the mask's address bits */
const volatile abi_u32 cfg_pte_high_shift;
const volatile abi_u64 cfg_pte_present_mask; /* 0: an entry is never stored inverted */
const volatile abi_u32 cfg_pmd_order;

#define MAX_COPY_WORKERS 16

/* Addresses of the known copy worker functions; changes as modules come and go. */
abi_u64 copy_workers[MAX_COPY_WORKERS];
abi_u32 nr_copy_workers;

#endif /* PAGEFARE_SETTINGS_H */
