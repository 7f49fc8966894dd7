// SPDX-License-Identifier: Apache-2.0
#include "exporter/password_check.h"

#include <crypt.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include <memory>
#include <string_view>
#include <utility>

namespace pagefare {
namespace {

constexpr std::size_t kRemembered = 1000;

/// The password's hash with the salt and cost of `setting`; empty where that cannot be made.
std::string hashed(const std::string& password, const std::string& setting) {
  const auto room = std::make_unique<crypt_data>();  // 32 KiB: too much for a thread's stack
  const char* const made = crypt_r(password.c_str(), setting.c_str(), room.get());
  return made == nullptr || *made == '*' ? std::string{} : std::string(made);
}

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && gnutls_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

PasswordCheck::PasswordCheck(std::map<std::string, std::string> hashes)
    : hashes_(std::move(hashes)) {
  // Without randomness the salt stays zero: the digests are kept in this process alone.
  (void)gnutls_rnd(GNUTLS_RND_NONCE, salt_.data(), salt_.size());
}

PasswordCheck::Digest PasswordCheck::digest(const std::string& user,
                                            const std::string& password) const {
  std::string text(salt_.begin(), salt_.end());
  text.append(std::to_string(user.size())).append(":").append(user).append(password);
  Digest made{};
  gnutls_hash_fast(GNUTLS_DIG_SHA256, text.data(), text.size(), made.data());
  return made;
}

bool PasswordCheck::admits(const std::string& user, const std::string& password) {
  if (hashes_.empty()) {
    return true;
  }
  if (password.find('\0') != std::string::npos) {
    return false;  // the hash would end there
  }
  const Digest key = digest(user, password);
  const std::scoped_lock lock(mutex_);
  if (right_.contains(key)) {
    return true;
  }
  const auto known = hashes_.find(user);
  const std::string& hash = known == hashes_.end() ? hashes_.begin()->second : known->second;
  const bool right = same(hashed(password, hash), hash) && known != hashes_.end();
  if (right) {
    // bcrypt looks at 72 letters, so that a user has many right passwords.
    if (right_.size() >= kRemembered) {
      right_.clear();
    }
    right_.insert(key);
  }
  return right;
}

}  // namespace pagefare
