// SPDX-License-Identifier: Apache-2.0
// A real Chromium without a window, driven over WebDriver (https://www.w3.org/TR/webdriver2/).
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/e2e/child.h"
#include "tests/support/temp_directory.h"

namespace pagefare::page {

/// Keys as WebDriver writes them.
inline constexpr const char* kTab = "\uE004";
inline constexpr const char* kEnter = "\uE007";
inline constexpr const char* kEscape = "\uE00C";
inline constexpr const char* kSpace = "\uE00D";

/// Why no page can be tested here, and what to install; nothing when one can.
std::optional<std::string> why_no_browser();

/// One browser with an empty profile. What goes wrong in it fails the test.
class Browser {
 public:
  Browser();
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;
  ~Browser();

  void open(const std::string& url);
  void resize(int width, int height);
  void prefer(const std::string& scheme);  ///< "light" or "dark": what the system would say
  void press(const std::string& keys);
  /// Runs before every page's own scripts, and whatever the page's policy says.
  void add_script_to_pages(const std::string& script);

  /// What a function body returns in the page; null when it throws, which fails the test.
  nlohmann::json evaluate(const std::string& body);
  std::string text(const std::string& selector);  ///< textContent of the first match
  std::size_t count(const std::string& selector);

  /// Whether a condition in the page comes true.
  bool shows(const std::string& condition,
             std::chrono::milliseconds limit = std::chrono::seconds(30));

  std::string screenshot(bool whole_page = true);  ///< a PNG
  std::vector<std::string> console_errors();  ///< since the last call; answers of 4xx, 5xx included

 private:
  nlohmann::json command(const std::string& method, const std::string& path,
                         const nlohmann::json& body);
  nlohmann::json devtools(const std::string& name, const nlohmann::json& parameters);

  TempDirectory profile_;
  e2e::Child driver_;
  std::string session_;  ///< URL of the session; empty when the browser did not start
};

}  // namespace pagefare::page
