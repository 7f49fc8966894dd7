// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/file_change.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/support/temp_directory.h"

namespace pagefare {
namespace {

namespace fs = std::filesystem;

TEST(FileChange, IsNotSeenInAFileThatStaysAsItIs) {
  const TempDirectory directory;
  directory.write("config", "a = 1\n");
  FileChange change(directory.path("config"));
  for (int looks = 0; looks < 3; ++looks) EXPECT_FALSE(change.look());
}

TEST(FileChange, IsToldOnceWhenTheFileRests) {
  const TempDirectory directory;
  directory.write("config", "a = 1\n");
  FileChange change(directory.path("config"));
  directory.write("config", "a = 22\n");
  EXPECT_FALSE(change.look()) << "it may still be written";
  EXPECT_TRUE(change.look());
  EXPECT_FALSE(change.look());
}

TEST(FileChange, WaitsForAFileThatGrowsFromLookToLook) {
  const TempDirectory directory;
  directory.write("config", "a");
  FileChange change(directory.path("config"));
  for (const char* content : {"ab", "abc", "abcd"}) {
    directory.write("config", content);
    EXPECT_FALSE(change.look()) << content;
  }
  EXPECT_TRUE(change.look());
}

/// The layout of a mounted ConfigMap: config -> ..data/config, ..data -> ..version.
TEST(FileChange, IsSeenWhenALinkOnTheWayIsTurned) {
  const TempDirectory directory;
  directory.make_directory("..1");
  directory.make_directory("..2");
  directory.write("..1/config", "a = 1\n");
  directory.write("..2/config", "a = 2\n");
  fs::create_directory_symlink("..1", directory.path("..data"));
  fs::create_symlink("..data/config", directory.path("config"));
  FileChange change(directory.path("config"));
  fs::create_directory_symlink("..2", directory.path("..data_tmp"));
  fs::rename(directory.path("..data_tmp"), directory.path("..data"));
  EXPECT_FALSE(change.look());
  EXPECT_TRUE(change.look());
}

TEST(FileChange, OfARemovedFileIsTheComingOfItsSuccessor) {
  const TempDirectory directory;
  directory.write("config", "a = 1\n");
  FileChange change(directory.path("config"));
  fs::remove(directory.path("config"));
  for (int looks = 0; looks < 3; ++looks) EXPECT_FALSE(change.look());
  directory.write("config", "a = 22\n");
  EXPECT_FALSE(change.look());
  EXPECT_TRUE(change.look());
}

TEST(FileChange, WithoutAPathIsNeverSeen) {
  FileChange change("");
  EXPECT_FALSE(change.look());
}

}  // namespace
}  // namespace pagefare
