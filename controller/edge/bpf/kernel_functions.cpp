// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/bpf/kernel_functions.h"

#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>
#include <string_view>

#include "controller/edge/text_file.h"

namespace pagefare {

namespace {

constexpr std::size_t kMaxModules = std::size_t{1} << 22U;

/// A line "ADDRESS TYPE NAME", with "\t[MODULE]" behind what a module has.
struct Symbol {
  std::string_view name;
  std::string_view address;
  std::string_view module;
};

Symbol parse(std::string_view line) {
  constexpr std::size_t kTypeAndSpaces = 3;
  const auto end_of_address = line.find(' ');
  if (end_of_address == std::string_view::npos || line.size() < end_of_address + kTypeAndSpaces) {
    return {};
  }
  Symbol symbol{.name = line.substr(end_of_address + kTypeAndSpaces),
                .address = line.substr(0, end_of_address),
                .module = {}};
  if (const auto tab = symbol.name.find('\t'); tab != std::string_view::npos) {
    symbol.module = symbol.name.substr(tab + 2);  // behind the bracket
    symbol.module.remove_suffix(symbol.module.ends_with(']') ? 1 : 0);
    symbol.name = symbol.name.substr(0, tab);
  }
  return symbol;
}

/// 0 where the kernel hides addresses (kptr_restrict).
std::uint64_t number(std::string_view hex) {
  std::uint64_t value = 0;
  std::from_chars(hex.data(), hex.data() + hex.size(), value, 16);
  return value;
}

/// The first symbol of each name. One pass, line by line: the whole list has megabytes.
std::vector<KernelFunction> read_symbols(const std::vector<std::string>& names,
                                         const std::string& path) {
  std::vector<KernelFunction> found(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) found[i].name = names[i];
  std::ifstream lines(path);
  for (std::string line; std::getline(lines, line);) {
    const Symbol symbol = parse(line);
    const auto wanted = std::ranges::find(found, symbol.name, &KernelFunction::name);
    if (wanted == found.end() || wanted->address != 0) continue;
    wanted->address = number(symbol.address);
    wanted->module = symbol.module;
  }
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

std::vector<KernelFunction> find_kernel_functions(const std::vector<std::string>& names,
                                                  const std::string& proc_root,
                                                  const std::string& sys_root) {
  std::vector<std::string> wanted = names;
  // What was needed at boot only is still listed, but its memory is long somebody else's.
  wanted.insert(wanted.end(), {"_sinittext", "_einittext"});
  std::vector<KernelFunction> functions = read_symbols(wanted, proc_root + "/kallsyms");
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
