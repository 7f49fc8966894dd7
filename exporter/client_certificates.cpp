// SPDX-License-Identifier: Apache-2.0
#include "exporter/client_certificates.h"

#include <gnutls/x509.h>

namespace pagefare {
namespace {

/// 0 lets the handshake go on. The demand for a certificate at all is the session's, not ours.
int verify(gnutls_session_t session) {
  unsigned certificates = 0;
  if (gnutls_certificate_get_peers(session, &certificates) == nullptr || certificates == 0) {
    return 0;
  }
  gnutls_typed_vdata_st purpose{};
  purpose.type = GNUTLS_DT_KEY_PURPOSE_OID;
  unsigned char oid[] = GNUTLS_KP_TLS_WWW_CLIENT;  // NOLINT(*-avoid-c-arrays): the library's type
  purpose.data = oid;
  unsigned status = 0;
  const int code = gnutls_certificate_verify_peers(session, &purpose, 1, &status);
  return code == GNUTLS_E_SUCCESS && status == 0 ? 0 : GNUTLS_E_CERTIFICATE_ERROR;
}

}  // namespace

void demand_certificate(gnutls_session_t session, ClientAuth demand) {
  switch (demand) {
    case ClientAuth::kNoClientCert:
      gnutls_certificate_server_set_request(session, GNUTLS_CERT_IGNORE);
      return;
    case ClientAuth::kRequestClientCert:
      gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUEST);
      return;
    case ClientAuth::kRequireAnyClientCert:
      gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
      return;
    case ClientAuth::kVerifyClientCertIfGiven:
      gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUEST);
      gnutls_session_set_verify_function(session, &verify);
      return;
    case ClientAuth::kRequireAndVerifyClientCert:
      gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
      gnutls_session_set_verify_function(session, &verify);
      return;
  }
}

}  // namespace pagefare
