// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

namespace pagefare {

void add_replay(CLI::App& app, int& exit_code);

}  // namespace pagefare
