// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The rival design: the same hooks and the same owner, but each page becomes a record that user
 * space takes from a ring buffer. And empty programs, which show what the hooks alone cost.
 */
#include "kernel_types.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "folio.h"
#include "initiator.h"
#include "migration_entry.h"
#include "record.h"

#define BPF_MAP_TYPE_RINGBUF 27
#define BPF_RB_NO_WAKEUP 1

const volatile bool cfg_wake;

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 16 << 20);
} records SEC(".maps");

/* Of the call a task is in. */
struct call {
  u64 initiator;
  u64 memcg_data; /* of the page seen last, and whose it was */
  u64 owner;
  u64 last_head;
  u8 kind;
  u8 reason;
  bool inside;
};

struct {
  __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, int);
  __type(value, struct call);
} calls SEC(".maps");

abi_u64 lost;

SEC("tp_btf/mm_migrate_pages_start")
int BPF_PROG(record_call_start, int mode, int reason) {
  struct call* call =
      bpf_task_storage_get(&calls, bpf_get_current_task_btf(), 0, BPF_LOCAL_STORAGE_GET_F_CREATE);

  if (!call) return 0;
  call->reason = reason;
  call->inside = true;
  call->last_head = 0;
  name_initiator(&call->initiator, &call->kind);
  return 0;
}

SEC("tp_btf/mm_migrate_pages")
int record_call_end(u64* ctx) {
  struct call* call = bpf_task_storage_get(&calls, bpf_get_current_task_btf(), 0, 0);

  if (call) call->inside = false;
  return 0;
}

static __always_inline void submit(struct call* call, struct folio_words* words, u32 order) {
  struct abi_page_record* record = bpf_ringbuf_reserve(&records, sizeof(struct abi_page_record), 0);

  if (!record) {
    __sync_fetch_and_add(&lost, 1);
    return;
  }
  record->time_ns = bpf_ktime_get_ns();
  record->owner = call->owner;
  record->initiator = call->initiator;
  record->order = order;
  record->kind = call->kind;
  record->reason = call->reason;
  record->node = node_of(words->flags);
  bpf_ringbuf_submit(record, cfg_wake ? 0 : BPF_RB_NO_WAKEUP);
}

SEC("tp_btf/remove_migration_pte")
int BPF_PROG(record_page, unsigned long addr, unsigned long pte, int order) {
  struct call* call = bpf_task_storage_get(&calls, bpf_get_current_task_btf(), 0, 0);
  u64 head = entry_pfn(pte) >> (order & 31) << (order & 31);
  struct folio_words words;

  if (!call || !call->inside || head == call->last_head) return 0;
  call->last_head = head;
  read_folio_words(cfg_vmemmap + head * cfg_struct_page_size, &words);
  if (!has_moved(&words)) return 0;
  if (words.memcg_data != call->memcg_data) {
    call->memcg_data = words.memcg_data;
    call->owner = owner_of(words.memcg_data);
  }
  submit(call, &words, order);
  return 0;
}

SEC("tp_btf/mm_migrate_pages_start")
int BPF_PROG(empty_call_start) {
  return 0;
}

SEC("tp_btf/mm_migrate_pages")
int BPF_PROG(empty_call_end) {
  return 0;
}

SEC("tp_btf/remove_migration_pte")
int BPF_PROG(empty_page) {
  return 0;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(empty_switch) {
  return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
