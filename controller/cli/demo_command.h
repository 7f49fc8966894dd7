// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

namespace pagefare {

/// Adds the subcommand `demo`. Running it sets exit_code: 0 done or interrupted, 1 failed.
void add_demo(CLI::App& app, int& exit_code);

}  // namespace pagefare
