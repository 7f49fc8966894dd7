// SPDX-License-Identifier: Apache-2.0
//
// Tenants that move their memory to and fro without end, by calls that the gate sees.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/vm/guest/cgroup.h"

namespace pagefare::kmod_test {

/// What a tenant's movers tell, in memory that they share with the test.
struct TenantTally {
  std::atomic<std::uint64_t> bytes;    ///< that are where they were asked to go, by move_pages(2)
  std::atomic<std::uint64_t> refused;  ///< calls answered EAGAIN
  std::atomic<bool> asleep;            ///< they wait, until it is false again
  std::atomic<bool> stop;
};

/// Where a tenant's processes are.
enum class Home : std::uint8_t {
  kTenant,         ///< in its cgroup
  kChildren,       ///< each in a child of it
  kBriefChildren,  ///< each in a child of it that is another one, and the only one, for every call
};

/// A cgroup with so many processes, each of which moves `call_bytes` per call between the nodes 0
/// and 1, and asks again when it is refused.
class MovingTenant {
 public:
  /// Asleep until wake().
  MovingTenant(const std::string& cgroup, unsigned movers, std::size_t call_bytes,
               Home home = Home::kTenant);
  ~MovingTenant();
  MovingTenant(const MovingTenant&) = delete;
  MovingTenant& operator=(const MovingTenant&) = delete;

  void wake() { tally_->asleep = false; }
  void sleep() { tally_->asleep = true; }
  std::uint64_t bytes() const { return tally_->bytes; }
  std::uint64_t refused() const { return tally_->refused; }
  std::string name() const { return "/" + path_; }

 private:
  std::string path_;
  TenantTally* tally_;
  std::vector<pid_t> children_;
};

}  // namespace pagefare::kmod_test
