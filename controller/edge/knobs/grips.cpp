// SPDX-License-Identifier: Apache-2.0
#include "controller/edge/knobs/grips.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "controller/edge/file_descriptor.h"
#include "controller/edge/text_file.h"

namespace pagefare {

namespace {

constexpr const char* kRequests = "/release";

bool is_knob_name(const std::string& text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
  };
  return !text.empty() && text.front() != '.' && text.size() < 100 &&
         std::ranges::all_of(text, allowed);
}

}  // namespace

bool Grips::judge(KnobRow& row, Comparison comparison, std::int64_t now_unix_ns) {
  const auto found = held_.find(row.name);
  if (found == held_.end()) return false;
  Held& held = found->second;
  const bool newly =
      held.theirs_since == 0 && row.error.empty() && !same(comparison, row.value, held.ours);
  if (newly) held.theirs_since = now_unix_ns;
  row.ours = held.ours;
  row.theirs_since_unix_ns = held.theirs_since;
  row.grip = held.theirs_since != 0 ? Grip::kTheirs : Grip::kOurs;
  return newly;
}

void Grips::wrote(const std::string& knob, const std::string& reads) {
  held_[knob] = {.ours = reads};
}

void Grips::release(const std::string& knob) {
  held_.erase(knob);
}

Result<void> ask_for_release(const std::string& run_directory, const std::string& knob) {
  if (!is_knob_name(knob)) {
    return fail(knob + ": is no knob's name; `pagefare knobs` lists them");
  }
  const std::string directory = run_directory + kRequests;
  if (::mkdir(directory.c_str(), 0755) != 0 && errno != EEXIST) {
    return fail_errno(directory, "cannot be created (is a daemon running, and are you root?)",
                      errno);
  }
  const std::string path = directory + "/" + knob;
  const FileDescriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!file.is_open()) return fail_errno(path, "cannot be created", errno);
  return {};
}

std::vector<std::string> take_releases(const std::string& run_directory) {
  std::vector<std::string> names;
  std::vector<std::filesystem::path> requests;
  std::error_code ignored;
  for (const auto& entry :
       std::filesystem::directory_iterator(run_directory + kRequests, ignored)) {
    requests.push_back(entry.path());
  }
  for (const std::filesystem::path& request : requests) {
    ::unlink(request.c_str());
    names.push_back(request.filename().string());
  }
  return names;
}

}  // namespace pagefare
