// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <microhttpd.h>

#include "exporter/pages.h"
#include "exporter/password_check.h"
#include "exporter/web_config.h"

namespace pagefare {

/// Answers one request: asks for a password where one is needed, then sends the page that `site`
/// makes. MHD_NO closes the connection: there was no memory.
MHD_Result answer_request(MHD_Connection* connection, const char* method, const char* path,
                          Site& site, PasswordCheck& passwords, const WebConfig& config);

}  // namespace pagefare
