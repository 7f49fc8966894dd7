// SPDX-License-Identifier: Apache-2.0
// What one scrape costs, by the number of cgroups.
#include <benchmark/benchmark.h>

#include <string>

#include "exporter/pages.h"
#include "exporter/status_json.h"
#include "exporter/status_parse.h"
#include "exporter/top_table.h"
#include "tests/support/library_families.h"
#include "tests/support/snapshots.h"

namespace pagefare::test {
namespace {

Snapshot snapshot_of(std::int64_t cgroups) {
  Snapshot snapshot = populated_snapshot();
  snapshot.rows.clear();
  for (std::int64_t i = 0; i < cgroups; ++i) {
    // As long as the path of a container in Kubernetes.
    const std::string number = std::to_string(100'000 + i);
    snapshot.rows.push_back(
        row("/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + number +
                "_3f5c_4b1e.slice/cri-containerd-" + number + std::string(58, 'e') + ".scope",
            static_cast<std::uint64_t>(i + 1), static_cast<std::uint64_t>(i * 977 + 1)));
  }
  return snapshot;
}

// A snapshot per scrape: a second scrape of the same one costs a copy of a pointer.
void answer_request(benchmark::State& state, const Request& request) {
  HandClock clock;
  SnapshotHolder holder(clock);
  Site site(holder, 0);
  const Snapshot snapshot = snapshot_of(state.range(0));
  std::size_t bytes = 0;
  for (auto _ : state) {
    state.PauseTiming();
    holder.publish(shared(snapshot));
    state.ResumeTiming();
    const Page page = site.answer(request);
    bytes = page.text().size();
    benchmark::DoNotOptimize(page.text().data());
  }
  state.counters["bytes"] = static_cast<double>(bytes);
}

void metrics_text(benchmark::State& state) {
  answer_request(state, {.method = "GET", .path = "/metrics"});
}

/// What a Prometheus server asks for.
void metrics_openmetrics_gzip(benchmark::State& state) {
  answer_request(state, {.method = "GET",
                         .path = "/metrics",
                         .accept = "application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.1",
                         .accept_encoding = "gzip"});
}

void metrics_again(benchmark::State& state) {
  HandClock clock;
  SnapshotHolder holder(clock);
  Site site(holder, 0);
  holder.publish(shared(snapshot_of(state.range(0))));
  for (auto _ : state) {
    benchmark::DoNotOptimize(site.answer({.method = "GET", .path = "/metrics"}).text().data());
  }
}

void status_page(benchmark::State& state) {
  answer_request(state, {.method = "GET", .path = "/status"});
}

void metrics_text_of_prometheus_cpp(benchmark::State& state) {
  const Snapshot snapshot = snapshot_of(state.range(0));
  for (auto _ : state) {
    benchmark::DoNotOptimize(library_text(snapshot));
  }
}

void parse_and_sort(benchmark::State& state) {
  const std::string json = status_json(snapshot_of(state.range(0)));
  for (auto _ : state) {
    TopTable table = top_sums(parse_status(json).value());
    sort(table, {});
    benchmark::DoNotOptimize(table.rows.data());
  }
}

BENCHMARK(metrics_text)->Arg(0)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMillisecond);
BENCHMARK(metrics_text_of_prometheus_cpp)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMillisecond);
BENCHMARK(metrics_openmetrics_gzip)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMillisecond);
BENCHMARK(metrics_again)->Arg(10'000)->Unit(benchmark::kMicrosecond);
BENCHMARK(status_page)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMillisecond);
BENCHMARK(parse_and_sort)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace pagefare::test
