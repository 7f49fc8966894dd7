// SPDX-License-Identifier: Apache-2.0
// The page in a browser, served by the real server out of snapshots made by the test.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "exporter/http_server.h"
#include "tests/page/browser.h"
#include "tests/support/snapshots.h"

namespace pagefare::page {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

/// The snapshot of a moment: everything has grown in proportion to `uptime`.
inline Snapshot at_second(int uptime) {
  Snapshot snapshot = test::populated_snapshot();
  const auto times = static_cast<std::uint64_t>(uptime);
  snapshot.period = 250ms;  // how often the page asks
  snapshot.uptime = std::chrono::seconds(uptime);
  snapshot.mode = Mode::kObserve;  // tests of the acting half bring what they show
  snapshot.fair = {};
  snapshot.knobs = {};
  snapshot.steer = {};
  snapshot.totals.bytes = {900'000'000 * times};
  snapshot.totals.copy_cpu = 150ms * uptime;
  snapshot.totals.worker_cpu = 60ms * uptime;
  for (auto& [key, flow] : snapshot.flows) flow.bytes.value *= 900 * times;
  for (auto& [key, size] : snapshot.classes) size.bytes.value *= 900 * times;
  snapshot.rows = {test::row("/", 1, 10'007 * times), test::row("/a.slice/b", 42, 20'014 * times),
                   test::row("/idle", 43, 0), test::row("[kcompactd]", 0, 5'003 * times)};
  return snapshot;
}

class OnPage : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const auto why = why_no_browser()) GTEST_SKIP() << *why;
    serve("127.0.0.1:0");
    browser_ = std::make_unique<Browser>();
    browser_->resize(1280, 900);
  }

  /// A page that complains has a defect, whatever it shows.
  void TearDown() override {
    if (browser_ == nullptr) return;
    keep_picture();
    for (const std::string& error : browser_->console_errors()) {
      if (!may_lose_the_daemon_) ADD_FAILURE() << "in the browser's console: " << error;
    }
  }

  Browser& browser() { return *browser_; }

  void serve(const std::string& listen) {
    auto started = HttpServer::start({.listen = listen}, holder_);
    ASSERT_TRUE(started) << started.error().message;
    server_ = *std::move(started);
    address_ = server_->address();
  }
  void stop_serving() {
    may_lose_the_daemon_ = true;
    server_.reset();
  }
  void serve_again() { serve(address_); }
  /// Answers of 4xx and 5xx and failed connections are in the console too.
  void allow_failed_requests() { may_lose_the_daemon_ = true; }

  void publish(Snapshot snapshot) { holder_.publish(test::shared(std::move(snapshot))); }
  std::string url() const { return "http://" + address_ + "/"; }

  /// Parts that /status gets besides what its snapshot says.
  void add_to_status(const nlohmann::json& parts) { merge_into_status(parts.dump()); }

  /// The same, as an expression that gives them anew for every answer.
  void merge_into_status(const std::string& expression) {
    browser().add_script_to_pages(
        "{ const real = window.fetch; window.fetch = async (...of) => {"
        "const reply = await real(...of); if (!reply.ok) return reply;"
        "return new Response(JSON.stringify({...await reply.json(), ..." +
        expression + "})); } }");
  }

  /// Opens the page on two moments a second apart, so that it can show rates.
  void open_live() {
    publish(at_second(1));
    browser().open(url());
    ASSERT_TRUE(browser().shows("document.querySelectorAll('#tiles .tile').length === 4"));
    publish(at_second(2));
    ASSERT_TRUE(browser().shows("document.querySelectorAll('#payers-rows tr').length > 0"));
  }

  void choose(const std::string& id, const std::string& value) {
    browser().evaluate("const node = document.getElementById('" + id + "'); node.value = '" +
                       value +
                       "'; for (const kind of ['input', 'change']) "
                       "node.dispatchEvent(new Event(kind, {bubbles: true}))");
  }

  std::vector<std::string> shown_paths() {
    return browser()
        .evaluate(
            "return [...document.querySelectorAll('#payers-rows .path')].map(p => p.textContent)")
        .get<std::vector<std::string>>();
  }

 private:
  // For a person: PAGEFARE_PAGE_PICTURES=DIRECTORY keeps what each test saw last.
  void keep_picture() {
    const char* directory = std::getenv("PAGEFARE_PAGE_PICTURES");
    if (directory == nullptr) return;
    const std::string name = ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::ofstream(std::string(directory) + "/" + name + ".png", std::ios::binary)
        << browser_->screenshot();
  }

  test::HandClock clock_;
  SnapshotHolder holder_{clock_};
  std::unique_ptr<HttpServer> server_;
  std::string address_;
  std::unique_ptr<Browser> browser_;
  bool may_lose_the_daemon_ = false;
};

}  // namespace pagefare::page
