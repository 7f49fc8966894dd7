// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/levers/gate.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <sstream>
#include <utility>

#include "bpf/abi.h"
#include "controller/edge/bpf/btf_facts.h"
#include "controller/edge/bpf/libbpf_log.h"
#include "controller/edge/file_descriptor.h"
#include "controller/edge/text_file.h"
#include "gate.skel.h"

namespace pagefare {

namespace {

constexpr std::string_view kBpfIsOff =
    "BPF is not among the kernel's security modules; start the kernel with lsm=...,bpf";

/// More than anybody makes in the time that a gate holds.
constexpr std::uint64_t kAllCalls = std::uint64_t{1} << 62U;

/// The clock of bpf_ktime_get_ns().
std::uint64_t kernel_now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000) +
         static_cast<std::uint64_t>(now.tv_nsec);
}

bool lists_bpf(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  std::istringstream names(text);
  for (std::string name; std::getline(names, name, ',');) {
    if (name == "bpf") return true;
  }
  return false;
}

/// Loads a program that always agrees, and drops it: whether the kernel takes any at this place.
std::string why_not_loaded(int hook_id) {
  const std::array<bpf_insn, 2> agree{
      bpf_insn{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0},
      bpf_insn{.code = BPF_JMP | BPF_EXIT, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0}};
  LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_LSM_MAC,
              .attach_btf_id = static_cast<__u32>(hook_id));
  const FileDescriptor loaded(bpf_prog_load(BPF_PROG_TYPE_LSM, "pagefare_probe", "GPL",
                                            agree.data(), agree.size(), &options));
  if (loaded.is_open()) return {};
  const int error = errno;
  return std::string("the kernel refuses BPF security programs: ") + std::strerror(error) +
         (error == EPERM ? " (lockdown, or CAP_BPF and CAP_PERFMON missing)" : "");
}

/// Asks where a page of our own is, by our process id: the kernel treats that as any other process.
void ask_about_ourselves() {
  int here = 0;
  void* page = &here;
  int node = 0;
  (void)syscall(SYS_move_pages, getpid(), 1UL, &page, nullptr, &node, 0);
}

}  // namespace

void Gate::Destroy::operator()(gate_bpf* skeleton) const {
  gate_bpf::destroy(skeleton);
}

Gate::Gate(gate_bpf* skeleton) : skeleton_(skeleton) {}
Gate::Gate(Gate&&) noexcept = default;
Gate& Gate::operator=(Gate&&) noexcept = default;
Gate::~Gate() = default;

std::string Gate::why_not(const Roots& roots) {
  const auto modules = read_text_file(roots.sys + "/kernel/security/lsm");
  // Not mounted says nothing; open() finds out.
  if (modules && !lists_bpf(*modules)) {
    return roots.sys + "/kernel/security/lsm: " + std::string(kBpfIsOff);
  }
  const auto facts = BtfFacts::read(roots.sys);
  if (!facts) return facts.error().message;
  const int hook_id = facts->function_id("bpf_lsm_task_movememory");
  if (hook_id <= 0) return "this kernel is built without BPF security programs (CONFIG_BPF_LSM)";
  return why_not_loaded(hook_id);
}

Result<Gate> Gate::open(bool memory_on_v2) {
  Gate gate(gate_bpf::open());
  if (!gate.skeleton_) return fail("the gate's program cannot be opened: " + last_libbpf_message());
  gate.skeleton_->rodata->cfg_memory_on_v2 = memory_on_v2;
  if (gate_bpf::load(gate.skeleton_.get()) != 0) {
    return fail("the kernel refuses the gate's program: " + last_libbpf_message());
  }
  if (gate_bpf::attach(gate.skeleton_.get()) != 0) {
    return fail("the gate's program cannot be attached: " + last_libbpf_message());
  }
  if (auto proven = gate.prove(); !proven) return tl::make_unexpected(proven.error());
  return gate;
}

Result<void> Gate::prove() {
  const auto before = skeleton_->bss->asked;
  ask_about_ourselves();
  if (skeleton_->bss->asked == before) {
    return fail("the kernel never asks the gate: " + std::string(kBpfIsOff));
  }
  return {};
}

Result<void> Gate::shut(CgroupId cgroup, Nanoseconds how_long) {
  return hold(cgroup, {.how_long = how_long, .shut_for = how_long, .calls = 0});
}

Result<void> Gate::hold(CgroupId cgroup, const Terms& terms) {
  const abi_gate_calls none{};
  const int counts = bpf_map__fd(skeleton_->maps.passed);
  if (bpf_map_update_elem(counts, &cgroup.value, &none, BPF_NOEXIST) != 0 && errno != EEXIST) {
    return fail("cgroup " + std::to_string(cgroup.value) +
                " cannot be gated: " + std::strerror(errno));
  }
  const std::uint64_t now = kernel_now();
  const std::uint64_t calls = std::min(terms.calls.value_or(kAllCalls), kAllCalls);
  const abi_gate gate{.holds_until_ns = now + static_cast<std::uint64_t>(terms.how_long.count()),
                      .shut_until_ns = now + static_cast<std::uint64_t>(terms.shut_for.count()),
                      .calls_left = static_cast<abi_s64>(calls)};
  if (bpf_map_update_elem(bpf_map__fd(skeleton_->maps.gated), &cgroup.value, &gate, BPF_ANY) != 0) {
    return fail("cgroup " + std::to_string(cgroup.value) +
                " cannot be gated: " + std::strerror(errno));
  }
  return {};
}

Result<void> Gate::release(CgroupId cgroup) {
  if (bpf_map_delete_elem(bpf_map__fd(skeleton_->maps.gated), &cgroup.value) != 0 &&
      errno != ENOENT) {
    return fail("the gate of cgroup " + std::to_string(cgroup.value) +
                " cannot be opened: " + std::strerror(errno));
  }
  return {};
}

Gate::Calls Gate::passed(CgroupId cgroup) const {
  abi_gate_calls calls{};
  if (bpf_map_lookup_elem(bpf_map__fd(skeleton_->maps.passed), &cgroup.value, &calls) != 0) {
    return {};
  }
  return {.refused = calls.refused, .admitted = calls.admitted};
}

void Gate::forget(CgroupId cgroup) {
  (void)bpf_map_delete_elem(bpf_map__fd(skeleton_->maps.passed), &cgroup.value);
}

}  // namespace pagefare
