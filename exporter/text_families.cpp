// SPDX-License-Identifier: Apache-2.0
#include "exporter/text_families.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>

namespace pagefare {
namespace {

constexpr std::size_t kNumberBytes = 32;
constexpr int kDigits = std::numeric_limits<double>::max_digits10 - 1;
/// Below this a whole number has at most kDigits digits and is no rounded one.
constexpr double kWhole = 1e15;
constexpr std::string_view kTotal = "_total";

/// Three passes of memchr() take a tenth of the time of one of find_first_of(): paths are long, and
/// hardly any has such a letter.
bool needs_escape(std::string_view value) {
  return value.find('"') != std::string_view::npos || value.find('\\') != std::string_view::npos ||
         value.find('\n') != std::string_view::npos;
}

void append_label(std::string& text, std::string_view name, std::string_view value) {
  text.append(name);
  text.append("=\"");
  append_escaped(text, value);
  text += '"';
}

/// `{a="1",b="2"}`; nothing without labels.
void append_labels(std::string& text, const MetricSpec& row, LabelValues labels) {
  std::size_t i = 0;
  for (const std::string_view value : labels) {
    text += i == 0 ? '{' : ',';
    append_label(text, row.labels[i++], value);
  }
  if (i > 0) {
    text += '}';
  }
}

void append_sample(std::string& text, double value) {
  text += ' ';
  append_number(text, value);
  text += '\n';
}

/// OpenMetrics asks for bounds that are written as floating point numbers: "1.0", not "1".
void append_bound(std::string& text, double bound, MetricsFormat format) {
  const std::size_t begin = text.size();
  append_number(text, bound);
  const bool plain = text.find_first_of(".eI", begin) == std::string::npos;
  if (format == MetricsFormat::kOpenMetrics && plain) {
    text += ".0";
  }
}

void append_bucket(std::string& text, const MetricSpec& row, const HistogramBucket& bucket,
                   LabelValues labels, MetricsFormat format) {
  text.append(row.name);
  text.append("_bucket{");
  std::size_t i = 0;
  for (const std::string_view value : labels) {
    append_label(text, row.labels[i++], value);
    text += ',';
  }
  text.append("le=\"");
  append_bound(text, bucket.upper, format);
  text.append("\"}");
  append_sample(text, static_cast<double>(bucket.cumulative));
}

/// In OpenMetrics the family of a counter has its name without _total.
std::string_view family_name(const MetricSpec& row, MetricsFormat format) {
  std::string_view name = row.name;
  if (format == MetricsFormat::kOpenMetrics && row.type == MetricType::kCounter &&
      name.ends_with(kTotal)) {
    name.remove_suffix(kTotal.size());
  }
  return name;
}

void append_header(std::string& text, const MetricSpec& row, MetricsFormat format) {
  const std::string_view name = family_name(row, format);
  text.append("# HELP ").append(name).append(" ");
  if (format == MetricsFormat::kOpenMetrics) {
    append_escaped(text, row.help);
  } else {
    text.append(row.help);
  }
  text.append("\n# TYPE ").append(name).append(" ").append(type_name(row.type)).append("\n");
}

}  // namespace

void append_number(std::string& text, double value) {
  if (!std::isfinite(value)) {
    text.append(std::isnan(value) ? "Nan" : value < 0 ? "-Inf" : "+Inf");
    return;
  }
  std::array<char, kNumberBytes> digits{};
  char* const end = digits.data() + digits.size();
  const bool whole =
      value >= 0 && value < kWhole && std::trunc(value) == value && !std::signbit(value);
  const auto [last, error] =
      whole ? std::to_chars(digits.data(), end, static_cast<std::uint64_t>(value))
            : std::to_chars(digits.data(), end, value, std::chars_format::general, kDigits);
  text.append(digits.data(), error == std::errc{} ? last : digits.data());
}

void append_escaped(std::string& text, std::string_view value) {
  if (!needs_escape(value)) {
    text.append(value);
    return;
  }
  for (const char letter : value) {
    if (letter == '\n') {
      text.append("\\n");
      continue;
    }
    if (letter == '"' || letter == '\\') {
      text += '\\';
    }
    text += letter;
  }
}

void TextFamilies::put(const MetricSpec& row, double value, LabelValues labels) {
  std::string& text = samples_of(row);
  text.append(row.name);
  append_labels(text, row, labels);
  append_sample(text, value);
}

void TextFamilies::put(const MetricSpec& row, const HistogramSample& sample, LabelValues labels) {
  std::string& text = samples_of(row);
  const std::uint64_t count = sample.buckets.empty() ? 0 : sample.buckets.back().cumulative;
  text.append(row.name).append("_count");
  append_labels(text, row, labels);
  append_sample(text, static_cast<double>(count));
  text.append(row.name).append("_sum");
  append_labels(text, row, labels);
  append_sample(text, sample.sum);
  for (const HistogramBucket& bucket : sample.buckets) {
    append_bucket(text, row, bucket, labels, format_);
  }
}

std::string TextFamilies::take() && {
  constexpr std::size_t kHeaderBytes = 512;
  const std::size_t bytes = std::accumulate(
      samples_.begin(), samples_.end(), kMetrics * kHeaderBytes,
      [](std::size_t sum, const std::string& samples) { return sum + samples.size(); });
  std::string text;
  text.reserve(bytes);
  for (const MetricSpec& row : metric_table()) {
    std::string samples = std::move(samples_of(row));
    if (!samples.empty()) {
      append_header(text, row, format_);
      text.append(samples);
    }
  }
  if (format_ == MetricsFormat::kOpenMetrics) {
    text.append("# EOF\n");
  }
  return text;
}

}  // namespace pagefare
