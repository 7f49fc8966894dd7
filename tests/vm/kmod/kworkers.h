// SPDX-License-Identifier: Apache-2.0
//
// What the scheduler says that kernel workers ran: a source that has nothing to do with BPF.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>

namespace pagefare::kmod_test {

/// Time on CPU by worker of an unbound pool, in nanoseconds (/proc/PID/schedstat).
using KworkerTimes = std::map<pid_t, std::int64_t>;

KworkerTimes unbound_kworkers();

/// What all of them ran between two readings; new ones count from their birth.
std::int64_t time_between(const KworkerTimes& before, const KworkerTimes& after);

}  // namespace pagefare::kmod_test
