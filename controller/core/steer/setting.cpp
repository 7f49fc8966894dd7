// SPDX-License-Identifier: Apache-2.0
#include "controller/core/steer/setting.h"

#include <algorithm>
#include <bit>

namespace pagefare::steer {

std::string_view name(Engine engine) {
  switch (engine) {
    case Engine::kKernel:
      return "vanilla";
    case Engine::kThreads:
      return "mt";
    case Engine::kDma:
      return "dma";
  }
  return "unknown";
}

std::optional<Engine> engine_named(std::string_view text) {
  for (const Engine engine : {Engine::kKernel, Engine::kThreads, Engine::kDma}) {
    if (text == name(engine)) {
      return engine;
    }
  }
  return std::nullopt;
}

std::string describe(Setting setting) {
  if (setting.engine == Engine::kKernel) {
    return "unmodified kernel";
  }
  return std::string(name(setting.engine)) + " " + std::to_string(setting.workers);
}

SettingSpace::SettingSpace(const std::vector<Setting>& offered) : settings_{kUnmodified} {
  for (const Setting setting : offered) {
    const bool usable = setting.engine != Engine::kKernel && std::has_single_bit(setting.workers);
    if (usable) {
      settings_.push_back(setting);
    }
  }
  std::ranges::sort(settings_);
  const auto repeated = std::ranges::unique(settings_);
  settings_.erase(repeated.begin(), repeated.end());
  if (settings_.size() > kMaxSettings) {
    settings_.resize(kMaxSettings);
  }
}

std::optional<std::size_t> SettingSpace::find(Setting setting) const {
  const auto found = std::ranges::lower_bound(settings_, setting);
  if (found == settings_.end() || *found != setting) {
    return std::nullopt;
  }
  return static_cast<std::size_t>(found - settings_.begin());
}

std::vector<std::uint32_t> SettingSpace::counts(Engine engine) const {
  std::vector<std::uint32_t> counts;
  for (const Setting setting : settings_) {
    if (setting.engine == engine && engine != Engine::kKernel) {
      counts.push_back(setting.workers);
    }
  }
  return counts;
}

Setting Knobs::active() const {
  return engine == Engine::kKernel ? kUnmodified : Setting{engine, count(engine)};
}

std::uint32_t writes_between(const Knobs& from, const Knobs& to) {
  std::uint32_t writes = 0;
  if (from.engine != to.engine) {
    writes += from.engine != Engine::kKernel ? 1U : 0U;
    writes += to.engine != Engine::kKernel ? 1U : 0U;
  }
  for (std::size_t i = 0; i < kEngines; ++i) {
    writes += from.workers[i] != to.workers[i] ? 1U : 0U;
  }
  return writes;
}

}  // namespace pagefare::steer
