// SPDX-License-Identifier: GPL-2.0
/*
 * Why a migration happens.
 *
 * folio_mc_copy() is not told. migrate_pages() says it in its two trace
 * events, which run in the task that will copy: a small table keeps the reason
 * per task in between. The events are listened to only while the mask leaves
 * something out.
 */
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <trace/events/migrate.h>

#include "pagefare_copy.h"

#define CALL_BITS   10
#define CALL_SLOTS  BIT(CALL_BITS)
#define CALL_PROBES 16
/* migrate_pages() within itself: an allocation reclaims and demotes */
#define CALL_DEPTH 4

/**
 * struct migrate_call - a task inside migrate_pages()
 * @task:   owner of the slot, NULL when free; nobody else touches the rest
 * @depth:  calls within each other
 * @reason: of each, outermost first; deeper than CALL_DEPTH is not known
 */
struct migrate_call {
	struct task_struct *task;
	unsigned int depth;
	int reason[CALL_DEPTH];
};

static struct migrate_call calls[CALL_SLOTS];
static bool tracking;

static const char *const reason_names[MR_TYPES] = {
	[MR_COMPACTION] = "compaction",
	[MR_MEMORY_FAILURE] = "memory_failure",
	[MR_MEMORY_HOTPLUG] = "memory_hotplug",
	[MR_SYSCALL] = "syscall_or_cpuset",
	[MR_MEMPOLICY_MBIND] = "mempolicy_mbind",
	[MR_NUMA_MISPLACED] = "numa_misplaced",
	[MR_CONTIG_RANGE] = "contig_range",
	[MR_LONGTERM_PIN] = "longterm_pin",
	[MR_DEMOTION] = "demotion",
	[MR_DAMON] = "damon",
};

static struct migrate_call *call_at(unsigned int probe)
{
	return &calls[(hash_ptr(current, CALL_BITS) + probe) % CALL_SLOTS];
}

static struct migrate_call *call_find(void)
{
	unsigned int i;

	for (i = 0; i < CALL_PROBES; i++)
		if (READ_ONCE(call_at(i)->task) == current)
			return call_at(i);
	return NULL;
}

static struct migrate_call *call_claim(void)
{
	unsigned int i;

	for (i = 0; i < CALL_PROBES; i++)
		if (!READ_ONCE(call_at(i)->task) && !cmpxchg(&call_at(i)->task, NULL, current))
			return call_at(i);
	return NULL;
}

/* No free slot: the reason of this call stays unknown */
static void on_migrate_start(void *data, enum migrate_mode mode, int reason)
{
	struct migrate_call *call = call_find();

	if (!call)
		call = call_claim();
	if (!call)
		return;
	if (call->depth < CALL_DEPTH)
		call->reason[call->depth] = reason;
	call->depth++;
}

static void on_migrate_end(void *data, unsigned long succeeded, unsigned long failed,
			   unsigned long thp_succeeded, unsigned long thp_failed,
			   unsigned long thp_split, unsigned long large_folio_split,
			   enum migrate_mode mode, int reason)
{
	struct migrate_call *call = call_find();

	if (!call)
		return;
	if (!--call->depth)
		/* pairs with cmpxchg() in call_claim(): depth is 0 before the slot is free */
		smp_store_release(&call->task, NULL);
}

/* Tracepoints themselves are not exported; their list is. */
struct tracepoint_search {
	const char *name;
	struct tracepoint *found;
};

static void compare_tracepoint(struct tracepoint *tracepoint, void *data)
{
	struct tracepoint_search *search = data;

	if (!strcmp(tracepoint->name, search->name))
		search->found = tracepoint;
}

static struct tracepoint *find_tracepoint(const char *name)
{
	struct tracepoint_search search = { .name = name };

	for_each_kernel_tracepoint(compare_tracepoint, &search);
	return search.found;
}

/**
 * reason_track - begin to listen to migrate_pages()
 *
 * A call that is under way has no entry: its reason is unknown until its end.
 *
 * Return: 0, -ENOENT on a kernel without the events, or what the tracepoint
 * returned.
 */
