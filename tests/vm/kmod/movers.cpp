// SPDX-License-Identifier: Apache-2.0
#include "tests/vm/kmod/movers.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <new>
#include <thread>

#include "tests/vm/guest/numa_memory.h"
#include "tests/vm/kmod/buffer.h"

namespace pagefare::kmod_test {
namespace {

void move_for_ever(MoverTally& tally, std::size_t folio, std::size_t bytes,
                   std::chrono::milliseconds rest) {
  for (std::uint64_t round = 0; !tally.stop; ++round) {
    const int from = static_cast<int>(round % 2);
    Buffer buffer{bytes, folio, from, Buffer::FolioSize::kAsItIs};
    buffer.fill(round * bytes);
    if (round % 4 == 0) {
      (void)guest::dirty_free_memory(2 * bytes, 1 - from, guest::PageKind::kHuge);
    }
    buffer.move_to(1 - from);
    tally.wrong_words += buffer.wrong_words();
    ++tally.moves;
    std::this_thread::sleep_for(rest);
  }
}

}  // namespace

Movers::Movers()
    : tally_{new(mmap(nullptr, sizeof(MoverTally), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0)) MoverTally{}} {}

Movers::~Movers() {
  stop();
  munmap(tally_, sizeof(MoverTally));
}

void Movers::start(std::size_t folio, std::size_t bytes, std::chrono::milliseconds rest) {
  const pid_t child = fork();
  if (child == 0) {
    move_for_ever(*tally_, folio, bytes, rest);
    _exit(0);
  }
  children_.push_back(child);
}

void Movers::start_other(void (*work)(unsigned round)) {
  const pid_t child = fork();
  if (child == 0) {
    for (unsigned round = 0; !tally_->stop; ++round) {
      work(round);
    }
    _exit(0);
  }
  children_.push_back(child);
}

bool Movers::stop() {
  tally_->stop = true;
  bool all_well = true;
  for (const pid_t child : children_) {
    int status = 0;
    all_well = waitpid(child, &status, 0) == child && status == 0 && all_well;
  }
  children_.clear();
  return all_well;
}

}  // namespace pagefare::kmod_test
