// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/config_sections.h"

#include "controller/edge/config_key_makers.h"

namespace pagefare {

namespace {

std::vector<Key<SteerConfig>> steer_keys() {
  std::vector<Key<SteerConfig>> keys;
  keys.push_back(choice("objective", &SteerConfig::objective, {"throughput", "thrift", "balanced"},
                        "What copying is steered to: the most GB/s; the fewest CPU seconds per GB "
                        "near that; GB/s at a price per CPU second"));
  return keys;
}

std::vector<ConfigSection> make_sections() {
  std::vector<ConfigSection> all;
  all.push_back(section("steer", "How the copy engines are set: docs/steering.md", &Config::steer,
                        steer_keys()));
  return all;
}

}  // namespace

std::string heading(const ConfigSection& section) {
  const std::string name(section.name);
  return section.repeated ? "[[" + name + "]]" : "[" + name + "]";
}

std::span<const ConfigSection> config_sections() {
  static const std::vector<ConfigSection> sections = make_sections();
  return sections;
}

}  // namespace pagefare
