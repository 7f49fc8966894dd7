// SPDX-License-Identifier: Apache-2.0
#include "controller/core/steer/decision.h"

#include <array>

#include "controller/core/steer/digits.h"

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
  constexpr std::array<std::string_view, kRules> kNames{"hold",    "idle",   "floor",    "explore",
                                                        "improve", "thrift", "pressure", "recover",
                                                        "guard",   "held"};
  return kNames[static_cast<std::size_t>(rule)];
}

std::string explain(const Decision& decision) {
  std::string text = "decision " + std::to_string(decision.id) + ", period " +
                     std::to_string(decision.period) + ", rule " +
                     std::string(name(decision.rule)) + "\n" + decision.sentence + "\n";
  for (const Considered& other : decision.considered) {
    text +=
        "  " + padded_right(describe(other.setting), 18) + padded_left(fixed(other.gbps, 2), 9) +
        " GB/s +-" + padded_left(fixed(100.0 * other.uncertainty, 1), 5) + " %" +
        padded_left(fixed(other.cpu_s_per_gb, 3), 9) + " CPU s/GB" +
        padded_left(fixed(other.samples, 0), 5) + " samples  " + std::string(other.verdict) + "\n";
  }
  for (const ClassLoss& one : decision.losses) {
    text += "  " + std::to_string(one.copy_class.folios) + " folios of " +
            std::to_string(one.copy_class.folio_bytes) + " bytes lose " +
            fixed(100.0 * one.loss, 1) + " % against their own best, " + describe(one.own_best) +
            "\n";
  }
  return text;
}

}  // namespace pagefare::steer
