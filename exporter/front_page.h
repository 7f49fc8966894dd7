// SPDX-License-Identifier: Apache-2.0
// The page for people, out of exporter/page: HTML with its styles and scripts in it, which asks
// nothing but /status of where it came from.
#pragma once

#include <string_view>

namespace pagefare {

struct FrontPage {
  std::string_view html;
  /// Value of Content-Security-Policy: only this page's own style and script, by their hashes.
  std::string_view security_policy;
};

FrontPage front_page();

}  // namespace pagefare
