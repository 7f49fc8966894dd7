// SPDX-License-Identifier: Apache-2.0
// Whoever reads it: in either theme, without a mouse, on a narrow screen, on a node without
// network.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tests/page/stage.h"

namespace pagefare::page {
namespace {

using nlohmann::json;

class PageReading : public OnPage {
 protected:
  std::string background() {
    return browser().evaluate("return getComputedStyle(document.body).backgroundColor");
  }

  /// The least contrast (WCAG 2.1, 1.4.3) of any text against what is behind it, and whose.
  json least_contrast() {
    return browser().evaluate(R"(
      const numbers = (text) => text.match(/[\d.]+/g).map(Number);
      const light = ([r, g, b]) => [0.2126 * r, 0.7152 * g, 0.0722 * b].length && [r, g, b]
        .map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
      const behind = (node) => {
        for (let at = node; at !== null; at = at.parentElement) {
          const colour = numbers(getComputedStyle(at).backgroundColor);
          if (colour.length === 3 || colour[3] === 1) return colour;
        }
        return [255, 255, 255];
      };
      let worst = [99, ''];
      for (const node of document.querySelectorAll('body *')) {
        const own = [...node.childNodes].some((n) => n.nodeType === 3 && n.data.trim() !== '');
        if (!own || !node.checkVisibility() || node.closest('.heat, script, style, option')) continue;
        const pair = [light(numbers(getComputedStyle(node).color)), light(behind(node))];
        const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
        if (ratio < worst[0]) worst = [ratio, node.className + ': ' + node.textContent.slice(0, 60)];
      }
      return worst;)");
  }

  void expect_readable() {
    const json worst = least_contrast();
    EXPECT_GE(worst[0].get<double>(), 4.5) << worst[1];
  }

  std::string focused() {
    return browser().evaluate(
        "const at = document.activeElement; return at.id || at.className || at.textContent");
  }
};

TEST_F(PageReading, FollowsTheSystemsThemeAndTheReadersChoice) {
  browser().prefer("light");
  open_live();
  const std::string light = background();
  browser().prefer("dark");
  const std::string dark = background();
  EXPECT_NE(light, dark);
  choose("theme", "light");
  EXPECT_EQ(background(), light);
  browser().open(url());
  EXPECT_EQ(background(), light) << "the choice is remembered";
  choose("theme", "dark");
  browser().prefer("light");
  EXPECT_EQ(background(), dark);
}

TEST_F(PageReading, HasEnoughContrastInTheLight) {
  browser().prefer("light");
  open_live();
  expect_readable();
}

TEST_F(PageReading, HasEnoughContrastInTheDark) {
  browser().prefer("dark");
  open_live();
  expect_readable();
}

TEST_F(PageReading, GoesEverywhereByKeys) {
  open_live();
  browser().press(kTab);
  EXPECT_EQ(focused(), "skip");
  browser().press(kEnter);
  EXPECT_EQ(focused(), "payers");
  browser().press(kTab);
  EXPECT_EQ(focused(), "filter");
  for (const char* next : {"measure", "limit", "idle", "cgroup", "pays", "outside quota"}) {
    browser().press(kTab);
    EXPECT_EQ(focused(), next);
  }
}

TEST_F(PageReading, SortsByKeysAndSaysHow) {
  open_live();
  EXPECT_EQ(shown_paths(), (std::vector<std::string>{"/a.slice/b", "/", "[kcompactd]"}));
  browser().evaluate("document.querySelector('#payers-columns button').focus()");
  browser().press(kEnter);
  EXPECT_EQ(shown_paths(), (std::vector<std::string>{"/", "/a.slice/b", "[kcompactd]"}));
  EXPECT_EQ(browser().count("#payers-columns th:first-child[aria-sort=ascending]"), 1U);
  browser().press(kSpace);
  EXPECT_EQ(shown_paths(), (std::vector<std::string>{"[kcompactd]", "/a.slice/b", "/"}));
  EXPECT_EQ(browser().count("#payers-columns th:first-child[aria-sort=descending]"), 1U);
}

TEST_F(PageReading, FiltersByKeys) {
  open_live();
  browser().press("/");
  EXPECT_EQ(focused(), "filter");
  browser().press("slice");
  EXPECT_EQ(shown_paths(), std::vector<std::string>{"/a.slice/b"});
  browser().press(kEscape);
  EXPECT_EQ(shown_paths().size(), 3U);
}

TEST_F(PageReading, KeepsTheFocusWhileFiguresChange) {
  open_live();
  browser().evaluate("document.querySelector('#payers-columns button').focus()");
  publish(at_second(5));
  ASSERT_TRUE(
      browser().shows("document.getElementById('facts').textContent.includes('up 5.00 s')"));
  EXPECT_EQ(focused(), "cgroup");
}

TEST_F(PageReading, FitsAScreenOf360PixelsWithLongNames) {
  browser().resize(360, 740);
  for (const int uptime : {1, 2}) {
    Snapshot snapshot = at_second(uptime);
    snapshot.rows.push_back(
        test::row("/" + std::string(250, 'x'), 77, 90'000U * static_cast<unsigned>(uptime)));
    snapshot.layer_why = std::string(200, 'y');
    publish(std::move(snapshot));
    if (uptime == 1) browser().open(url());
    ASSERT_TRUE(browser().shows("document.querySelectorAll('#tiles .tile').length === 4"));
  }
  ASSERT_TRUE(browser().shows("document.querySelectorAll('#payers-rows tr').length > 0"));
  EXPECT_EQ(browser().evaluate("return document.documentElement.scrollWidth"), 360);
  const json outside = browser().evaluate(
      "return [...document.querySelectorAll('body *')].filter(node => node.checkVisibility() && "
      "!node.closest('.scroll, .skip') && node.getBoundingClientRect().right > 360.5)"
      ".map(node => node.outerHTML.slice(0, 100))");
  EXPECT_TRUE(outside.empty()) << outside.dump(1);
}

TEST_F(PageReading, NamesEveryControl) {
  open_live();
  const json nameless = browser().evaluate(
      "return [...document.querySelectorAll('select, input, button, a, canvas')].filter(node => "
      "node.checkVisibility() && !(node.labels?.length > 0 || node.textContent.trim() !== '' || "
      "node.getAttribute('aria-label'))).map(node => node.outerHTML)");
  EXPECT_TRUE(nameless.empty()) << nameless.dump(1);
}

TEST_F(PageReading, TellsThePlotsToThoseWhoCannotSeeThem) {
  open_live();
  EXPECT_TRUE(
      browser().shows("document.getElementById('bytes-plot').getAttribute('aria-label').startsWith("
                      "'now: copied ')"));
}

TEST_F(PageReading, AsksNobodyButTheDaemon) {
  open_live();
  const json asked = browser().evaluate(
      "return [...new Set(performance.getEntries().filter(entry => ['resource', 'navigation']"
      ".includes(entry.entryType)).map(entry => entry.name))].sort()");
  EXPECT_EQ(asked, json({url(), url() + "status"}));
}

TEST_F(PageReading, RunsNoScriptThatIsNotItsOwn) {
  open_live();
  allow_failed_requests();  // the refusal is told in the console
  browser().evaluate(
      "const added = document.createElement('script'); added.textContent = 'window.hurt = 1';"
      "document.body.append(added)");
  EXPECT_EQ(browser().evaluate("return window.hurt ?? 'unhurt'"), "unhurt");
}

}  // namespace
}  // namespace pagefare::page
