/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The memory controller's state of a task. */
#ifndef PAGEFARE_MEMORY_CSS_H
#define PAGEFARE_MEMORY_CSS_H

#include "abi.h"

/* Plain loads: the verifier follows the types, where copies by a helper would cost 20 ns
 * each. */
static __always_inline struct cgroup_subsys_state *memory_css_of(struct task_struct *task)
{
	void *subsys = task->cgroups;

	subsys += bpf_core_field_offset(struct css_set, subsys);
	subsys += sizeof(void *) *
		  bpf_core_enum_value(enum cgroup_subsys_id___memory, memory_cgrp_id);
	return *(struct cgroup_subsys_state **)subsys;
}

#endif /* PAGEFARE_MEMORY_CSS_H */
