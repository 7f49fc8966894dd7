// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/bpf/trampoline_probe.h"

#include <bpf/bpf.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "controller/edge/file_descriptor.h"

namespace pagefare {

namespace {

constexpr int kNotSupported = 524;  // ENOTSUPP, which user space's errno.h does not have

std::string explain(int error, const std::string& function) {
  if (error == EPERM) {
    return "the kernel refuses trampolines (EPERM: lockdown, or CAP_BPF and CAP_PERFMON missing)";
  }
  if (error == kNotSupported) return function + " has more arguments than trampolines take here";
  if (error == ENOENT) return function + " has no symbol to attach to (inlined or renamed)";
  return function + ": " + std::strerror(error);
}

}  // namespace

Result<void> probe_trampoline(const BtfFacts& facts, const std::string& function) {
  const int id = facts.function_id(function);
  if (id <= 0) return fail("this kernel has no function " + function);

  // r0 = 0; exit
  const std::array<bpf_insn, 2> program{
      bpf_insn{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0},
      bpf_insn{.code = BPF_JMP | BPF_EXIT, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0}};
  LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_TRACE_FENTRY,
              .attach_btf_id = static_cast<__u32>(id));
  const FileDescriptor loaded(bpf_prog_load(BPF_PROG_TYPE_TRACING, "pagefare_probe", "GPL",
                                            program.data(), program.size(), &options));
  if (!loaded.is_open()) return fail(explain(errno, function));
  const FileDescriptor link(bpf_raw_tracepoint_open(nullptr, loaded.get()));
  if (!link.is_open()) return fail(explain(errno, function));
  return {};
}

}  // namespace pagefare
