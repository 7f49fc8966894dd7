// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/daemon_process.h"

#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill() is POSIX

#include <algorithm>

namespace pagefare::e2e {

namespace {

/// "http://127.0.0.1:40123" or the same with https, out of the log; empty while it is not there.
std::string find_url(const std::string& log) {
  const std::size_t begin = std::min(log.find("http://"), log.find("https://"));
  if (begin == std::string::npos) return "";
  const std::size_t end = log.find('/', log.find("//", begin) + 2);
  return end == std::string::npos ? "" : log.substr(begin, end - begin);
}

}  // namespace

ChildSettings DaemonProcess::settings_of(const DaemonSettings& settings,
                                         const std::string& config_file,
                                         const std::string& run_directory) {
  ChildSettings child{.arguments = {"run", "--listen", settings.listen, "--config", config_file},
                      .environment = settings.environment,
                      .preparations = {own_mounts(), bound(run_directory, "/run")}};
  child.arguments.insert(child.arguments.end(), settings.arguments.begin(),
                         settings.arguments.end());
  child.preparations.insert(child.preparations.end(), settings.preparations.begin(),
                            settings.preparations.end());
  return child;
}

DaemonProcess::DaemonProcess(const DaemonSettings& settings, const std::string& run_directory) {
  write_config(settings.config);
  const std::string own = directory_.make_directory("run");
  child_ = std::make_unique<Child>(
      settings_of(settings, config_file(), run_directory.empty() ? own : run_directory));
  eventually(
      [this] {
        url_ = find_url(child_->err());
        return !url_.empty() || !child_->running();
      },
      60s);
}

void DaemonProcess::write_config(const std::string& content) const {
  directory_.write("pagefare.toml", content);
}

Ended DaemonProcess::stop() {
  child_->signal(SIGTERM);
  const auto code = child_->wait(20s);
  return {.code = code.value_or(-1), .out = child_->out(), .err = child_->err()};
}

std::unique_ptr<DaemonProcess> WithDaemon::start(const DaemonSettings& settings,
                                                 const std::string& run_directory) {
  auto daemon = std::make_unique<DaemonProcess>(settings, run_directory);
  EXPECT_TRUE(daemon->serves()) << "the daemon did not start:\n" << daemon->err();
  return daemon;
}

}  // namespace pagefare::e2e
