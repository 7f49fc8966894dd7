// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/config.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace pagefare {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

Config parse(std::string_view text) {
  const auto config = parse_config(text, "f.toml");
  EXPECT_TRUE(config) << config.error().message;
  return config.value_or(Config{});
}

/// What is said of a mistake; empty when none was found.
std::string complaint(std::string_view text) {
  const auto config = parse_config(text, "f.toml");
  return config ? "" : config.error().message;
}

TEST(Config, IsAllDefaultsWhenEmpty) {
  EXPECT_EQ(parse(""), Config{});
  EXPECT_EQ(parse("# nothing\n\n"), Config{});
}

TEST(Config, DefaultsToWatchingOnly) {
  EXPECT_EQ(Config{}.mode, Mode::kObserve);
}

TEST(Config, TakesEveryKey) {
  const Config config = parse(R"(
mode = "enforce"
listen = "[::1]:19464"
web_config = "/etc/web.yml"
period = "250ms"
charge = "owner"
max_cgroups = 7
linger = "2m"
layer = "precise"
copy_workers = ["a_worker", "b.isra.0"]
bpf_stats = true
log_level = "error"
)");
  Config expected;
  expected.mode = Mode::kEnforce;
  expected.listen = "[::1]:19464";
  expected.web_config = "/etc/web.yml";
  expected.period = milliseconds(250);
  expected.charge = ChargeRule::kOwner;
  expected.max_cgroups = 7;
  expected.linger = minutes(2);
  expected.layer = LayerChoice::kPrecise;
  expected.copy_workers = {"a_worker", "b.isra.0"};
  expected.bpf_stats = true;
  expected.log_level = LogLevel::kError;
  EXPECT_EQ(config, expected);
}

TEST(Config, TakesEveryChoiceByItsName) {
  EXPECT_EQ(parse("mode = 'observe'").mode, Mode::kObserve);
  EXPECT_EQ(parse("mode = 'advise'").mode, Mode::kAdvise);
  EXPECT_EQ(parse("charge = 'rule'").charge, ChargeRule::kRule);
  EXPECT_EQ(parse("charge = 'initiator'").charge, ChargeRule::kInitiator);
  EXPECT_EQ(parse("layer = 'auto'").layer, LayerChoice::kAuto);
  EXPECT_EQ(parse("layer = 'portable'").layer, LayerChoice::kPortable);
  EXPECT_EQ(parse("log_level = 'trace'").log_level, LogLevel::kTrace);
  EXPECT_EQ(parse("log_level = 'debug'").log_level, LogLevel::kDebug);
  EXPECT_EQ(parse("log_level = 'info'").log_level, LogLevel::kInfo);
  EXPECT_EQ(parse("log_level = 'warn'").log_level, LogLevel::kWarn);
}

TEST(Config, TakesTheEndsOfEachRange) {
  EXPECT_EQ(parse("period = '100ms'").period, milliseconds(100));
  EXPECT_EQ(parse("period = '60s'").period, seconds(60));
  EXPECT_EQ(parse("max_cgroups = 1").max_cgroups, 1);
  EXPECT_EQ(parse("max_cgroups = 100_000").max_cgroups, 100000);
  EXPECT_EQ(parse("linger = '0s'").linger, seconds(0));
  EXPECT_EQ(parse("copy_workers = []").copy_workers, std::vector<std::string>{});
}

TEST(Config, ReadsBackWhatItWrites) {
  Config config;
  config.mode = Mode::kAdvise;
  config.listen = "[2001:db8::1]:1";
  config.period = milliseconds(1500);
  config.charge = ChargeRule::kInitiator;
  config.copy_workers = {};
  config.layer = LayerChoice::kPortable;
  config.bpf_stats = true;
  config.log_level = LogLevel::kWarn;
  EXPECT_EQ(parse(to_toml(config)), config);
  EXPECT_EQ(parse(to_toml(Config{})), Config{});
}

struct Wrong {
  std::string text;
  std::string complaint;
};

