// SPDX-License-Identifier: Apache-2.0
#include "exporter/web_config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <functional>
#include <span>
#include <utility>
#include <vector>

namespace pagefare {
namespace {

using namespace std::string_view_literals;

/// A bcrypt hash: "$2y$10$" and 53 letters of its alphabet.
constexpr std::size_t kHashLetters = 60;
constexpr std::size_t kHashHead = 7;
/// Each step doubles the time: 16 takes seconds for a first request, and must not take minutes.
constexpr int kDearestHash = 16;
constexpr int kCheapestHash = 4;

/// What reads one key's value into the config; an error says what is wrong and what to do.
using Reader = std::function<Result<void>(const YAML::Node& value)>;

struct Key {
  std::string_view name;
  Reader read;
};

class Document {
 public:
  explicit Document(std::string filename) : filename_(std::move(filename)) {}

  /// Reads every pair of a map with the reader of its key.
  Result<void> read_map(const YAML::Node& node, const std::string& path,
                        const std::vector<Key>& keys) const {
    return for_each(
        node, path, [&](const std::string& name, const YAML::Node& value) -> Result<void> {
          const auto key = std::ranges::find(keys, name, &Key::name);
          if (key == keys.end()) {
            return fail(
                fmt::format("there is no such key; there are {}", fmt::join(names_of(keys), ", ")));
          }
          return key->read(value);
        });
  }

  using ReadPair = std::function<Result<void>(const std::string& name, const YAML::Node& value)>;

  Result<void> for_each(const YAML::Node& node, const std::string& path,
                        const ReadPair& read) const {
    if (node.IsNull()) {
      return {};
    }
    if (!node.IsMap()) {
      return mistake(node, path, "is no mapping; write \"key: value\" lines below it");
    }
    for (const auto& pair : node) {
      const std::string name = pair.first.Scalar();
      const std::string where = path.empty() ? name : fmt::format("{}.{}", path, name);
      if (const auto done = read(name, pair.second); !done) {
        // An error of a key further inside names its place already.
        return done.error().message.starts_with(filename_)
                   ? done
                   : mistake(pair.first, where, done.error().message);
      }
    }
    return {};
  }

  tl::unexpected<Error> mistake(const YAML::Node& node, const std::string& path,
                                const std::string& what) const {
    return fail(fmt::format("{}:{}: {}{}{}", filename_, node.Mark().line + 1, path,
                            path.empty() ? "" : ": ", what));
  }

  const std::string& filename() const { return filename_; }

 private:
  static std::vector<std::string_view> names_of(const std::vector<Key>& keys) {
    std::vector<std::string_view> names;
    names.reserve(keys.size());
    for (const Key& key : keys) {
      names.push_back(key.name);
    }
    return names;
  }

