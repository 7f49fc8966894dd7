// SPDX-License-Identifier: Apache-2.0
// What the world can do to us is an expected value; context is added on the way up, outermost
// first.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace pagefare {

struct Error {
  std::string message;
};

template <typename T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(std::string message) {
  return tl::make_unexpected(Error{std::move(message)});
}

/// "context: inner message".
inline tl::unexpected<Error> fail(std::string_view context, const Error& inner) {
  return fail(std::string(context) + ": " + inner.message);
}

}  // namespace pagefare
