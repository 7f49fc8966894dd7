// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/bpf/migrator_name.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <string_view>
#include <utility>

#include "migrator.skel.h"

namespace pagefare {

namespace {

/// Of a variable of the kernel or of a module; 0 if it is not there or hidden.
std::uint64_t address_of(const std::string& kallsyms, std::string_view variable) {
  std::ifstream lines(kallsyms);
  for (std::string line; std::getline(lines, line);) {
    // ffffffff82a1b2c0 D migrator, and for one of a module a tab and its name in brackets
    const auto first = line.find(' ');
    if (first == std::string::npos || first + 3 > line.size()) continue;
    const auto tab = std::min(line.find('\t'), line.size());
    if (std::string_view(line).substr(first + 3, tab - first - 3) != variable) continue;
    std::uint64_t address = 0;
    std::from_chars(line.data(), line.data() + first, address, 16);
    return address;
  }
  return 0;
}

}  // namespace

struct MigratorName::Program {
  migrator_bpf* skeleton = nullptr;

  Program() = default;
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program() { migrator_bpf::destroy(skeleton); }
};

MigratorName::MigratorName(std::string proc_root, std::string variable)
    : proc_root_(std::move(proc_root)), variable_(std::move(variable)) {}

MigratorName::~MigratorName() = default;

void MigratorName::open() {
  const std::uint64_t address = address_of(proc_root_ + "/kallsyms", variable_);
  if (address == 0) return;
  auto program = std::make_unique<Program>();
  program->skeleton = migrator_bpf::open_and_load();
  if (program->skeleton == nullptr) return;
  program->skeleton->bss->text_address = address;
  program_ = std::move(program);
}

std::optional<std::string> MigratorName::read() {
  if (!std::exchange(opened_, true)) open();
  if (!program_) return std::nullopt;
  LIBBPF_OPTS(bpf_test_run_opts, options);
  const int run =
      bpf_prog_test_run_opts(bpf_program__fd(program_->skeleton->progs.read_text), &options);
  if (run != 0 || static_cast<int>(options.retval) <= 0) return std::nullopt;
  program_->skeleton->bss->text[sizeof program_->skeleton->bss->text - 1] = '\0';
  return std::string(program_->skeleton->bss->text);
}

}  // namespace pagefare
