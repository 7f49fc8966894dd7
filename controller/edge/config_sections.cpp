// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/config_sections.h"

#include "controller/edge/config_fairness.h"
#include "controller/edge/config_section_kubernetes.h"
#include "controller/edge/config_steer.h"

namespace pagefare {

namespace {

std::vector<ConfigSection> make_sections() {
  std::vector<ConfigSection> all;
  all.push_back(section("steer", "How the copy engines are set: docs/steering.md", &Config::steer,
                        steer_keys()));
  all.push_back(fairness_section());
  all.push_back(budget_section());
  all.push_back(kubernetes_section());
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
