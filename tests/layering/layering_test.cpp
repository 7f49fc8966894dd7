// SPDX-License-Identifier: Apache-2.0
// The walls stand: no file includes what its room must not see.
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/layering/rooms.h"

namespace pagefare::layering {
namespace {

namespace fs = std::filesystem;

fs::path root() {
  return PAGEFARE_SOURCE_DIR;
}

const Room& room_named(std::string_view path) {
  const auto found = std::ranges::find(rooms(), path, &Room::path);
  EXPECT_NE(found, rooms().end()) << path;
  return *found;
}

bool is_source(const fs::path& file) {
  constexpr std::array<std::string_view, 4> kExtensions = {".c", ".h", ".cpp", ".hpp"};
  return std::ranges::find(kExtensions, file.extension().string()) != kExtensions.end();
}

std::vector<std::string> objections_in(const fs::path& file, const Room& room) {
  std::vector<std::string> found;
  std::ifstream text(file);
  std::string line;
  for (int number = 1; std::getline(text, line); ++number) {
    if (const auto why = objection(room, line)) {
      found.push_back(file.lexically_relative(root()).string() + ":" + std::to_string(number) +
                      ": " + *why);
    }
  }
  return found;
}

TEST(Layering, EveryIncludeOfTheTreeIsAllowed) {
  int files = 0;
  for (const auto& room : rooms()) {
    if (!fs::exists(root() / room.path)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root() / room.path)) {
      if (!entry.is_regular_file() || !is_source(entry.path())) continue;
      ++files;
      for (const auto& what : objections_in(entry.path(), room)) ADD_FAILURE() << what;
    }
  }
  EXPECT_GT(files, 10) << "no sources under " << root();
}

TEST(Layering, EveryDirectoryOfTheControllerIsARoomOfTheTable) {
  for (const auto& entry : fs::directory_iterator(root() / "controller")) {
    if (!entry.is_directory()) continue;
    const auto path = entry.path().lexically_relative(root()).string();
    EXPECT_NE(std::ranges::find(rooms(), path, &Room::path), rooms().end())
        << path << " has no line in tests/layering/rooms.h";
  }
}

struct Line {
  std::string_view room;
  std::string_view text;
};

class RefusedLine : public testing::TestWithParam<Line> {};

TEST_P(RefusedLine, IsObjectedTo) {
  EXPECT_TRUE(objection(room_named(GetParam().room), GetParam().text)) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Layering, RefusedLine,
    testing::Values(Line{"controller/core", "#include <fstream>"},
                    Line{"controller/core", "#include <thread>"},
                    Line{"controller/core", "#include <spdlog/spdlog.h>"},
                    Line{"controller/core", "#include <unistd.h>"},
                    Line{"controller/core", "  #  include \"controller/ports/clock.h\""},
                    Line{"controller/core", "#include \"bpf/abi.h\""},
                    Line{"controller/core", "#include \"../ports/clock.h\""},
                    Line{"controller/core", "auto now = std::chrono::steady_clock::now();"},
                    Line{"controller/ports", "#include \"controller/edge/sysfs.h\""},
                    Line{"controller/ports", "#include <bpf/libbpf.h>"},
                    Line{"controller/loop", "#include \"controller/edge/sysfs.h\""},
                    Line{"controller/loop", "#include <spdlog/spdlog.h>"},
                    Line{"controller/edge", "#include \"exporter/metrics.h\""},
                    Line{"controller/edge", "#include \"controller/loop/loop.h\""},
                    Line{"controller/edge", "#include \"controller/cli/options.h\""},
                    Line{"exporter", "#include \"controller/edge/sysfs.h\""},
                    Line{"exporter", "#include <bpf/libbpf.h>"},
                    Line{"exporter", "#include \"controller/daemon/daemon.h\""},
                    Line{"bpf", "#include \"controller/core/quantity.h\""},
                    Line{"kmod", "#include \"bpf/abi.h\""}));

class AllowedLine : public testing::TestWithParam<Line> {};

TEST_P(AllowedLine, IsNotObjectedTo) {
  EXPECT_EQ(objection(room_named(GetParam().room), GetParam().text), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(
    Layering, AllowedLine,
    testing::Values(Line{"controller/core", "#include <vector>"},
                    Line{"controller/core", "#include \"controller/core/window.h\""},
                    Line{"controller/core", "#include \"window.h\""},
                    Line{"controller/core", "#include <chrono>"},
                    Line{"controller/ports", "#include <tl/expected.hpp>"},
                    Line{"controller/loop", "#include \"controller/ports/clock.h\""},
                    Line{"controller/edge", "#include \"bpf/abi.h\""},
                    Line{"controller/edge", "#include <bpf/libbpf.h>"},
                    Line{"exporter", "#include <prometheus/collectable.h>"},
                    Line{"bpf", "#include <bpf/bpf_helpers.h>"},
                    Line{"bpf", "#include \"vmlinux_min.h\""},
                    Line{"controller/cli", "#include \"exporter/metrics.h\""}));

}  // namespace
}  // namespace pagefare::layering
