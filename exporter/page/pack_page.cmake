# SPDX-License-Identifier: Apache-2.0
# cmake -D OUT=front_page.cpp -D PAGE=index.html -D STYLES=a.css,b.css -D SCRIPTS=a.js,b.js -P pack_page.cmake
# Puts styles and scripts into the page, takes their hashes for its content security policy, and
# writes the whole as the definition of front_page().

function(text_of files result)
  string(REPLACE "," ";" list "${files}")
  set(text "")
  foreach(file IN LISTS list)
    file(READ "${file}" part)
    string(APPEND text "${part}\n")
  endforeach()
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

# Base64 of a SHA-256 written in hexadecimal: 64 digits, the last group short of two.
function(base64_of_sha256 hex result)
  set(alphabet ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/)
  set(text "")
  string(APPEND hex "00")
  foreach(at RANGE 0 60 6)
    string(SUBSTRING "${hex}" ${at} 6 group)
    foreach(shift 18 12 6 0)
      math(EXPR index "(0x${group} >> ${shift}) & 63")
      string(SUBSTRING ${alphabet} ${index} 1 digit)
      string(APPEND text ${digit})
    endforeach()
  endforeach()
  string(SUBSTRING "${text}" 0 43 text)
  set(${result} "${text}=" PARENT_SCOPE)
endfunction()

text_of("${STYLES}" style)
text_of("${SCRIPTS}" script)
string(SHA256 style_hash "${style}")
string(SHA256 script_hash "${script}")
base64_of_sha256(${style_hash} style_hash)
base64_of_sha256(${script_hash} script_hash)

file(READ "${PAGE}" page)
string(REPLACE "@@STYLE@@" "${style}" page "${page}")
string(REPLACE "@@SCRIPT@@" "${script}" page "${page}")
string(HEX "${page}" bytes)
string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")

file(WRITE "${OUT}.new" "// Made by pack_page.cmake out of exporter/page; not to be edited.
#include \"exporter/front_page.h\"

namespace pagefare {
namespace {

constexpr char kHtml[] = {
${bytes}
};

constexpr std::string_view kPolicy =
    \"default-src 'none'; script-src 'sha256-${script_hash}'; style-src 'sha256-${style_hash}'; \"
    \"connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; \"
    \"frame-ancestors 'none'\";

}  // namespace

FrontPage front_page() {
  return {.html = {kHtml, sizeof kHtml}, .security_policy = kPolicy};
}

}  // namespace pagefare
")
file(RENAME "${OUT}.new" "${OUT}")
