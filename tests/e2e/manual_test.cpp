// SPDX-License-Identifier: Apache-2.0
// What the program says of itself: --help of each command, and the manual page beside it.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/e2e/child.h"

namespace pagefare::e2e {
namespace {

using Words = std::set<std::string>;

Ended help_of(const std::string& command) {
  return run_pagefare({.arguments = {command, "--help"}});
}

/// All first groups of what matches.
Words find_all(const std::string& text, const std::string& expression) {
  const std::regex pattern(expression, std::regex::multiline);
  Words found;
  for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match) {
    found.insert((*match)[1]);
  }
  return found;
}

/// Those that the program names when asked for help.
Words commands() {
  const Ended ended = run_pagefare({.arguments = {"--help"}});
  EXPECT_EQ(ended.code, 0);
  const std::size_t list = ended.out.find("Subcommands:");
  EXPECT_NE(list, std::string::npos) << ended.out;
  return find_all(ended.out.substr(std::min(list, ended.out.size())), "^  ([a-z][a-z-]*) ");
}

Words options_in(const std::string& help) {
  Words options = find_all(help, R"(^ +(?:-[a-z],)?--([a-z][a-z-]*))");
  options.erase("help");
  return options;
}

std::string manual() {
  std::ifstream file(PAGEFARE_SOURCE_DIR "/docs/man/pagefare.1");
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The part of COMMANDS about each command.
std::map<std::string, std::string> sections(const Words& names) {
  std::map<std::string, std::string> parts;
  std::istringstream text(manual());
  std::string current;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with(".Sh ")) current.clear();
    const std::string item = line.starts_with(".It Cm ") ? line.substr(7) : "";
    if (names.contains(item)) current = item;
    if (!current.empty()) parts[current] += line + "\n";
  }
  return parts;
}

TEST(Help, OfEveryCommandEndsWithCodeZeroAndNamesItsExitCodes) {
  const Words names = commands();
  EXPECT_GE(names.size(), 7U);
  for (const std::string& name : names) {
    const Ended ended = help_of(name);
    EXPECT_EQ(ended.code, 0) << name;
    EXPECT_EQ(ended.err, "") << name;
    EXPECT_NE(ended.out.find("Exit code: 0"), std::string::npos) << name << "\n" << ended.out;
  }
}

TEST(Help, IsTextWithoutControlCharacters) {
  for (const std::string& name : commands()) {
    for (const char letter : help_of(name).out) {
      ASSERT_TRUE(letter == '\n' || static_cast<unsigned char>(letter) >= 0x20)
          << name << ": a character of code " << static_cast<int>(letter);
    }
  }
}

TEST(Manual, HasEveryCommandAndNoOther) {
  const Words names = commands();
  Words described;
  for (const auto& [name, text] : sections(names)) described.insert(name);
  EXPECT_EQ(described, names);
  EXPECT_EQ(find_all(manual(), R"(^\.Nm\n\.Cm ([a-z-]+)$)"), names) << "in the synopsis";
}

TEST(Manual, HasEveryOptionOfEachCommandAndNoOther) {
  const Words names = commands();
  auto parts = sections(names);
  for (const std::string& name : names) {
    const Words described = find_all(parts[name], R"(Fl -([a-z][a-z-]*))");
    EXPECT_EQ(described, options_in(help_of(name).out)) << name;
  }
}

TEST(Manual, HasTheSectionsThatReadersLookFor) {
  const std::string page = manual();
  for (const char* section : {"NAME", "SYNOPSIS", "COMMANDS", "FILES", "EXIT STATUS"}) {
    EXPECT_NE(page.find(std::string("\n.Sh ") + section + "\n"), std::string::npos) << section;
  }
}

}  // namespace
}  // namespace pagefare::e2e
