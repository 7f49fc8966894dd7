// SPDX-License-Identifier: Apache-2.0
// What the governor may choose between: an engine and a number of workers, for the whole machine.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pagefare::steer {

/// Who copies. kKernel is the unmodified kernel: the migrating task copies by itself.
enum class Engine : std::uint8_t { kKernel = 0, kThreads = 1, kDma = 2 };
inline constexpr std::size_t kEngines = 3;

/// The spelling of the throughput tables: "vanilla", "mt", "dma".
std::string_view name(Engine engine);
std::optional<Engine> engine_named(std::string_view text);

/// `workers` counts threads or DMA channels; 0 with kKernel, a power of two otherwise.
struct Setting {
  Engine engine = Engine::kKernel;
  std::uint32_t workers = 0;
  constexpr auto operator<=>(const Setting&) const = default;
};
inline constexpr Setting kUnmodified{};

/// "mt 8", "dma 16", "unmodified kernel".
std::string describe(Setting setting);

inline constexpr std::size_t kMaxSettings = 32;

/// The settings a machine offers, sorted by engine and workers. The unmodified kernel is always
/// first. Counts that are not powers of two are left out: with them threads lose bytes.
class SettingSpace {
 public:
  SettingSpace() : SettingSpace(std::vector<Setting>{}) {}
  explicit SettingSpace(const std::vector<Setting>& offered);

  std::size_t size() const { return settings_.size(); }
  Setting at(std::size_t index) const { return settings_[index]; }
  std::optional<std::size_t> find(Setting setting) const;
  const std::vector<Setting>& all() const { return settings_; }
  /// The worker counts of one engine, rising.
  std::vector<std::uint32_t> counts(Engine engine) const;

 private:
  std::vector<Setting> settings_;
};

/// The state of the knobs: which engine copies, and the count each engine would use. A count can
/// be set while its engine is off.
struct Knobs {
  Engine engine = Engine::kKernel;
  std::array<std::uint32_t, kEngines> workers{0, 4, 1};

  Setting active() const;
  std::uint32_t& count(Engine which) { return workers[static_cast<std::size_t>(which)]; }
  std::uint32_t count(Engine which) const { return workers[static_cast<std::size_t>(which)]; }
  bool operator==(const Knobs&) const = default;
};

/// How many knobs differ: each count is one; turning one engine on or off is one, so going from
/// one engine to another is two.
std::uint32_t writes_between(const Knobs& from, const Knobs& to);

}  // namespace pagefare::steer
