// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <mutex>
#include <set>
#include <string>

namespace pagefare {

/// Users and their bcrypt hashes. Safe for any number of threads; one password is hashed at a time,
/// so that guessing takes one CPU at most. What was right once is remembered as a salted digest, so
/// that a scrape does not cost a hash.
class PasswordCheck {
 public:
  explicit PasswordCheck(std::map<std::string, std::string> hashes);

  bool is_asked_for() const { return !hashes_.empty(); }

  /// An unknown user takes as long as a wrong password. False, too, where the machine cannot hash.
  bool admits(const std::string& user, const std::string& password);

 private:
  using Digest = std::array<unsigned char, 32>;

  Digest digest(const std::string& user, const std::string& password) const;

  std::map<std::string, std::string> hashes_;
  std::array<unsigned char, 32> salt_{};
  std::mutex mutex_;
  std::set<Digest> right_;
};

}  // namespace pagefare
