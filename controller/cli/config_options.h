// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "controller/edge/config.h"
#include "controller/ports/result.h"

namespace CLI {
class App;
}

namespace pagefare {

/// What the command line says of the configuration; empty means not said.
struct ConfigOptions {
  std::string file;
  std::string mode;
  std::string listen;
  std::string web_config;
  std::string period;
  std::string layer;
  std::string log_level;

  void add_to(CLI::App& command);
};

/// The file (or, without one, the default file if it exists), with the command line on top.
Result<Config> read_config(const ConfigOptions& options);

inline constexpr const char* kDefaultConfigFile = "/etc/pagefare/pagefare.toml";

}  // namespace pagefare
