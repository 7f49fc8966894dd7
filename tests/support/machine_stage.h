// SPDX-License-Identifier: Apache-2.0
// A directory that stands for the machine and the state directory, and processes that change it.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <string>

#include "controller/edge/journal/custody.h"
#include "tests/support/temp_directory.h"

namespace pagefare {

class MachineStage {
 public:
  std::string file(const std::string& name) const { return directory_.path("sys/" + name); }

  std::string write(const std::string& name, const std::string& text) const {
    return directory_.write("sys/" + name, text + "\n");
  }

  std::string read(const std::string& name) const {
    std::ifstream in(file(name));
    std::string text;
    std::getline(in, text);
    return text;
  }

  JournalPlace place(const std::string& boot = "boot-1") const {
    return {.directory = directory_.path("state"), .boot_id = boot};
  }

  std::string journal_text() const {
    std::ifstream in(directory_.path("state/journal"));
    return {std::istreambuf_iterator<char>(in), {}};
  }

  /// How a process that did this ended: its exit status, or minus the signal that killed it.
  static int in_a_process(const std::function<void()>& work) {
    const pid_t child = ::fork();
    if (child == 0) {
      work();
      ::_exit(0);
    }
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
  }

 private:
  // In memory where that is to be had: thousands of syncs to a disk would take minutes.
  static std::filesystem::path base() {
    std::error_code ignored;
    return std::filesystem::is_directory("/dev/shm", ignored)
               ? "/dev/shm"
               : std::filesystem::temp_directory_path();
  }

  TempDirectory directory_{base()};
};

}  // namespace pagefare
