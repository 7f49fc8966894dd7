// SPDX-License-Identifier: Apache-2.0
// What steering needs beside the copy engine, plugged together.
#pragma once

#include <memory>
#include <string>

#include "controller/edge/config.h"
#include "controller/edge/proc_cpu_meter.h"
#include "controller/edge/roots.h"
#include "controller/loop/steering.h"
#include "controller/ports/clock.h"
#include "controller/ports/result.h"

namespace pagefare {

class SteeringParts {
 public:
  /// `record`: path of a new record, or empty. `clock` and `engine` must outlive the parts. Error:
  /// the prior cannot be read or the record cannot be made.
  static Result<std::unique_ptr<SteeringParts>> open(const Config& config, const Roots& roots,
                                                     Clock& clock, CopyEngine& engine,
                                                     const std::string& record);

  Steering& steering() { return steering_; }

 private:
  SteeringParts(SteerSettings settings, const Roots& roots, Clock& clock, CopyEngine& engine,
                std::unique_ptr<ViewRecord> record)
      : cpus_(roots, clock),
        record_(std::move(record)),
        steering_(std::move(settings), engine, cpus_, record_.get()) {}

  ProcCpuMeter cpus_;
  std::unique_ptr<ViewRecord> record_;
  Steering steering_;
};

/// The part of the configuration that steers. Error: the prior cannot be read.
Result<SteerSettings> steer_settings(const Config& config, const Roots& roots);

}  // namespace pagefare
