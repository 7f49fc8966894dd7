// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/fair_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "controller/edge/file_descriptor.h"
#include "controller/edge/text_file.h"

namespace pagefare {
namespace {

using nlohmann::json;

constexpr int kVersion = 1;
constexpr std::size_t kMaxFile = 64U << 20U;

std::string reason() {
  return std::strerror(errno);  // NOLINT(concurrency-mt-unsafe): glibc's is safe for known errors
}

json to_array(const fair::Amounts& amounts) {
  json array = json::array();
  for (std::size_t r = 0; r < fair::kResources; ++r) array.push_back(amounts[r]);
  return array;
}

bool read(const json& object, const char* key, std::uint64_t& number) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_unsigned()) return false;
  number = found->get<std::uint64_t>();
  return true;
}

bool read(const json& object, const char* key, fair::Amounts& amounts) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_array() || found->size() != fair::kResources)
    return false;
  for (std::size_t r = 0; r < fair::kResources; ++r) {
    if (!(*found)[r].is_number_unsigned()) return false;
    amounts[r] = (*found)[r].get<std::uint64_t>();
  }
  return true;
}

bool read(const json& object, const char* key, std::string& text) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return false;
  text = found->get<std::string>();
  return true;
}

json to_object(const fair::Remembered& tenant) {
  return {{"path", tenant.path},
          {"id", tenant.id.value},
          {"last_seen_unix_ns", static_cast<std::uint64_t>(tenant.last_seen_unix_ns)},
          {"earned", to_array(tenant.dues.earned)},
          {"used", to_array(tenant.dues.used)},
          {"lent", to_array(tenant.dues.lent)},
          {"borrowed", to_array(tenant.dues.borrowed)},
          {"owed", to_array(tenant.dues.owed)},
          {"gate_refusals", tenant.gate_refusals},
          {"repaid_ns", static_cast<std::uint64_t>(tenant.repaid.count())}};
}

bool read_tenant(const json& object, fair::Remembered& tenant) {
  std::uint64_t seen = 0;
  std::uint64_t repaid = 0;
  const bool good =
      object.is_object() && read(object, "path", tenant.path) &&
      read(object, "id", tenant.id.value) && read(object, "last_seen_unix_ns", seen) &&
      read(object, "earned", tenant.dues.earned) && read(object, "used", tenant.dues.used) &&
      read(object, "lent", tenant.dues.lent) && read(object, "borrowed", tenant.dues.borrowed) &&
      read(object, "owed", tenant.dues.owed) &&
      read(object, "gate_refusals", tenant.gate_refusals) && read(object, "repaid_ns", repaid);
  tenant.last_seen_unix_ns = static_cast<std::int64_t>(seen);
  tenant.repaid = Nanoseconds(static_cast<std::int64_t>(repaid));
  return good;
}

/// Those seen last, in the order of paths.
std::vector<fair::Remembered> newest(std::vector<fair::Remembered> tenants) {
  if (tenants.size() <= fair::kMaxRemembered) return tenants;
  std::ranges::sort(tenants, std::ranges::greater{}, &fair::Remembered::last_seen_unix_ns);
  tenants.resize(fair::kMaxRemembered);
  std::ranges::sort(tenants, {}, &fair::Remembered::path);
  return tenants;
}

Result<void> write_all(const FileDescriptor& file, const std::string& path, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(path + ": cannot be written: " + reason());
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (fsync(file.get()) != 0) return fail(path + ": cannot be synced: " + reason());
  return {};
}

Result<void> sync_directory(const std::string& directory) {
  const FileDescriptor opened(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() < 0 || fsync(opened.get()) != 0) {
    return fail(directory + ": cannot be synced: " + reason());
  }
  return {};
}

}  // namespace

FairStore::FairStore(std::string directory)
    : path_(directory + "/fairness.json"), directory_(std::move(directory)) {}

std::string to_json(const fair::Memory& memory) {
  json tenants = json::array();
  for (const fair::Remembered& tenant : newest(memory.tenants))
    tenants.push_back(to_object(tenant));
  const json all{
      {"version", kVersion}, {"boot_id", memory.boot_id}, {"tenants", std::move(tenants)}};
  // Paths are bytes; those that are no UTF-8 are written so that the file stays readable.
  return all.dump(1, '\t', false, json::error_handler_t::replace) + "\n";
}

Result<fair::Memory> parse_fair_memory(const std::string& text) {
  const json all = json::parse(text, nullptr, false);
  std::uint64_t version = 0;
  if (!all.is_object() || !read(all, "version", version)) return fail("is no fairness state");
  if (version != kVersion) {
    return fail("has version " + std::to_string(version) + "; this program knows version " +
                std::to_string(kVersion));
  }
  fair::Memory memory;
  const auto tenants = all.find("tenants");
  if (!read(all, "boot_id", memory.boot_id) || tenants == all.end() || !tenants->is_array()) {
    return fail("lacks boot_id or tenants");
  }
  for (const json& object : *tenants) {
    fair::Remembered tenant;
    if (!read_tenant(object, tenant)) {
      return fail("tenant " + std::to_string(memory.tenants.size() + 1) + " is incomplete");
    }
    memory.tenants.push_back(std::move(tenant));
  }
  memory.tenants = newest(std::move(memory.tenants));
  return memory;
}

Result<fair::Memory> FairStore::load() {
  struct stat info{};
  if (stat(path_.c_str(), &info) != 0) {
    if (errno == ENOENT) return fair::Memory{};
    return fail(path_ + ": cannot be read: " + reason());
  }
  const auto text = static_cast<std::size_t>(info.st_size) > kMaxFile
                        ? Result<std::string>(fail("is larger than it can be"))
                        : read_text_file(path_);
  auto memory = text ? parse_fair_memory(*text) : tl::make_unexpected(text.error());
  if (memory) return memory;
  const std::string aside = path_ + ".bad";
  const bool moved = std::rename(path_.c_str(), aside.c_str()) == 0;
  return fail(path_ + ": " + memory.error().message + "; " +
              (moved ? "set aside as " + aside : "and it cannot be set aside: " + reason()) +
              ", the sums of fairness start afresh");
}

Result<void> FairStore::save(const fair::Memory& memory) {
  const std::string beside = path_ + ".new";
  if (mkdir(directory_.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail(directory_ + ": cannot be made: " + reason() +
                "; make it, or name another with --state-directory");
  }
  {
    const FileDescriptor file(
        open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file.get() < 0) {
      return fail(beside + ": cannot be opened: " + reason() +
                  "; let pagefare write there, or name another with --state-directory");
    }
    if (const auto written = write_all(file, beside, to_json(memory)); !written) return written;
  }
  if (std::rename(beside.c_str(), path_.c_str()) != 0) {
    return fail(path_ + ": cannot be replaced: " + reason());
  }
  return sync_directory(directory_);
}

}  // namespace pagefare
