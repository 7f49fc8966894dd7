// SPDX-License-Identifier: Apache-2.0
// The daemon has no data yet, is gone, comes back, or answers without turning.
#include <gtest/gtest.h>

#include "tests/page/stage.h"

namespace pagefare::page {
namespace {

class PageLink : public OnPage {};

TEST_F(PageLink, SaysThatThereIsNoDataYetAndShowsItWhenItComes) {
  allow_failed_requests();
  browser().open(url());
  ASSERT_TRUE(browser().shows("document.querySelector('.notice.note') !== null"));
  EXPECT_NE(browser().text("#notices").find("no snapshot yet"), std::string::npos);
  EXPECT_EQ(browser().text("#link-text"), "waiting for data");
  publish(at_second(1));
  EXPECT_TRUE(browser().shows("document.getElementById('link-state').classList.contains('live')"));
  EXPECT_NE(browser().text("#payers-empty").find("a rate takes two"), std::string::npos);
}

TEST_F(PageLink, SaysThatTheDaemonIsGoneAndGoesOnWhenItIsBack) {
  open_live();
  stop_serving();
  ASSERT_TRUE(browser().shows("document.querySelector('#notices [role=alert]') !== null"));
  EXPECT_NE(browser().text("#notices").find("does not answer since"), std::string::npos);
  EXPECT_NE(browser().text("#link-text").find("gone, retry in"), std::string::npos);
  EXPECT_GT(shown_paths().size(), 0U) << "what was known stays";
  serve_again();
  publish(at_second(9));
  EXPECT_TRUE(browser().shows("document.getElementById('link-state').classList.contains('live')"));
  EXPECT_EQ(browser().count("#notices [role=alert]"), 0U);
  EXPECT_TRUE(
      browser().shows("document.getElementById('facts').textContent.includes('up 9.00 s')"));
}

TEST_F(PageLink, BeginsAnewWhenTheDaemonWasRestarted) {
  open_live();
  Snapshot anew = at_second(1);
  anew.start_unix_ns += 60'000'000'000;
  publish(anew);
  ASSERT_TRUE(browser().shows(
      "document.getElementById('payers-empty').checkVisibility() && "
      "document.getElementById('payers-empty').textContent.includes('a rate takes two')"));
  EXPECT_TRUE(shown_paths().empty());
  EXPECT_EQ(browser().text("#tiles .figure"), "-");
}

TEST_F(PageLink, SaysThatTheLoopDoesNotTurn) {
  open_live();
  EXPECT_TRUE(browser().shows(
      "document.getElementById('notices').textContent.includes('its loop has not turned')", 60s));
}

TEST_F(PageLink, ShowsWarningsAndLosses) {
  open_live();
  EXPECT_NE(browser().text(".notice.warn").find("raise bpf.max_folios"), std::string::npos);
  EXPECT_NE(browser().text("#health").find("worker map full"), std::string::npos);
}

TEST_F(PageLink, SaysInRedThatNothingIsObserved) {
  Snapshot blind = at_second(1);
  blind.layer = Layer::kNone;
  blind.layer_why = "BPF is not permitted";
  publish(blind);
  browser().open(url());
  ASSERT_TRUE(browser().shows("document.querySelector('.notice.bad') !== null"));
  EXPECT_NE(browser().text(".notice.bad").find("BPF is not permitted"), std::string::npos);
}

TEST_F(PageLink, SaysThatNothingMoved) {
  Snapshot quiet = at_second(1);
  quiet.rows = {test::row("/", 1, 0), test::row("/a", 2, 0)};
  quiet.flows.clear();
  quiet.classes.clear();
  publish(quiet);
  browser().open(url());
  ASSERT_TRUE(browser().shows("document.querySelectorAll('#tiles .tile').length === 4"));
  quiet.uptime = 2s;
  publish(quiet);
  EXPECT_TRUE(browser().shows(
      "document.getElementById('payers-empty').textContent.includes('2 cgroups are watched')"));
  EXPECT_NE(browser().text("#flows").find("Nothing has moved"), std::string::npos);
}

}  // namespace
}  // namespace pagefare::page
