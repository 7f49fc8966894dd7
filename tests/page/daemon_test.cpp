// SPDX-License-Identifier: Apache-2.0
// The real daemon's page, while pages of this machine are migrated.
#include <gtest/gtest.h>

#include "tests/e2e/daemon_process.h"
#include "tests/e2e/demo_process.h"
#include "tests/page/browser.h"

namespace pagefare::page {
namespace {

using std::chrono_literals::operator""s;

class PageOfDaemon : public e2e::WithDaemon {
 protected:
  void SetUp() override {
    if (const auto why = why_no_browser()) GTEST_SKIP() << *why;
    WithDaemon::SetUp();
  }
};

TEST_F(PageOfDaemon, ShowsWhoPaysForTheDemo) {
  const auto daemon = start({.arguments = {"--period", "250ms"}});
  ASSERT_TRUE(daemon->serves());
  Browser browser;
  browser.open(daemon->url() + "/");
  ASSERT_TRUE(browser.shows("document.getElementById('link-state').classList.contains('live')"));
  e2e::Child demo(e2e::demo_settings(4));
  EXPECT_TRUE(
      browser.shows("[...document.querySelectorAll('#payers-rows tr')].some(row => "
                    "row.querySelector('.path').textContent.endsWith('/compactor') && "
                    "row.querySelector('td').textContent !== '0 %')",
                    60s));
  EXPECT_EQ(demo.wait(60s), 0) << demo.err();
  for (const std::string& error : browser.console_errors()) ADD_FAILURE() << error;
}

}  // namespace
}  // namespace pagefare::page
