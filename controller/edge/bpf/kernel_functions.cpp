// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/bpf/kernel_functions.h"

#include <bcc/bcc_proc.h>
#include <sys/stat.h>

#include <algorithm>
#include <sstream>
#include <string_view>

#include "controller/edge/text_file.h"

namespace pagefare {

namespace {

constexpr std::size_t kMaxModules = std::size_t{1} << 22U;

/// bcc calls the kernel itself "kernel", and some versions leave a module its brackets.
std::string_view module_of(std::string_view said) {
  if (said == "kernel") return {};
  if (said.starts_with('[')) said.remove_prefix(1);
  if (said.ends_with(']')) said.remove_suffix(1);
  return said;
}

void visit_symbol(const char* name, const char* module, std::uint64_t address, void* visitor) {
  (*static_cast<const SymbolVisitor*>(visitor))(
      {.name = name, .module = module_of(module == nullptr ? "" : module), .address = address});
}

/// The first symbol of each name, in one pass: there are some hundred thousand.
std::vector<KernelFunction> pick(const std::vector<std::string>& names, const SymbolWalk& walk) {
  std::vector<KernelFunction> found(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) found[i].name = names[i];
  walk([&found](const KernelSymbol& symbol) {
    const auto wanted = std::ranges::find(found, symbol.name, &KernelFunction::name);
    if (wanted == found.end() || wanted->address != 0) return;
    wanted->address = symbol.address;
    wanted->module = symbol.module;
  });
  return found;
}

/// The inode of the module's directory, which the kernel never gives to two in a row; 0 if the
/// module is not there, or is not ready.
std::uint64_t life_of(const std::string& module, const std::string& sys_root) {
  const std::string directory = sys_root + "/module/" + module;
  struct stat status{};
  if (stat(directory.c_str(), &status) != 0) return 0;
  const auto state = read_text_file(directory + "/initstate");
  return state && state->starts_with("live") ? status.st_ino : 0;
}

}  // namespace

void walk_kernel_symbols(const SymbolVisitor& visit) {
  // It fails only where there is no /proc/kallsyms; then there are no functions.
  static_cast<void>(bcc_procutils_each_ksym(visit_symbol, const_cast<SymbolVisitor*>(&visit)));
}

std::vector<KernelFunction> find_kernel_functions(const std::vector<std::string>& names,
                                                  const std::string& sys_root,
                                                  const SymbolWalk& walk) {
  std::vector<std::string> wanted = names;
  // What was needed at boot only is still listed, but its memory is long somebody else's.
  wanted.insert(wanted.end(), {"_sinittext", "_einittext"});
  std::vector<KernelFunction> functions = pick(wanted, walk);
  const std::uint64_t init_end = functions.back().address;
  const std::uint64_t init_start = functions[names.size()].address;
  functions.resize(names.size());
  for (KernelFunction& function : functions) {
    const bool freed = function.address >= init_start && function.address < init_end;
    function.life = function.module.empty() ? 0 : life_of(function.module, sys_root);
    if (freed || (!function.module.empty() && function.life == 0)) {
      function = {.name = function.name, .address = 0, .module = {}, .life = 0};
    }
  }
  return functions;
}

bool has_gone(const KernelFunction& function, const std::string& sys_root) {
  return !function.module.empty() && life_of(function.module, sys_root) != function.life;
}

std::string module_layout(const std::string& proc_root) {
  const auto text = read_text_file(proc_root + "/modules", kMaxModules);
  if (!text) return {};
  std::istringstream lines(*text);
  std::string layout;
  // name, size, references, users, state, address: references change all the time
  for (std::string line; std::getline(lines, line);) {
    const std::string name = line.substr(0, line.find(' '));
    const auto address = line.find(" 0x");
    const auto state = address == std::string::npos ? address : line.rfind(' ', address - 1);
    layout += name + (state == std::string::npos ? "" : line.substr(state)) + "\n";
  }
  return layout;
}

}  // namespace pagefare
