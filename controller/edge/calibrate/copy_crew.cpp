// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/calibrate/copy_crew.h"

#include <sched.h>

#include <cstring>
#include <system_error>

namespace pagefare::calibrate {

namespace {

constexpr std::size_t kCpusBeyond = 1024;

/// Best effort: on a CPU that went away the scheduler chooses.
void run_on(int cpu) {
  const std::size_t count = static_cast<std::size_t>(cpu) + kCpusBeyond;
  cpu_set_t* const set = CPU_ALLOC(count);
  CPU_ZERO_S(CPU_ALLOC_SIZE(count), set);
  CPU_SET_S(static_cast<std::size_t>(cpu), CPU_ALLOC_SIZE(count), set);
  sched_setaffinity(0, CPU_ALLOC_SIZE(count), set);
  CPU_FREE(set);
}

void run_everywhere() {
  constexpr std::size_t kAll = 8192;
  cpu_set_t* const set = CPU_ALLOC(kAll);
  CPU_ZERO_S(CPU_ALLOC_SIZE(kAll), set);
  for (std::size_t cpu = 0; cpu < kAll; ++cpu) CPU_SET_S(cpu, CPU_ALLOC_SIZE(kAll), set);
  sched_setaffinity(0, CPU_ALLOC_SIZE(kAll), set);
  CPU_FREE(set);
}

struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// The share of one of `parts` in `whole`; the shares are disjoint and cover it.
Span share_of(std::size_t whole, std::size_t part, std::size_t parts) {
  return {whole * part / parts, whole * (part + 1) / parts};
}

}  // namespace

Result<std::unique_ptr<CopyCrew>> CopyCrew::start(const std::vector<int>& cpus) {
  std::unique_ptr<CopyCrew> crew(new CopyCrew(cpus.size()));
  run_on(cpus.front());
  try {
    for (std::size_t copier = 1; copier < cpus.size(); ++copier) {
      crew->threads_.emplace_back(&CopyCrew::serve, crew.get(), copier, cpus[copier]);
    }
  } catch (const std::system_error& error) {
    return fail(std::string("threads to copy with cannot be started: ") + error.what());
  }
  return crew;
}

CopyCrew::~CopyCrew() {
  stop_ = true;
  ++round_;
  round_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  run_everywhere();
}

void CopyCrew::copy(std::byte* to, const std::byte* from, std::size_t folio_bytes,
                    std::size_t folios) {
  job_ = {to, from, folio_bytes, folios};
  if (!threads_.empty()) {
    left_ = static_cast<std::uint32_t>(threads_.size());
    ++round_;
    round_.notify_all();
  }
  copy_part(0);
  for (std::uint32_t left = left_; left > 0; left = left_) left_.wait(left);
}

void CopyCrew::serve(std::size_t copier, int cpu) {
  run_on(cpu);
  for (std::uint32_t done = 0;;) {
    round_.wait(done);
    done = round_;
    if (stop_) return;
    copy_part(copier);
    if (--left_ == 0) left_.notify_all();
  }
}

void CopyCrew::copy_part(std::size_t copier) const {
  const auto copy_bytes = [this](std::size_t begin, std::size_t end) {
    std::memcpy(job_.to + begin, job_.from + begin, end - begin);
  };
  if (job_.folios >= copiers_) {
    const Span mine = share_of(job_.folios, copier, copiers_);
    for (std::size_t folio = mine.begin; folio < mine.end; ++folio) {
      copy_bytes(folio * job_.folio_bytes, (folio + 1) * job_.folio_bytes);
    }
    return;
  }
  const Span mine = share_of(job_.folio_bytes, copier, copiers_);
  for (std::size_t folio = 0; folio < job_.folios; ++folio) {
    const std::size_t base = folio * job_.folio_bytes;
    copy_bytes(base + mine.begin, base + mine.end);
  }
}

}  // namespace pagefare::calibrate
