// SPDX-License-Identifier: Apache-2.0
// Files that are no configuration at all. Whatever the bytes, the answer is a value or an error
// that names the file, never a crash or a hang.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <random>
#include <string>
#include <vector>

#include "controller/edge/config.h"
#include "tests/support/temp_directory.h"

namespace pagefare {
namespace {

std::string complaint(const std::string& text) {
  const auto config = parse_config(text, "f.toml");
  return config ? "" : config.error().message;
}

TEST(ConfigText, SaysWhereTheSyntaxIsBroken) {
  for (const std::string text : {
           "mode",
           "mode =",
           "= 1",
           "mode = observe",
           R"(mode = "observe)",
           "mode = 'observe",
           "mode = \"obs\nerve\"",
           R"(mode = "\q")",
           R"(mode = "observe" charge = "rule")",
           "mode = \"observe\"\nmode = \"observe\"",
           "[a\n",
           "[]\n",
           "[[a]\n",
           "[a]\n[a]\n",
           "copy_workers = [",
           "copy_workers = [1,,2]",
           "x = {a = 1",
           "x = {a = 1,}",
           "max_cgroups = 99999999999999999999",
           "max_cgroups = 0x",
           "max_cgroups = 1__0",
           "max_cgroups = 01",
           "max_cgroups = +",
           "linger = 2026-13-45",
           "linger = 2000-01-01Tx",
           "größe = 1",
           "\u0416 = 1",
           "mode = \u00b5",
           "linger = 2000-01-01T00:00:00+x",
           "a..b = 1",
           "a. = 1",
           "mode = \"\x01\"",
           "mode = \"\xff\xfe\"",
           "\xff\xfem\0o",
           R"(mode = """observe)",
           "mode = '''observe",
           R"(mode = "\uD800")",
           "a.b = 1\na = 2",
           "a = 1\n[a]\n",
           "mode = \"observe\"\r\rcharge = 1",
       }) {
    const std::string said = complaint(text);
    EXPECT_TRUE(said.starts_with("f.toml:")) << "'" << text << "' -> " << said;
  }
}

TEST(ConfigText, NamesLineAndColumnOfBrokenSyntax) {
  const std::string said = complaint("mode = \"observe\"\n\nperiod = = 3\n");
  EXPECT_TRUE(said.starts_with("f.toml:3: column 10: ")) << said;
}

TEST(ConfigText, NamesTheLineOfANulByte) {
  std::string text = "mode = 'observe'\nperiod = '1s'\n";
  text.insert(text.rfind('\''), 1, '\0');
  EXPECT_EQ(complaint(text), "f.toml:2: has a NUL byte; write the file as UTF-8 text");
}

TEST(ConfigText, TakesAByteOrderMarkAndCarriageReturns) {
  const auto config = parse_config("\xEF\xBB\xBFmax_cgroups = 5\r\n", "f.toml");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->max_cgroups, 5);
}

std::string repeated(const std::string& piece, std::size_t times) {
  std::string text;
  text.reserve(piece.size() * times);
  for (std::size_t i = 0; i < times; ++i) text += piece;
  return text;
}

TEST(ConfigText, SurvivesHostileDepth) {
  constexpr std::size_t kMany = 100000;
  for (const std::string& text :
       {repeated("a.", kMany) + "a = 1", "[" + repeated("a.", kMany) + "a]",
        "a = " + repeated("[", kMany), "a = " + repeated("{a=", kMany),
        "a = " + repeated("{a=[", kMany), repeated("[a]\n", kMany),
        "a = " + repeated("[{" + repeated("a.", 100) + "a = \n", 100),
        "a = [" + repeated("{" + repeated("a.", 99) + "a = [\n", 100)}) {
    EXPECT_TRUE(complaint(text).starts_with("f.toml:")) << text.substr(0, 20);
  }
}

TEST(ConfigText, TakesTheDeepestThatIsAllowed) {
  std::string text;
  for (int i = 0; i < 7; ++i) text += repeated("a.", 100) + "a = [{\n";
  EXPECT_TRUE(complaint(text).starts_with("f.toml:"));
}

TEST(ConfigText, AllowsARulerOfDotsInAComment) {
  EXPECT_EQ(complaint("#" + std::string(500, '.') + "\n"), "");
}

