/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pagefare_copy: parallel and offloaded folio copies for page migration on
 * stock kernels. Declarations shared by the files of the module.
 */
#ifndef PAGEFARE_COPY_H
#define PAGEFARE_COPY_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#define COPY_MAX_THREADS  64U
#define COPY_MAX_CHANNELS 16U

/* "Not copied, nothing touched": the caller's own copy is next. */
#define COPY_DECLINED 1

enum copy_engine {
	COPY_SERIAL,
	COPY_THREADS,
	COPY_DMA,
};

enum copy_placement {
	PLACE_FILL,
	PLACE_SPREAD,
	PLACE_NODE,
};

/**
 * struct copy_settings - everything that the parameters set
 * @offloading:     the hook is in place
 * @nontemporal:    copies by CPU bypass the cache where the architecture can
 * @engine:         who copies
 * @placement:      where helpers run
 * @threads:        copiers of one folio, the caller included
 * @nr_dma_chan:    most channels that one folio is spread over
 * @dma_timeout_ms: how long one folio may take on a DMA engine
 * @min_bytes:      smaller folios are left to the kernel
 * @reason_mask:    BIT(enum migrate_reason) of the migrations to act on
 *
 * Written under kernel_param_lock() alone, read on the copy path with
 * READ_ONCE(), field by field: a copy may see a mixture of two settings, each
 * of which is valid.
 */
struct copy_settings {
	bool offloading;
	bool nontemporal;
	enum copy_engine engine;
	enum copy_placement placement;
	unsigned int threads;
	unsigned int nr_dma_chan;
	unsigned int dma_timeout_ms;
	unsigned long min_bytes;
	unsigned long reason_mask;
};

extern struct copy_settings copy_settings;

/**
 * struct copy_counters - what was done, since load or the last reset
 * @migrated:    folios copied by the threads or dma engine
 * @failures:    folios that an engine should have copied and did not
 * @alone:       folios copied by their caller alone because threads or a limit said 1
 * @in_atomic:   folios copied by their caller because it was not allowed to sleep
 * @threads:     bytes of folios copied by the threads engine, the caller's share included
 * @dma:         bytes of folios copied by the dma engine
 * @timeouts:    folios that a DMA engine did not finish in time
 * @quarantined: destination folios kept because an engine that cannot be
 *               stopped may still write to them
 */
struct copy_counters {
	atomic_long_t migrated;
	atomic_long_t failures;
	atomic_long_t alone;
	atomic_long_t in_atomic;
	atomic_long_t threads;
	atomic_long_t dma;
	atomic_long_t timeouts;
	atomic_long_t quarantined;
};

extern struct copy_counters copy_counters;

/**
 * struct pagefare_copy_share - one worker's part of one folio
 * @work:   queued on the module's own queue, runs pagefare_copy_work()
 * @dst:    destination folio
 * @src:    source folio; carries its memory cgroup while the item runs
 * @offset: first byte of the part
 * @len:    bytes in the part, never 0
 * @ret:    0 or -EHWPOISON, valid after flush_work()
 *
 * Tracing programs read this type from the module's BTF: @work stays first.
 */
struct pagefare_copy_share {
	struct work_struct work;
	struct folio *dst;
	struct folio *src;
	size_t offset;
	size_t len;
	int ret;
};

/* pages.c */
bool copy_can_divide_pages(void);
int copy_range(struct folio *dst, struct folio *src, size_t offset, size_t len);

/* threads.c */
int threads_init(void);
void threads_exit(void);
int copy_by_threads(struct folio *dst, struct folio *src, unsigned int copiers);
void pagefare_copy_work(struct work_struct *work);

/* placement.c */
int placement_rebuild(void);
void placement_exit(void);
void placement_choose(struct folio *dst, struct folio *src, int *cpus, unsigned int nr);

/* limits.c */
unsigned int limits_cap(struct folio *src);
int limits_edit(const char *text);
int limits_print(char *page);
void limits_exit(void);

/* reason.c */
int reason_track(void);
void reason_untrack(void);
bool reason_wanted(void);
int reason_parse(const char *text, unsigned long *mask);
int reason_print(unsigned long mask, char *page);

#define REASON_ALL (BIT(MR_TYPES) - 1)

/* dma.c */
#ifdef CONFIG_DMA_ENGINE
int dma_channels_resize(unsigned int nr);
int pagefare_copy_dma(struct folio *dst, struct folio *src, unsigned int channels);
#else
static inline int dma_channels_resize(unsigned int nr)
{
	return nr ? -ENODEV : 0;
}

static inline int pagefare_copy_dma(struct folio *dst, struct folio *src, unsigned int channels)
{
	return COPY_DECLINED;
}
#endif

/* hook.c */
int hook_init(void);
int hook_set(bool on);

/* copy.c */
int copy_folio(struct folio *dst, struct folio *src);

/* knobs.c */
int knobs_start(void);
void knobs_stop(void);

#endif /* PAGEFARE_COPY_H */