int reason_track(void)
{
	struct tracepoint *start = find_tracepoint("mm_migrate_pages_start");
	struct tracepoint *end = find_tracepoint("mm_migrate_pages");
	int ret;

	/* Not calls: they make the compiler compare our arguments with the kernel's */
	check_trace_callback_type_mm_migrate_pages_start(on_migrate_start);
	check_trace_callback_type_mm_migrate_pages(on_migrate_end);

	if (tracking)
		return 0;
	if (!start || !end)
		return -ENOENT;

	/* The end first: a start without its end would leave a slot taken */
	ret = tracepoint_probe_register(end, on_migrate_end, NULL);
	if (ret)
		return ret;
	ret = tracepoint_probe_register(start, on_migrate_start, NULL);
	if (ret) {
		tracepoint_probe_unregister(end, on_migrate_end, NULL);
		tracepoint_synchronize_unregister();
		return ret;
	}
	tracking = true;
	return 0;
}

/**
 * reason_untrack - listen no longer, forget all calls
 *
 * Callers have seen to it that no copy asks any more, or that the mask is
 * REASON_ALL.
 */
void reason_untrack(void)
{
	if (!tracking)
		return;
	tracepoint_probe_unregister(find_tracepoint("mm_migrate_pages_start"), on_migrate_start,
				    NULL);
	tracepoint_probe_unregister(find_tracepoint("mm_migrate_pages"), on_migrate_end, NULL);
	tracepoint_synchronize_unregister();
	memset(calls, 0, sizeof(calls));
	tracking = false;
}

/**
 * reason_wanted - does the mask include what the current task is doing?
 *
 * An unknown reason is wanted by a full mask only.
 */
bool reason_wanted(void)
{
	unsigned long mask = READ_ONCE(copy_settings.reason_mask);
	struct migrate_call *call;
	unsigned int depth;

	if (mask == REASON_ALL)
		return true;
	call = call_find();
	depth = call ? READ_ONCE(call->depth) : 0;
	if (!depth || depth > CALL_DEPTH)
		return false;
	return mask & BIT(call->reason[depth - 1]);
}

static int reason_parse_name(const char *name, unsigned long *mask)
{
	unsigned int i;

	if (!strcmp(name, "all")) {
		*mask = REASON_ALL;
		return 0;
	}
	if (!strcmp(name, "none")) {
		*mask = 0;
		return 0;
	}
	for (i = 0; i < MR_TYPES; i++) {
		if (reason_names[i] && !strcmp(name, reason_names[i])) {
			*mask |= BIT(i);
			return 0;
		}
	}
	return -EINVAL;
}

/**
 * reason_parse - read a mask as the newest offload series does
 * @text: a number, or names, "all" and "none" with commas in between, taken
 *        from left to right
 * @mask: result
 *
 * Bits of a number that are no reason are dropped, as there.
 *
 * Return: 0, -EINVAL, -ENOMEM.
 */
int reason_parse(const char *text, unsigned long *mask)
{
	unsigned long parsed = 0;
	char *copy, *rest, *name;
	int ret = 0;

	copy = kstrdup(text, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	rest = strim(copy);
	if (!kstrtoul(rest, 0, &parsed)) {
		parsed &= REASON_ALL;
	} else {
		parsed = 0;
		while (!ret && (name = strsep(&rest, ",")))
			ret = reason_parse_name(strim(name), &parsed);
	}
	kfree(copy);
	if (!ret)
		*mask = parsed;
	return ret;
}

int reason_print(unsigned long mask, char *page)
{
	unsigned int i;
	int at = 0;

	for (i = 0; i < MR_TYPES; i++)
		if (mask & BIT(i))
			at += scnprintf(page + at, PAGE_SIZE - at, "%s%s", at ? "," : "",
					reason_names[i] ?: "unknown");
	if (!at)
		at = scnprintf(page, PAGE_SIZE, "none");
	return at + scnprintf(page + at, PAGE_SIZE - at, "\n");
}
