// SPDX-License-Identifier: Apache-2.0
// `pagefare simulate`: what the governor would do on a machine given by a table.
#pragma once

namespace CLI {
class App;
}

namespace pagefare {

void add_simulate(CLI::App& app, int& exit_code);

}  // namespace pagefare
