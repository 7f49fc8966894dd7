// SPDX-License-Identifier: Apache-2.0
#include "exporter/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>

namespace pagefare {
namespace {

constexpr int kGzipWindow = 15 + 16;  // the largest window, with gzip's header and trailer
constexpr int kMemoryLevel = 8;       // zlib's default
constexpr std::size_t kPartBytes = 64UL * 1024;

/// Packs until the input is used up, or to the end of the stream when it `is_last`.
bool pack(z_stream& stream, std::string& packed, bool is_last) {
  std::array<char, kPartBytes> part;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  do {
    stream.next_out = reinterpret_cast<Bytef*>(part.data());
    stream.avail_out = static_cast<uInt>(part.size());
    if (deflate(&stream, is_last ? Z_FINISH : Z_NO_FLUSH) == Z_STREAM_ERROR) {
      return false;
    }
    packed.append(part.data(), part.size() - stream.avail_out);
  } while (stream.avail_out == 0);
  return true;
}

}  // namespace

std::optional<std::string> gzip(std::string_view text) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, kMemoryLevel,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    return std::nullopt;
  }
  std::string packed;
  bool good = true;
  do {
    const std::size_t bytes = std::min<std::size_t>(text.size(), std::numeric_limits<uInt>::max());
    // The library reads its input only, but its type does not say so without ZLIB_CONST.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(bytes);
    text.remove_prefix(bytes);
    good = pack(stream, packed, text.empty());
  } while (good && !text.empty());
  deflateEnd(&stream);
  if (!good) {
    return std::nullopt;
  }
  return packed;
}

}  // namespace pagefare