TEST(Config, SaysWhereWhatAndWhatToDo) {
  const std::vector<Wrong> table{
      {"perid = '1s'", "f.toml:1: perid: is no key of pagefare; did you mean period?"},
      {"\n\nMode = 'observe'", "f.toml:3: Mode: is no key of pagefare; did you mean mode?"},
      {"max-cgroups = 5",
       "f.toml:1: max-cgroups: is no key of pagefare; did you mean max_cgroups?"},
      {"xyzzy = 1",
       "f.toml:1: xyzzy: is no key of pagefare; remove it, or see docs/configuration.md for those "
       "there are"},
      {"mode = 'obsrve'",
       R"(f.toml:1: mode: 'obsrve' is no choice; did you mean "observe"? write one of "observe", )"
       R"("advise", "enforce")"},
      {"charge = ''",
       R"(f.toml:1: charge: '' is no choice; write one of "rule", "initiator", "owner")"},
      {"mode = 3",
       R"(f.toml:1: mode: is an integer; write one of "observe", "advise", "enforce", as mode )"
       "= "
       R"("observe")"},
      {"period = 1",
       R"(f.toml:1: period: is an integer; write a duration, "100ms" to "1m", as period = )"
       R"("1s")"},
      {"period = '99ms'",
       R"(f.toml:1: period: '99ms' is out of range; write a duration, "100ms" to "1m")"},
      {"period = '61s'",
       R"(f.toml:1: period: '61s' is out of range; write a duration, "100ms" to "1m")"},
      {"period = '1 s'",
       "f.toml:1: period: '1 s' is no duration; write a whole number and a unit: 250ms, 1s, 2m"},
      {"max_cgroups = 0",
       "f.toml:1: max_cgroups: 0 is out of range; write an integer, 1 to 100000"},
      {"max_cgroups = 100001",
       "f.toml:1: max_cgroups: 100001 is out of range; write an integer, 1 to 100000"},
      {"max_cgroups = 1e3",
       "f.toml:1: max_cgroups: is a number with a fraction; write an integer, 1 to 100000, as "
       "max_cgroups = 1000"},
      {"max_cgroups = '5'",
       "f.toml:1: max_cgroups: is a text; write an integer, 1 to 100000, as max_cgroups = 1000"},
      {"bpf_stats = 'auto'",
       "f.toml:1: bpf_stats: is a text; write true or false, as bpf_stats = false"},
      {"bpf_stats = 1",
       "f.toml:1: bpf_stats: is an integer; write true or false, as bpf_stats = false"},
      {"copy_workers = ['a', 1]",
       "f.toml:1: copy_workers: entry 2 is an integer; write texts only"},
      {"copy_workers = ['a b']",
       "f.toml:1: copy_workers: 'a b' is no kernel function; write a name as in /proc/kallsyms"},
      {"copy_workers = ['']",
       "f.toml:1: copy_workers: '' is no kernel function; write a name as in /proc/kallsyms"},
      {"copy_workers = ['a', 'a']", "f.toml:1: copy_workers: 'a' is named twice; name it once"},
      {"linger = true",
       R"(f.toml:1: linger: is true or false; write a duration, "0s" to "24h", as linger = )"
       R"("1m")"},
      {"linger = 1979-05-27",
       R"(f.toml:1: linger: is a date or time; write a duration, "0s" to "24h", as linger = )"
       R"("1m")"},
      {"[mode]\nx = 1",
       R"(f.toml:1: mode: is a section; write one of "observe", "advise", "enforce", as mode = )"
       R"("observe")"},
      {"[[copy_workers]]\n", "f.toml:1: copy_workers: entry 1 is a section; write texts only"},
      {"[fairnes]\nweight = 1", "f.toml:1: fairnes: is no key of pagefare; did you mean fairness?"},
  };
  for (const Wrong& wrong : table) EXPECT_EQ(complaint(wrong.text), wrong.complaint);
}

TEST(Config, SaysAllMistakesInTheOrderOfTheirLines) {
  const std::string said = complaint("zebra = 1\nperiod = 5\nmode = 'observe'\nalpha = 2\n");
  EXPECT_EQ(said,
            "f.toml:1: zebra: is no key of pagefare; remove it, or see docs/configuration.md for "
            "those there are\n"
            R"(f.toml:2: period: is an integer; write a duration, "100ms" to "1m", as period = )"
            "\"1s\"\n"
            "f.toml:4: alpha: is no key of pagefare; remove it, or see docs/configuration.md for "
            "those there are");
}

TEST(Config, StopsSayingAfterFiftyMistakes) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "unknown_" + std::to_string(i) + " = 1\n";
  const std::string said = complaint(text);
  EXPECT_TRUE(said.ends_with("\nf.toml: and 950 more mistakes")) << said.substr(said.size() - 80);
}

TEST(Config, RefusesAWebConfigThatDependsOnWhereItWasStarted) {
  EXPECT_EQ(parse("web_config = '/etc/pagefare/web.yml'").web_config, "/etc/pagefare/web.yml");
  EXPECT_EQ(parse("web_config = ''").web_config, "");
  const std::string said = complaint("web_config = 'web.yml'");
  EXPECT_NE(said.find("f.toml:1: web_config: 'web.yml' is no absolute path; write one that begins"),
            std::string::npos)
      << said;
}

TEST(Config, RefusesAddressesThatCannotBeListenedOn) {
  for (const auto* listen : {"",
                             "9464",
                             ":9464",
                             "localhost:9464",
                             "127.0.0.1",
                             "127.0.0.1:",
                             "127.0.0.1:65536",
                             "127.0.0.1:-1",
                             "127.0.0.1:+1",
                             "127.0.0.1:9464x",
                             "127.0.0.1: 9464",
                             "256.0.0.1:9464",
                             "::1:9464",
                             "[::1]",
                             "[::1]:",
                             "[:::1]:9464",
                             "[127.0.0.1]:9464",
                             "[]:9464",
                             "127.0.0.1:9464,0.0.0.0:80",
                             "http://127.0.0.1:9464",
                             "127.0.0.1:000001"}) {
    const std::string said = complaint("listen = '" + std::string(listen) + "'");
    EXPECT_NE(said.find("f.toml:1: listen: "), std::string::npos) << listen << " -> " << said;
    EXPECT_NE(said.find("write ADDRESS:PORT"), std::string::npos) << listen << " -> " << said;
  }
}

TEST(Config, RefusesTooManyCopyWorkers) {
  std::string text = "copy_workers = [\n";
  for (int i = 0; i < 65; ++i) text += "'f" + std::to_string(i) + "',\n";
  EXPECT_NE(complaint(text + "]").find("has 65 names; at most 64"), std::string::npos);
}

TEST(Config, QuotesWhatItWrites) {
  Config config;
  config.listen = "a\"b\\c\n\x7f";  // no value that can be read, but it may not break the file
  EXPECT_NE(to_toml(config).find(R"(listen = "a\"b\\c\u000A\u007F")"), std::string::npos)
      << to_toml(config);
}

}  // namespace
}  // namespace pagefare
