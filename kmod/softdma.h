/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pagefare_softdma: what its device and its channels share.
 */
#ifndef PAGEFARE_SOFTDMA_H
#define PAGEFARE_SOFTDMA_H

#include <linux/dmaengine.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

struct soft_desc;

/**
 * struct soft_chan - one channel and its thread
 * @chan:      what dmaengine sees
 * @lock:      for the lists and the cookie
 * @submitted: not issued yet
 * @issued:    the thread may take them
 * @running:   descriptor that the thread works on, NULL if none
 * @wake:      the thread waits for work here, others for @running to end
 * @thread:    copies
 */
struct soft_chan {
	struct dma_chan chan;
	spinlock_t lock; /* see above */
	struct list_head submitted;
	struct list_head issued;
	struct soft_desc *running;
	wait_queue_head_t wake;
	struct task_struct *thread;
};

void soft_chan_init(struct soft_chan *soft, struct dma_device *dma);
void soft_describe_ops(struct dma_device *dma);
int soft_terminate_all(struct dma_chan *chan);

#endif /* PAGEFARE_SOFTDMA_H */
