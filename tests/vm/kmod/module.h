// SPDX-License-Identifier: Apache-2.0
//
// The copy module in a guest: load, unload, its parameter files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pagefare::kmod_test {

/// Inserts /guest/NAME.ko. Returns 0 or errno.
int load_module(std::string_view name, const std::string& parameters = {});

/// Removes a module, without waiting for its users. Returns 0 or errno.
int unload_module(std::string_view name);

bool is_loaded(std::string_view name);

/// Writes in one write(2). Returns 0 or errno; a short write is EIO.
int write_file(const std::string& path, std::string_view text);
/// The whole file, without a final newline; empty when it cannot be read.
std::string read_file(const std::string& path);

/// One parameter of pagefare_copy (or another module).
int set_knob(std::string_view knob, std::string_view value,
             std::string_view module = "pagefare_copy");
std::string get_knob(std::string_view knob, std::string_view module = "pagefare_copy");
std::int64_t get_counter(std::string_view knob, std::string_view module = "pagefare_copy");
void reset_counters();

/// Lines of the kernel log that tell of a fault of the kernel (WARNING, BUG, stalls, hung tasks).
std::vector<std::string> kernel_complaints();

/// Loads pagefare_copy for the lifetime of the object.
class LoadedModule {
 public:
  explicit LoadedModule(std::string name, const std::string& parameters = {});
  ~LoadedModule();
  LoadedModule(const LoadedModule&) = delete;
  LoadedModule& operator=(const LoadedModule&) = delete;

  [[nodiscard]] int error() const { return error_; }

 private:
  std::string name_;
  int error_;
};

}  // namespace pagefare::kmod_test
