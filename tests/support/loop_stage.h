// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>

#include "controller/loop/loop.h"
#include "tests/support/collecting_sink.h"
#include "tests/support/fake_cgroup_names.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_event_source.h"
#include "tests/support/windows.h"

namespace pagefare::test {

/// A loop between fakes.
struct LoopStage {
  explicit LoopStage(LoopSettings settings = {})
      : loop(std::move(settings), source, names, clock, sink) {}

  /// One period in which this was observed.
  void turn(Window window) {
    source.queue(std::move(window));
    loop.turn();
  }
  /// One period in which a cgroup's task moved folios of its own.
  void turn(std::uint64_t id, std::uint64_t folios) {
    Window window;
    window.folios = {moved(task(id), cgroup(id), folios)};
    turn(std::move(window));
  }
  void turn_failing(std::string message) {
    source.queue_failure(std::move(message));
    loop.turn();
  }

  FakeEventSource source;
  FakeCgroupNames names;
  FakeClock clock;
  CollectingSink sink;
  Loop loop;
};

}  // namespace pagefare::test
