// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "controller/edge/system_clock.h"
#include "tests/bench/overhead/machine.h"
#include "tests/bench/overhead/watcher.h"

namespace pagefare::bench {
namespace {

class PagefareWatcher final : public Watcher {
 public:
  PagefareWatcher(std::unique_ptr<SystemClock> clock, std::unique_ptr<BpfSource> source,
                  std::uint32_t page_size)
      : clock_(std::move(clock)), source_(std::move(source)), page_size_(page_size) {}

  Result<Watched> stop() override {
    const auto window = source_->read();
    source_.reset();
    if (!window) return tl::make_unexpected(window.error());
    Watched watched;
    for (const FolioEntry& entry : window->folios) {
      if (entry.owner.kind != Owner::Kind::kUnseen) {
        watched.pages += Pages{entry.bytes.value / page_size_};
      }
    }
    return watched;
  }

 private:
  std::unique_ptr<SystemClock> clock_;
  std::unique_ptr<BpfSource> source_;
  std::uint32_t page_size_;
};

Result<std::unique_ptr<Watcher>> start() {
  static const Result<BpfSettings> settings = portable_settings();
  if (!settings) return tl::make_unexpected(settings.error());
  auto clock = std::make_unique<SystemClock>();
  auto source = BpfSource::open(*settings, *clock);
  if (!source) return tl::make_unexpected(source.error());
  return std::make_unique<PagefareWatcher>(std::move(clock), std::move(*source),
                                           settings->page_size);
}

}  // namespace

Variant pagefare_variant() {
  return {kPagefare, "portable layer, owner and initiator of every page, time on CPU", start, {}};
}

}  // namespace pagefare::bench
