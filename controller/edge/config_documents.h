// SPDX-License-Identifier: Apache-2.0
// The two files that people read, made from the table of keys. A test compares them with the tree;
// with PAGEFARE_REGENERATE=1 it writes them.
#pragma once

#include <string>

namespace pagefare {

/// docs/configuration.md
std::string configuration_document();

/// deploy/pagefare.toml: every key, commented out, with its default.
std::string example_configuration();

}  // namespace pagefare
