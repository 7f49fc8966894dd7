// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/status_reading.h"

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <utility>

namespace pagefare::e2e {

namespace {

using Pointer = Json::json_pointer;

/// What is summed over the cgroups, what is added to it, and what must come out.
struct Law {
  const char* rows;
  const char* rest;
  const char* total;
};

// Cost that fell out of a full map has lost its initiator with everything else.
constexpr const char* kNobody = "";
constexpr Law kLaws[] = {
    {"/charged/bytes", "/unattributed/bytes", "/totals/bytes"},
    {"/charged/folios", "/unattributed/folios", "/totals/folios"},
    {"/charged/copy_cpu_ns", "/unattributed/copy_cpu_ns", "/totals/copy_cpu_ns"},
    {"/outside_quota_ns", "/unattributed/worker_cpu_ns", "/totals/worker_cpu_ns"},
    {"/dma_bytes", "/unattributed/dma_bytes", "/totals/dma_bytes"},
    {"/dma_ns", "/unattributed/dma_ns", "/totals/dma_ns"},
    {"/initiator/bytes", "/unattributed/by_cause/map_full/bytes", "/totals/bytes"},
    {"/initiator/folios", kNobody, "/totals/folios"},
    {"/initiator/copy_cpu_ns", "/unattributed/by_cause/map_full/copy_cpu_ns",
     "/totals/copy_cpu_ns"},
};

std::uint64_t number(const Json& json, const char* pointer) {
  return json.at(Pointer(pointer)).get<std::uint64_t>();
}

std::uint64_t sum_over(const Json& list, const char* pointer) {
  std::uint64_t sum = 0;
  for (const Json& element : list) sum += number(element, pointer);
  return sum;
}

std::string unequal(const std::string& what, std::uint64_t left, std::uint64_t right) {
  return what + ": " + std::to_string(left) + " is not " + std::to_string(right);
}

void compare_numbers(const Json& earlier, const Json& later, const std::string& where,
                     std::vector<std::string>& found) {
  for (const auto& [key, value] : earlier.items()) {
    std::string what = where;
    what.append("/").append(key);
    if (!later.contains(key)) {
      found.push_back(what + " is gone");
    } else if (value.is_object()) {
      compare_numbers(value, later[key], what, found);
    } else if (value.is_number_unsigned() && later[key].get<std::uint64_t>() < value) {
      found.push_back(what + ": " + value.dump() + " became " + later[key].dump());
    }
  }
}

std::map<std::pair<std::string, std::uint64_t>, Json> by_identity(const Json& status) {
  std::map<std::pair<std::string, std::uint64_t>, Json> rows;
  for (const Json& row : status.at("cgroups")) {
    rows[{row.at("path").get<std::string>(), row.at("id").get<std::uint64_t>()}] = row;
  }
  return rows;
}

}  // namespace

Json read_status(const DaemonProcess& daemon) {
  const test::Reply reply = daemon.get("/status");
  EXPECT_EQ(reply.status, 200) << reply.body;
  Json status = Json::parse(reply.body, nullptr, false);
  EXPECT_FALSE(status.is_discarded()) << reply.body;
  return status;
}

Json read_fresh_status(const DaemonProcess& daemon) {
  const std::uint64_t before = number(read_status(daemon), "/health/periods");
  Json status;
  EXPECT_TRUE(eventually([&] {
    status = read_status(daemon);
    return number(status, "/health/periods") >= before + 2;
  }));
  return status;
}

std::vector<std::string> broken_sums(const Json& status) {
  std::vector<std::string> broken;
  for (const Law& law : kLaws) {
    const std::uint64_t rest = *law.rest == '\0' ? 0 : number(status, law.rest);
    const std::uint64_t sum = sum_over(status.at("cgroups"), law.rows) + rest;
    const std::uint64_t total = number(status, law.total);
    if (sum != total) {
      broken.push_back(unequal(std::string(law.rows) + " + " + law.rest, sum, total));
    }
  }
  for (const char* key : {"/bytes", "/folios", "/copy_cpu_ns", "/worker_cpu_ns", "/dma_bytes"}) {
    const Json& part = status.at("unattributed");
    const std::uint64_t sum = sum_over(part.at("by_cause"), key);
    if (sum != number(part, key)) {
      broken.push_back(unequal(std::string("causes") + key, sum, number(part, key)));
    }
  }
  return broken;
}

std::vector<std::string> shrunk(const Json& earlier, const Json& later) {
  std::vector<std::string> found;
  for (const char* part : {"totals", "unattributed", "losses"}) {
    compare_numbers(earlier.at(part), later.at(part), part, found);
  }
  const auto rows = by_identity(later);
  for (const auto& [identity, row] : by_identity(earlier)) {
    const auto now = rows.find(identity);
    if (now != rows.end()) compare_numbers(row, now->second, identity.first, found);
  }
  return found;
}

Json row_of(const Json& status, const std::string& path) {
  for (const Json& row : status.at("cgroups")) {
    if (row.at("path") == path) return row;
  }
  return nullptr;
}

double metric(const std::string& metrics, const std::string& name_and_labels) {
  const std::string line = "\n" + name_and_labels + " ";
  const std::size_t at = metrics.find(line);
  if (at == std::string::npos) return std::numeric_limits<double>::quiet_NaN();
  return std::strtod(metrics.c_str() + at + line.size(), nullptr);
}

}  // namespace pagefare::e2e
