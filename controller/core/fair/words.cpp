// SPDX-License-Identifier: Apache-2.0
#include "controller/core/fair/words.h"

#include <algorithm>
#include <array>

#include "controller/core/fair/restraint.h"
#include "controller/core/fair/wide.h"

namespace pagefare::fair {
namespace {

/// 781 tenths as "78.1".
std::string tenths(std::uint64_t value) {
  return std::to_string(value / 10) + "." + std::to_string(value % 10);
}

std::string bytes_per_second(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 5> kUnits{"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  std::uint64_t divisor = 1;
  while (unit + 1 < kUnits.size() && bytes / divisor >= 1024) {
    divisor *= 1024;
    ++unit;
  }
  return tenths(scaled(bytes, 10, divisor)) + " " + std::string(kUnits.at(unit)) + "/s";
}

std::string_view does(Stage stage) {
  switch (stage) {
    case Stage::kUnder:
      return "nothing is done about it";
    case Stage::kLimit:
      return "it copies alone";
    case Stage::kRepay:
      return "what is copied for it outside its quota is taken from its cpu.max";
    case Stage::kGate:
      return "its calls are answered EAGAIN for a part of each period";
  }
  return "";
}

std::string_view reason(Rule rule) {
  switch (rule) {
    case Rule::kWithin:
      return "which is enough";
    case Rule::kShare:
      return "as others want their shares";
    case Rule::kCap:
      return "which is its budget";
    case Rule::kBurst:
      return "and the rest out of what it saved up";
    case Rule::kPatience:
      return "and the present step has not had its time";
    case Rule::kDwell:
      return "and the present step is kept a little longer";
    case Rule::kRelease:
      return "which has been enough for a while";
    case Rule::kNoAction:
      return "but its budget lists no action that is left";
    case Rule::kProtected:
      return "but it is, holds or lies in a protected cgroup";
    case Rule::kIncomplete:
      return "but too much of the cost is charged to nobody to say who is guilty";
    case Rule::kTheirs:
      return "but somebody else writes what would have to be written";
    case Rule::kUnavailable:
      return "but this machine lacks what the next step needs";
  }
  return "";
}

}  // namespace

std::string rate(std::size_t resource, std::uint64_t amount, Nanoseconds duration) {
  if (amount >= kUnlimited) return "no limit";
  const auto time = static_cast<std::uint64_t>(std::max<std::int64_t>(1, duration.count()));
  if (resource == static_cast<std::size_t>(Resource::kBytes)) {
    return bytes_per_second(scaled(amount, 1'000'000'000, time));
  }
  const bool cpu = resource == static_cast<std::size_t>(Resource::kCpu);
  return tenths(scaled(amount, 1000, time)) + (cpu ? " % of a CPU" : " % of a DMA channel");
}

std::string explain(std::string_view path, const Finding& finding, const Case& about) {
  const std::size_t r = finding.resource;
  if (!about.bound.at(r)) {
    return std::string(path) + " may use what it likes: nothing that it uses is scarce or capped.";
  }
  std::string sentence =
      std::string(path) + " would use " + rate(r, about.wish[r], about.duration) + " and may use " +
      rate(r, about.allocated[r], about.duration) + ", " + std::string(reason(finding.rule));
  const bool held = finding.from != Stage::kUnder || finding.to != Stage::kUnder;
  if (held) {
    sentence += finding.from == finding.to ? ": " : ": from now on ";
    sentence += does(finding.to);
  }
  return sentence + ".";
}

std::string_view name(Resource resource) {
  constexpr std::array<std::string_view, kResources> kNames{"cpu", "bytes", "dma"};
  return kNames.at(static_cast<std::size_t>(resource));
}

std::string_view name(Action action) {
  constexpr std::array<std::string_view, kActions> kNames{"limit", "repay", "gate", "rate"};
  return kNames.at(static_cast<std::size_t>(action));
}

std::optional<Action> parse_action(std::string_view text) {
  for (std::size_t at = 0; at < kActions; ++at) {
    if (name(static_cast<Action>(at)) == text) return static_cast<Action>(at);
  }
  return std::nullopt;
}

std::string_view name(Stage stage) {
  constexpr std::array<std::string_view, kStages> kNames{"under", "limit", "repay", "gate"};
  return kNames.at(static_cast<std::size_t>(stage));
}

std::string_view name(Rule rule) {
  constexpr std::array<std::string_view, kRules> kNames{
      "within",  "share",     "cap",       "burst",      "patience", "dwell",
      "release", "no_action", "protected", "incomplete", "theirs",   "unavailable"};
  return kNames.at(static_cast<std::size_t>(rule));
}

std::string_view name(Outcome outcome) {
  constexpr std::array<std::string_view, kOutcomes> kNames{"applied", "unavailable", "theirs",
                                                           "failed", "gone"};
  return kNames.at(static_cast<std::size_t>(outcome));
}

}  // namespace pagefare::fair
