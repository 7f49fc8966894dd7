// SPDX-License-Identifier: Apache-2.0
#include "controller/demo/copy_module.h"

#include <fmt/format.h>

#include <charconv>
#include <fstream>

namespace pagefare::demo {
namespace {

std::string read_word(const std::string& path) {
  std::ifstream in(path);
  std::string word;
  in >> word;
  return word;
}

std::uint64_t read_number(const std::string& path) {
  const std::string word = read_word(path);
  std::uint64_t value = 0;
  std::from_chars(word.data(), word.data() + word.size(), value);
  return value;
}

double mib(Bytes bytes) {
  return static_cast<double>(bytes.value) / (1 << 20);
}

Bytes grown(Bytes now, Bytes before) {
  return now < before ? now : Bytes{now.value - before.value};
}

}  // namespace

std::optional<CopyModule> read_copy_module(const std::string& sys_root) {
  const std::string knobs = sys_root + "/module/pagefare_copy/parameters/";
  CopyModule module;
  module.engine = read_word(knobs + "engine");
  if (module.engine.empty()) return std::nullopt;
  const std::string offloading = read_word(knobs + "offloading");
  module.offloading = offloading == "1" || offloading == "Y";
  module.threads = static_cast<int>(read_number(knobs + "threads"));
  module.by_threads = Bytes{read_number(knobs + "bytes_by_threads")};
  module.by_dma = Bytes{read_number(knobs + "bytes_by_dma")};
  return module;
}

CopyModule since(const CopyModule& now, const std::optional<CopyModule>& before) {
  CopyModule change = now;
  if (before) {
    change.by_threads = grown(now.by_threads, before->by_threads);
    change.by_dma = grown(now.by_dma, before->by_dma);
  }
  return change;
}

std::string describe(const CopyModule& module) {
  if (!module.offloading) {
    return "The copy module is loaded, but off: with 1 in "
           "/sys/module/pagefare_copy/parameters/offloading it copies huge pages.\n";
  }
  if (module.engine == "serial") {
    return "The copy module is on, but its engine is serial: the kernel copied by itself.\n";
  }
  if (module.by_threads.value + module.by_dma.value == 0) {
    return "The copy module is on, but copied nothing: no huge page moved.\n";
  }
  return module.by_dma.value > module.by_threads.value
             ? fmt::format("The copy module had {:.1f} MiB of huge pages copied by DMA.\n",
                           mib(module.by_dma))
             : fmt::format(
                   "The copy module had {:.1f} MiB of huge pages copied by {} threads: the "
                   "workers' time is what pagefare shows as outside quota.\n",
                   mib(module.by_threads), module.threads);
}

}  // namespace pagefare::demo
