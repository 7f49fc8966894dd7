// SPDX-License-Identifier: Apache-2.0
// take_pictures URL DIRECTORY [WIDTH [SECONDS]]: what the page of a running daemon looks like,
// light and dark, after having watched it for a while. `./dev page-pictures` brings the daemon and
// a load.
#include <gtest/gtest.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>

#include "tests/page/browser.h"

namespace {

constexpr int kDefaultWidth = 1280;
constexpr int kDefaultSeconds = 20;
constexpr int kHeight = 900;

int number(std::string_view text, int otherwise) {
  int value = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

void take(pagefare::page::Browser& browser, const std::string& scheme, const std::string& file,
          int width) {
  browser.prefer(scheme);
  // The plots are as wide as their boxes; the picture is as high as the page.
  const auto height = browser.evaluate("return document.documentElement.scrollHeight");
  browser.resize(width, height.is_number() ? height.get<int>() : kHeight);
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  std::ofstream(file, std::ios::binary) << browser.screenshot();
  std::printf("%s\n", file.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);  // the browser tells failures through it
  if (argc < 3) {
    std::fprintf(stderr, "usage: take_pictures URL DIRECTORY [WIDTH [SECONDS]]\n");
    return 2;
  }
  if (const auto why = pagefare::page::why_no_browser()) {
    std::fprintf(stderr, "%s\n", why->c_str());
    return 1;
  }
  const int width = argc > 3 ? number(argv[3], kDefaultWidth) : kDefaultWidth;
  const int seconds = argc > 4 ? number(argv[4], kDefaultSeconds) : kDefaultSeconds;
  pagefare::page::Browser browser;
  browser.resize(width, kHeight);
  browser.open(argv[1]);
  std::this_thread::sleep_for(std::chrono::seconds(seconds));
  const std::string directory = argv[2];
  for (const std::string scheme : {"light", "dark"}) {
    take(browser, scheme, directory + "/page-" + scheme + ".png", width);
  }
  return 0;
}
