// SPDX-License-Identifier: Apache-2.0
#include "controller/cli/status_source.h"

#include <chrono>
#include <utility>

#include "controller/cli/http_client.h"
#include "controller/daemon/observation.h"
#include "controller/edge/system_clock.h"
#include "exporter/snapshot_holder.h"
#include "exporter/status_json.h"

namespace pagefare {

namespace {

constexpr std::chrono::seconds kTimeout{5};

class DaemonStatus final : public StatusSource {
 public:
  explicit DaemonStatus(std::string url) : url_(std::move(url)) {}
  Result<std::string> fetch() override { return http_get(url_ + "/status", kTimeout); }

 private:
  std::string url_;
};

/// Every question is one period.
class OwnObservation final : public StatusSource {
 public:
  Result<void> open() {
    auto observation = Observation::open({}, {}, clock_, holder_);
    if (!observation) return tl::make_unexpected(observation.error());
    observation_ = std::move(*observation);
    return {};
  }

  Result<std::string> fetch() override {
    observation_->turn();
    return status_json(*holder_.current().snapshot);
  }

 private:
  SystemClock clock_;
  SnapshotHolder holder_{clock_};
  std::unique_ptr<Observation> observation_;
};

}  // namespace

Result<std::unique_ptr<StatusSource>> open_status_source(const std::string& url) {
  auto daemon = std::make_unique<DaemonStatus>(url);
  const auto answer = daemon->fetch();
  if (answer) return daemon;
  auto own = std::make_unique<OwnObservation>();
  if (const auto opened = own->open(); !opened) {
    return fail("no daemon answers (" + answer.error().message +
                "), and observing without one failed: " + opened.error().message);
  }
  return own;
}

}  // namespace pagefare
