// SPDX-License-Identifier: GPL-2.0
/*
 * Copying bytes between two folios, page by page, surviving poison as the
 * kernel's folio_mc_copy() does.
 */
#include <linux/highmem.h>
#include <linux/sched.h>
#include <linux/uaccess.h>

#include "nontemporal.h"
#include "pagefare_copy.h"

/**
 * copy_can_divide_pages - may a page be copied in several parts?
 *
 * Where the architecture copies more than the bytes of a page (arm64 memory
 * tags), only its own whole-page copy is right.
 */
bool copy_can_divide_pages(void)
{
#ifdef copy_mc_to_kernel
	return true;
#else
	return false;
#endif
}

#ifdef copy_mc_to_kernel
static unsigned long copy_bytes(void *to, const void *from, size_t len, bool nontemporal)
{
	if (nontemporal)
		return copy_nontemporal(to, from, len);
	return copy_mc_to_kernel(to, from, len);
}

static int copy_page_part(struct page *to, struct page *from, size_t offset, size_t len,
			  bool nontemporal)
{
	unsigned long left;
	char *vfrom, *vto;

	if (len == PAGE_SIZE && !nontemporal)
		return copy_mc_highpage(to, from);

	vfrom = kmap_local_page(from);
	vto = kmap_local_page(to);
	left = copy_bytes(vto + offset, vfrom + offset, len, nontemporal);
	kunmap_local(vto);
	kunmap_local(vfrom);

	if (left)
		memory_failure_queue(page_to_pfn(from), 0);
	return left;
}
#else
static int copy_page_part(struct page *to, struct page *from, size_t offset, size_t len,
			  bool nontemporal)
{
	return copy_mc_highpage(to, from);
}
#endif

/**
 * copy_range - copy a part of a folio on this CPU
 * @dst:    destination
 * @src:    source
 * @offset: first byte, a multiple of 64
 * @len:    bytes, a multiple of 64; of PAGE_SIZE, like @offset, unless
 *          copy_can_divide_pages()
 *
 * Return: 0, or -EHWPOISON after having reported the poisoned page.
 */
int copy_range(struct folio *dst, struct folio *src, size_t offset, size_t len)
{
	bool nontemporal = READ_ONCE(copy_settings.nontemporal) && have_nontemporal();
	int ret = 0;

	for (;;) {
		size_t in_page = offset_in_page(offset);
		size_t part = min(len, PAGE_SIZE - in_page);
		size_t index = offset >> PAGE_SHIFT;

		if (copy_page_part(folio_page(dst, index), folio_page(src, index), in_page, part,
				   nontemporal)) {
			ret = -EHWPOISON;
			break;
		}
		offset += part;
		len -= part;
		if (!len)
			break;
		cond_resched();
	}

	if (nontemporal)
		fence_nontemporal();
	return ret;
}
