// SPDX-License-Identifier: Apache-2.0
#include "controller/daemon/doctor_knobs.h"

#include <algorithm>
#include <string>

#include "controller/core/knobs/alarms.h"
#include "controller/edge/bpf/migrator_name.h"
#include "controller/edge/knobs/knob_panel.h"

namespace pagefare {

namespace {

/// "module pagefare_copy 0.1.0", with what the module says of itself.
std::string module_of(const knobs::GenerationSpec& generation, const Roots& roots,
                      MachineFiles& files) {
  if (generation.module.empty()) return "built into the kernel";
  const std::string directory = roots.sys + "/module/" + std::string(generation.module);
  std::string text = "module " + std::string(generation.module);
  if (const auto version = files.read(directory + "/version")) return text + " " + *version;
  if (const auto source = files.read(directory + "/srcversion")) return text + " (" + *source + ")";
  return text;
}

void examine_engines(const KnobState& state, const Roots& roots, MachineFiles& files,
                     std::vector<Finding>& findings) {
  for (const knobs::GenerationSpec& generation : knobs::generations()) {
    const bool here = std::ranges::any_of(
        state.rows, [&](const KnobRow& row) { return row.generation == generation.name; });
    if (!here || generation.seat == knobs::Seat::kNone) continue;
    findings.push_back({.name = "copy engine " + std::string(generation.name),
                        .required = false,
                        .ok = true,
                        .why = module_of(generation, roots, files) +
                               "; copies now: " + steer::describe(state.active),
                        .remedy = ""});
  }
  if (state.offered.empty()) {
    findings.push_back({.name = "copy engine",
                        .required = false,
                        .ok = false,
                        .why = "none is here: nothing to steer",
                        .remedy = "the module pagefare_copy is one, see docs/kmod.md"});
  }
}

}  // namespace

void examine_knobs(const Roots& roots, Clock& clock, std::vector<Finding>& findings) {
  SystemFiles files;
  MigratorName migrator(roots.proc);
  KnobPanel panel({.roots = roots,
                   .run_directory = "/nonexistent",
                   .migrator = [&migrator] { return migrator.read(); }},
                  files, clock, nullptr);
  const auto state = panel.read();
  if (!state) {
    findings.push_back(
        {.name = "knobs", .required = false, .ok = false, .why = state.error().message});
    return;
  }
  examine_engines(*state, roots, files, findings);
  for (const KnobAlarm& alarm : state->alarms) {
    const bool harmful = alarm.kind == KnobAlarm::Kind::kLosesData;
    findings.push_back({.name = (harmful ? "LOSES DATA: " : "knob ") + alarm.knob,
                        .required = false,
                        .ok = false,
                        .why = alarm.sentence,
                        .remedy = "",
                        .alarm = true});
  }
}

}  // namespace pagefare
