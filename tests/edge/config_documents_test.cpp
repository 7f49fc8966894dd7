// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/config_documents.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "controller/edge/config.h"
#include "controller/edge/config_keys.h"

namespace pagefare {
namespace {

/// The file of the tree; with PAGEFARE_REGENERATE=1 it is written anew first.
std::string tree_file(const std::string& below, const std::string& made) {
  const std::filesystem::path path = std::filesystem::path(PAGEFARE_SOURCE_DIR) / below;
  const char* const regenerate = std::getenv("PAGEFARE_REGENERATE");
  if (regenerate != nullptr && std::string(regenerate) == "1") {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << made;
  }
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// The example with every key in force: the '#' of "#key = value" taken off.
std::string uncommented(const std::string& example) {
  std::istringstream lines(example);
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    const bool is_key = line.size() > 1 && line[0] == '#' && line[1] >= 'a' && line[1] <= 'z';
    text += (is_key ? line.substr(1) : line) + "\n";
  }
  return text;
}

TEST(ConfigDocuments, TheReferenceInTheTreeIsUpToDate) {
  EXPECT_EQ(tree_file("docs/configuration.md", configuration_document()), configuration_document())
      << "PAGEFARE_REGENERATE=1 writes it anew";
}

TEST(ConfigDocuments, TheExampleInTheTreeIsUpToDate) {
  EXPECT_EQ(tree_file("deploy/pagefare.toml", example_configuration()), example_configuration())
      << "PAGEFARE_REGENERATE=1 writes it anew";
}

TEST(ConfigDocuments, TheExampleChangesNothing) {
  const auto config = parse_config(example_configuration(), "pagefare.toml");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(*config, Config{});
}

TEST(ConfigDocuments, TheExampleUncommentedIsTheDefaults) {
  const std::string text = uncommented(example_configuration());
  const auto config = parse_config(text, "pagefare.toml");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(*config, Config{});
  EXPECT_NE(text, example_configuration());
}

TEST(ConfigDocuments, TheExampleHasEveryKeyOnce) {
  const std::string all = "\n" + uncommented(example_configuration());
  // A section may have a key of the same name.
  const std::string text = all.substr(0, all.find("\n["));
  for (const ConfigKey& key : config_keys()) {
    const std::string line = "\n" + std::string(key.name) + " = ";
    const std::size_t at = text.find(line);
    ASSERT_NE(at, std::string::npos) << key.name;
    EXPECT_EQ(text.find(line, at + 1), std::string::npos) << key.name;
  }
}

TEST(ConfigKeys, HaveDefaultsThatTheyWouldTake) {
  for (const ConfigKey& key : config_keys()) {
    Config config;
    const auto done = key.set(config, key.get(Config{}));
    EXPECT_TRUE(done) << key.name;
    EXPECT_EQ(config, Config{}) << key.name;
  }
}

TEST(ConfigKeys, HaveAMeaningThatFitsATable) {
  std::set<std::string_view> names;
  for (const ConfigKey& key : config_keys()) {
    EXPECT_TRUE(names.insert(key.name).second) << key.name;
    EXPECT_FALSE(key.meaning.empty()) << key.name;
    EXPECT_EQ(key.meaning.find_first_of("|\n"), std::string_view::npos) << key.name;
    EXPECT_FALSE(key.meaning.ends_with('.')) << key.name;
  }
}

}  // namespace
}  // namespace pagefare
