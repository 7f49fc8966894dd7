// SPDX-License-Identifier: Apache-2.0
// toml++ with our settings: errors are values, and nothing may be nested deeper than sense. The
// library's recursion would otherwise end on a hostile file in a stack overflow. Include this,
// never the library's own header.
#pragma once

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#define TOML_MAX_NESTED_VALUES 16

#include <toml++/toml.h>
