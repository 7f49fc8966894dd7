// SPDX-License-Identifier: GPL-2.0
/*
 * The threads engine: a folio in shares, one for the caller, the others for
 * workers of a queue of this module's own.
 */
#include <linux/slab.h>

#include "pagefare_copy.h"

/* Smallest share where pages can be divided: no two copiers in a cache line */
#define SHARE_GRAIN max_t(size_t, 64, L1_CACHE_BYTES)

struct copy_job {
	unsigned int nr;
	struct pagefare_copy_share share[] __counted_by(nr);
};

static struct workqueue_struct *copy_queue;

/**
 * threads_init - make the queue
 *
 * WQ_MEM_RECLAIM: demotion copies in reclaim and waits for these workers.
 * WQ_SYSFS: /sys/devices/virtual/workqueue/pagefare_copy holds the queue's
 * cpumask, nice value and affinity strictness.
 */
int threads_init(void)
{
	copy_queue = alloc_workqueue("pagefare_copy", WQ_UNBOUND | WQ_MEM_RECLAIM | WQ_SYSFS,
				     WQ_MAX_ACTIVE);
	return copy_queue ? 0 : -ENOMEM;
}

void threads_exit(void)
{
	destroy_workqueue(copy_queue);
}

static void copy_share(struct pagefare_copy_share *share)
{
	share->ret = copy_range(share->dst, share->src, share->offset, share->len);
}

/**
 * pagefare_copy_work - copy one share
 * @work: first member of a struct pagefare_copy_share
 *
 * The only function on the module's queue, so that workqueue trace events tell
 * these workers from all others.
 */
noinline __noclone void pagefare_copy_work(struct work_struct *work)
{
	copy_share(container_of(work, struct pagefare_copy_share, work));
}

/*
 * Cut @bytes into job->nr shares of whole grains that differ by at most one
 * grain. The remainder is dealt out, one grain each to the first shares.
 */
static void job_split(struct copy_job *job, size_t bytes, size_t grain)
{
	size_t grains = bytes / grain;
	size_t each = grains / job->nr, more = grains % job->nr;
	size_t offset = 0;
	unsigned int i;

	for (i = 0; i < job->nr; i++) {
		job->share[i].offset = offset;
		job->share[i].len = (each + (i < more)) * grain;
		offset += job->share[i].len;
	}
}

static struct copy_job *job_alloc(struct folio *dst, struct folio *src, unsigned int copiers)
{
	size_t bytes = folio_size(src);
	size_t grain = PAGE_SIZE;
	struct copy_job *job;
	unsigned int i;

	if (copy_can_divide_pages() && bytes / grain < copiers)
		grain = SHARE_GRAIN;
	copiers = min_t(size_t, copiers, bytes / grain);

	/* Never into reclaim (we may be in it), never from its reserves */
	job = kmalloc(struct_size(job, share, copiers),
		      GFP_NOWAIT | __GFP_NOWARN | __GFP_NOMEMALLOC);
	if (!job)
		return NULL;

	job->nr = copiers;
	job_split(job, bytes, grain);
	for (i = 0; i < copiers; i++) {
		job->share[i].dst = dst;
		job->share[i].src = src;
		INIT_WORK(&job->share[i].work, pagefare_copy_work);
	}
	return job;
}

/**
 * copy_by_threads - copy one folio with helpers
 * @dst:     destination
 * @src:     source
 * @copiers: how many copy, the caller included; at least 2
 *
 * The wait is flush_work(): when it returns, the workqueue_execute_end event
 * of every helper has happened, so whoever traces this call has seen all of
 * its work.
 *
 * Context: may sleep.
 * Return: 0, -EHWPOISON, or COPY_DECLINED without memory for the job.
 */
int copy_by_threads(struct folio *dst, struct folio *src, unsigned int copiers)
{
	int cpus[COPY_MAX_THREADS];
	struct copy_job *job;
	unsigned int i;
	int ret;

	job = job_alloc(dst, src, copiers);
	if (!job)
		return COPY_DECLINED;

	placement_choose(dst, src, cpus, job->nr);
	for (i = 1; i < job->nr; i++)
		queue_work_on(cpus[i], copy_queue, &job->share[i].work);

	copy_share(&job->share[0]);
	ret = job->share[0].ret;
	for (i = 1; i < job->nr; i++) {
		flush_work(&job->share[i].work);
		if (!ret)
			ret = job->share[i].ret;
	}

	kfree(job);
	return ret;
}
