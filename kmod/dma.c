// SPDX-License-Identifier: GPL-2.0
/*
 * The dma engine: a folio in pieces on dmaengine memcpy channels.
 *
 * Every descriptor has a callback of its own, since engines may finish out of
 * order. A channel serves one folio at a time, so that stopping it after a
 * timeout harms nobody else; when all are taken the caller copies itself.
 *
 * Some drivers (ioat, idxd) cannot stop a transfer. After a timeout on such a
 * channel the destination must not get back to the page allocator, nor be used
 * by anybody, before the engine is done with it: it is kept with a reference
 * of ours ("quarantined"), the copy fails with -EIO, which ends this folio's
 * migration, and the last callback lets it go.
 */
#include <linux/completion.h>
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "dma_channel.h"
#include "pagefare_copy.h"

/* A piece is not smaller than this unless that leaves a channel without one */
#define PIECE_BYTES SZ_256K
#define MAX_PIECES  64U

struct dma_batch;

struct dma_piece {
	struct dma_batch *batch;
	struct device *dev;
	dma_addr_t src;
	dma_addr_t dst;
	size_t offset;
	size_t len;
	bool mapped;
};

/**
 * struct dma_batch - one folio on its way
 * @lock:      for @pending, @failed and @abandoned
 * @pending:   descriptors submitted whose callback has not come
 * @failed:    one of them reported an error
 * @abandoned: nobody waits; the last callback frees the batch and @dst
 * @done:      @pending came to 0
 * @dst:       destination folio
 * @nr_taken:  entries in @taken
 * @taken:     the channels in use
 * @nr:        entries in @piece
 * @piece:     what each descriptor copies
 */
struct dma_batch {
	spinlock_t lock; /* see above */
	unsigned int pending;
	bool failed;
	bool abandoned;
	struct completion done;
	struct folio *dst;
	unsigned int nr_taken;
	struct copy_channel *taken[COPY_MAX_CHANNELS];
	unsigned int nr;
	struct dma_piece piece[] __counted_by(nr);
};

static void batch_release(struct dma_batch *batch, enum channel_state from, enum channel_state to)
{
	channels_return(batch->taken, batch->nr_taken, from, to);
}

static void batch_unmap(struct dma_batch *batch)
{
	unsigned int i;

	for (i = 0; i < batch->nr; i++) {
		struct dma_piece *piece = &batch->piece[i];

		if (!piece->mapped)
			continue;
		dma_unmap_page(piece->dev, piece->src, piece->len, DMA_TO_DEVICE);
		dma_unmap_page(piece->dev, piece->dst, piece->len, DMA_FROM_DEVICE);
	}
}

/* From the last callback of a batch that nobody waits for */
static void batch_let_go(struct dma_batch *batch)
{
	batch_unmap(batch);
	batch_release(batch, CHANNEL_STUCK, CHANNEL_FREE);
	folio_put(batch->dst);
	atomic_long_dec(&copy_counters.quarantined);
	kfree(batch);
}

static void piece_done(void *data, const struct dmaengine_result *result)
{
	struct dma_piece *piece = data;
	struct dma_batch *batch = piece->batch;
	unsigned long flags;
	bool let_go;

	spin_lock_irqsave(&batch->lock, flags);
	if (result && result->result != DMA_TRANS_NOERROR)
		batch->failed = true;
	batch->pending--;
	let_go = !batch->pending && batch->abandoned;
	if (!batch->pending && !batch->abandoned)
		complete(&batch->done);
	spin_unlock_irqrestore(&batch->lock, flags);

	if (let_go)
		batch_let_go(batch);
}

static struct dma_batch *batch_alloc(struct folio *dst, size_t bytes, unsigned int most)
{
	struct copy_channel *taken[COPY_MAX_CHANNELS];
	unsigned int got = channels_take(taken, most);
	struct dma_batch *batch;
	size_t pieces;

	if (!got)
		return NULL;

	pieces = clamp_t(size_t, bytes / PIECE_BYTES, got, MAX_PIECES);
	pieces = min_t(size_t, pieces, bytes / PAGE_SIZE);
	batch = kzalloc(struct_size(batch, piece, pieces),
			GFP_NOWAIT | __GFP_NOWARN | __GFP_NOMEMALLOC);
	if (!batch) {
		channels_return(taken, got, CHANNEL_BUSY, CHANNEL_FREE);
		return NULL;
	}

	spin_lock_init(&batch->lock);
	init_completion(&batch->done);
	batch->dst = dst;
	batch->nr_taken = got;
	memcpy(batch->taken, taken, got * sizeof(taken[0]));
	batch->nr = pieces;
	return batch;
}

/* Whole pages, differing by at most one, the remainder dealt out */
static void batch_split(struct dma_batch *batch, size_t bytes)
{
	size_t pages = bytes / PAGE_SIZE;
	size_t each = pages / batch->nr, more = pages % batch->nr;
	size_t offset = 0;
	unsigned int i;

	for (i = 0; i < batch->nr; i++) {
		batch->piece[i].batch = batch;
		batch->piece[i].offset = offset;
		batch->piece[i].len = (each + (i < more)) * PAGE_SIZE;
		offset += batch->piece[i].len;
	}
}

