// SPDX-License-Identifier: Apache-2.0
// The copy module (docs/kmod.md) as the demo finds it. The demo never changes its knobs: it only
// says what the module did with the demo's pages.
#pragma once

#include <optional>
#include <string>

#include "controller/core/quantity.h"

namespace pagefare::demo {

struct CopyModule {
  bool offloading = false;
  std::string engine;  ///< "serial", "threads", "dma"
  int threads = 0;     ///< copiers of a folio, the caller included
  Bytes by_threads;    ///< copied since it was loaded or reset
  Bytes by_dma;
};

/// Nothing where the module is not loaded.
std::optional<CopyModule> read_copy_module(const std::string& sys_root = "/sys");

/// What it copied since `before`; all of it if it was reset in between.
CopyModule since(const CopyModule& now, const std::optional<CopyModule>& before);

/// One line for people, with a newline.
std::string describe(const CopyModule& module);

}  // namespace pagefare::demo
