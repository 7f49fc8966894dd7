// SPDX-License-Identifier: GPL-2.0
/*
 * Where helpers run. An unbound queue has one pool of workers per last-level
 * cache (its default affinity scope), and queueing "on" a CPU picks that CPU's
 * pool; within the cache the scheduler decides.
 *
 * Every choice is a walk along a list of CPUs that was sorted beforehand, one
 * list per starting point: per cache for fill and spread, per node for node.
 */
#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/topology.h>

#include "pagefare_copy.h"

/**
 * struct cpu_order - CPUs in the order in which helpers take them
 * @nr:  CPUs in @cpu; 0 for a node without CPUs
 * @cpu: their numbers
 */
struct cpu_order {
	unsigned int nr;
	int *cpu;
};

/**
 * struct placement_map - the sorted lists
 * @rcu:     for readers on the copy path
 * @nr_cpus: length of @cache_of
 * @caches:  number of last-level caches; length of @fill and @spread
 * @nodes:   length of @node
 * @cache_of: cache index of each CPU
 * @fill:    by cache: its own CPUs, its node's, then by distance
 * @spread:  by cache: one CPU per cache, near ones first, then a second each
 * @node:    by node: its CPUs, one per cache first
 */
struct placement_map {
	struct rcu_head rcu;
	unsigned int nr_cpus;
	unsigned int caches;
	unsigned int nodes;
	int *cache_of;
	struct cpu_order *fill;
	struct cpu_order *spread;
	struct cpu_order *node;
};

struct ranked_cpu {
	u64 rank;
	int cpu;
};

static struct placement_map __rcu *placement_map;

/* A number that CPUs with the same last-level cache share */
static unsigned int cache_key(int cpu)
{
#ifdef CONFIG_X86
	return cpu_data(cpu).topo.llc_id;
#else
	/* The nearest thing that every architecture tells modules */
	return topology_physical_package_id(cpu);
#endif
}

static bool same_cache(int a, int b)
{
	return cache_key(a) == cache_key(b) && cpu_to_node(a) == cpu_to_node(b);
}

static void map_free(struct placement_map *map)
{
	unsigned int i;

	if (!map)
		return;
	for (i = 0; map->fill && i < map->caches; i++)
		kvfree(map->fill[i].cpu);
	for (i = 0; map->spread && i < map->caches; i++)
		kvfree(map->spread[i].cpu);
	for (i = 0; map->node && i < map->nodes; i++)
		kvfree(map->node[i].cpu);
	kvfree(map->fill);
	kvfree(map->spread);
	kvfree(map->node);
	kvfree(map->cache_of);
	kfree(map);
}

static int compare_rank(const void *a, const void *b)
{
	const struct ranked_cpu *left = a, *right = b;

	if (left->rank != right->rank)
		return left->rank < right->rank ? -1 : 1;
	return left->cpu - right->cpu;
}

/* How far a CPU is from a base CPU: same cache, same node, node distance */
static u64 nearness(int base, int cpu)
{
	if (same_cache(base, cpu))
		return 0;
	if (cpu_to_node(base) == cpu_to_node(cpu))
		return 1;
	return 2 + node_distance(cpu_to_node(base), cpu_to_node(cpu));
}

/* The CPU's place among those of its cache */
static u64 place_in_cache(const struct placement_map *map, int cpu)
{
	u64 place = 0;
	int other;

	for (other = 0; other < cpu; other++)
		place += map->cache_of[other] == map->cache_of[cpu];
	return place;
}

static u64 rank_fill(const struct placement_map *map, int base, int cpu)
{
	/* whole caches one after another, also among those equally far */
	return nearness(base, cpu) << 32 | map->cache_of[cpu];
}

static u64 rank_spread(const struct placement_map *map, int base, int cpu)
{
	return place_in_cache(map, cpu) << 32 | nearness(base, cpu);
}

static int order_build(const struct placement_map *map, struct cpu_order *order, int base, int node,
		       u64 (*rank)(const struct placement_map *, int, int))
{
	struct ranked_cpu *ranked;
	unsigned int i = 0;
	int cpu;

	ranked = kvcalloc(map->nr_cpus, sizeof(*ranked), GFP_KERNEL);
	order->cpu = kvcalloc(map->nr_cpus, sizeof(*order->cpu), GFP_KERNEL);
	if (!ranked || !order->cpu) {
		kvfree(ranked);
		return -ENOMEM;
	}

	for_each_online_cpu(cpu) {
		if (cpu >= map->nr_cpus || (node != NUMA_NO_NODE && cpu_to_node(cpu) != node))
			continue;
		ranked[i].rank = rank(map, base, cpu);
		ranked[i++].cpu = cpu;
	}
	sort(ranked, i, sizeof(*ranked), compare_rank, NULL);

	order->nr = i;
	while (i--)
		order->cpu[i] = ranked[i].cpu;
	kvfree(ranked);
	return 0;
}

