// SPDX-License-Identifier: Apache-2.0
// A running daemon: on a free port, with a /run of its own, so that a pagefare which already
// watches this machine is not in the way.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/e2e/child.h"
#include "tests/e2e/machine.h"
#include "tests/support/http_exchange.h"
#include "tests/support/temp_directory.h"

namespace pagefare::e2e {

struct DaemonSettings {
  std::vector<std::string> arguments;  ///< of `run`, besides --listen and --config
  std::string config;                  ///< content of the configuration file
  std::map<std::string, std::string> environment;
  std::vector<Preparation> preparations;
  std::string listen = "127.0.0.1:0";
};

class DaemonProcess {
 public:
  /// Starts it and waits until it says where it serves, or has ended.
  explicit DaemonProcess(const DaemonSettings& settings, const std::string& run_directory = "");

  /// What it takes to start another pagefare against the same /run.
  static ChildSettings settings_of(const DaemonSettings& settings, const std::string& config_file,
                                   const std::string& run_directory);

  bool serves() const { return !url_.empty(); }
  const std::string& url() const { return url_; }
  Child& child() { return *child_; }
  std::string err() const { return child_->err(); }
  test::Reply get(const std::string& path) const { return test::exchange("GET", url_ + path); }

  /// Rewrites the configuration file; SIGHUP is the test's business.
  void write_config(const std::string& content) const;
  std::string config_file() const { return directory_.path("pagefare.toml"); }

  /// SIGTERM, and how it ended.
  Ended stop();

 private:
  TempDirectory directory_;
  std::unique_ptr<Child> child_;
  std::string url_;
};

/// For tests that need the real thing. start() either gives a daemon that serves or fails the test.
class WithDaemon : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const auto why = why_no_bpf()) GTEST_SKIP() << *why;
  }

  static std::unique_ptr<DaemonProcess> start(const DaemonSettings& settings = {},
                                              const std::string& run_directory = "");
};

}  // namespace pagefare::e2e
