// SPDX-License-Identifier: Apache-2.0
// Reads a workload for `pagefare simulate --workload FILE`: one row per class of a phase.
// Columns: phase, periods, folio_size_bytes, folios, share; and, if wanted, event, available_cpus,
// stalled, bandwidth, dma_health, cores. Rows with the same phase in a row belong together; what
// concerns the whole phase is taken from its first row.
#pragma once

#include <iosfwd>
#include <string>

#include "controller/core/simulate/machine.h"
#include "controller/core/simulate/workload.h"
#include "controller/ports/result.h"

namespace pagefare::tables {

/// Fails, naming `path` and the line, on a class that `machine` has no row for.
Result<simulate::Workload> read_workload_csv(std::istream& in, const std::string& path,
                                             const simulate::Machine& machine);
Result<simulate::Workload> read_workload_csv(const std::string& path,
                                             const simulate::Machine& machine);

}  // namespace pagefare::tables
