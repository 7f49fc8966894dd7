// SPDX-License-Identifier: Apache-2.0
//
// The host's half of `./dev vm --escape`: draw_escape CSV DOCUMENT PICTURE puts the table between
// the document's two marks and draws the same figures.
#include <algorithm>
#include <charconv>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "controller/core/steer/digits.h"
#include "controller/edge/tables/csv.h"
#include "controller/edge/tables/svg.h"

namespace pagefare {
namespace {

using steer::fixed;

constexpr const char* kBegin = "<!-- figures of ./dev vm --escape -->\n";
constexpr const char* kEnd = "<!-- end of figures -->\n";
constexpr double kQuotaCpus = 0.5;

struct Row {
  double workers = 0;
  double copies = 0;
  double elapsed = 0;  ///< microseconds, as all below
  double usage = 0;
  double periods = 0;
  double throttled = 0;
  double throttled_us = 0;
  double worker = 0;

  double quota() const { return kQuotaCpus * elapsed; }
  double own_share() const { return usage / quota(); }
  double whole_share() const { return (usage + worker) / quota(); }
};

double number(const tables::Csv& csv, const tables::CsvRow& row, const std::string& column) {
  const auto text = csv.cell(row, column);
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Result<std::vector<Row>> read_rows(const std::string& path) {
  std::ifstream in(path);
  const auto csv = tables::Csv::read(in, path,
                                     {"workers", "copies", "elapsed_us", "usage_us", "periods",
                                      "throttled", "throttled_us", "worker_us"});
  if (!csv) {
    return tl::make_unexpected(csv.error());
  }
  std::vector<Row> rows;
  for (const auto& row : csv->rows()) {
    const auto cell = [&](const char* column) { return number(*csv, row, column); };
    rows.push_back({.workers = cell("workers"),
                    .copies = cell("copies"),
                    .elapsed = cell("elapsed_us"),
                    .usage = cell("usage_us"),
                    .periods = cell("periods"),
                    .throttled = cell("throttled"),
                    .throttled_us = cell("throttled_us"),
                    .worker = cell("worker_us")});
    if (rows.back().elapsed <= 0) {
      return fail(row.where + ": no time passed");
    }
  }
  return rows;
}

std::string kernel_of(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  return line.starts_with("# ") ? line.substr(2) : "unknown";
}

std::string table(const std::vector<Row>& rows, const std::string& kernel) {
  constexpr double kMs = 1000.0;
  std::string text =
      "Kernel " + kernel +
      ".\n\n"
      "| workers | copies of 2 MiB | elapsed ms | quota ms | cpu.stat ms | periods throttled | "
      "throttled ms | workers' ms | own / quota | all / quota |\n"
      "|---|---|---|---|---|---|---|---|---|---|\n";
  for (const Row& row : rows) {
    const std::vector<std::string> cells{fixed(row.workers, 0),
                                         fixed(row.copies, 0),
                                         fixed(row.elapsed / kMs, 0),
                                         fixed(row.quota() / kMs, 0),
                                         fixed(row.usage / kMs, 0),
                                         fixed(row.throttled, 0) + " of " + fixed(row.periods, 0),
                                         fixed(row.throttled_us / kMs, 0),
                                         fixed(row.worker / kMs, 0),
                                         fixed(row.own_share(), 2),
                                         fixed(row.whole_share(), 2)};
    for (const std::string& cell : cells) {
      text += "| " + cell + " ";
    }
    text += "|\n";
  }
  return text;
}

constexpr double kWidth = 640;
constexpr double kHeight = 400;
constexpr double kLeft = 60;
constexpr double kTop = 60;
constexpr double kBottom = 340;

class Chart {
 public:
  explicit Chart(const std::vector<Row>& rows) : rows_(rows) {
    for (const Row& row : rows) {
      top_ = std::max(top_, row.whole_share() * 1.1);
    }
    step_ = top_ > 5 ? 1.0 : 0.5;
  }

  std::string draw(const std::string& kernel) const {
    std::string content = tables::svg::text_at(
        kLeft, 24, "CPU time of a cgroup with half a CPU, by copy workers", "font-size=\"16\"");
    content += tables::svg::text_at(kLeft, 44, "quota = 1; kernel " + kernel + ", emulated",
                                    "fill=\"#555\"");
    content += axis();
    double x = kLeft + 30;
    for (const Row& row : rows_) {
      content += bar(row, x);
      x += (kWidth - kLeft - 60) / static_cast<double>(rows_.size());
    }
    content += tables::svg::line(kLeft, y(1), kWidth - 20, y(1),
                                 R"(stroke="#c0392b" stroke-width="1.5" stroke-dasharray="6 4")");
    return tables::svg::picture(kWidth, kHeight, content + legend());
  }

 private:
  double y(double share) const { return kBottom - (kBottom - kTop) * share / top_; }

  std::string axis() const {
    std::string content;
    for (double mark = 0; mark <= top_; mark += step_) {
      content += tables::svg::line(kLeft, y(mark), kWidth - 20, y(mark), "stroke=\"#e0e0e0\"");
      content +=
          tables::svg::text_at(kLeft - 8, y(mark) + 4, fixed(mark, 1), "text-anchor=\"end\"");
    }
    return content;
  }

  std::string bar(const Row& row, double x) const {
    constexpr double kBar = 56;
    const double own = row.own_share();
    const double whole = row.whole_share();
    return tables::svg::box(x, y(own), kBar, kBottom - y(own), "#1f6fb4") +
           tables::svg::box(x, y(whole), kBar, y(own) - y(whole), "#e08e2b") +
           tables::svg::text_at(x + kBar / 2, y(whole) - 5, fixed(whole, 2),
                                "text-anchor=\"middle\"") +
           tables::svg::text_at(x + kBar / 2, kBottom + 18, fixed(row.workers, 0),
                                "text-anchor=\"middle\"");
  }

  static std::string legend() {
    const double row = kBottom + 44;
    return tables::svg::box(kLeft, row - 10, 12, 12, "#1f6fb4") +
           tables::svg::text_at(kLeft + 18, row, "its own (cpu.stat)") +
           tables::svg::box(kLeft + 150, row - 10, 12, 12, "#e08e2b") +
           tables::svg::text_at(kLeft + 168, row, "of kernel workers, outside its quota") +
           tables::svg::text_at(kWidth - 20, kBottom + 18, "workers", "text-anchor=\"end\"");
  }

  const std::vector<Row>& rows_;
  double top_ = 1.5;
  double step_ = 0.5;
};

Result<void> write_file(const std::string& path, const std::string& text) {
  std::ofstream out(path);
  out << text << std::flush;
  return out ? Result<void>{} : fail(path + ": cannot be written");
}

Result<void> put_table(const std::string& path, const std::string& text) {
  std::ifstream in(path);
  std::stringstream read;
  read << in.rdbuf();
  std::string document = read.str();
  const auto begin = document.find(kBegin);
  const auto end = document.find(kEnd);
  if (begin == std::string::npos || end == std::string::npos || end < begin) {
    return fail(path + ": lacks the lines \"" + kBegin + "\" and \"" + kEnd + "\"");
  }
  const auto from = begin + std::string(kBegin).size();
  document.replace(from, end - from, "\n" + text + "\n");
  return write_file(path, document);
}

Result<void> run(const std::vector<std::string>& arguments) {
  if (arguments.size() != 3) {
    return fail("usage: draw_escape CSV DOCUMENT PICTURE");
  }
  const auto rows = read_rows(arguments[0]);
  if (!rows) {
    return tl::make_unexpected(rows.error());
  }
  const std::string kernel = kernel_of(arguments[0]);
  if (const auto put = put_table(arguments[1], table(*rows, kernel)); !put) {
    return put;
  }
  return write_file(arguments[2], Chart(*rows).draw(kernel));
}

}  // namespace
}  // namespace pagefare

int main(int argc, char** argv) {
  if (const auto done = pagefare::run({argv + 1, argv + argc}); !done) {
    std::cerr << "draw_escape: " << done.error().message << '\n';
    return 1;
  }
  return 0;
}
