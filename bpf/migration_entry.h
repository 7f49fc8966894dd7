/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What the entry says that takes a migration entry's place. */
#ifndef PAGEFARE_MIGRATION_ENTRY_H
#define PAGEFARE_MIGRATION_ENTRY_H

#include "folio.h"

/* Kernel addresses on all 64-bit machines; a list poison is not one. */
#define IS_KERNEL_ADDRESS(x) ((x) >> 52 == 0xfff)

static __always_inline u64 entry_pfn(u64 entry)
{
	u64 address = entry & cfg_pte_pfn_mask;

	/* x86 stores entries that are not present inverted (L1TF) */
	if (cfg_pte_present_mask && !(entry & cfg_pte_present_mask))
		address = ~entry & cfg_pte_pfn_mask;
	if (cfg_pte_high_mask)
		address |= (entry & cfg_pte_high_mask) << cfg_pte_high_shift;
	return address >> cfg_page_shift;
}

/*
 * Entries are also restored when a folio did not move. The new folio was put on the LRU
 * just before (or waits in a batch for it, its list entry poisoned); one that stays is
 * still isolated: off the LRU and linked into the caller's list.
 */
static __always_inline bool has_moved(struct folio_words *words)
{
	if (words->flags & (1ULL << bpf_core_enum_value(enum pageflags___bits, PG_lru)))
		return true;
	return !IS_KERNEL_ADDRESS(words->lru_next);
}

#endif /* PAGEFARE_MIGRATION_ENTRY_H */
