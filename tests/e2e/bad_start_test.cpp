// SPDX-License-Identifier: Apache-2.0
// Wrong options and configurations: exit code 2, and a sentence that names what is wrong.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "tests/e2e/child.h"
#include "tests/e2e/machine.h"
#include "tests/support/temp_directory.h"

namespace pagefare::e2e {
namespace {

constexpr int kUsage = 2;

/// Each word is in the message, and nothing was written to standard output.
void expect_refusal(const Ended& ended, const std::vector<std::string>& words) {
  EXPECT_EQ(ended.code, kUsage) << ended.err;
  EXPECT_EQ(ended.out, "");
  for (const std::string& word : words) {
    EXPECT_NE(ended.err.find(word), std::string::npos) << "no \"" << word << "\" in: " << ended.err;
  }
}

Ended run_with_config(const std::string& file) {
  return run_pagefare({.arguments = {"run", "--listen", "127.0.0.1:0", "--config", file}});
}

class BadConfig : public ::testing::Test {
 protected:
  std::string write(const std::string& content) const {
    return directory_.write("pagefare.toml", content);
  }
  const TempDirectory& directory() const { return directory_; }

 private:
  TempDirectory directory_;
};

TEST(BadOption, OfAnUnknownNameIsNamed) {
  expect_refusal(run_pagefare({.arguments = {"run", "--perriod", "1s"}}), {"--perriod", "--help"});
}

TEST(BadOption, OfAnUnknownCommandIsNamed) {
  expect_refusal(run_pagefare({.arguments = {"observe"}}),
                 {"no command is named observe", "--help"});
}

TEST(BadOption, WithoutACommandAsksForOne) {
  expect_refusal(run_pagefare({.arguments = {}}), {"subcommand"});
}

TEST(BadOption, WithAnImpossibleValueNamesTheOptionAndWhatToWrite) {
  expect_refusal(run_pagefare({.arguments = {"run", "--period", "soon"}}),
                 {"command line", "period", "soon"});
  expect_refusal(run_pagefare({.arguments = {"run", "--listen", "here"}}),
                 {"command line", "listen", "here"});
  expect_refusal(run_pagefare({.arguments = {"run", "--layer", "precice"}}),
                 {"command line", "layer", "did you mean \"precise\""});
}

TEST_F(BadConfig, ThatIsMissingIsNamed) {
  const std::string file = directory().path("none.toml");
  expect_refusal(run_with_config(file), {file, "No such file"});
}

TEST_F(BadConfig, ThatIsADirectoryIsNamedAsOne) {
  expect_refusal(run_with_config(directory().path()), {directory().path(), "is a directory"});
}

TEST_F(BadConfig, ThatIsBrokenIsToldWithFileAndLine) {
  const std::string file = write("charge = \"rule\"\nlinger = \n");
  expect_refusal(run_with_config(file), {file + ":2:"});
}

TEST_F(BadConfig, WithAnUnknownKeyIsToldWithFileLineAndKey) {
  const std::string file = write("# colours\n\nchage = \"rule\"\n");
  expect_refusal(run_with_config(file), {file + ":3:", "chage", "did you mean charge?"});
}

TEST_F(BadConfig, WithAWrongTypeIsToldWithFileLineAndKey) {
  const std::string file = write("max_cgroups = \"many\"\n");
  expect_refusal(run_with_config(file), {file + ":1:", "max_cgroups", "an integer"});
}

TEST_F(BadConfig, WithSeveralMistakesIsToldAllOfThem) {
  const std::string file = write("period = 5\nlayer = \"best\"\n");
  expect_refusal(run_with_config(file), {file + ":1:", "period", file + ":2:", "layer"});
}

TEST_F(BadConfig, WithAPriorThatIsNotThereIsNamed) {
  const std::string file = write("[steer]\nprior = \"/nowhere/table.csv\"\n");
  const auto run = run_with_config(file);
  EXPECT_EQ(run.code, 1) << run.err;
  EXPECT_NE(run.err.find("[steer] prior: /nowhere/table.csv"), std::string::npos) << run.err;
}

TEST_F(BadConfig, ThatIsUnreadableIsNamed) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to become somebody who may not read";
  const std::string file = write("charge = \"rule\"\n");
  ASSERT_EQ(::chmod(directory().path().c_str(), 0755), 0);
  ASSERT_EQ(::chmod(file.c_str(), 0600), 0);
  expect_refusal(run_pagefare({.arguments = {"check-config", file}, .preparations = {as_nobody()}}),
                 {file, "Permission denied"});
  expect_refusal(
      run_pagefare({.arguments = {"run", "--config", file}, .preparations = {as_nobody()}}),
      {file, "Permission denied"});
}

}  // namespace
}  // namespace pagefare::e2e
