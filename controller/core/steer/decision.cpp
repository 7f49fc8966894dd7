// SPDX-License-Identifier: Apache-2.0
#include "controller/core/steer/decision.h"

#include <array>
#include <cstdio>

namespace pagefare::steer {

std::string_view name(Objective objective) {
  switch (objective) {
    case Objective::kThroughput:
      return "throughput";
    case Objective::kThrift:
      return "thrift";
    case Objective::kBalanced:
      return "balanced";
  }
  return "unknown";
}

std::string_view name(Rule rule) {
  constexpr std::array<std::string_view, kRules> kNames{
      "hold",   "idle",     "floor",   "explore", "improve",
      "thrift", "pressure", "recover", "guard",   "held"};
  return kNames[static_cast<std::size_t>(rule)];
}

namespace {

template <typename... Values>
std::string line(const char* format, Values... values) {
  std::array<char, 256> text{};
  const int length = std::snprintf(text.data(), text.size(), format, values...);
  return length > 0 ? std::string(text.data()) : std::string();
}

}  // namespace

std::string explain(const Decision& decision) {
  std::string text = line("decision %llu, period %llu, rule %s\n",
                          static_cast<unsigned long long>(decision.id),
                          static_cast<unsigned long long>(decision.period),
                          std::string(name(decision.rule)).c_str());
  text += decision.sentence + "\n";
  for (const Considered& other : decision.considered) {
    text += line("  %-18s %8.2f GB/s +-%4.1f %%  %7.3f CPU s/GB  %3.0f samples  %s\n",
                 describe(other.setting).c_str(), other.gbps, 100.0 * other.uncertainty,
                 other.cpu_s_per_gb, other.samples, std::string(other.verdict).c_str());
  }
  for (const ClassLoss& one : decision.losses) {
    text += line("  %llu bytes x %llu: loses %.1f %% against its own best, %s\n",
                 static_cast<unsigned long long>(one.copy_class.folio_bytes),
                 static_cast<unsigned long long>(one.copy_class.folios), 100.0 * one.loss,
                 describe(one.own_best).c_str());
  }
  return text;
}

}  // namespace pagefare::steer
