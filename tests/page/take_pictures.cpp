// SPDX-License-Identifier: Apache-2.0
// What the page of a running daemon looks like, light and dark, after having watched it for a
// while. `./dev page-pictures` brings the daemon and a load.
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <thread>

#include "tests/page/browser.h"

namespace pagefare::page {
namespace {

constexpr int kHeight = 900;

struct Wish {
  std::string url;
  std::string into = ".";
  std::string filter;
  std::string until;  ///< a CSS selector; empty: the whole page
  int width = 1280;
  int height = 0;  ///< 0: the whole page
  int seconds = 20;
};

/// Down to the end of the page, or of what was named.
int height_of(Browser& browser, const Wish& wish) {
  if (wish.height != 0) return wish.height;
  const auto height = browser.evaluate(
      wish.until.empty() ? "return document.documentElement.scrollHeight"
                         : "return Math.ceil(document.querySelector('" + wish.until +
                               "').getBoundingClientRect().bottom + scrollY) + 12");
  return height.is_number() ? height.get<int>() : kHeight;
}

bool take(Browser& browser, const Wish& wish, const std::string& scheme) {
  browser.prefer(scheme);
  browser.resize(wish.width, height_of(browser, wish));
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));  // the plots fit themselves in
  const std::string file = wish.into + "/page-" + scheme + ".png";
  std::ofstream picture(file, std::ios::binary);
  picture << browser.screenshot(wish.height == 0 && wish.until.empty());
  std::printf("%s\n", file.c_str());
  return picture.good() && !testing::Test::HasFailure();
}

int run(const Wish& wish) {
  if (const auto why = why_no_browser()) {
    std::fprintf(stderr, "%s\n", why->c_str());
    return 1;
  }
  Browser browser;
  browser.resize(wish.width, wish.height != 0 ? wish.height : kHeight);
  browser.open(wish.url);
  if (!wish.filter.empty()) {
    browser.press("/");
    browser.press(wish.filter);
    browser.evaluate("document.activeElement.blur()");
  }
  std::this_thread::sleep_for(std::chrono::seconds(wish.seconds));
  return take(browser, wish, "light") && take(browser, wish, "dark") ? 0 : 1;
}

}  // namespace
}  // namespace pagefare::page

int main(int argc, char** argv) {
  int nothing = 1;
  testing::InitGoogleTest(&nothing, argv);  // the browser tells its failures through it
  pagefare::page::Wish wish;
  CLI::App app("Takes pictures of a daemon's page");
  app.add_option("--url", wish.url, "The page")->required();
  app.add_option("--into", wish.into, "Directory of page-light.png and page-dark.png");
  app.add_option("--filter", wish.filter, "Show only cgroups whose path contains this");
  app.add_option("--until", wish.until, "Show the page down to the end of this CSS selector");
  app.add_option("--width", wish.width, "In pixels");
  app.add_option("--height", wish.height, "In pixels; 0 (default): the whole page");
  app.add_option("--seconds", wish.seconds, "How long to watch before");
  CLI11_PARSE(app, argc, argv);
  return pagefare::page::run(wish);
}
