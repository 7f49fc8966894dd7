// SPDX-License-Identifier: Apache-2.0
// Certificates made on the spot: nothing secret lies in the tree, and nothing of it expires.
#pragma once

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <gtest/gtest.h>

#include <array>
#include <ctime>
#include <fstream>
#include <string>

namespace pagefare::test {

/// A key with its certificate, signed by itself or by an authority.
class Certificate {
 public:
  enum class Use { kAuthority, kServer, kClient };

  Certificate(const std::string& name, Use use, const Certificate* authority = nullptr) {
    EXPECT_EQ(gnutls_x509_privkey_init(&key_), 0);
    EXPECT_EQ(gnutls_x509_privkey_generate(key_, GNUTLS_PK_ECDSA,
                                           GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0),
              0);
    EXPECT_EQ(gnutls_x509_crt_init(&certificate_), 0);
    describe(name, use);
    const Certificate& signer = authority == nullptr ? *this : *authority;
    EXPECT_EQ(
        gnutls_x509_crt_sign2(certificate_, signer.certificate_, signer.key_, GNUTLS_DIG_SHA256, 0),
        0);
  }
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;
  ~Certificate() {
    gnutls_x509_crt_deinit(certificate_);
    gnutls_x509_privkey_deinit(key_);
  }

  /// PEM files; their names.
  std::string write_certificate(const std::string& path) const {
    gnutls_datum_t text{};
    EXPECT_EQ(gnutls_x509_crt_export2(certificate_, GNUTLS_X509_FMT_PEM, &text), 0);
    return write(path, text);
  }
  std::string write_key(const std::string& path) const {
    gnutls_datum_t text{};
    EXPECT_EQ(gnutls_x509_privkey_export2(key_, GNUTLS_X509_FMT_PEM, &text), 0);
    return write(path, text);
  }

 private:
  void describe(const std::string& name, Use use) {
    constexpr std::time_t kDay = 24L * 60 * 60;
    const std::time_t now = std::time(nullptr);
    static unsigned char serial = 0;
    ++serial;
    gnutls_x509_crt_set_version(certificate_, 3);
    gnutls_x509_crt_set_serial(certificate_, &serial, 1);
    gnutls_x509_crt_set_activation_time(certificate_, now - kDay);
    gnutls_x509_crt_set_expiration_time(certificate_, now + kDay);
    gnutls_x509_crt_set_dn_by_oid(certificate_, GNUTLS_OID_X520_COMMON_NAME, 0, name.data(),
                                  static_cast<unsigned>(name.size()));
    gnutls_x509_crt_set_key(certificate_, key_);
    if (use == Use::kAuthority) {
      gnutls_x509_crt_set_basic_constraints(certificate_, 1, -1);
      gnutls_x509_crt_set_key_usage(certificate_, GNUTLS_KEY_KEY_CERT_SIGN);
      return;
    }
    constexpr std::array<unsigned char, 4> kLoopback{127, 0, 0, 1};
    gnutls_x509_crt_set_subject_alt_name(certificate_, GNUTLS_SAN_IPADDRESS, kLoopback.data(),
                                         kLoopback.size(), GNUTLS_FSAN_SET);
    gnutls_x509_crt_set_key_purpose_oid(
        certificate_, use == Use::kServer ? GNUTLS_KP_TLS_WWW_SERVER : GNUTLS_KP_TLS_WWW_CLIENT, 0);
  }

  static std::string write(const std::string& path, gnutls_datum_t& text) {
    std::ofstream(path) << std::string(reinterpret_cast<const char*>(text.data), text.size);
    gnutls_free(text.data);
    return path;
  }

  gnutls_x509_privkey_t key_ = nullptr;
  gnutls_x509_crt_t certificate_ = nullptr;
};

}  // namespace pagefare::test
