// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "controller/ports/fair_memory.h"

namespace pagefare {

/// The memory of fairness as a file `fairness.json` of a directory. Versioned; replaced as a whole:
/// written beside, synced, renamed, and the directory synced. At most fair::kMaxRemembered tenants,
/// those seen last.
class FairStore final : public FairMemory {
 public:
  explicit FairStore(std::string directory);

  /// A file that is broken, or of a version that this program does not know, is renamed to
  /// `fairness.json.bad` (over an earlier one) and told as an error.
  Result<fair::Memory> load() override;
  Result<void> save(const fair::Memory& memory) override;

 private:
  std::string path_;
  std::string directory_;
};

/// As in the file. Exposed for the tests of what is broken in it.
std::string to_json(const fair::Memory& memory);
Result<fair::Memory> parse_fair_memory(const std::string& text);

}  // namespace pagefare
