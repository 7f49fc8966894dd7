// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/knobs/dma_channels.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <system_error>

namespace pagefare {

namespace {

constexpr Nanoseconds kRefusalLasts = std::chrono::minutes(10);

}  // namespace

void DmaChannels::look(const Roots& roots, MachineFiles& files, Nanoseconds now) {
  std::set<std::string> there;
  free_.clear();
  std::error_code ignored;
  std::filesystem::directory_iterator entry(roots.sys + "/class/dma", ignored);
  for (; entry != std::filesystem::directory_iterator(); entry.increment(ignored)) {
    const std::string name = entry->path().filename().string();
    there.insert(name);
    // The count of its users. One that cannot be read may be free.
    const auto users = files.read(entry->path().string() + "/in_use");
    if (!users || *users == "0") free_.insert(name);
  }
  // A channel that comes back under its old name may be another provider's.
  std::erase_if(refused_, [&](const std::string& name) { return !there.contains(name); });
  if (now - refused_at_ >= kRefusalLasts) refused_.clear();
}

void DmaChannels::refused(Nanoseconds now) {
  refused_.insert(free_.begin(), free_.end());
  refused_at_ = now;
}

bool DmaChannels::any() const {
  return std::ranges::any_of(free_,
                             [this](const std::string& name) { return !refused_.contains(name); });
}

}  // namespace pagefare
