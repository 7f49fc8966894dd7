/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The kernel's types as far as pagefare reads them. Declared here so that the build never
 * reads the build machine's kernel; CO-RE relocates every access against the running one,
 * so order and completeness of the fields mean nothing. A name with three underscores is
 * another kernel's flavour of the same type.
 */
#ifndef PAGEFARE_KERNEL_TYPES_H
#define PAGEFARE_KERNEL_TYPES_H

typedef unsigned char __u8;
typedef signed short __s16;
typedef unsigned short __u16;
typedef int __s32;
typedef unsigned int __u32;
typedef long long __s64;
typedef unsigned long long __u64;
typedef __u8 u8;
typedef __u16 u16;
typedef __s16 s16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s64 s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef _Bool bool;
#define true 1
#define false 0

enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PERCPU_HASH = 5,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_TASK_STORAGE = 29,
};

enum {
	BPF_ANY = 0,
	BPF_NOEXIST = 1,
};

enum {
	BPF_F_NO_PREALLOC = (1U << 0),
};

enum {
	BPF_LOCAL_STORAGE_GET_F_CREATE = (1ULL << 0),
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct list_head {
	struct list_head *next, *prev;
};

struct kernfs_node {
	u64 id;
};

struct cgroup_subsys {
	const char *name;
};

struct cgroup_subsys_state {
	struct cgroup *cgroup;
	struct cgroup_subsys *ss;
	struct cgroup_subsys_state *parent;
};

struct cgroup_root {
	int hierarchy_id;
};

struct cgroup {
	struct cgroup_subsys_state self;
	struct kernfs_node *kn;
	struct cgroup_root *root;
};

struct css_set {
	struct cgroup_subsys_state *subsys[1];
};

struct bpf_local_storage;

struct task_struct {
	unsigned int flags;
	int pid;
	int tgid;
	char comm[16];
	struct css_set *cgroups;
	struct bpf_local_storage *bpf_storage;
};

struct mem_cgroup {
	struct cgroup_subsys_state css;
};

struct obj_cgroup {
	struct mem_cgroup *memcg;
};

struct page {
	unsigned long flags;
	struct list_head lru;
	unsigned long memcg_data;
};

/* since 6.18 the flags word is wrapped */
typedef struct {
	unsigned long f;
} memdesc_flags_t;

struct folio {
	unsigned long flags;
	struct list_head lru;
	unsigned long memcg_data;
	unsigned long _flags_1;
};

struct folio___wrapped_flags {
	memdesc_flags_t flags;
};

/* 6.1 keeps the order in a field of its own */
struct folio___order_field {
	unsigned char _folio_order;
};

struct work_struct;
typedef void (*work_func_t)(struct work_struct *work);

struct work_struct {
	work_func_t func;
};

#pragma clang attribute pop

/* What bpf_get_ns_current_pid_tgid() fills in; not relocated, it is the helper's own. */
struct bpf_pidns_info {
	u32 pid;
	u32 tgid;
};

enum pageflags {
	PG_head_any_value,
};

enum pageflags___bits {
	PG_lru = 4,
	PG_head = 6,
};

enum cgroup_subsys_id___memory {
	memory_cgrp_id = 4,
};

/* What a kprobe sees of the registers: fixed by the architecture, not relocated. */
#define __VMLINUX_H__ /* tells bpf_tracing.h that these are the kernel's names */
#if defined(__TARGET_ARCH_x86)
struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di,
		orig_ax, ip, cs, flags, sp, ss;
};
#elif defined(__TARGET_ARCH_arm64)
struct user_pt_regs {
	u64 regs[31];
	u64 sp, pc, pstate;
};
#endif

#define PF_KTHREAD                                                                       \
	0x00200000 /* include/linux/sched.h; the same on every kernel with BTF */

#endif /* PAGEFARE_KERNEL_TYPES_H */
