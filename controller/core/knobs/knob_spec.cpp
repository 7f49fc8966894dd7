// SPDX-License-Identifier: Apache-2.0
#include "controller/core/knobs/knob_spec.h"

#include <algorithm>
#include <array>
#include <utility>

namespace pagefare::knobs {

namespace {

constexpr std::array<std::pair<Quirk, std::string_view>, 5> kQuirks{{
    {kReturnsFour, "write(2) returns 4 whatever its length"},
    {kIgnores, "values out of range are accepted and ignored"},
    {kClamps, "values out of range become the nearest"},
    {kActsAtOnce, "writing starts work even when the value stays: never written again"},
    {kNeverZero, "0 is taken and does harm: never written"},
}};

std::string file_of(const KnobSpec& knob, const GenerationSpec& generation) {
  const std::string root = generation.root == Root::kProc ? "/proc/" : "/sys/";
  if (generation.generation != Generation::kStock)
    return root + path_of(knob, generation.generation);
  return (knob.root == Root::kProc ? "/proc/" : "/sys/") + std::string(knob.file);
}

void add_row(std::string& text, const KnobSpec& knob, const GenerationSpec& generation) {
  const std::string quirks = describe_quirks(knob.quirks);
  text += "| `" + std::string(knob.name) + "` | `" + file_of(knob, generation) + "` | " +
          std::string(name(knob.kind)) + " | " + std::string(knob.range) + " | " +
          std::string(knob.fails) + (quirks.empty() ? "" : "; " + quirks) + " | " +
          std::string(knob.effect) + " |\n";
}

bool belongs(const KnobSpec& knob, Generation generation) {
  return std::ranges::find(knob.generations, generation) != knob.generations.end();
}

}  // namespace

std::string_view name(Kind kind) {
  constexpr std::array<std::string_view, 8> kNames{"switch", "count", "number", "names",
                                                   "choice", "mask",  "list",   "counter"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string path_of(const KnobSpec& knob, Generation generation) {
  const std::string_view directory = spec(generation).directory;
  if (directory.empty()) return std::string(knob.file);
  if (knob.file.starts_with('/')) return std::string(knob.file.substr(1));
  return std::string(directory) + "/" + std::string(knob.file);
}

Root root_of(const KnobSpec& knob, Generation generation) {
  return generation == Generation::kStock ? knob.root : spec(generation).root;
}

std::string describe_quirks(std::uint8_t quirks) {
  std::string text;
  for (const auto& [quirk, words] : kQuirks) {
    if ((quirks & quirk) != 0) text += (text.empty() ? "" : "; ") + std::string(words);
  }
  return text;
}

std::string knobs_markdown() {
  std::string text =
      "<!-- Made from controller/core/knobs: change it there, then\n"
      "     PAGEFARE_REGENERATE=1 ctest --preset dev -R KnobDocuments -->\n"
      "# Knobs\n\n"
      "The files by which page migration and its copying are turned, in every generation that "
      "pagefare\nknows. Generations are told apart by the files that are there and their modes. "
      "`pagefare knobs`\nlists those of a machine. Whatever is written is written in one write(2) "
      "of "
      "at most 4 bytes where\nthe value allows it, and read back; only what is read back counts.\n";
  for (const GenerationSpec& generation : generations()) {
    text += "\n## " + std::string(generation.name) + "\n\n";
    if (!generation.present.empty())
      text += "Order of writes: " + std::string(generation.order) + ".\n";
    if (generation.lies) {
      text +=
          "Two modules' switches may both read 1, and 1 while the kernel copies: see "
          "steering.md.\n";
    }
    if (generation.loses_bytes) {
      text += "A thread count that does not divide the folio size leaves bytes uncopied.\n";
    }
    text += text.ends_with("\n\n") ? "" : "\n";
    text += "| knob | file | kind | range | wrong values | effect |\n|---|---|---|---|---|---|\n";
    for (const KnobSpec& knob : knob_table()) {
      if (belongs(knob, generation.generation)) add_row(text, knob, generation);
    }
  }
  return text;
}

}  // namespace pagefare::knobs
