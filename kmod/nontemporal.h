/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stores that bypass the cache, with loads that survive poison.
 */
#ifndef PAGEFARE_COPY_NONTEMPORAL_H
#define PAGEFARE_COPY_NONTEMPORAL_H

#include <linux/types.h>

#ifdef CONFIG_X86_64

#include <asm/asm.h>
#include <asm/barrier.h>
#include <asm/extable_fixup_types.h>

static inline bool have_nontemporal(void)
{
	return true;
}

static inline void fence_nontemporal(void)
{
	/* Non-temporal stores are not ordered with what follows, e.g. the page table entry */
	wmb();
}

/**
 * copy_nontemporal - copy past the cache
 * @to:   destination, aligned to 8
 * @from: source, aligned to 8
 * @len:  bytes, a multiple of 64, not 0
 *
 * The loads carry the same exception table type as copy_mc_to_kernel(): a
 * machine check on a poisoned source ends the copy instead of the kernel.
 *
 * Return: bytes not copied; 0 is success.
 */
static inline unsigned long copy_nontemporal(void *to, const void *from, size_t len)
{
	/* clang-format off */
	asm volatile("1:	movq	  (%[from]), %%r8\n"
		     "2:	movq	 8(%[from]), %%r9\n"
		     "3:	movq	16(%[from]), %%r10\n"
		     "4:	movq	24(%[from]), %%r11\n"
		     "	movnti	%%r8,    (%[to])\n"
		     "	movnti	%%r9,   8(%[to])\n"
		     "	movnti	%%r10, 16(%[to])\n"
		     "	movnti	%%r11, 24(%[to])\n"
		     "5:	movq	32(%[from]), %%r8\n"
		     "6:	movq	40(%[from]), %%r9\n"
		     "7:	movq	48(%[from]), %%r10\n"
		     "8:	movq	56(%[from]), %%r11\n"
		     "	movnti	%%r8,  32(%[to])\n"
		     "	movnti	%%r9,  40(%[to])\n"
		     "	movnti	%%r10, 48(%[to])\n"
		     "	movnti	%%r11, 56(%[to])\n"
		     "	addq	$64, %[from]\n"
		     "	addq	$64, %[to]\n"
		     "	subq	$64, %[len]\n"
		     "	jnz	1b\n"
		     "9:\n"
		     _ASM_EXTABLE_TYPE(1b, 9b, EX_TYPE_DEFAULT_MCE_SAFE)
		     _ASM_EXTABLE_TYPE(2b, 9b, EX_TYPE_DEFAULT_MCE_SAFE)
		     _ASM_EXTABLE_TYPE(3b, 9b, EX_TYPE_DEFAULT_MCE_SAFE)
		     _ASM_EXTABLE_TYPE(4b, 9b, EX_TYPE_DEFAULT_MCE_SAFE)
		     _ASM_EXTABLE_TYPE(5b, 9b, EX_TYPE_DEFAULT_MCE_SAFE)
		     _ASM_EXTABLE_TYPE(6b, 9b, EX_TYPE_DEFAULT_MCE_SAFE)
		     _ASM_EXTABLE_TYPE(7b, 9b, EX_TYPE_DEFAULT_MCE_SAFE)
		     _ASM_EXTABLE_TYPE(8b, 9b, EX_TYPE_DEFAULT_MCE_SAFE)
		     : [from] "+r"(from), [to] "+r"(to), [len] "+r"(len)
		     :
		     : "r8", "r9", "r10", "r11", "memory", "cc");
	/* clang-format on */
	return len;
}

#else

static inline bool have_nontemporal(void)
{
	return false;
}

static inline void fence_nontemporal(void)
{
}

static inline unsigned long copy_nontemporal(void *to, const void *from, size_t len)
{
	return len;
}

#endif /* CONFIG_X86_64 */

#endif /* PAGEFARE_COPY_NONTEMPORAL_H */
