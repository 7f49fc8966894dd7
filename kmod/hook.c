// SPDX-License-Identifier: GPL-2.0
/*
 * The redirection of folio_mc_copy() to this module.
 *
 * folio_mc_copy() is exported, so its address needs no kallsyms; ftrace finds
 * the patch site behind it. The hook changes the instruction pointer (as live
 * patching does), so only one such user per function can exist.
 */
#include <linux/delay.h>
#include <linux/ftrace.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>

#include "pagefare_copy.h"

static DEFINE_PER_CPU(long, hook_active);
static bool hook_on;

/*
 * What migration calls instead of folio_mc_copy(). The counter was raised by
 * hook_entry(): between there and here the task may have been preempted, and
 * the module must stay for it.
 */
static noinline int hook_folio_mc_copy(struct folio *dst, struct folio *src)
{
	int ret = copy_folio(dst, src);

	this_cpu_dec(hook_active);
	return ret;
}

/*
 * Runs in ftrace's context, perhaps with preemption off: only reads. Whether
 * the copy may sleep is asked in copy_folio(), where the answer is true.
 */
static void notrace hook_entry(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			       struct ftrace_regs *fregs)
{
	struct folio *src = (struct folio *)ftrace_regs_get_argument(fregs, 1);

	if (READ_ONCE(copy_settings.engine) == COPY_SERIAL)
		return;
	if (folio_size(src) < READ_ONCE(copy_settings.min_bytes))
		return;

	this_cpu_inc(hook_active);
	ftrace_regs_set_instruction_pointer(fregs, (unsigned long)hook_folio_mc_copy);
}

static struct ftrace_ops hook_ops = {
	.func = hook_entry,
	.flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT,
};

/**
 * hook_init - find the patch site
 *
 * Return: 0, or -EINVAL where this kernel's folio_mc_copy() cannot be traced.
 */
int hook_init(void)
{
	return ftrace_set_filter_ip(&hook_ops, (unsigned long)folio_mc_copy, 0, 0);
}

/* A task raises the counter on one CPU and may lower it on another. */
static bool hook_is_active(void)
{
	long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr(&hook_active, cpu));
	return sum;
}

static int hook_insert(void)
{
	int attempt, ret;

	/* -EAGAIN: a BPF trampoline on the same function is just being changed */
	for (attempt = 0; attempt < 100; attempt++) {
		ret = register_ftrace_function(&hook_ops);
		if (ret != -EAGAIN)
			break;
		msleep(20);
	}
	return ret;
}

static int hook_remove(void)
{
	int ret = unregister_ftrace_function(&hook_ops);

	if (ret)
		return ret;

	/*
	 * No new caller can come: unregistering waited for every task inside
	 * the ftrace trampoline. Those who came sleep at most for a DMA
	 * timeout. The last grace period is for the instructions between the
	 * decrement and the return.
	 */
	while (hook_is_active())
		msleep(20);
	synchronize_rcu_tasks();
	return 0;
}

/**
 * hook_set - put the redirection in place or take it away
 * @on: which
 *
 * Taking it away returns after the last copy has left the module.
 * Context: may sleep; callers are serialised by kernel_param_lock().
 * Return: 0, -EBUSY if somebody else (a live patch) redirects the function,
 * or what ftrace returned.
 */
int hook_set(bool on)
{
	int ret;

	if (on == hook_on)
		return 0;
	ret = on ? hook_insert() : hook_remove();
	if (!ret)
		hook_on = on;
	return ret;
}