/* Number the caches; @bases gets one CPU of each */
static unsigned int caches_number(struct placement_map *map, int *bases)
{
	unsigned int found = 0, i;
	int cpu;

	for_each_possible_cpu(cpu) {
		for (i = 0; i < found; i++)
			if (same_cache(bases[i], cpu))
				break;
		if (i == found)
			bases[found++] = cpu;
		map->cache_of[cpu] = i;
	}
	return found;
}

static int map_fill(struct placement_map *map, int *bases)
{
	unsigned int i;
	int ret = 0;

	map->caches = caches_number(map, bases);
	map->fill = kvcalloc(map->caches, sizeof(*map->fill), GFP_KERNEL);
	map->spread = kvcalloc(map->caches, sizeof(*map->spread), GFP_KERNEL);
	map->node = kvcalloc(map->nodes, sizeof(*map->node), GFP_KERNEL);
	if (!map->fill || !map->spread || !map->node)
		return -ENOMEM;

	for (i = 0; !ret && i < map->caches; i++)
		ret = order_build(map, &map->fill[i], bases[i], NUMA_NO_NODE, rank_fill);
	for (i = 0; !ret && i < map->caches; i++)
		ret = order_build(map, &map->spread[i], bases[i], NUMA_NO_NODE, rank_spread);
	for (i = 0; !ret && i < map->nodes; i++) {
		int base = cpumask_first(cpumask_of_node(i));

		if (base < map->nr_cpus)
			ret = order_build(map, &map->node[i], base, i, rank_spread);
	}
	return ret;
}

static struct placement_map *map_build(void)
{
	struct placement_map *map = kzalloc(sizeof(*map), GFP_KERNEL);
	int *bases;
	int ret = -ENOMEM;

	if (!map)
		return NULL;
	map->nr_cpus = nr_cpu_ids;
	map->nodes = nr_node_ids;
	map->cache_of = kvcalloc(map->nr_cpus, sizeof(*map->cache_of), GFP_KERNEL);
	bases = kvcalloc(map->nr_cpus, sizeof(*bases), GFP_KERNEL);
	if (map->cache_of && bases)
		ret = map_fill(map, bases);
	kvfree(bases);
	if (ret) {
		map_free(map);
		return NULL;
	}
	return map;
}

static void map_replace(struct placement_map *map)
{
	struct placement_map *old = rcu_replace_pointer(placement_map, map, true);

	if (old) {
		synchronize_rcu();
		map_free(old);
	}
}

/**
 * placement_rebuild - read the topology again
 *
 * Called when the hook goes in and when the placement changes. CPUs that
 * come or go in between do no harm: the queue finds a pool for any CPU number.
 *
 * Return: 0 or -ENOMEM, then the old lists stay.
 */
int placement_rebuild(void)
{
	struct placement_map *map = map_build();

	if (!map)
		return -ENOMEM;
	map_replace(map);
	return 0;
}

void placement_exit(void)
{
	map_replace(NULL);
}

static const struct cpu_order *order_of(const struct placement_map *map, struct folio *dst,
					struct folio *src)
{
	unsigned int cache = map->cache_of[raw_smp_processor_id()];

	switch (READ_ONCE(copy_settings.placement)) {
	case PLACE_SPREAD:
		return &map->spread[cache];
	case PLACE_NODE:
		if (map->node[folio_nid(dst)].nr)
			return &map->node[folio_nid(dst)];
		if (map->node[folio_nid(src)].nr)
			return &map->node[folio_nid(src)];
		return &map->fill[cache];
	default:
		return &map->fill[cache];
	}
}

/**
 * placement_choose - name a CPU for every copier
 * @dst:  destination folio
 * @src:  source folio
 * @cpus: result; entry 0 is the caller's and of no effect
 * @nr:   entries in @cpus
 *
 * fill and spread begin with the caller's own cache, so the caller stands for
 * entry 0 there. With node the helpers begin at the node's first CPU, since
 * the caller may be anywhere.
 */
void placement_choose(struct folio *dst, struct folio *src, int *cpus, unsigned int nr)
{
	bool node = READ_ONCE(copy_settings.placement) == PLACE_NODE;
	const struct placement_map *map;
	const struct cpu_order *order;
	unsigned int i;

	rcu_read_lock();
	map = rcu_dereference(placement_map);
	order = map ? order_of(map, dst, src) : NULL;
	for (i = 0; i < nr; i++) {
		if (order && order->nr)
			cpus[i] = order->cpu[(node && i ? i - 1 : i) % order->nr];
		else
			cpus[i] = WORK_CPU_UNBOUND;
	}
	rcu_read_unlock();
}
