// SPDX-License-Identifier: GPL-2.0
/*
 * pagefare_softdma: its channels, a kernel thread each.
 */
#include <linux/delay.h>
#include <linux/dma-direct.h>
#include <linux/highmem.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "softdma.h"

static bool out_of_order;
module_param(out_of_order, bool, 0644);
MODULE_PARM_DESC(out_of_order, "complete what is queued last first (default 0)");

static bool never_complete;
module_param(never_complete, bool, 0644);
MODULE_PARM_DESC(never_complete, "hold every descriptor until this is 0 again (default 0)");

static unsigned int fail_every;
module_param(fail_every, uint, 0644);
MODULE_PARM_DESC(fail_every, "report an error for each n-th descriptor, 0 for none (default 0)");

static unsigned int delay_us;
module_param(delay_us, uint, 0644);
MODULE_PARM_DESC(delay_us, "wait before each descriptor, microseconds (default 0)");

/**
 * struct soft_desc - one memcpy
 * @tx:   what dmaengine sees
 * @node: in one of the channel's lists
 * @dst:  bus address
 * @src:  bus address
 * @len:  bytes
 */
struct soft_desc {
	struct dma_async_tx_descriptor tx;
	struct list_head node;
	dma_addr_t dst;
	dma_addr_t src;
	size_t len;
};

static atomic_long_t bytes_copied;
static atomic_long_t descriptors_done;

static int counter_get(char *page, const struct kernel_param *kp)
{
	return sysfs_emit(page, "%ld\n", atomic_long_read(kp->arg));
}

static const struct kernel_param_ops counter_ops = { .get = counter_get };

module_param_cb(bytes_copied, &counter_ops, &bytes_copied, 0444);
MODULE_PARM_DESC(bytes_copied, "bytes copied since load");
module_param_cb(descriptors_done, &counter_ops, &descriptors_done, 0444);
MODULE_PARM_DESC(descriptors_done, "descriptors completed since load, failed ones included");

static struct soft_chan *to_soft_chan(struct dma_chan *chan)
{
	return container_of(chan, struct soft_chan, chan);
}

static struct page *bus_to_page(struct device *dev, dma_addr_t address)
{
	return pfn_to_page(PHYS_PFN(dma_to_phys(dev, address)));
}

/* The next stretch that crosses a page border in neither buffer */
static size_t stretch(const struct soft_desc *desc, size_t done)
{
	size_t room = min(PAGE_SIZE - offset_in_page(desc->src + done),
			  PAGE_SIZE - offset_in_page(desc->dst + done));

	return min(room, desc->len - done);
}

static enum dmaengine_tx_result desc_copy(struct device *dev, const struct soft_desc *desc)
{
	size_t done, part;

	for (done = 0; done < desc->len; done += part) {
		char *from = kmap_local_page(bus_to_page(dev, desc->src + done));
		char *to = kmap_local_page(bus_to_page(dev, desc->dst + done));
		unsigned long left;

		part = stretch(desc, done);
		left = copy_mc_to_kernel(to + offset_in_page(desc->dst + done),
					 from + offset_in_page(desc->src + done), part);
		kunmap_local(to);
		kunmap_local(from);
		if (left)
			return DMA_TRANS_READ_FAILED;
		cond_resched();
	}
	atomic_long_add(desc->len, &bytes_copied);
	return DMA_TRANS_NOERROR;
}

static struct soft_desc *take_next(struct soft_chan *soft)
{
	struct soft_desc *desc = NULL;

	spin_lock_irq(&soft->lock);
	if (!READ_ONCE(never_complete) && !list_empty(&soft->issued)) {
		if (READ_ONCE(out_of_order))
			desc = list_last_entry(&soft->issued, struct soft_desc, node);
		else
			desc = list_first_entry(&soft->issued, struct soft_desc, node);
		list_del(&desc->node);
		soft->running = desc;
	}
	spin_unlock_irq(&soft->lock);
	return desc;
}

static void desc_run(struct soft_chan *soft, struct soft_desc *desc)
{
	struct dmaengine_result result = { .result = DMA_TRANS_NOERROR };
	unsigned int every = READ_ONCE(fail_every);
	unsigned int us = READ_ONCE(delay_us);
	long count = atomic_long_inc_return(&descriptors_done);

	if (us)
		fsleep(us);
	if (every && count % every == 0)
		result.result = DMA_TRANS_ABORTED;
	else
		result.result = desc_copy(soft->chan.device->dev, desc);

	if (desc->tx.callback_result)
		desc->tx.callback_result(desc->tx.callback_param, &result);
	else if (desc->tx.callback)
		desc->tx.callback(desc->tx.callback_param);

	spin_lock_irq(&soft->lock);
	soft->chan.completed_cookie = desc->tx.cookie;
	soft->running = NULL;
	spin_unlock_irq(&soft->lock);
	kfree(desc);
	wake_up_all(&soft->wake);
}

static bool has_work(struct soft_chan *soft)
{
	bool work;

	spin_lock_irq(&soft->lock);
	work = !list_empty(&soft->issued);
	spin_unlock_irq(&soft->lock);
	return work;
}

