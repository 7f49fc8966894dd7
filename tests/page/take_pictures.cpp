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

struct Wish {
  std::string url;
  std::string into = ".";
  std::string filter;
  int width = 1280;
  int height = 0;  ///< 0: the whole page
  int seconds = 20;
};

bool take(Browser& browser, const Wish& wish, const std::string& scheme) {
  browser.prefer(scheme);
  const auto whole = browser.evaluate("return document.documentElement.scrollHeight");
  const int height = wish.height != 0 ? wish.height : whole.is_number() ? whole.get<int>() : 900;
  browser.resize(wish.width, height);
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));  // the plots fit themselves in
  const std::string file = wish.into + "/page-" + scheme + ".png";
  std::ofstream picture(file, std::ios::binary);
  picture << browser.screenshot(wish.height == 0);
  std::printf("%s\n", file.c_str());
  return picture.good() && !testing::Test::HasFailure();
}

int run(const Wish& wish) {
  if (const auto why = why_no_browser()) {
    std::fprintf(stderr, "%s\n", why->c_str());
    return 1;
  }
  Browser browser;
  browser.resize(wish.width, wish.height != 0 ? wish.height : 900);
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
  app.add_option("--width", wish.width, "In pixels");
  app.add_option("--height", wish.height, "In pixels; 0 (default): the whole page");
  app.add_option("--seconds", wish.seconds, "How long to watch before");
  CLI11_PARSE(app, argc, argv);
  return pagefare::page::run(wish);
}
