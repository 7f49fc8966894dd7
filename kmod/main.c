// SPDX-License-Identifier: GPL-2.0
/*
 * pagefare_copy: load and unload.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>

#include "pagefare_copy.h"

static int __init pagefare_copy_init(void)
{
	int ret = hook_init();

	if (ret) {
		pr_err("this kernel's folio_mc_copy cannot be redirected (%d): not loaded\n", ret);
		return -EOPNOTSUPP;
	}
	ret = threads_init();
	if (ret)
		return ret;
	ret = knobs_start();
	if (ret) {
		pr_err("the settings given at load cannot act (%d): not loaded\n", ret);
		placement_exit();
		limits_exit();
		threads_exit();
	}
	return ret;
}

static void __exit pagefare_copy_exit(void)
{
	knobs_stop();
	placement_exit();
	limits_exit();
	threads_exit();
}

module_init(pagefare_copy_init);
module_exit(pagefare_copy_exit);

MODULE_DESCRIPTION("Parallel and offloaded folio copies for page migration on stock kernels");
MODULE_AUTHOR("The pagefare project");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
