// SPDX-License-Identifier: Apache-2.0
#include "controller/daemon/acting.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <utility>

#include "controller/daemon/observation.h"

namespace pagefare {

namespace {

Result<Custody> take_custody(const Config& config, const DaemonOptions& options,
                             MachineFiles& files) {
  const auto place = journal_place(options.state_directory, options.roots.proc);
  if (!place) return tl::make_unexpected(place.error());
  auto custody = Custody::open(
      {.place = *place, .on_stop = config.on_stop, .guard = guard_command(options.state_directory)},
      files);
  if (!custody) return custody;
  for (const std::string& remark : custody->remarks()) spdlog::warn("{}", remark);
  return custody;
}

}  // namespace

Result<std::unique_ptr<Acting>> Acting::open(const Config& config, const DaemonOptions& options,
                                             Clock& clock) {
  std::unique_ptr<Acting> acting(new Acting());
  const bool enforces = config.mode == Mode::kEnforce;
  const bool left_something = ::access((options.state_directory + "/journal").c_str(), F_OK) == 0;
  if (enforces || left_something) {
    auto custody = take_custody(config, options, acting->files_);
    if (!custody && enforces) return fail("mode enforce", custody.error());
    if (!custody) {
      spdlog::warn("what an earlier run may have left cannot be looked at: {}",
                   custody.error().message);
    } else if (enforces) {
      acting->custody_ = *std::move(custody);
    } else {
      // A mode that writes nothing ends what was kept, too.
      custody->set_on_stop(OnStop::kRestore);
      for (const UndoneValue& undone : custody->finish()) spdlog::warn("{}", undone.sentence);
    }
  }
  acting->migrator_ = std::make_unique<MigratorName>(options.roots.proc);
  MigratorName* migrator = acting->migrator_.get();
  acting->panel_ = std::make_unique<KnobPanel>(
      KnobPanelSettings{.roots = options.roots,
                        .run_directory = options.run_directory,
                        .migrator = [migrator] { return migrator->read(); }},
      acting->files_, clock, acting->custody());
  if (acting->custody_) {
    if (auto hierarchy = find_memory_cgroups(options.roots); hierarchy) {
      acting->levers_ = std::make_unique<KernelLevers>(options.roots, *std::move(hierarchy), clock,
                                                       *acting->custody_, acting->files_);
    }
  }
  return acting;
}

void Acting::finish() {
  if (!custody_) return;
  for (const UndoneValue& undone : custody_->finish()) spdlog::info("{}", undone.sentence);
}

}  // namespace pagefare
