// SPDX-License-Identifier: Apache-2.0
//
// The queueing of the module's work items, as the kernel's workqueue events tell it.
#pragma once

#include <string>
#include <vector>

namespace pagefare::kmod_test {

/// Listens to workqueue_queue_work for as long as it lives, in a trace instance of its own.
class QueuedWork {
 public:
  QueuedWork();
  ~QueuedWork();
  QueuedWork(const QueuedWork&) = delete;
  QueuedWork& operator=(const QueuedWork&) = delete;

  /// The CPU that each item of pagefare_copy_work was queued for, in order. Forgets them.
  std::vector<int> take();

 private:
  std::string instance_;
};

}  // namespace pagefare::kmod_test
