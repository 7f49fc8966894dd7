/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* One accessor per kernel difference in what a folio says of itself. */
#ifndef PAGEFARE_FOLIO_H
#define PAGEFARE_FOLIO_H

#include "memory_css.h"
#include "settings.h"

/* Low bits of memcg_data are flags (MEMCG_DATA_OBJEXTS, MEMCG_DATA_KMEM, two more
 * since 6.10). */
#define MEMCG_DATA_FLAGS 7ULL
#define MEMCG_DATA_OBJEXTS 1ULL
#define MEMCG_DATA_KMEM 2ULL

/* What one read of a folio's head page tells. */
struct folio_words {
	u64 flags;
	u64 lru_next;
	u64 memcg_data;
};

extern void *bpf_rdonly_cast(void *obj, u32 btf_id) __ksym __weak;

static __always_inline void read_folio_words(u64 address, struct folio_words *words)
{
	if (cfg_rdonly_cast) {
		struct folio *folio = bpf_rdonly_cast(
			(void *)address, bpf_core_type_id_kernel(struct folio));

		if (bpf_core_field_exists(((struct folio___wrapped_flags *)0)->flags.f))
			words->flags = ((struct folio___wrapped_flags *)folio)->flags.f;
		else
			words->flags = folio->flags;
		words->lru_next = (u64)folio->lru.next;
		words->memcg_data = folio->memcg_data;
	} else {
		struct folio *folio = (struct folio *)address;

		/* the flags word is first on every kernel, wrapped or not */
		bpf_probe_read_kernel(&words->flags, sizeof(u64), folio);
		words->lru_next = (u64)BPF_CORE_READ(folio, lru.next);
		words->memcg_data = BPF_CORE_READ(folio, memcg_data);
	}
}

static __always_inline s16 node_of(u64 flags)
{
	return (flags >> cfg_nodes_shift) & cfg_nodes_mask;
}

/* For a folio that a trampoline program was given. */
static __always_inline u64 folio_flags(struct folio *folio)
{
	struct folio___wrapped_flags *wrapped = (void *)folio;

	if (bpf_core_field_exists(wrapped->flags.f))
		return BPF_CORE_READ(wrapped, flags.f);
	return BPF_CORE_READ(folio, flags);
}

static __always_inline u32 folio_order(struct folio *folio, u64 flags)
{
	struct folio___order_field *field = (void *)folio;

	if (!(flags & (1ULL << bpf_core_enum_value(enum pageflags___bits, PG_head))))
		return 0;
	if (bpf_core_field_exists(field->_folio_order))
		return BPF_CORE_READ(field, _folio_order);
	return BPF_CORE_READ(folio, _flags_1) & 0xff;
}

/*
 * The words of a memcg that say whose it is. Read as plain memory: the address may be
 * that of an obj_cgroup instead.
 */
struct memcg_words {
	u64 subsystem;
	u64 cgroup;
};

static __always_inline void read_memcg_words(
	struct mem_cgroup *address, struct memcg_words *words)
{
	if (cfg_rdonly_cast) {
		struct mem_cgroup *memcg = bpf_rdonly_cast(
			address, bpf_core_type_id_kernel(struct mem_cgroup));

		words->subsystem = (u64)memcg->css.ss;
		words->cgroup = (u64)memcg->css.cgroup;
	} else {
		words->subsystem = (u64)BPF_CORE_READ(address, css.ss);
		words->cgroup = (u64)BPF_CORE_READ(address, css.cgroup);
	}
}

static __always_inline u64 cgroup_id(u64 address)
{
	struct cgroup *cgroup = (struct cgroup *)address;

	if (cfg_rdonly_cast) {
		cgroup = bpf_rdonly_cast(cgroup, bpf_core_type_id_kernel(struct cgroup));
		return cgroup->kn->id;
	}
	return BPF_CORE_READ(cgroup, kn, id);
}

/*
 * The cgroup that a folio is charged to. A charged folio points to its memcg; kmem
 * folios, and every folio on kernels with "Eliminate Dying Memory Cgroup", point to an
 * obj_cgroup.
 */
static __always_inline u64 owner_of(u64 memcg_data)
{
	struct mem_cgroup *memcg = (struct mem_cgroup *)(memcg_data & ~MEMCG_DATA_FLAGS);
	u64 memory = (u64)memory_css_of(bpf_get_current_task_btf())->ss;
	struct memcg_words words;

	if (!memcg || (memcg_data & MEMCG_DATA_OBJEXTS))
		return ABI_OWNER_NONE;
	read_memcg_words(memcg, &words);
	if ((memcg_data & MEMCG_DATA_KMEM) || words.subsystem != memory) {
		memcg = BPF_CORE_READ((struct obj_cgroup *)memcg, memcg);
		if (!memcg)
			return ABI_OWNER_NONE;
		read_memcg_words(memcg, &words);
	}
	return cgroup_id(words.cgroup);
}

#endif /* PAGEFARE_FOLIO_H */
