// SPDX-License-Identifier: Apache-2.0
#include "controller/daemon/steering_parts.h"

#include <utility>

#include "controller/core/simulate/table.h"
#include "controller/edge/config_steer.h"
#include "controller/edge/platform_name.h"
#include "controller/edge/record/record_file.h"
#include "controller/edge/tables/throughput_csv.h"

namespace pagefare {

namespace {

constexpr double kPercent = 0.01;

Result<void> read_prior(const std::string& path, const Roots& roots, SteerSettings& settings) {
  if (path.empty()) return {};
  const auto table = tables::read_throughput_csv(path);
  if (!table) return fail("[steer] prior", table.error());
  settings.prior = simulate::as_prior(*table);
  settings.prior_source = table->platform == platform_name(roots)
                              ? steer::PriorSource::kThisMachine
                              : steer::PriorSource::kOtherMachine;
  return {};
}

}  // namespace

Result<SteerSettings> steer_settings(const Config& config, const Roots& roots) {
  const SteerConfig& steer = config.steer;
  SteerSettings settings;
  settings.mode = config.mode;
  settings.wants = {steer.objective, kPercent * static_cast<double>(steer.thrift_loss_percent),
                    kPercent * static_cast<double>(steer.cpu_price_percent)};
  settings.most_unseen = kPercent * static_cast<double>(steer.most_unseen_percent);
  for (const std::string& name : steer.reasons) {
    if (const auto reason = reason_named(name)) settings.reasons.push_back(*reason);
  }
  const auto prior = read_prior(steer.prior, roots, settings);
  if (!prior) return tl::make_unexpected(prior.error());
  return settings;
}

Result<std::unique_ptr<SteeringParts>> SteeringParts::open(const Config& config, const Roots& roots,
                                                           Clock& clock, CopyEngine& engine,
                                                           const std::string& record) {
  auto settings = steer_settings(config, roots);
  if (!settings) return tl::make_unexpected(settings.error());
  std::unique_ptr<ViewRecord> file;
  if (!record.empty()) {
    auto opened = record::RecordFile::open(record);
    if (!opened) return tl::make_unexpected(opened.error());
    file = std::move(*opened);
  }
  return std::unique_ptr<SteeringParts>(
      new SteeringParts(*std::move(settings), roots, clock, engine, std::move(file)));
}

}  // namespace pagefare