static int channel_thread(void *data)
{
	struct soft_chan *soft = data;
	struct soft_desc *desc;

	while (!kthread_should_stop()) {
		desc = take_next(soft);
		if (desc)
			desc_run(soft, desc);
		else if (has_work(soft))
			msleep_interruptible(10); /* never_complete: look again later */
		else
			wait_event_interruptible(soft->wake,
						 has_work(soft) || kthread_should_stop());
	}
	return 0;
}

static dma_cookie_t soft_submit(struct dma_async_tx_descriptor *tx)
{
	struct soft_chan *soft = to_soft_chan(tx->chan);
	struct soft_desc *desc = container_of(tx, struct soft_desc, tx);
	unsigned long flags;
	dma_cookie_t cookie;

	spin_lock_irqsave(&soft->lock, flags);
	cookie = soft->chan.cookie + 1;
	if (cookie < DMA_MIN_COOKIE)
		cookie = DMA_MIN_COOKIE;
	soft->chan.cookie = cookie;
	tx->cookie = cookie;
	list_add_tail(&desc->node, &soft->submitted);
	spin_unlock_irqrestore(&soft->lock, flags);
	return cookie;
}

static struct dma_async_tx_descriptor *soft_prep_memcpy(struct dma_chan *chan, dma_addr_t dst,
							dma_addr_t src, size_t len,
							unsigned long flags)
{
	struct soft_desc *desc = kzalloc(sizeof(*desc), GFP_NOWAIT | __GFP_NOWARN);

	if (!desc)
		return NULL;
	dma_async_tx_descriptor_init(&desc->tx, chan);
	desc->tx.tx_submit = soft_submit;
	desc->tx.flags = flags;
	desc->dst = dst;
	desc->src = src;
	desc->len = len;
	return &desc->tx;
}

static void soft_issue_pending(struct dma_chan *chan)
{
	struct soft_chan *soft = to_soft_chan(chan);
	unsigned long flags;

	spin_lock_irqsave(&soft->lock, flags);
	list_splice_tail_init(&soft->submitted, &soft->issued);
	spin_unlock_irqrestore(&soft->lock, flags);
	wake_up_all(&soft->wake);
}

/* As idxd: completion is told by callbacks only, the order says nothing */
static enum dma_status soft_tx_status(struct dma_chan *chan, dma_cookie_t cookie,
				      struct dma_tx_state *state)
{
	return DMA_OUT_OF_ORDER;
}

int soft_terminate_all(struct dma_chan *chan)
{
	struct soft_chan *soft = to_soft_chan(chan);
	struct soft_desc *desc, *next;
	unsigned long flags;
	LIST_HEAD(dropped);

	spin_lock_irqsave(&soft->lock, flags);
	list_splice_tail_init(&soft->submitted, &dropped);
	list_splice_tail_init(&soft->issued, &dropped);
	spin_unlock_irqrestore(&soft->lock, flags);

	list_for_each_entry_safe(desc, next, &dropped, node)
		kfree(desc);
	return 0;
}

static bool is_idle(struct soft_chan *soft)
{
	bool idle;

	spin_lock_irq(&soft->lock);
	idle = !soft->running;
	spin_unlock_irq(&soft->lock);
	return idle;
}

static void soft_synchronize(struct dma_chan *chan)
{
	struct soft_chan *soft = to_soft_chan(chan);

	wait_event(soft->wake, is_idle(soft));
}

static int soft_alloc_chan_resources(struct dma_chan *chan)
{
	struct soft_chan *soft = to_soft_chan(chan);
	struct task_struct *thread;

	chan->cookie = DMA_MIN_COOKIE;
	chan->completed_cookie = DMA_MIN_COOKIE;
	thread = kthread_run(channel_thread, soft, "pagefare_sdma%d", chan->chan_id);
	if (IS_ERR(thread))
		return PTR_ERR(thread);
	soft->thread = thread;
	return 1;
}

static void soft_free_chan_resources(struct dma_chan *chan)
{
	struct soft_chan *soft = to_soft_chan(chan);

	kthread_stop(soft->thread);
	soft->thread = NULL;
	soft_terminate_all(chan);
}

/**
 * soft_describe_ops - what a channel can do
 * @dma: gets the operations, less device_terminate_all
 */
void soft_describe_ops(struct dma_device *dma)
{
	dma->device_alloc_chan_resources = soft_alloc_chan_resources;
	dma->device_free_chan_resources = soft_free_chan_resources;
	dma->device_prep_dma_memcpy = soft_prep_memcpy;
	dma->device_issue_pending = soft_issue_pending;
	dma->device_tx_status = soft_tx_status;
	dma->device_synchronize = soft_synchronize;
}

void soft_chan_init(struct soft_chan *soft, struct dma_device *dma)
{
	spin_lock_init(&soft->lock);
	INIT_LIST_HEAD(&soft->submitted);
	INIT_LIST_HEAD(&soft->issued);
	init_waitqueue_head(&soft->wake);
	soft->chan.device = dma;
	list_add_tail(&soft->chan.device_node, &dma->channels);
}
