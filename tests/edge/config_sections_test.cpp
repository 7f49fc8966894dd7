// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "controller/edge/config.h"

namespace pagefare {
namespace {

std::string complaint(const std::string& text) {
  const auto config = parse_config(text, "f.toml");
  return config ? "" : config.error().message;
}

TEST(ConfigSections, AreReadIntoTheirPart) {
  const auto config = parse_config("[steer]\nobjective = \"thrift\"\n", "f.toml");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->steer.objective, steer::Objective::kThrift);
}

TEST(ConfigSections, MayBeEmptyOrDotted) {
  EXPECT_EQ(parse_config("[steer]\n", "f.toml")->steer, SteerConfig{});
  EXPECT_EQ(parse_config("steer.objective = \"balanced\"\n", "f.toml")->steer.objective,
            steer::Objective::kBalanced);
}

TEST(ConfigSections, SayWhichSectionAMistakeIsIn) {
  EXPECT_EQ(complaint("[steer]\nobjectiv = \"thrift\"\n"),
            "f.toml:2: [steer] objectiv: is no key of pagefare; did you mean objective?");
  EXPECT_EQ(complaint("\n[steer]\nobjective = 1\n").find("f.toml:3: [steer] objective: is an "),
            0U);
}

TEST(ConfigSections, AreNoValues) {
  for (const std::string text : {"steer = 1", "steer = []", "steer = \"thrift\"", "[[steer]]\n"}) {
    EXPECT_EQ(complaint(text), "f.toml:1: steer: is written as [steer]") << text;
  }
}

TEST(ConfigSections, AreMissedWhenMisspelt) {
  EXPECT_EQ(complaint("[stear]\n"), "f.toml:1: stear: is no key of pagefare; did you mean steer?");
}

TEST(ConfigSections, TellMistakesInTheOrderOfLinesAcrossSections) {
  EXPECT_EQ(complaint("[steer]\na = 1\n[nothing]\n[other]\n").find("f.toml:2: [steer] a:"), 0U);
}

TEST(ConfigSections, ReadBackWhatTheyWrite) {
  Config config;
  config.steer.objective = steer::Objective::kBalanced;
  config.on_stop = OnStop::kKeep;
  const auto read = parse_config(to_toml(config), "f.toml");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, config);
}

}  // namespace
}  // namespace pagefare
