// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/machine_facts.h"

#include <linux/capability.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <limits>
#include <sstream>

#include "controller/edge/text_file.h"

namespace pagefare {

namespace {

constexpr int kHighestId = 65535;

struct Needed {
  unsigned bit;
  std::string_view name;
  std::string_view reason;
};

constexpr std::array<Needed, 5> kNeeded{{
    {CAP_BPF, "CAP_BPF", "load BPF programs and maps"},
    {CAP_PERFMON, "CAP_PERFMON", "attach them to tracepoints and kernel functions"},
    {CAP_SYS_ADMIN, "CAP_SYS_ADMIN", "turn on the kernel's BPF statistics (bpf_stats)"},
    {CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH", "find a cgroup's path by its id at once"},
    {CAP_SYSLOG, "CAP_SYSLOG", "read the addresses of copy worker functions"},
}};

bool exists(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

std::string trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  return std::string(text);
}

/// Reads one number of an id list and cuts it off; -1 when there is none.
int take_id(std::string_view& text) {
  int id = -1;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || id < 0 || id > kHighestId) return -1;
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  return id;
}

/// A list that a kernel without the feature does not have is `otherwise`.
std::vector<int> read_id_list(const std::string& path, std::vector<int> otherwise,
                              std::vector<std::string>& problems) {
  if (!exists(path)) return otherwise;
  const auto text = read_text_file(path);
  const auto ids = text ? parse_id_list(*text) : tl::make_unexpected(text.error());
  if (ids) return *ids;
  problems.push_back(text ? path + ": " + ids.error().message : ids.error().message);
  return otherwise;
}

std::uint32_t read_possible_cpus(const Roots& roots, std::vector<std::string>& problems) {
  const auto ids = read_id_list(roots.sys + "/devices/system/cpu/possible", {}, problems);
  if (!ids.empty()) return static_cast<std::uint32_t>(ids.size());
  return static_cast<std::uint32_t>(::sysconf(_SC_NPROCESSORS_CONF));
}

std::vector<NodeId> to_nodes(const std::vector<int>& ids) {
  std::vector<NodeId> nodes;
  for (const int id : ids) {
    if (id <= std::numeric_limits<std::int16_t>::max()) {
      nodes.push_back(NodeId{static_cast<std::int16_t>(id)});
    }
  }
  return nodes;
}

/// "none [integrity] confidentiality": the one in brackets. Nothing without securityfs or LSM.
std::optional<std::string> read_lockdown(const Roots& roots) {
  const auto text = read_text_file(roots.sys + "/kernel/security/lockdown");
  if (!text) return std::nullopt;
  const std::size_t open = text->find('[');
  const std::size_t close = text->find(']', std::min(open, text->size()));
  if (open == std::string::npos || close == std::string::npos) return std::nullopt;
  return text->substr(open + 1, close - open - 1);
}

/// In each zone "spanned" comes before "start_pfn"; a zone without pages has no start_pfn.
std::uint64_t read_pfn_end(const Roots& roots, std::vector<std::string>& problems) {
  const auto text = read_text_file(roots.proc + "/zoneinfo", std::size_t{64} << 20);
  if (!text) {
    problems.push_back(text.error().message);
    return 0;
  }
  std::uint64_t end = 0;
  std::uint64_t spanned = 0;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string word;
    std::uint64_t value = 0;
    words >> word;
    if (word == "spanned" && words >> value) spanned = value;
    if (word == "start_pfn:" && words >> value && spanned > 0) end = std::max(end, value + spanned);
  }
  if (end == 0) problems.push_back(roots.proc + "/zoneinfo: names no zone with pages");
  return end;
}

std::uint64_t read_effective(const Roots& roots, std::vector<std::string>& problems) {
  const std::string path = roots.proc + "/self/status";
  const auto text = read_text_file(path);
  if (!text) {
    problems.push_back(text.error().message);
    return 0;
  }
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string word;
    std::uint64_t set = 0;
    if (words >> word && word == "CapEff:" && words >> std::hex >> set) return set;
  }
  problems.push_back(path + ": has no readable CapEff");
  return 0;
}

std::string read_kernel_release() {
  utsname names{};
  return ::uname(&names) == 0 ? names.release : "";
}

}  // namespace

Result<std::vector<int>> parse_id_list(std::string_view text) {
  const std::string list = trimmed(text);
  const auto refuse = [&] { return fail("'" + list.substr(0, 80) + "' is no list of ids"); };
  std::string_view rest = list;
  std::vector<int> ids;
  while (!rest.empty()) {
    const int first = take_id(rest);
    if (first < 0) return refuse();
    int last = first;
    if (rest.starts_with('-')) {
      rest.remove_prefix(1);
      last = take_id(rest);
    }
    if (last < first || ids.size() > kHighestId) return refuse();
    for (int id = first; id <= last; ++id) ids.push_back(id);
    if (rest.empty()) break;
    if (!rest.starts_with(',') || rest.size() == 1) return refuse();
    rest.remove_prefix(1);
  }
  return ids;
}

MachineFacts read_machine_facts(const Roots& roots) {
  const std::string node = roots.sys + "/devices/system/node/";
  MachineFacts facts;
  auto& problems = facts.problems;
  facts.page_size = static_cast<std::uint32_t>(::sysconf(_SC_PAGESIZE));
  facts.kernel_release = read_kernel_release();
  facts.online_nodes = to_nodes(read_id_list(node + "online", {0}, problems));
  facts.nodes_with_memory = to_nodes(read_id_list(node + "has_memory", {0}, problems));
  facts.possible_cpus = read_possible_cpus(roots, problems);
  facts.kernel_btf = exists(roots.sys + "/kernel/btf/vmlinux");
  facts.modules_supported = exists(roots.proc + "/modules");
  facts.lockdown = read_lockdown(roots);
  facts.pfn_end = read_pfn_end(roots, problems);
  const std::uint64_t effective = read_effective(roots, problems);
  for (const Needed& needed : kNeeded) {
    const bool has = ((effective >> needed.bit) & 1U) != 0;
    facts.capabilities.push_back({needed.name, needed.reason, has});
  }
  return facts;
}

}  // namespace pagefare
