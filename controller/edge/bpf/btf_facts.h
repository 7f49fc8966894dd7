// SPDX-License-Identifier: Apache-2.0
// What the running kernel's BTF says: the only place where kernel differences are asked about.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "controller/ports/result.h"

struct btf;

namespace pagefare {

class BtfFacts {
 public:
  /// Reads SYS/kernel/btf/vmlinux. Error: it is missing or broken; names the file and the remedy.
  static Result<BtfFacts> read(const std::string& sys_root);

  bool has_function(std::string_view name) const { return function_id(name) > 0; }
  /// Type id of a function, or a value below 1.
  int function_id(std::string_view name) const;
  bool has_tracepoint(std::string_view name) const { return tracepoint_args(name) >= 0; }
  /// Number of arguments that a program at this tracepoint sees, or -1 where there is none.
  int tracepoint_args(std::string_view name) const;
  /// Whether `kind` (a struct) has this member.
  bool has_member(std::string_view type, std::string_view member) const;
  /// Size of struct page in bytes, or 0.
  std::uint64_t struct_page_size() const;
  /// Bits of a folio's flags that hold its node (they are the topmost ones), or 0 if unknown.
  std::uint32_t node_bits() const;

 private:
  struct Free {
    void operator()(btf* types) const;
  };
  explicit BtfFacts(btf* types) : types_(types) {}
  /// Elements of an array member of a struct, or 0.
  std::uint32_t array_length(std::string_view type, std::string_view member) const;

  std::unique_ptr<btf, Free> types_;
};

}  // namespace pagefare
