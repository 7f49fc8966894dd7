/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The DMA channels that the module holds, and who has them.
 */
#ifndef PAGEFARE_COPY_DMA_CHANNEL_H
#define PAGEFARE_COPY_DMA_CHANNEL_H

#include <linux/atomic.h>
#include <linux/dmaengine.h>
#include <linux/types.h>

enum channel_state {
	CHANNEL_GONE, /* nothing behind it */
	CHANNEL_FREE,
	CHANNEL_BUSY, /* a folio is being copied */
	CHANNEL_STUCK, /* did not finish and cannot be stopped */
};

struct copy_channel {
	struct dma_chan *chan;
	atomic_t state;
};

bool channel_can_stop(const struct copy_channel *channel);
unsigned int channels_take(struct copy_channel **taken, unsigned int most);
void channels_return(struct copy_channel **taken, unsigned int nr, enum channel_state from,
		     enum channel_state to);

#endif /* PAGEFARE_COPY_DMA_CHANNEL_H */
