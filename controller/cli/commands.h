// SPDX-License-Identifier: Apache-2.0
// The subcommands. Each adds itself to the command line; when chosen, it runs and sets the exit
// code: 0 all well, 1 it failed, 2 the command line or configuration is wrong.
#pragma once

namespace CLI {
class App;
}

namespace pagefare {

void add_run(CLI::App& app, int& exit_code);
void add_top(CLI::App& app, int& exit_code);
void add_status(CLI::App& app, int& exit_code);
void add_doctor(CLI::App& app, int& exit_code);
void add_check_config(CLI::App& app, int& exit_code);
void add_knobs(CLI::App& app, int& exit_code);
void add_release(CLI::App& app, int& exit_code);
/// `restore`, and the hidden `guard` that the daemon starts.
void add_restore(CLI::App& app, int& exit_code);
void add_version(CLI::App& app, int& exit_code);

inline constexpr int kFailed = 1;
inline constexpr int kUsage = 2;

}  // namespace pagefare
