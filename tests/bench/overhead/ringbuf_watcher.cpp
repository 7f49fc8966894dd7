// SPDX-License-Identifier: Apache-2.0
#include <bpf/libbpf.h>

#include <atomic>
#include <bit>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "tests/bench/overhead/machine.h"
#include "tests/bench/overhead/record.h"
#include "tests/bench/overhead/watcher.h"
// The skeleton uses the types of bpf/abi.h without including it.
#include "ringbuf.skel.h"

namespace pagefare::bench {
namespace {

constexpr int kLookEveryMs = 10;

struct Destroy {
  void operator()(ringbuf_bpf* object) const { ringbuf_bpf::destroy(object); }
};
using Object = std::unique_ptr<ringbuf_bpf, Destroy>;

void set_constants(ringbuf_bpf& object, const FolioAddressing& folios, bool memory_on_v2) {
  auto& cfg = *object.rodata;
  cfg.cfg_page_shift = static_cast<std::uint32_t>(std::countr_zero(folios.page_size));
  cfg.cfg_nodes_shift = folios.node_bits == 0 ? 0 : 64 - folios.node_bits;
  cfg.cfg_nodes_mask = (std::uint64_t{1} << folios.node_bits) - 1;
  cfg.cfg_memory_on_v2 = memory_on_v2;
  cfg.cfg_rdonly_cast = folios.rdonly_cast;
  cfg.cfg_vmemmap = folios.vmemmap;
  cfg.cfg_struct_page_size = folios.struct_page_size;
  cfg.cfg_pte_pfn_mask = folios.layout.address_mask;
  cfg.cfg_pte_high_mask = folios.layout.high_mask;
  cfg.cfg_pte_high_shift = folios.layout.high_shift;
  cfg.cfg_pte_present_mask = folios.layout.inverted_unless;
}

/// Loads and attaches the programs whose name begins with `prefix`.
Result<Object> load(std::string_view prefix, bool wake) {
  static const Result<FolioAddressing> folios = folio_addressing();
  static const Result<BpfSettings> settings = portable_settings();
  if (!folios) return tl::make_unexpected(folios.error());
  if (!settings) return tl::make_unexpected(settings.error());
  Object object(ringbuf_bpf::open());
  if (!object) return fail(std::string("cannot open ringbuf.bpf.o: ") + std::strerror(errno));
  set_constants(*object, *folios, settings->memory_on_v2);
  object->rodata->cfg_wake = wake;
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, object->obj) {
    bpf_program__set_autoload(program,
                              std::string_view(bpf_program__name(program)).starts_with(prefix));
  }
  int error = ringbuf_bpf::load(object.get());
  if (error == 0) error = ringbuf_bpf::attach(object.get());
  if (error != 0) {
    return fail(std::string("cannot load and attach ringbuf.bpf.o: ") + std::strerror(-error));
  }
  return object;
}

class EmptyWatcher final : public Watcher {
 public:
  explicit EmptyWatcher(Object object) : object_(std::move(object)) {}

  Result<Watched> stop() override {
    object_.reset();
    return Watched{};
  }

 private:
  Object object_;
};

Nanoseconds thread_cpu() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + Nanoseconds(now.tv_nsec);
}

/// Takes the records and adds them up as pagefare's maps do, so that both tell the same.
class RingbufWatcher final : public Watcher {
 public:
  explicit RingbufWatcher(Object object) : object_(std::move(object)) {
    ring_.reset(ring_buffer__new(bpf_map__fd(object_->maps.records), take, this, nullptr));
    if (ring_) consumer_ = std::thread([this] { consume(); });
  }
  ~RingbufWatcher() override { end(); }

  bool is_open() const { return ring_ != nullptr; }

  Result<Watched> stop() override {
    ringbuf_bpf::detach(object_.get());
    end();
    if (const std::uint64_t lost = object_->bss->lost; lost != 0) {
      return fail("the ring buffer lost " + std::to_string(lost) + " records");
    }
    object_.reset();
    Watched watched{.pages = {}, .consumer_cpu = cpu_};
    for (const auto& [account, pages] : accounts_) watched.pages += pages;
    return watched;
  }

 private:
  struct Free {
    void operator()(ring_buffer* ring) const { ring_buffer__free(ring); }
  };
  using Account = std::pair<std::uint64_t, std::uint64_t>;  ///< initiator, owner

  static int take(void* self, void* data, std::size_t size) {
    abi_page_record record;
    if (size < sizeof record) return -EINVAL;
    std::memcpy(&record, data, sizeof record);
    static_cast<RingbufWatcher*>(self)->accounts_[{record.initiator, record.owner}] +=
        Pages{std::uint64_t{1} << record.order};
    return 0;
  }

  void consume() {
    while (!done_.load()) {
      ring_buffer__poll(ring_.get(), kLookEveryMs);
      ring_buffer__consume(ring_.get());
    }
    ring_buffer__consume(ring_.get());
    cpu_ = thread_cpu();
  }

  void end() {
    done_.store(true);
    if (consumer_.joinable()) consumer_.join();
  }

  Object object_;
  std::unique_ptr<ring_buffer, Free> ring_;
  std::map<Account, Pages> accounts_;
  std::atomic<bool> done_{false};
  std::thread consumer_;
  Nanoseconds cpu_{0};
};

Result<std::unique_ptr<Watcher>> start_ringbuf(bool wake) {
  auto object = load("record_", wake);
  if (!object) return tl::make_unexpected(object.error());
  auto watcher = std::make_unique<RingbufWatcher>(std::move(*object));
  if (!watcher->is_open()) {
    return fail(std::string("cannot open the ring buffer: ") + std::strerror(errno));
  }
  return watcher;
}

Result<std::unique_ptr<Watcher>> start_empty() {
  auto object = load("empty_", false);
  if (!object) return tl::make_unexpected(object.error());
  return std::make_unique<EmptyWatcher>(std::move(*object));
}

}  // namespace

Variant empty_variant() {
  return {"empty", "empty BPF programs on the same tracepoints", start_empty, {}};
}

Variant ringbuf_variant(bool wake) {
  if (wake) {
    return {kRingbuf,
            "a ring-buffer record per page, owner included, taken by a thread",
            [] { return start_ringbuf(true); },
            {}};
  }
  return {"ringbuf-polled",
          "the same without wake-ups; the thread looks every 10 ms",
          [] { return start_ringbuf(false); },
          {}};
}

}  // namespace pagefare::bench