static int piece_map(struct dma_piece *piece, struct device *dev, struct folio *dst,
		     struct folio *src)
{
	piece->dev = dev;
	piece->src =
		dma_map_page(dev, folio_page(src, 0), piece->offset, piece->len, DMA_TO_DEVICE);
	if (dma_mapping_error(dev, piece->src))
		return -EIO;
	piece->dst =
		dma_map_page(dev, folio_page(dst, 0), piece->offset, piece->len, DMA_FROM_DEVICE);
	if (dma_mapping_error(dev, piece->dst)) {
		dma_unmap_page(dev, piece->src, piece->len, DMA_TO_DEVICE);
		return -EIO;
	}
	piece->mapped = true;
	return 0;
}

static int piece_submit(struct dma_piece *piece, struct dma_chan *chan)
{
	struct dma_batch *batch = piece->batch;
	struct dma_async_tx_descriptor *tx;
	dma_cookie_t cookie;

	tx = dmaengine_prep_dma_memcpy(chan, piece->dst, piece->src, piece->len,
				       DMA_PREP_INTERRUPT | DMA_CTRL_ACK);
	if (!tx)
		return -EIO;
	tx->callback_result = piece_done;
	tx->callback_param = piece;

	spin_lock_irq(&batch->lock);
	batch->pending++;
	spin_unlock_irq(&batch->lock);

	cookie = dmaengine_submit(tx);
	if (!dma_submit_error(cookie))
		return 0;

	spin_lock_irq(&batch->lock);
	batch->pending--;
	spin_unlock_irq(&batch->lock);
	return -EIO;
}

/* All pieces, round robin over the channels; stops at the first refusal */
static int batch_submit(struct dma_batch *batch, struct folio *src)
{
	unsigned int i;
	int ret = 0;

	/* Our own count, so that a fast engine does not complete() half a batch */
	batch->pending = 1;
	for (i = 0; !ret && i < batch->nr; i++) {
		struct dma_chan *chan = batch->taken[i % batch->nr_taken]->chan;

		ret = piece_map(&batch->piece[i], dmaengine_get_dma_device(chan), batch->dst, src);
		if (!ret)
			ret = piece_submit(&batch->piece[i], chan);
	}
	for (i = 0; i < batch->nr_taken; i++)
		dma_async_issue_pending(batch->taken[i]->chan);
	return ret;
}

/* Drop our own count, then wait for the engine */
static bool batch_wait(struct dma_batch *batch)
{
	unsigned int ms = READ_ONCE(copy_settings.dma_timeout_ms);
	bool finished;

	spin_lock_irq(&batch->lock);
	finished = !--batch->pending;
	spin_unlock_irq(&batch->lock);

	if (!finished)
		finished = wait_for_completion_timeout(&batch->done, msecs_to_jiffies(ms));

	/* The callback that completed it may still hold the lock */
	spin_lock_irq(&batch->lock);
	finished = !batch->pending;
	spin_unlock_irq(&batch->lock);
	return finished;
}

static bool batch_stop(struct dma_batch *batch)
{
	unsigned int i;

	for (i = 0; i < batch->nr_taken; i++)
		if (!channel_can_stop(batch->taken[i]))
			return false;
	for (i = 0; i < batch->nr_taken; i++)
		if (dmaengine_terminate_sync(batch->taken[i]->chan))
			return false;
	return true;
}

/* Leave the batch to its callbacks, unless the last one has just come */
static bool batch_abandon(struct dma_batch *batch)
{
	bool late;

	spin_lock_irq(&batch->lock);
	late = batch->pending;
	if (late) {
		batch->abandoned = true;
		folio_get(batch->dst);
		atomic_long_inc(&copy_counters.quarantined);
		batch_release(batch, CHANNEL_BUSY, CHANNEL_STUCK);
	}
	spin_unlock_irq(&batch->lock);
	return late;
}

static void batch_end(struct dma_batch *batch)
{
	batch_unmap(batch);
	batch_release(batch, CHANNEL_BUSY, CHANNEL_FREE);
	kfree(batch);
}

/**
 * pagefare_copy_dma - copy one folio by DMA engine
 * @dst:      destination
 * @src:      source
 * @channels: most channels to use
 *
 * Tracing brackets this function: between its entry and its exit the caller
 * does nothing but feed the engine and wait.
 *
 * Context: may sleep.
 * Return: 0; COPY_DECLINED when the folio was not copied (no free channel, no
 * memory, refused or failed transfer, timeout) and @dst is the caller's again;
 * -EIO when the engine may still write to @dst.
 */
noinline __noclone int pagefare_copy_dma(struct folio *dst, struct folio *src,
					 unsigned int channels)
{
	struct dma_batch *batch = batch_alloc(dst, folio_size(src), channels);
	int ret = COPY_DECLINED;

	if (!batch)
		return COPY_DECLINED;

	batch_split(batch, folio_size(src));
	if (!batch_submit(batch, src))
		ret = 0;
	if (!batch_wait(batch)) {
		atomic_long_inc(&copy_counters.timeouts);
		ret = COPY_DECLINED;
		if (!batch_stop(batch) && batch_abandon(batch))
			return -EIO;
	}
	if (batch->failed)
		ret = COPY_DECLINED;
	batch_end(batch);
	return ret;
}
