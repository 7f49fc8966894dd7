// SPDX-License-Identifier: Apache-2.0
#include "controller/cli/config_options.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <map>
#include <string_view>
#include <utility>

#include "controller/edge/config_keys.h"

namespace pagefare {

namespace {

/// TOML basic string: what the shell gave must not become syntax.
std::string quoted(const std::string& value) {
  std::string text = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') text += '\\';
    text += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return text + "\"";
}

/// The command line goes through the same table of keys, so that it is checked the same way.
Result<Config> with_command_line(Config config, const ConfigOptions& options) {
  const std::map<std::string_view, std::string> said{
      {"mode", options.mode},     {"listen", options.listen}, {"web_config", options.web_config},
      {"period", options.period}, {"layer", options.layer},   {"log_level", options.log_level}};
  std::string text;
  for (const auto& [key, value] : said) {
    if (!value.empty()) text += std::string(key) + " = " + quoted(value) + "\n";
  }
  auto parsed = parse_config(text, "command line");
  if (!parsed) return parsed;
  for (const ConfigKey& key : config_keys()) {
    const auto found = said.find(key.name);
    if (found == said.end() || found->second.empty()) continue;
    if (const auto set = key.set(config, key.get(*parsed)); !set) {
      return fail("command line: " + std::string(key.name), set.error());
    }
  }
  return config;
}

}  // namespace

void ConfigOptions::add_to(CLI::App& command) {
  command.add_option(
      "-c,--config", file,
      std::string("Configuration file (TOML); default ") + kDefaultConfigFile + " if it exists");
  command.add_option("--mode", mode, "observe: changes nothing (default); advise, enforce");
  command.add_option("--listen", listen, "Where to serve HTTP, ADDR:PORT; default 127.0.0.1:9464");
  command.add_option("--web-config", web_config,
                     "File with TLS and users of the HTTP server, absolute path");
  command.add_option("--period", period,
                     "How often the kernel is read, as 250ms, 1s, 1m; default 1s");
  command.add_option("--layer", layer, "auto (default), precise or portable");
  command.add_option("--log-level", log_level, "trace, debug, info (default), warn, error");
}

Result<Config> read_config(const ConfigOptions& options) {
  Config config;
  const bool named = !options.file.empty();
  const std::string file = named ? options.file : kDefaultConfigFile;
  if (named || access(file.c_str(), F_OK) == 0) {
    auto loaded = load_config(file);
    if (!loaded) return loaded;
    config = std::move(*loaded);
  }
  return with_command_line(std::move(config), options);
}

}  // namespace pagefare
