// SPDX-License-Identifier: GPL-2.0
/*
 * One folio: who copies it.
 */
#include <linux/preempt.h>
#include <linux/rcupdate.h>

#include "pagefare_copy.h"

struct copy_counters copy_counters;

/*
 * The kernel calls folio_mc_copy() under a spinlock for block device pages
 * (__buffer_migrate_folio() with check_refs). Where preemption is not counted
 * a spinlock does not show: there only anonymous folios, which have no such
 * caller, are taken.
 */
static bool copy_may_sleep(const struct folio *src)
{
	if (rcu_preempt_depth() || !in_task())
		return false;
	if (IS_ENABLED(CONFIG_PREEMPT_COUNT))
		return preemptible();
	return !irqs_disabled() && folio_test_anon(src);
}

static int copy_alone(struct folio *dst, struct folio *src)
{
	return copy_range(dst, src, 0, folio_size(src));
}

static void copy_count(size_t bytes, bool dma)
{
	atomic_long_inc(&copy_counters.migrated);
	atomic_long_add(bytes, dma ? &copy_counters.dma : &copy_counters.threads);
}

/**
 * copy_folio - what this module does instead of folio_mc_copy()
 * @dst: destination, of the same size as @src
 * @src: source
 *
 * Context: any in which the kernel calls folio_mc_copy(); an engine is used
 * only where sleeping is allowed.
 * Return: 0; -EHWPOISON when the source has poisoned memory, as the kernel
 * does; -EIO when @dst must not be used any more (see dma.c).
 */
int copy_folio(struct folio *dst, struct folio *src)
{
	bool dma = READ_ONCE(copy_settings.engine) == COPY_DMA;
	unsigned int cap;
	int ret;

	if (!copy_may_sleep(src)) {
		atomic_long_inc(&copy_counters.in_atomic);
		return copy_alone(dst, src);
	}
	if (!reason_wanted())
		return copy_alone(dst, src);

	cap = limits_cap(src);
	if (cap == 1 || (!dma && READ_ONCE(copy_settings.threads) == 1)) {
		atomic_long_inc(&copy_counters.alone);
		return copy_alone(dst, src);
	}

	if (dma)
		ret = pagefare_copy_dma(dst, src, min(cap, READ_ONCE(copy_settings.nr_dma_chan)));
	else
		ret = copy_by_threads(dst, src, min(cap, READ_ONCE(copy_settings.threads)));
	if (!ret) {
		copy_count(folio_size(src), dma);
		return 0;
	}

	atomic_long_inc(&copy_counters.failures);
	return ret == COPY_DECLINED ? copy_alone(dst, src) : ret;
}
