// SPDX-License-Identifier: GPL-2.0
/*
 * The limit table: how many copiers a cgroup may have for one folio.
 *
 * A sorted array behind an RCU pointer: the copy path searches it without
 * locks, a writer replaces it whole, so that a write applies completely or not
 * at all.
 */
#include <linux/cgroup.h>
#include <linux/memcontrol.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "pagefare_copy.h"

struct limit {
	u64 cgroup;
	unsigned int copiers;
};

struct limit_table {
	struct rcu_head rcu;
	unsigned int nr;
	unsigned int room;
	struct limit limit[] __counted_by(room);
};

static struct limit_table __rcu *limit_table;

/* Index of the first entry whose cgroup is not below @cgroup */
static unsigned int limit_place(const struct limit_table *table, u64 cgroup)
{
	unsigned int low = 0, high = table->nr;

	while (low < high) {
		unsigned int middle = (low + high) / 2;

		if (table->limit[middle].cgroup < cgroup)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static unsigned int limit_of(const struct limit_table *table, u64 cgroup)
{
	unsigned int at = limit_place(table, cgroup);

	if (at < table->nr && table->limit[at].cgroup == cgroup)
		return table->limit[at].copiers;
	return COPY_MAX_THREADS;
}

/* A limit holds for the whole subtree below its cgroup */
static unsigned int limit_of_subtree(const struct limit_table *table, struct cgroup *cgroup)
{
	unsigned int cap = COPY_MAX_THREADS;

	/* Ids of other hierarchies (cgroup v1) are other names */
	if (cgroup->root != &cgrp_dfl_root)
		return cap;
	for (; cgroup; cgroup = cgroup_parent(cgroup))
		cap = min(cap, limit_of(table, cgroup_id(cgroup)));
	return cap;
}

static unsigned int limit_of_owner(const struct limit_table *table, struct folio *src)
{
#ifdef CONFIG_MEMCG
	struct mem_cgroup *memcg = folio_memcg(src);

	if (memcg)
		return limit_of_subtree(table, memcg->css.cgroup);
#endif
	return COPY_MAX_THREADS;
}

/**
 * limits_cap - most copiers for this folio, now
 * @src: source folio, still charged to its owner at this point of migration
 *
 * Who asked for the migration (the current task, unless it is a kernel thread)
 * and who owns the memory both count; the lower limit wins.
 *
 * Return: 1 to COPY_MAX_THREADS.
 */
unsigned int limits_cap(struct folio *src)
{
	unsigned int cap = COPY_MAX_THREADS;
	const struct limit_table *table;

	rcu_read_lock();
	table = rcu_dereference(limit_table);
	if (table && table->nr) {
		if (!(current->flags & PF_KTHREAD))
			cap = limit_of_subtree(table, task_dfl_cgroup(current));
		cap = min(cap, limit_of_owner(table, src));
	}
	rcu_read_unlock();
	return cap;
}

static void limit_remove(struct limit_table *table, u64 cgroup)
{
	unsigned int at = limit_place(table, cgroup);

	if (at == table->nr || table->limit[at].cgroup != cgroup)
		return;
	table->nr--;
	memmove(&table->limit[at], &table->limit[at + 1],
		(table->nr - at) * sizeof(table->limit[0]));
}

static int limit_set(struct limit_table *table, u64 cgroup, unsigned int copiers)
{
	unsigned int at = limit_place(table, cgroup);

	if (at == table->nr || table->limit[at].cgroup != cgroup) {
		if (table->nr == table->room)
			return -ENOSPC;
		memmove(&table->limit[at + 1], &table->limit[at],
			(table->nr - at) * sizeof(table->limit[0]));
		table->nr++;
	}
	table->limit[at].cgroup = cgroup;
	table->limit[at].copiers = copiers;
	return 0;
}

/* "CGROUPID COPIERS", "CGROUPID -" or "clear" */
static int limit_edit_line(struct limit_table *table, char *line)
{
	unsigned int copiers;
	char *id, *value;
	u64 cgroup;

	line = strim(line);
	if (!*line)
		return 0;
	if (!strcmp(line, "clear")) {
		table->nr = 0;
		return 0;
	}

	id = strsep(&line, " \t");
	value = line ? skip_spaces(line) : NULL;
	if (!value || kstrtou64(id, 10, &cgroup) || !cgroup)
		return -EINVAL;
	if (!strcmp(value, "-")) {
		limit_remove(table, cgroup);
		return 0;
	}
	if (kstrtouint(value, 10, &copiers) || copiers < 1 || copiers > COPY_MAX_THREADS)
		return -EINVAL;
	return limit_set(table, cgroup, copiers);
}

static int table_print(const struct limit_table *table, char *page)
{
	unsigned int i;
	int at = 0;

	for (i = 0; i < table->nr; i++)
		at += scnprintf(page + at, PAGE_SIZE - at, "%llu %u\n", table->limit[i].cgroup,
				table->limit[i].copiers);
	return at;
}

/* What cannot be read back in one piece cannot be checked by who wrote it. */
static bool table_is_readable(const struct limit_table *table)
{
	size_t bytes = 0;
	unsigned int i;

	for (i = 0; i < table->nr; i++)
		bytes += snprintf(NULL, 0, "%llu %u\n", table->limit[i].cgroup,
				  table->limit[i].copiers);
	return bytes < PAGE_SIZE;
}

static struct limit_table *table_copy(const struct limit_table *old, unsigned int more)
{
	unsigned int room = (old ? old->nr : 0) + more;
	struct limit_table *table = kvzalloc(struct_size(table, limit, room), GFP_KERNEL);

	if (!table)
		return NULL;
	table->room = room;
	if (old) {
		table->nr = old->nr;
		memcpy(table->limit, old->limit, old->nr * sizeof(old->limit[0]));
	}
	return table;
}

static int table_edit(struct limit_table *table, const char *text)
{
	char *copy = kstrdup(text, GFP_KERNEL);
	char *rest = copy, *line;
	int ret = 0;

	if (!copy)
		return -ENOMEM;
	while (!ret && (line = strsep(&rest, "\n")))
		ret = limit_edit_line(table, line);
	kfree(copy);
	if (!ret && !table_is_readable(table))
		ret = -ENOSPC;
	return ret;
}

static unsigned int count_lines(const char *text)
{
	unsigned int lines = 1;

	while ((text = strchr(text, '\n'))) {
		lines++;
		text++;
	}
	return lines;
}

/**
 * limits_edit - apply the lines of one write, in order, all or none
 * @text: lines as limit_edit_line() takes them
 *
 * Context: callers are serialised by kernel_param_lock().
 * Return: 0; -EINVAL for a line that is none of the three, or a text that was
 * cut at a page's end; -ENOSPC when the table would no longer fit into one
 * read; -ENOMEM. On errors nothing has changed.
 */
int limits_edit(const char *text)
{
	struct limit_table *old = rcu_dereference_protected(limit_table, true);
	size_t length = strlen(text);
	struct limit_table *table;
	int ret;

	/* sysfs cuts longer writes here, perhaps within a number */
	if (length >= PAGE_SIZE && text[length - 1] != '\n')
		return -EINVAL;

	table = table_copy(old, count_lines(text));
	if (!table)
		return -ENOMEM;
	ret = table_edit(table, text);
	if (ret) {
		kvfree(table);
		return ret;
	}
	rcu_assign_pointer(limit_table, table);
	if (old)
		kvfree_rcu(old, rcu);
	return 0;
}

int limits_print(char *page)
{
	const struct limit_table *table = rcu_dereference_protected(limit_table, true);

	return table ? table_print(table, page) : 0;
}

void limits_exit(void)
{
	struct limit_table *table = rcu_replace_pointer(limit_table, NULL, true);

	if (table) {
		synchronize_rcu();
		kvfree(table);
	}
}
