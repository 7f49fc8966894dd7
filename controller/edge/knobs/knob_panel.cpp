// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/knobs/knob_panel.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <filesystem>
#include <ratio>
#include <system_error>
#include <utility>

#include "controller/core/knobs/alarms.h"

namespace pagefare {

namespace {

using knobs::Role;
using steer::Engine;

/// Of one knob: so many writes in a row, then one a second.
constexpr double kBurst = 60.0;

/// CPUs, nodes and DMA channels come and go seldom, and looking at them is half of a reading's
/// cost.
constexpr std::uint64_t kReadsPerLook = 10;

knobs::Seat wanted_seat(Engine engine) {
  return engine == Engine::kDma ? knobs::Seat::kDma : knobs::Seat::kThreads;
}

bool copies_by_dma(const knobs::EngineReading& reading) {
  return reading.driver(Engine::kDma).on && (!reading.one_module || reading.chosen == Engine::kDma);
}

bool is_held(const FoundKnob& knob) {
  return knob.row.grip == Grip::kTheirs;
}

}  // namespace

KnobPanel::KnobPanel(KnobPanelSettings settings, MachineFiles& files, Clock& clock,
                     Custody* custody)
    : settings_(std::move(settings)), files_(files), clock_(clock), custody_(custody) {}

Result<KnobState> KnobPanel::read() {
  written_.clear();
  found_ = find_knobs(settings_.roots, files_);
  look_at_engines();
  const knobs::Driver& dma = reading_.driver(Engine::kDma);
  const Engine inferred = history_.infer(reading_);
  std::optional<Engine> told;
  const bool has_series = reading_.driver(Engine::kThreads).there || dma.there;
  if (settings_.migrator && has_series && !reading_.one_module) {
    if (const auto name = settings_.migrator()) told = knobs::engine_of_migrator(*name);
  }
  reading_.active = told.value_or(inferred);
  take_over_kept();
  judge_grips();
  return make_state(told.has_value());
}

void KnobPanel::look_at_engines() {
  if (reads_++ % kReadsPerLook == 0) {
    bounds_ = find_bounds(settings_.roots, files_);
    channels_.look(settings_.roots, files_, clock_.monotonic());
  }
  bounds_.has_channels = channels_.any();
  reading_ = engines_of(found_, bounds_);
  if (!bounds_.has_channels && copies_by_dma(reading_)) {
    // The channels are taken because the engine has them.
    bounds_.has_channels = true;
    reading_ = engines_of(found_, bounds_);
  }
  knobs::Driver& dma = reading_.driver(Engine::kDma);
  if (channel_bound_) dma.max = std::min(dma.max, *channel_bound_);
  if (!dma.there) {  // another module may take more
    channel_bound_.reset();
    channels_.forget_refusal();
  }
}

/// What the run before kept, or what we wrote before the panel was made anew, is ours. A knob that
/// the panel does not turn may be held by a lever, which writes it anew in any period and judges by
/// itself whose it is: to cede it would leave nobody to put it back.
void KnobPanel::take_over_kept() {
  if (custody_ == nullptr) return;
  for (FoundKnob& knob : found_) {
    const ChangedValue* value = custody_->journal().find(knob.row.path);
    if (value == nullptr || value->ours.empty()) continue;
    const std::string& ours = value->ours.back();
    if (knob.spec->role == Role::kOther) {
      if (!same(comparison_of(knob.spec->kind), knob.row.value, ours)) continue;
      knob.row.ours = ours;
      knob.row.grip = Grip::kOurs;
    } else if (!grips_.knows(knob.row.name)) {
      grips_.wrote(knob.row.name, ours);
    }
  }
}

void KnobPanel::judge_grips() {
  for (const std::string& knob : take_releases(settings_.run_directory)) grips_.release(knob);
  for (FoundKnob& knob : found_) {
    const bool newly = grips_.judge(knob.row, comparison_of(knob.spec->kind), clock_.unix_ns());
    // Theirs: whatever it was before us, it is not ours to bring back.
    if (newly && custody_ != nullptr) (void)custody_->cede(knob.row.path);
  }
}

KnobState KnobPanel::make_state(bool certain) const {
  KnobState state;
  for (const FoundKnob& knob : found_) {
    state.rows.push_back(knob.row);
    if (knob.spec->role == Role::kReasons && knob.row.error.empty()) {
      state.has_reason_mask = true;
      state.reason_mask = knobs::reason_mask(knob.row.value);
    }
    if (!is_held(knob)) continue;
    const Role role = knob.spec->role;
    state.held.engine |= role == Role::kSwitch || role == Role::kEngine;
    state.held.threads |= role == Role::kThreads;
    state.held.channels |= role == Role::kChannels;
  }
  const knobs::Driver& threads = reading_.driver(Engine::kThreads);
  state.held.engine |= threads.there && !threads.has_switch;
  state.alarms = knobs::find_alarms(reading_, state.rows, certain, bounds_.cpus_of_smallest_node);
  state.offered = knobs::offers(reading_);
  state.knobs = knobs::knobs_of(reading_);
  state.active = state.knobs.active();
  return state;
}

FoundKnob* KnobPanel::knob_for(Role role, Engine engine) {
  const auto fits = [&](const FoundKnob& knob) {
    const knobs::Seat seat = knobs::spec(knob.generation).seat;
    const bool right =
        reading_.one_module ? seat == knobs::Seat::kBoth : seat == wanted_seat(engine);
    return right && knob.spec->role == role;
  };
  const auto found = std::ranges::find_if(found_, fits);
  return found == found_.end() ? nullptr : &*found;
}

Result<void> KnobPanel::check_step(const FoundKnob& knob, const knobs::KnobWrite& planned,
                                   steer::Haste haste) const {
  if (planned.role != Role::kThreads && planned.role != Role::kChannels) return {};
  const knobs::Driver& driver = reading_.driver(planned.engine);
  const std::uint32_t now = driver.count.value_or(1);
  const auto to = static_cast<std::uint32_t>(std::stoul(planned.text));
  // Back to what the machine bears is one step, however far beyond somebody has set it.
  if (steer::within_step(now, to, haste) || (now > driver.max && to == driver.max)) return {};
  return fail(knob.row.path + ": from " + knob.row.value + " to " + planned.text +
              " is more than one step; not written");
}

Result<void> KnobPanel::turn(const steer::Knobs& to, steer::Haste haste) {
  for (const knobs::KnobWrite& planned : knobs::plan(reading_, to)) {
    FoundKnob* knob = knob_for(planned.role, planned.engine);
    if (knob == nullptr || is_held(*knob)) continue;
    if (auto allowed = check_step(*knob, planned, haste); !allowed) return allowed;
    if (auto written = write(*knob, planned.text); !written) return written;
  }
  return {};
}

Result<void> KnobPanel::admit(std::uint32_t reason_mask) {
  const auto knob = std::ranges::find_if(
      found_, [](const FoundKnob& found) { return found.spec->role == Role::kReasons; });
  if (knob == found_.end()) return fail("no engine here has a mask of reasons");
  if (is_held(*knob) || knobs::reason_mask(knob->row.value) == reason_mask) return {};
  return write(*knob, knobs::reason_names(reason_mask));
}

bool KnobPanel::may_write_now(const std::string& knob) {
  const Nanoseconds now = clock_.monotonic();
  auto [entry, fresh] = allowances_.try_emplace(knob, Allowance{.writes = kBurst, .since = now});
  Allowance& allowance = entry->second;
  const double seconds = static_cast<double>((now - allowance.since).count()) / std::nano::den;
  allowance = {.writes = std::min(kBurst, allowance.writes + seconds), .since = now};
  if (allowance.writes < 1.0) return false;
  allowance.writes -= 1.0;
  return true;
}

Result<void> KnobPanel::write(FoundKnob& knob, const std::string& text) {
  const std::string& path = knob.row.path;
  if (custody_ == nullptr) return fail(path + ": this mode writes nothing");
  if (!written_.insert(knob.row.name).second) {
    return fail(path + ": was written in this period already");
  }
  if (!may_write_now(knob.row.name)) return fail(path + ": written too often; left for a while");
  const Comparison comparison = comparison_of(knob.spec->kind);
  const auto now = files_.read(path);
  if (!now || !same(comparison, *now, knob.row.value)) {
    return fail(path + ": changed since it was read; looked at again in the next period");
  }
  const auto changed =
      custody_->write({.path = path, .comparison = comparison, .from = knob.row.value, .to = text});
  if (!changed) return tl::make_unexpected(changed.error());
  if (!changed->taken) return explain_refusal(knob, text, *changed);
  knob.row.value = changed->reads;
  grips_.wrote(knob.row.name, changed->reads);
  return {};
}

Result<void> KnobPanel::explain_refusal(const FoundKnob& knob, const std::string& text,
                                        const Changed& changed) {
  if (knob.spec->role == Role::kChannels && changed.write_error == EINVAL) {
    // The upper bound is not told anywhere: half of what was refused is asked for next.
    channel_bound_ = std::max(1U, static_cast<std::uint32_t>(std::stoul(text)) / 2);
    return fail(changed.sentence + "; not more than " + std::to_string(*channel_bound_) +
                " channels are asked for from now on");
  }
  if (changed.write_error == ENODEV) {
    channels_.refused(clock_.monotonic());
    return fail(changed.sentence +
                "; there is no DMA channel for it, so it is not offered until another comes free");
  }
  if (changed.write_error == EBUSY) return fail(changed.sentence + "; " + likely_holder(knob));
  return fail(changed.sentence);
}

std::string KnobPanel::likely_holder(const FoundKnob& knob) const {
  for (const FoundKnob& other : found_) {
    const bool on = other.spec->role == Role::kSwitch && other.generation != knob.generation &&
                    same(Comparison::kSwitch, other.row.value, "1");
    if (on) return "likely held by " + other.row.generation + ": " + other.row.path + " reads 1";
  }
  const std::string uffd = settings_.roots.sys + "/kernel/uffd_dma/offloading";
  if (const auto reads = files_.read(uffd); reads && same(Comparison::kSwitch, *reads, "1")) {
    return "likely held by uffd_dma: " + uffd + " reads 1";
  }
  std::error_code ignored;
  const std::filesystem::directory_iterator patches(settings_.roots.sys + "/kernel/livepatch",
                                                    ignored);
  if (patches != std::filesystem::directory_iterator()) {
    return "likely held by the live patch " + patches->path().filename().string();
  }
  return "the kernel's log names the holder (\"enabled by\")";
}

}  // namespace pagefare
