// SPDX-License-Identifier: Apache-2.0
#include "exporter/negotiation.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

namespace pagefare {
namespace {

constexpr std::uint32_t kFullWeight = 1000;  // weights have three decimals

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) {
    return {};
  }
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

bool same(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

/// The part before `end`, without blanks; `text` keeps what comes after.
std::string_view take_part(std::string_view& text, char end) {
  const std::size_t at = text.find(end);
  const std::string_view part = trimmed(text.substr(0, at));
  text = at == std::string_view::npos ? std::string_view{} : text.substr(at + 1);
  return part;
}

/// "0.25" as 250; what is no weight weighs nothing.
std::uint32_t weight_of(std::string_view text) {
  double weight = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), weight, std::chars_format::fixed);
  const bool good =
      error == std::errc{} && end == text.data() + text.size() && weight >= 0 && weight <= 1;
  return good ? static_cast<std::uint32_t>(weight * kFullWeight) : 0;
}

struct Choice {
  std::string_view name;
  std::string_view version;
  std::uint32_t weight = kFullWeight;
};

/// The next of "name;key=value;q=0.5, name, ..."; nothing at the end.
std::optional<Choice> take_choice(std::string_view& header) {
  if (header.empty()) {
    return std::nullopt;
  }
  std::string_view rest = take_part(header, ',');
  Choice choice;
  choice.name = take_part(rest, ';');
  while (!rest.empty()) {
    std::string_view value = take_part(rest, ';');
    const std::string_view key = take_part(value, '=');
    if (same(key, "q")) {
      choice.weight = weight_of(trimmed(value));
    } else if (same(key, "version")) {
      choice.version = trimmed(value);
    }
  }
  return choice;
}

bool is_our_openmetrics(const Choice& choice) {
  return same(choice.name, "application/openmetrics-text") &&
         (choice.version.empty() || choice.version == "1.0.0" || choice.version == "0.0.1");
}

bool is_text(const Choice& choice) {
  return same(choice.name, "text/plain") || same(choice.name, "text/*") || choice.name == "*/*";
}

}  // namespace

MetricsFormat choose_format(std::string_view accept) {
  std::uint32_t open = 0;
  std::uint32_t text = 0;
  while (const auto choice = take_choice(accept)) {
    if (is_our_openmetrics(*choice)) {
      open = std::max(open, choice->weight);
    } else if (is_text(*choice)) {
      text = std::max(text, choice->weight);
    }
  }
  return open > 0 && open >= text ? MetricsFormat::kOpenMetrics : MetricsFormat::kPrometheus;
}

bool accepts_gzip(std::string_view accept_encoding) {
  std::optional<std::uint32_t> named;
  std::uint32_t any = 0;
  while (const auto choice = take_choice(accept_encoding)) {
    if (same(choice->name, "gzip") || same(choice->name, "x-gzip")) {
      named = choice->weight;
    } else if (choice->name == "*") {
      any = choice->weight;
    }
  }
  return named.value_or(any) > 0;
}

}  // namespace pagefare
