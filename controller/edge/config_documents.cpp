// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/config_documents.h"

#include "controller/edge/config_keys.h"
#include "controller/edge/config_sections.h"

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

)";

constexpr std::string_view kTableHead = R"(| key | default | values | meaning |
|---|---|---|---|
)";

constexpr std::string_view kExampleHead = R"(# pagefare: who pays for page migration
#
# Every key stands here with its default, commented out. After a change:
#   pagefare check-config /etc/pagefare/pagefare.toml
#   systemctl reload pagefare
)";

std::string table_row(const KeyText& key) {
  return "| `" + std::string(key.name) + "` | `" + key.default_value + "` | " + key.values + " | " +
         std::string(key.meaning) + " |\n";
}

/// The headings of sections are not commented out in the example: an empty section changes nothing.
/// Nor are there defaults of a [[name]]: its keys stand as an example in the text.
std::string example(const KeyText& key, bool repeated = false) {
  return "\n# " + std::string(key.meaning) + ".\n# " + key.values + "\n#" + (repeated ? " " : "") +
         std::string(key.name) + " = " + key.default_value + "\n";
}

}  // namespace

std::string configuration_document() {
  std::string document(kDocumentHead);
  document += kTableHead;
  for (const KeyText& key : describe(config_keys())) document += table_row(key);
  for (const ConfigSection& section : config_sections()) {
    document += "\n## " + heading(section) + "\n\n" + std::string(section.meaning) + ".";
    document += section.repeated ? " May stand any number of times.\n\n" : "\n\n";
    document += kTableHead;
    for (const KeyText& key : section.keys) document += table_row(key);
  }
  return document;
}

std::string example_configuration() {
  std::string text(kExampleHead);
  for (const KeyText& key : describe(config_keys())) text += example(key);
  for (const ConfigSection& section : config_sections()) {
    // An empty [[name]] would be an entry.
    text += "\n# " + std::string(section.meaning) + ".\n" + (section.repeated ? "# " : "") +
            heading(section) + "\n";
    for (const KeyText& key : section.keys) text += example(key, section.repeated);
  }
  return text;
}

}  // namespace pagefare
