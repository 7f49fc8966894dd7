// SPDX-License-Identifier: GPL-2.0
/*
 * Holding DMA channels, and handing each to one folio at a time.
 */
#include <linux/wait.h>

#include "dma_channel.h"
#include "pagefare_copy.h"

static struct copy_channel channels[COPY_MAX_CHANNELS];
static DECLARE_WAIT_QUEUE_HEAD(channel_returned);

/* ioat and idxd, for instance, cannot */
bool channel_can_stop(const struct copy_channel *channel)
{
	return channel->chan->device->device_terminate_all;
}

/**
 * channels_take - claim free channels
 * @taken: result
 * @most:  how many at most
 *
 * Return: how many were free.
 */
unsigned int channels_take(struct copy_channel **taken, unsigned int most)
{
	unsigned int i, got = 0;

	for (i = 0; i < COPY_MAX_CHANNELS && got < most; i++)
		if (atomic_cmpxchg_acquire(&channels[i].state, CHANNEL_FREE, CHANNEL_BUSY) ==
		    CHANNEL_FREE)
			taken[got++] = &channels[i];
	return got;
}

/**
 * channels_return - change the state of claimed channels
 * @taken: the channels
 * @nr:    entries in @taken
 * @from:  the state they are in
 * @to:    the state they get
 *
 * A stuck channel may have been given up in between: then it stays gone.
 */
void channels_return(struct copy_channel **taken, unsigned int nr, enum channel_state from,
		     enum channel_state to)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		atomic_cmpxchg_release(&taken[i]->state, from, to);
	wake_up_all(&channel_returned);
}

static int channel_request(struct copy_channel *channel)
{
	struct dma_chan *chan;
	dma_cap_mask_t mask;

	/* A DMA engine copies bytes, not the tags of tagged memory */
	if (!copy_can_divide_pages() && IS_ENABLED(CONFIG_ARM64_MTE))
		return -ENODEV;

	dma_cap_zero(mask);
	dma_cap_set(DMA_MEMCPY, mask);
	chan = dma_request_chan_by_mask(&mask);
	if (IS_ERR(chan))
		return -ENODEV;
	channel->chan = chan;
	atomic_set_release(&channel->state, CHANNEL_FREE);
	return 0;
}

/* Claim the channel for good; a stuck one cannot be waited for */
static bool channel_retire(struct copy_channel *channel)
{
	return atomic_cmpxchg(&channel->state, CHANNEL_FREE, CHANNEL_GONE) == CHANNEL_FREE ||
	       atomic_cmpxchg(&channel->state, CHANNEL_STUCK, CHANNEL_GONE) == CHANNEL_STUCK;
}

/*
 * Releasing makes the driver free the channel's resources, which stops it; a
 * folio still in quarantine then stays there for ever, since who knows.
 */
static void channel_release(struct copy_channel *channel)
{
	wait_event(channel_returned, channel_retire(channel));
	dma_release_channel(channel->chan);
	channel->chan = NULL;
}

/**
 * dma_channels_resize - hold so many channels
 * @nr: how many; as with the offload series fewer are used where there are
 *      fewer, but one there must be
 *
 * Waits for folios in flight on channels that go.
 * Context: may sleep; callers are serialised by kernel_param_lock().
 * Return: 0, or -ENODEV when @nr is not 0 and there is no channel at all.
 */
int dma_channels_resize(unsigned int nr)
{
	unsigned int i;

	for (i = nr; i < COPY_MAX_CHANNELS; i++)
		if (channels[i].chan)
			channel_release(&channels[i]);
	for (i = 0; i < nr; i++)
		if (!channels[i].chan && channel_request(&channels[i]))
			break;
	return nr && !channels[0].chan ? -ENODEV : 0;
}
