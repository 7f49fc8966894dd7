// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gnutls/gnutls.h>

#include "exporter/web_config.h"

namespace pagefare {

/// What the handshake of `session` demands; one that does not give it is broken off. To be called
/// before the handshake, with an authority among the session's credentials where one is needed.
void demand_certificate(gnutls_session_t session, ClientAuth demand);

}  // namespace pagefare
