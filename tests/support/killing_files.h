// SPDX-License-Identifier: Apache-2.0
// The machine's files, with an end of the program at a chosen touch: before it, in the middle of
// it, or right after it.
#pragma once

#include <unistd.h>

#include <csignal>
#include <fstream>
#include <string>
#include <type_traits>

#include "controller/edge/journal/machine_files.h"

namespace pagefare {

enum class Moment { kBefore, kWithin, kAfter };

class KillingFiles : public MachineFiles {
 public:
  /// Dies by SIGKILL at touch number `at`, counted from 0; never if there are fewer.
  KillingFiles(int at, Moment moment) : at_(at), moment_(moment) {}

  int touches() const { return touches_; }

  tl::expected<std::string, int> read(const std::string& path) override {
    return around([&] { return files_.read(path); }, [] {});
  }
  tl::expected<std::size_t, int> write_once(const std::string& path,
                                            std::string_view text) override {
    return around([&] { return files_.write_once(path, text); }, [] {});
  }
  tl::expected<void, int> append(const std::string& path, std::string_view text) override {
    return around([&] { return files_.append(path, text); },
                  [&] { (void)files_.append(path, text.substr(0, text.size() / 2)); });
  }
  tl::expected<void, int> replace(const std::string& path, std::string_view text) override {
    return around([&] { return files_.replace(path, text); },
                  [&] { std::ofstream(path + ".new") << text.substr(0, text.size() / 2); });
  }
  std::uint64_t identity(const std::string& path) override { return files_.identity(path); }

 private:
  template <typename Whole, typename Half>
  std::invoke_result_t<Whole> around(const Whole& whole, const Half& half) {
    const bool chosen = touches_++ == at_;
    if (chosen && moment_ == Moment::kWithin) half();
    if (chosen && moment_ != Moment::kAfter) ::kill(::getpid(), SIGKILL);
    auto result = whole();
    if (chosen) ::kill(::getpid(), SIGKILL);
    return result;
  }

  SystemFiles files_;
  int at_;
  Moment moment_;
  int touches_ = 0;
};

}  // namespace pagefare
