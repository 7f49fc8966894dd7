// SPDX-License-Identifier: Apache-2.0
// Threads that copy one call's folios together, the caller among them, each on a CPU of its own.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "controller/ports/result.h"

namespace pagefare::calibrate {

class CopyCrew {
 public:
  /// One copier per CPU; the calling thread is put on the first. Error: threads cannot be started.
  static Result<std::unique_ptr<CopyCrew>> start(const std::vector<int>& cpus);
  CopyCrew(const CopyCrew&) = delete;
  CopyCrew& operator=(const CopyCrew&) = delete;
  /// Ends the threads; the calling thread may run everywhere again.
  ~CopyCrew();

  /// `folios` folios of `folio_bytes` each, one after the other in memory. Whole folios are dealt
  /// out where there is one for each copier, else each is cut into as many parts. Returns when all
  /// bytes are copied.
  void copy(std::byte* to, const std::byte* from, std::size_t folio_bytes, std::size_t folios);

 private:
  explicit CopyCrew(std::size_t copiers) : copiers_(copiers) {}
  void serve(std::size_t copier, int cpu);
  void copy_part(std::size_t copier) const;

  struct Job {
    std::byte* to = nullptr;
    const std::byte* from = nullptr;
    std::size_t folio_bytes = 0;
    std::size_t folios = 0;
  };

  std::size_t copiers_;
  std::vector<std::thread> threads_;
  Job job_;
  std::atomic<std::uint32_t> round_{0};  ///< a new one is a new job
  std::atomic<std::uint32_t> left_{0};   ///< workers that are not done with it
  std::atomic<bool> stop_{false};
};

}  // namespace pagefare::calibrate
