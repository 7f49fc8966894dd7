// SPDX-License-Identifier: Apache-2.0
#include "tests/vm/guest/status.h"

#include <algorithm>

namespace pagefare::guest {
namespace {

using nlohmann::json;

const json kNothing = json::object();

const json& part(const json& object, std::string_view name) {
  const auto found = object.find(name);
  return found == object.end() ? kNothing : *found;
}

std::int64_t number(const json& object, std::string_view name) {
  const auto& value = part(object, name);
  return value.is_number() ? value.get<std::int64_t>() : 0;
}

}  // namespace

std::int64_t Status::periods() const {
  return number(part(json_, "health"), "periods");
}

std::int64_t Status::total(std::string_view name) const {
  return number(part(json_, "totals"), name);
}

std::int64_t Status::unattributed(std::string_view name) const {
  return number(part(json_, "unattributed"), name);
}

std::int64_t Status::loss(std::string_view name) const {
  return number(part(json_, "losses"), name);
}

std::int64_t Status::cgroup(std::string_view path, std::string_view name) const {
  std::int64_t sum = 0;
  for (const auto& row : part(json_, "cgroups")) {
    sum += row.value("path", "") == path ? number(row, name) : 0;
  }
  return sum;
}

std::int64_t Status::cgroups(std::string_view name) const {
  std::int64_t sum = 0;
  for (const auto& row : part(json_, "cgroups")) {
    sum += number(row, name);
  }
  return sum;
}

bool Status::attached(std::string_view program) const {
  const auto& programs = part(json_, "programs");
  return std::ranges::any_of(programs, [&](const nlohmann::json& one) {
    return one.value("name", "") == program && one.value("attached", false);
  });
}

std::int64_t Status::cgroup(std::string_view path, std::string_view view,
                            std::string_view name) const {
  // A cgroup that was made again under its name may have a row for each life.
  std::int64_t sum = 0;
  for (const auto& row : part(json_, "cgroups")) {
    sum += row.value("path", "") == path ? number(part(row, view), name) : 0;
  }
  return sum;
}

std::int64_t Status::cgroups(std::string_view view, std::string_view name) const {
  std::int64_t sum = 0;
  for (const auto& row : part(json_, "cgroups")) {
    sum += number(part(row, view), name);
  }
  return sum;
}

std::int64_t Status::bytes_for(std::string_view reason) const {
  std::int64_t sum = 0;
  for (const auto& entry : part(json_, "classes")) {
    sum += entry.value("reason", "") == reason ? number(entry, "bytes") : 0;
  }
  return sum;
}

std::int64_t Status::pages_by(std::string_view kind, std::string_view reason) const {
  std::int64_t sum = 0;
  for (const auto& entry : part(json_, "calls")) {
    if (entry.value("initiator_kind", "") == kind && entry.value("reason", "") == reason) {
      sum += number(entry, "pages_migrated");
    }
  }
  return sum;
}

std::int64_t Status::bytes_between(int source, int destination) const {
  std::int64_t sum = 0;
  for (const auto& entry : part(json_, "flows")) {
    if (entry.value("source", -1) == source && entry.value("destination", -1) == destination) {
      sum += number(entry, "bytes");
    }
  }
  return sum;
}

}  // namespace pagefare::guest
