// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/config_fairness.h"

#include <gtest/gtest.h>

#include <string>

#include "controller/edge/config.h"
#include "controller/edge/quantity_text.h"

namespace pagefare {
namespace {

std::string complaint(const std::string& text) {
  const auto config = parse_config(text, "f.toml");
  return config ? "" : config.error().message;
}

TEST(FairnessConfig, IsReadWithItsBudgets) {
  const auto config = parse_config(
      "[fairness]\ncapacity = \"200%\"\n[[budget]]\nmatch = \"/kubepods.slice/**\"\nweight = 300\n"
      "cpu = \"25%\"\nbytes = \"2GiB/s\"\nburst = \"2s\"\nactions = [\"limit\", \"gate\"]\n"
      "[[budget]]\nmatch = \"/b\"\n",
      "f.toml");
  ASSERT_TRUE(config) << config.error().message;
  const fair::Policy policy = fair_policy(*config);
  EXPECT_EQ(policy.capacity_cpu_ppm, 2'000'000U);
  ASSERT_EQ(policy.budgets.size(), 2U);
  EXPECT_EQ(policy.budgets[0].cpu_ppm, 250'000U);
  EXPECT_EQ(policy.budgets[0].bytes_per_second, Bytes{2ULL << 30U});
  EXPECT_TRUE(policy.budgets[0].actions.has(fair::Action::kGate));
  EXPECT_FALSE(policy.budgets[0].actions.has(fair::Action::kRepay));
  EXPECT_EQ(policy.budgets[1].cpu_ppm, std::nullopt);
}

TEST(FairnessConfig, ReadsBackWhatItWrites) {
  Config config;
  config.fairness.capacity_cpu_ppm = 1'250'000;
  config.budgets.resize(1);
  config.budgets[0].match = "/a/**/b?";
  config.budgets[0].bytes_per_second = Bytes{1'500'000};
  config.budgets[0].actions.add(fair::Action::kRepay);
  const auto read = parse_config(to_toml(config), "f.toml");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, config);
}

TEST(FairnessConfig, RefusesNonsense) {
  EXPECT_NE(complaint("[fairness]\ncapacity = \"lots\"\n").find("is no share"), std::string::npos);
  EXPECT_NE(complaint("[[budget]]\nmatch = \"a\"\n").find("does not begin"), std::string::npos);
  EXPECT_NE(complaint("[[budget]]\nweight = 5\n").find("match: is missing"), std::string::npos);
  EXPECT_NE(complaint("[[budget]]\nmatch = \"/a\"\nweight = 0\n").find("out of range"),
            std::string::npos);
  EXPECT_NE(complaint("[[budget]]\nmatch = \"/a\"\nactions = [\"kill\"]\n").find("is no action"),
            std::string::npos);
  EXPECT_NE(complaint("[[budget]]\nmatch = \"/a\"\nbytes = \"2GiB\"\n").find("is no rate"),
            std::string::npos);
}

TEST(FairnessConfig, RefusesTwoBudgetsOfOneGlob) {
  EXPECT_NE(complaint("[[budget]]\nmatch = \"/a\"\n[[budget]]\nmatch = \"/a\"\n")
                .find("has a budget already"),
            std::string::npos);
}

TEST(FairnessConfig, TakesTenThousandBudgets) {
  std::string text;
  for (int at = 0; at < 10'000; ++at) {
    text += "[[budget]]\nmatch = \"/tenants/*-" + std::to_string(at) +
            "/**\"\nweight = " + std::to_string(at + 1) + "\n";
  }
  const auto config = parse_config(text, "f.toml");
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_EQ(config->budgets.size(), 10'000U);
  EXPECT_EQ(config->budgets.back().match, "/tenants/*-9999/**");
}

TEST(Percent, ReadsAndWritesTheSame) {
  for (const std::string text : {"0%", "25%", "0.5%", "200%", "12.3456%"}) {
    const auto ppm = parse_percent(text);
    ASSERT_TRUE(ppm) << text;
    EXPECT_EQ(format_percent(*ppm), text);
  }
  for (const std::string text : {"", "25", "%", "-1%", "1.%", "1.23456%", "1e3%", "99999999999%"}) {
    EXPECT_FALSE(parse_percent(text)) << text;
  }
}

TEST(ByteRate, ReadsAndWritesTheSame) {
  for (const std::string text : {"2GiB/s", "500MB/s", "1B/s", "1KiB/s", "0B/s"}) {
    const auto rate = parse_byte_rate(text);
    ASSERT_TRUE(rate) << text;
    EXPECT_EQ(format_byte_rate(*rate), text);
  }
  for (const std::string text : {"2GiB", "GiB/s", "-1B/s", "1.5GiB/s", "9999999TiB/s", "1Gb/s"}) {
    EXPECT_FALSE(parse_byte_rate(text)) << text;
  }
}

}  // namespace
}  // namespace pagefare
