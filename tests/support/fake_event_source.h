// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "controller/ports/event_source.h"

namespace pagefare::test {

/// Gives the windows and errors that a test queued, in order; an empty window when there are none.
class FakeEventSource : public EventSource {
 public:
  Result<Window> read() override {
    if (readings_.empty()) {
      return Window{};
    }
    Result<Window> next = std::move(readings_.front());
    readings_.pop_front();
    return next;
  }

  SourceStatus status() override { return current; }

  void forget(const std::vector<CgroupId>& ids) override {
    forgotten.insert(forgotten.end(), ids.begin(), ids.end());
  }

  void queue(Window window) { readings_.emplace_back(std::move(window)); }
  void queue_failure(std::string message) { readings_.emplace_back(fail(std::move(message))); }

  SourceStatus current;
  std::vector<CgroupId> forgotten;

 private:
  std::deque<Result<Window>> readings_;
};

}  // namespace pagefare::test
