// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/platform_name.h"

#include <sys/utsname.h>

#include <sstream>
#include <string_view>

#include "controller/edge/machine_facts.h"
#include "controller/edge/text_file.h"

namespace pagefare {

namespace {

constexpr std::size_t kMaxCpuinfo = std::size_t{64} << 20;  // a kilobyte or two per CPU

/// x86 has a name; arm64 has numbers; others something else or nothing.
std::string processor(const std::string& cpuinfo) {
  std::istringstream lines(cpuinfo);
  std::string arm;
  for (std::string line; std::getline(lines, line) && !line.empty();) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::string value = line.substr(colon + 1);
    if (line.starts_with("model name") || line.starts_with("cpu\t")) return value;
    if (line.starts_with("CPU implementer") || line.starts_with("CPU part")) arm += value;
  }
  if (!arm.empty()) return "arm" + arm;
  utsname system{};
  return uname(&system) == 0 ? std::string(static_cast<const char*>(system.machine)) : "unknown";
}

}  // namespace

std::string as_slug(std::string_view text) {
  std::string slug;
  for (const char letter : text) {
    const bool upper = letter >= 'A' && letter <= 'Z';
    const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
    if (upper) {
      slug += static_cast<char>(letter - 'A' + 'a');
    } else if (plain) {
      slug += letter;
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
  }
  if (slug.ends_with('-')) slug.pop_back();
  return slug;
}

std::string platform_name(const Roots& roots) {
  const MachineFacts facts = read_machine_facts(roots);
  const std::string cpuinfo = read_text_file(roots.proc + "/cpuinfo", kMaxCpuinfo).value_or("");
  return as_slug(processor(cpuinfo)) + "-" + std::to_string(facts.possible_cpus) + "c" +
         std::to_string(facts.online_nodes.size()) + "n";
}

}  // namespace pagefare
