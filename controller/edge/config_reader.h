// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "controller/edge/config_keys.h"
#include "controller/edge/toml.h"

namespace pagefare {

/// A mistake in a configuration file, where it stands (both count from 1).
struct Mistake {
  unsigned line = 0;
  unsigned column = 0;
  std::string message;  ///< "period: ...", without file and line
};

/// Puts the values of `table` into `config`. Every key that `keys` does not name, every value of
/// the wrong kind or out of range is a mistake.
std::vector<Mistake> read_table(const toml::table& table, std::span<const ConfigKey> keys,
                                Config& config);

}  // namespace pagefare
