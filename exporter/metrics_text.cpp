// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics_text.h"

#include <ctime>
#include <optional>
#include <utility>

#include "exporter/gzip.h"
#include "exporter/snapshot_families.h"

namespace pagefare {
namespace {

Nanoseconds thread_cpu() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + Nanoseconds(now.tv_nsec);
}

std::size_t index(MetricsForm form) {
  return (form.format == MetricsFormat::kOpenMetrics ? 2U : 0U) + (form.gzip ? 1U : 0U);
}

}  // namespace

std::shared_ptr<const std::string> MetricsText::get(MetricsForm& form) {
  meter_.count(form.format, form.gzip);
  Made& made = made_[index(form)];
  const std::scoped_lock lock(made.mutex);
  const SnapshotPtr snapshot = holder_.current().snapshot;
  if (made.text == nullptr || snapshot == nullptr || made.of.lock() != snapshot) {
    make(made, form, snapshot);
  }
  form.gzip = made.gzip;
  return made.text;
}

void MetricsText::make(Made& made, MetricsForm form, const SnapshotPtr& snapshot) {
  made.text.reset();  // the former text's memory is free for the new one
  const Nanoseconds begin = thread_cpu();
  TextFamilies families(form.format);
  meter_.add_to(families);
  if (snapshot != nullptr) {
    add_families(families, *snapshot);
  }
  std::string text = std::move(families).take();
  std::optional<std::string> packed = form.gzip ? gzip(text) : std::nullopt;
  made.gzip = packed.has_value();
  made.text = std::make_shared<const std::string>(packed ? *std::move(packed) : std::move(text));
  made.of = snapshot;
  meter_.observe_making(thread_cpu() - begin);
}

}  // namespace pagefare
