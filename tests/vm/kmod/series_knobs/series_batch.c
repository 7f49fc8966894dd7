// SPDX-License-Identifier: GPL-2.0
/*
 * A function of the name and the arguments with which the batch copy series hands folios to DMA
 * engines, called with lists of a known length. Nothing is copied. For tests only.
 */
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

#define ORDER 2

int folios_copy_dma(struct list_head *dst, struct list_head *src);

__attribute__((__noipa__)) int folios_copy_dma(struct list_head *dst, struct list_head *src)
{
	barrier();
	return list_empty(dst) || list_empty(src) ? -EINVAL : 0;
}

static void drop(struct list_head *folios)
{
	struct folio *folio, *next;

	list_for_each_entry_safe(folio, next, folios, lru) {
		list_del_init(&folio->lru);
		__free_pages(&folio->page, ORDER);
	}
}

static bool fill(struct list_head *folios, unsigned int count)
{
	while (count--) {
		struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, ORDER);

		if (!page)
			return false;
		list_add_tail(&page_folio(page)->lru, folios);
	}
	return true;
}

/* "5": a batch of five folios. */
static int batch_set(const char *text, const struct kernel_param *param)
{
	LIST_HEAD(dst);
	LIST_HEAD(src);
	unsigned int count;
	int error = kstrtouint(text, 0, &count);

	if (error)
		return error;
	error = fill(&dst, count) && fill(&src, count) ? folios_copy_dma(&dst, &src) : -ENOMEM;
	drop(&dst);
	drop(&src);
	return error;
}

static const struct kernel_param_ops batch_ops = { .set = batch_set };
module_param_cb(batch, &batch_ops, NULL, 0200);
MODULE_PARM_DESC(batch, "Hands a batch of so many folios of four pages over");

static int __init batch_init(void)
{
	return 0;
}

static void __exit batch_exit(void)
{
}

module_init(batch_init);
module_exit(batch_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("The batch function of the batch copy series, for tests");
