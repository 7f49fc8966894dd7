// SPDX-License-Identifier: Apache-2.0
#include "tests/page/browser.h"

#include <gtest/gtest.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): SIGTERM is POSIX
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string_view>

#include "tests/support/http_exchange.h"

namespace pagefare::page {
namespace {

using nlohmann::json;
using std::chrono_literals::operator""s;

constexpr const char* kDriver = "/usr/bin/chromedriver";
constexpr const char* kChromium = "/usr/bin/chromium";

/// The port in "ChromeDriver was started successfully on port 45123."; empty while it is not there.
std::string port_in(const std::string& said) {
  constexpr std::string_view kBefore = "successfully on port ";
  const std::size_t begin = said.find(kBefore);
  if (begin == std::string::npos) return "";
  const std::size_t end = said.find('.', begin);
  return end == std::string::npos
             ? ""
             : said.substr(begin + kBefore.size(), end - begin - kBefore.size());
}

json wanted(const std::string& profile) {
  const json arguments = {"--headless",
                          "--no-sandbox",
                          "--disable-gpu",
                          "--disable-quic",
                          "--disable-dev-shm-usage",
                          "--no-first-run",
                          "--no-proxy-server",
                          "--disable-background-networking",
                          "--disable-component-update",
                          "--disable-sync",
                          "--hide-scrollbars",
                          "--user-data-dir=" + profile};
  return {{"capabilities",
           {{"alwaysMatch",
             {{"browserName", "chrome"},
              {"goog:chromeOptions", {{"binary", kChromium}, {"args", arguments}}},
              {"goog:loggingPrefs", {{"browser", "ALL"}}}}}}}};
}

std::uint8_t sextet(char digit) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return static_cast<std::uint8_t>(kAlphabet.find(digit));
}

std::string from_base64(const std::string& text) {
  std::string bytes;
  std::uint32_t held = 0;
  int bits = 0;
  for (const char digit : text) {
    if (digit == '=') break;
    held = (held << 6U) | sextet(digit);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<char>((held >> static_cast<unsigned>(bits)) & 0xFFU));
    }
  }
  return bytes;
}

}  // namespace

std::optional<std::string> why_no_browser() {
  for (const char* program : {kChromium, kDriver}) {
    if (::access(program, X_OK) != 0) {
      return std::string("the page is NOT tested: ") + program +
             " is missing; install the Debian packages chromium and chromium-driver";
    }
  }
  return std::nullopt;
}

Browser::Browser()
    : driver_({.arguments = {"--port=0"},
               .environment = {{"HOME", profile_.path()}},
               .preparations = {},
               .program = kDriver}) {
  std::string port;
  e2e::eventually([&] {
    port = port_in(driver_.out());
    return !port.empty() || !driver_.running();
  });
  if (port.empty()) {
    ADD_FAILURE() << kDriver << " did not start:\n" << driver_.out() << driver_.err();
    return;
  }
  session_ = "http://127.0.0.1:" + port + "/session";
  const json made = command("POST", "", wanted(profile_.make_directory("profile")));
  session_ = made.is_object() ? session_ + "/" + made.value("sessionId", "") : "";
}

Browser::~Browser() {
  if (!session_.empty()) command("DELETE", "", nullptr);
  driver_.signal(SIGTERM);
  driver_.wait(10s);
}

json Browser::command(const std::string& method, const std::string& path, const json& body) {
  const test::Reply reply =
      test::exchange(method, session_ + path, body.is_null() ? "" : body.dump());
  const json answer = json::parse(reply.body, nullptr, false);
  if (reply.status != 200 || !answer.is_object()) {
    ADD_FAILURE() << method << " " << path << " " << body.dump().substr(0, 300) << ": "
                  << reply.status << " " << reply.body.substr(0, 1000);
    return nullptr;
  }
  return answer.value("value", json());
}

json Browser::devtools(const std::string& name, const json& parameters) {
  return command("POST", "/goog/cdp/execute", {{"cmd", name}, {"params", parameters}});
}

void Browser::open(const std::string& url) {
  command("POST", "/url", {{"url", url}});
}

// A headless window has a least width; the emulated device has none.
void Browser::resize(int width, int height) {
  devtools("Emulation.setDeviceMetricsOverride",
           {{"width", width}, {"height", height}, {"deviceScaleFactor", 1}, {"mobile", false}});
}

void Browser::prefer(const std::string& scheme) {
  devtools("Emulation.setEmulatedMedia",
           {{"features", {{{"name", "prefers-color-scheme"}, {"value", scheme}}}}});
}

void Browser::press(const std::string& keys) {
  const json body = {{"text", keys}};
  const json active = command("GET", "/element/active", nullptr);
  if (active.is_object() && !active.empty()) {
    command("POST", "/element/" + active.begin().value().get<std::string>() + "/value", body);
  }
}

void Browser::add_script_to_pages(const std::string& script) {
  devtools("Page.addScriptToEvaluateOnNewDocument", {{"source", script}});
}

json Browser::evaluate(const std::string& body) {
  return command("POST", "/execute/sync", {{"script", body}, {"args", json::array()}});
}

std::string Browser::text(const std::string& selector) {
  const json got = evaluate("return document.querySelector(" + json(selector).dump() +
                            ")?.textContent ?? '(no such element)'");
  return got.is_string() ? got.get<std::string>() : "";
}

std::size_t Browser::count(const std::string& selector) {
  const json got =
      evaluate("return document.querySelectorAll(" + json(selector).dump() + ").length");
  return got.is_number() ? got.get<std::size_t>() : 0;
}

bool Browser::shows(const std::string& condition, std::chrono::milliseconds limit) {
  return e2e::eventually(
      [&] {
        const json got = evaluate("return Boolean(" + condition + ")");
        return !got.is_boolean() || got.get<bool>();
      },
      limit);
}

std::string Browser::screenshot(bool whole_page) {
  const json got = devtools("Page.captureScreenshot",
                            {{"format", "png"}, {"captureBeyondViewport", whole_page}});
  return got.is_object() ? from_base64(got.value("data", "")) : "";
}

std::vector<std::string> Browser::console_errors() {
  std::vector<std::string> errors;
  for (const json& entry : command("POST", "/se/log", {{"type", "browser"}})) {
    if (entry.value("level", "") == "SEVERE") errors.push_back(entry.value("message", ""));
  }
  return errors;
}

}  // namespace pagefare::page
