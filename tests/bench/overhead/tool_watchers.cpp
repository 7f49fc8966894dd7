// SPDX-License-Identifier: Apache-2.0
// Tools that are used for the same question today, each as a child.
#include <charconv>
#include <utility>

#include "tests/bench/overhead/child.h"
#include "tests/bench/overhead/watcher.h"

namespace pagefare::bench {
namespace {

/// Finds the pages in what a tool printed: whole lines, one after the other.
using CountLine = std::uint64_t (*)(std::string_view line);

class ToolWatcher final : public Watcher {
 public:
  static Result<std::unique_ptr<Watcher>> start(const std::vector<std::string>& command,
                                                CountLine count) {
    std::unique_ptr<ToolWatcher> watcher(new ToolWatcher(count));
    auto child =
        Child::start(command, [tool = watcher.get()](std::string_view part) { tool->take(part); });
    if (!child) return tl::make_unexpected(child.error());
    watcher->child_ = std::move(*child);
    if (const auto attached = watcher->child_->await_attached(); !attached) {
      watcher->child_.reset();
      return fail(command.front() + " " + attached.error().message + ": " + watcher->first_words_);
    }
    return watcher;
  }

  Result<Watched> stop() override {
    const auto ended = child_->end();
    const Nanoseconds reader = child_->reader_cpu();
    child_.reset();
    if (!ended) return fail("the tool " + ended.error().message + ": " + first_words_);
    return Watched{.pages = {pages_}, .consumer_cpu = reader};
  }

 private:
  explicit ToolWatcher(CountLine count) : count_(count) {}

  /// Runs in the child's reader thread; everything it touches is read after that has ended.
  void take(std::string_view part) {
    if (first_words_.size() < kFirstWords) {
      first_words_.append(part.substr(0, kFirstWords - first_words_.size()));
    }
    unfinished_.append(part);
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = unfinished_.find('\n', begin)) != std::string::npos;
         begin = end + 1) {
      pages_ += count_(std::string_view(unfinished_).substr(begin, end - begin));
    }
    unfinished_.erase(0, begin);
  }

  static constexpr std::size_t kFirstWords = 300;

  CountLine count_;
  std::string first_words_;
  std::string unfinished_;
  std::uint64_t pages_ = 0;
  std::unique_ptr<Child> child_;  ///< last: its thread uses the others
};

/// "@pages[PID, REASON]: COUNT"
std::uint64_t count_bpftrace_line(std::string_view line) {
  const auto at = line.find("]: ");
  if (!line.starts_with("@pages[") || at == std::string_view::npos) return 0;
  std::uint64_t count = 0;
  std::from_chars(line.data() + at + 3, line.data() + line.size(), count);
  return count;
}

std::uint64_t count_perf_line(std::string_view line) {
  return line.find("migrate:remove_migration_pte") == std::string_view::npos ? 0 : 1;
}

std::uint64_t count_nothing(std::string_view /*line*/) {
  return 0;
}

std::string missing(const std::string& program, const std::string& package) {
  return is_installed(program) ? ""
                               : program + " is not installed (Debian package " + package + ")";
}

}  // namespace

Variant bpftrace_variant() {
  return {"bpftrace", "count.bt: pages per process and reason, no owner",
          [] {
            return ToolWatcher::start(
                {"bpftrace", PAGEFARE_SOURCE_DIR "/tests/bench/overhead/count.bt"},
                count_bpftrace_line);
          },
          missing("bpftrace", "bpftrace")};
}

Variant perf_trace_variant() {
  return {"perf-trace", "perf trace -a -e 'migrate:*', a line per event",
          [] {
            return ToolWatcher::start({"perf", "trace", "-a", "-e", "migrate:*"}, count_perf_line);
          },
          missing("perf", "linux-perf")};
}

Variant perf_record_variant() {
  return {"perf-record", "perf record -a -e 'migrate:*' -o /dev/null",
          [] {
            return ToolWatcher::start(
                {"perf", "record", "-q", "-a", "-e", "migrate:*", "-o", "/dev/null"},
                count_nothing);
          },
          missing("perf", "linux-perf")};
}

std::vector<Variant> all_variants() {
  return {{kNone, "nobody watches", nullptr, {}},
          empty_variant(),
          pagefare_variant(),
          ringbuf_variant(true),
          ringbuf_variant(false),
          bpftrace_variant(),
          perf_record_variant(),
          perf_trace_variant()};
}

}  // namespace pagefare::bench