  std::string filename_;
};

Reader text_into(std::string& text) {
  return [&text](const YAML::Node& value) -> Result<void> {
    if (!value.IsScalar() || value.Scalar().empty()) {
      return fail("is no text; write a file's name");
    }
    text = value.Scalar();
    return {};
  };
}

/// Names in the order of the enumeration, which counts from 0.
template <typename Enum>
Reader choice_into(Enum& choice, std::span<const std::string_view> names) {
  return [&choice, names](const YAML::Node& value) -> Result<void> {
    const std::string text = value.IsScalar() ? value.Scalar() : "";
    const auto found = std::ranges::find(names, text);
    if (found == names.end()) {
      return fail(fmt::format("is \"{}\"; write one of {}", text, fmt::join(names, ", ")));
    }
    choice = static_cast<Enum>(found - names.begin());
    return {};
  };
}

Reader refused(std::string_view why) {
  return [why](const YAML::Node&) -> Result<void> { return fail(std::string(why)); };
}

constexpr std::array kClientAuth = {"NoClientCert"sv, "RequestClientCert"sv,
                                    "RequireAnyClientCert"sv, "VerifyClientCertIfGiven"sv,
                                    "RequireAndVerifyClientCert"sv};
constexpr std::array kVersions = {"TLS10"sv, "TLS11"sv, "TLS12"sv, "TLS13"sv};

constexpr std::string_view kByGnuTls =
    "cannot be chosen here: the TLS library's own order is used; remove the key and set "
    "min_version";
constexpr std::string_view kInline =
    "is not read from this file: keep secrets in files of their own and name them with cert_file "
    "and key_file";

Result<void> check(const TlsConfig& tls) {
  if (tls.cert_file.empty() || tls.key_file.empty()) {
    return fail(fmt::format("{} is missing; name the PEM file, or remove tls_server_config",
                            tls.cert_file.empty() ? "cert_file" : "key_file"));
  }
  const bool verifies = tls.client_auth == ClientAuth::kVerifyClientCertIfGiven ||
                        tls.client_auth == ClientAuth::kRequireAndVerifyClientCert;
  if (verifies && tls.client_ca_file.empty()) {
    return fail(
        "client_auth_type asks for verified certificates but client_ca_file is missing; "
        "name the PEM file of the authority that signs them");
  }
  if (tls.client_auth == ClientAuth::kNoClientCert && !tls.client_ca_file.empty()) {
    return fail(
        "client_ca_file has no effect without client_auth_type; write "
        "client_auth_type: RequireAndVerifyClientCert, or remove client_ca_file");
  }
  if (tls.min_version > tls.max_version) {
    return fail("min_version is above max_version; exchange them");
  }
  return {};
}

Reader tls_into(std::optional<TlsConfig>& tls, const Document& document) {
  return [&tls, &document](const YAML::Node& node) -> Result<void> {
    TlsConfig read;
    bool preferred = true;
    static constexpr std::array kBooleans = {"false"sv, "true"sv};
    const std::vector<Key> keys{
        {"cert_file", text_into(read.cert_file)},
        {"key_file", text_into(read.key_file)},
        {"client_ca_file", text_into(read.client_ca_file)},
        {"client_auth_type", choice_into(read.client_auth, kClientAuth)},
        {"min_version", choice_into(read.min_version, kVersions)},
        {"max_version", choice_into(read.max_version, kVersions)},
        {"prefer_server_cipher_suites", choice_into(preferred, kBooleans)},
        {"cipher_suites", refused(kByGnuTls)},
        {"curve_preferences", refused(kByGnuTls)},
        {"client_allowed_sans",
         refused("is not supported; let client_ca_file name an authority of their own")},
        {"cert", refused(kInline)},
        {"key", refused(kInline)},
        {"client_ca", refused(kInline)}};
    if (const auto done = document.read_map(node, "tls_server_config", keys); !done) {
      return done;
    }
    if (const auto good = check(read); !good) {
      return good;
    }
    tls = std::move(read);
    return {};
  };
}

bool fits_a_header(std::string_view text) {
  return std::ranges::all_of(text, [](char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return byte >= 0x20 && byte != 0x7f;
  });
}

Reader headers_into(std::map<std::string, std::string>& headers, const Document& document) {
  return [&](const YAML::Node& node) {
    static constexpr std::array kAllowed = {
        "Content-Security-Policy"sv, "Strict-Transport-Security"sv, "X-Content-Type-Options"sv,
        "X-Frame-Options"sv, "X-XSS-Protection"sv};
    return document.for_each(
        node, "http_server_config.headers",
        [&](const std::string& name, const YAML::Node& value) -> Result<void> {
          if (std::ranges::find(kAllowed, name) == kAllowed.end()) {
            return fail(fmt::format("is no header that may be set; there are {}",
                                    fmt::join(kAllowed, ", ")));
          }
          if (!value.IsScalar() || !fits_a_header(value.Scalar())) {
            return fail("is no text of one line; write the header's value");
          }
          headers[name] = value.Scalar();
          return {};
        });
  };
}

Reader http_into(WebConfig& config, const Document& document) {
  return [&](const YAML::Node& node) {
    bool http2 = false;  // never offered; a client that could speak it speaks HTTP/1.1
    static constexpr std::array kBooleans = {"false"sv, "true"sv};
    const std::vector<Key> keys{{"http2", choice_into(http2, kBooleans)},
                                {"headers", headers_into(config.headers, document)}};
    return document.read_map(node, "http_server_config", keys);
  };
}

bool is_bcrypt(std::string_view hash) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto letter = [digit](char c) {
    return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '/';
  };
  return hash.size() == kHashLetters && hash.starts_with("$2") &&
         "aby"sv.find(hash[2]) != std::string_view::npos && hash[3] == '$' && digit(hash[4]) &&
         digit(hash[5]) && hash[6] == '$' && std::ranges::all_of(hash.substr(kHashHead), letter);
}

Result<void> check_hash(std::string_view hash) {
  if (!is_bcrypt(hash)) {
    return fail(R"(is no bcrypt hash; make one with `htpasswd -nBC 10 "" | tr -d ':\n'`)");
  }
  const int cost = (hash[4] - '0') * 10 + (hash[5] - '0');
  if (cost < kCheapestHash || cost > kDearestHash) {
    return fail(fmt::format("is a bcrypt hash of cost {}; make one of {} to {}, such as 10", cost,
                            kCheapestHash, kDearestHash));
  }
  return {};
}

Reader users_into(std::map<std::string, std::string>& users, const Document& document) {
  return [&](const YAML::Node& node) {
    return document.for_each(node, "basic_auth_users",
                             [&](const std::string& name, const YAML::Node& value) -> Result<void> {
                               const std::string hash = value.IsScalar() ? value.Scalar() : "";
                               if (const auto good = check_hash(hash); !good) {
                                 return good;
                               }
                               users[name] = hash;
                               return {};
                             });
  };
}

}  // namespace

Result<WebConfig> parse_web_config(std::string_view text, const std::string& filename) {
  const Document document(filename);
  WebConfig config;
  try {
    const YAML::Node root = YAML::Load(std::string(text));
    const std::vector<Key> keys{{"tls_server_config", tls_into(config.tls, document)},
                                {"http_server_config", http_into(config, document)},
                                {"basic_auth_users", users_into(config.users, document)}};
    if (const auto done = document.read_map(root, "", keys); !done) {
      return tl::make_unexpected(done.error());
    }
  } catch (const YAML::Exception& error) {
    return fail(
        fmt::format("{}:{}: {}; correct the YAML", filename, error.mark.line + 1, error.msg));
  }
  return config;
}

}  // namespace pagefare