constexpr std::string_view kSound = R"(mode = "observe"
listen = "127.0.0.1:9464"
copy_workers = ["padata_mt_helper", 'x']
[a.b]
max_cgroups = 0x3e8
t = 1979-05-27T07:32:00Z
f = { g = -1.5e3, h = [true, false] }
)";

/// A few bytes changed, doubled, cut out or put in.
std::string mutated(std::mt19937& random) {
  static constexpr std::string_view kPieces = "\"'[]{}=.,#\\\n\r\t -_+0x1eTZ:\xff\xc3\xef\x7f\x01";
  std::string text(kSound);
  const unsigned changes = 1 + random() % 8;
  for (unsigned i = 0; i < changes && !text.empty(); ++i) {
    const std::size_t at = random() % text.size();
    const std::size_t length = 1 + random() % 12;
    const char piece = kPieces[random() % kPieces.size()];
    switch (random() % 4) {
      case 0:
        text[at] = piece;
        break;
      case 1:
        text.insert(at, 1 + random() % 3, piece);
        break;
      case 2:
        text.erase(at, length);
        break;
      default:
        text.insert(at, text.substr(at, length));
    }
  }
  return text;
}

TEST(ConfigText, NamesTheFileWhateverTheBytes) {
  std::mt19937 random(20261122);  // NOLINT(cert-msc51-cpp): the same texts every time
  for (int i = 0; i < 5000; ++i) {
    const std::string text = mutated(random);
    const auto config = parse_config(text, "f.toml");
    ASSERT_FALSE(config) << "has keys that are none:\n" << text;
    ASSERT_TRUE(config.error().message.starts_with("f.toml:")) << text;
  }
}

TEST(ConfigText, SurvivesRandomBytes) {
  std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same texts every time
  for (int i = 0; i < 2000; ++i) {
    std::string text(random() % 200, '\0');
    for (char& letter : text) letter = static_cast<char>(random());
    const std::string said = complaint(text);
    ASSERT_TRUE(said.empty() || said.starts_with("f.toml:")) << said;
  }
}

class ConfigFile : public testing::Test {
 protected:
  std::string refusal(const std::string& path) const {
    const auto config = load_config(path);
    return config ? "" : config.error().message;
  }
  TempDirectory directory_;
};

TEST_F(ConfigFile, IsLoaded) {
  const auto config = load_config(directory_.write("a.toml", "max_cgroups = 12\n"));
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->max_cgroups, 12);
}

TEST_F(ConfigFile, IsNamedWithItsLine) {
  const std::string path = directory_.write("a.toml", "\nmax_cgroups = -1\n");
  EXPECT_TRUE(refusal(path).starts_with(path + ":2: max_cgroups: ")) << refusal(path);
}

TEST_F(ConfigFile, IsRefusedWhenItIsNotThere) {
  const std::string path = directory_.path("none.toml");
  EXPECT_EQ(refusal(path), path + ": cannot be opened: No such file or directory");
}

TEST_F(ConfigFile, IsRefusedWhenItIsADirectory) {
  EXPECT_EQ(refusal(directory_.path()), directory_.path() + ": is a directory; name a file");
}

TEST_F(ConfigFile, IsRefusedWhenItMayNotBeRead) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  const std::string path = directory_.write("a.toml", "");
  ::chmod(path.c_str(), 0);
  EXPECT_EQ(refusal(path), path + ": cannot be opened: Permission denied");
}

TEST_F(ConfigFile, IsRefusedWhenItIsAPipeThatNobodyFills) {
  const std::string path = directory_.path("pipe");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_EQ(refusal(path), path + ": is not a regular file");
}

TEST_F(ConfigFile, IsRefusedWhenItIsHuge) {
  const std::string path = directory_.write("a.toml", "");
  ASSERT_EQ(::truncate(path.c_str(), 100'000'000), 0);
  EXPECT_EQ(refusal(path), path + ": is larger than 1048576 bytes");
}

TEST_F(ConfigFile, IsAllDefaultsWhenEmpty) {
  const auto config = load_config(directory_.write("a.toml", ""));
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(*config, Config{});
}

}  // namespace
}  // namespace pagefare
