// SPDX-License-Identifier: GPL-2.0
/*
 * pagefare_copy for kernels that it cannot work on: built in place of the
 * module, says why and refuses to load.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>

static int __init pagefare_copy_init(void)
{
	pr_err("not loaded: " PAGEFARE_COPY_MISSING "\n");
	return -EOPNOTSUPP;
}

/* Without an exit function a module that did load could not be removed */
static void __exit pagefare_copy_exit(void)
{
}

module_init(pagefare_copy_init);
module_exit(pagefare_copy_exit);

MODULE_DESCRIPTION("pagefare_copy does not support this kernel");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
