// SPDX-License-Identifier: Apache-2.0
// Reads throughput tables in the published format: a header line and the columns platform, series,
// engine, workers, folio_size_bytes, folios, throughput_gbps, stddev, in any order.
#pragma once

#include <iosfwd>
#include <string>

#include "controller/core/simulate/table.h"
#include "controller/ports/result.h"

namespace pagefare::tables {

/// Rows that pagefare cannot use (an engine it does not know, a count that is not a power of two)
/// are left out and named in the notes. Fails on a missing column, a malformed number, or a table
/// without one usable row; the message names `path` and the line.
Result<simulate::Table> read_throughput_csv(std::istream& in, const std::string& path);
Result<simulate::Table> read_throughput_csv(const std::string& path);

}  // namespace pagefare::tables
