// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/config_documents.h"

#include "controller/edge/config_keys.h"

namespace pagefare {

namespace {

constexpr std::string_view kDocumentHead =
    R"(<!-- Made from controller/edge/config_keys.cpp: change it there, then
     PAGEFARE_REGENERATE=1 ctest --preset dev -R ConfigDocuments -->
# Configuration

`pagefare run --config FILE` reads one TOML file; `/etc/pagefare/pagefare.toml` where the package
puts it. Every key has a default, so that an empty file, or none, is a configuration. The command
line wins over the file.

`pagefare check-config FILE` says all mistakes of a file at once, each with its line, and prints
what would be in effect. A file with a mistake is not used: at the start `run` ends, on SIGHUP it
keeps what it had.

A duration is a text of a whole number and a unit: `"250ms"`, `"1s"`, `"2m"` (ns, us, ms, s, m, h).

| key | default | values | meaning |
|---|---|---|---|
)";

constexpr std::string_view kExampleHead = R"(# pagefare: who pays for page migration
#
# Every key stands here with its default, commented out. After a change:
#   pagefare check-config /etc/pagefare/pagefare.toml
#   systemctl reload pagefare
)";

}  // namespace

std::string configuration_document() {
  std::string document(kDocumentHead);
  for (const ConfigKey& key : config_keys()) {
    document += "| `" + std::string(key.name) + "` | `" + to_toml(key, key.get(Config{})) + "` | " +
                describe_values(key) + " | " + std::string(key.meaning) + " |\n";
  }
  return document;
}

std::string example_configuration() {
  std::string example(kExampleHead);
  for (const ConfigKey& key : config_keys()) {
    example += "\n# " + std::string(key.meaning) + ".\n# " + describe_values(key) + "\n#" +
               std::string(key.name) + " = " + to_toml(key, key.get(Config{})) + "\n";
  }
  return example;
}

}  // namespace pagefare
