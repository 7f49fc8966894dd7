// SPDX-License-Identifier: Apache-2.0
// A machine as a table of measured migration throughput, in the published format.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "controller/core/steer/knowledge.h"
#include "controller/core/steer/setting.h"

namespace pagefare::simulate {

struct TableRow {
  steer::Setting setting;  ///< kKernel for the unmodified kernel
  std::uint64_t folio_bytes = 0;
  std::uint64_t folios = 0;
  double gbps = 0.0;
};

struct Table {
  std::string platform;
  std::vector<TableRow> rows;
  std::vector<std::string> notes;  ///< what was left out, in sentences
};

/// The table as prior knowledge for another machine.
std::vector<steer::PriorRow> as_prior(const Table& table);

}  // namespace pagefare::simulate
