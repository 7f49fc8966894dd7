// SPDX-License-Identifier: Apache-2.0
//
// Switches a guest off with an exit code, through QEMU's isa-debug-exit device (QEMU then exits
// with 2 * code + 1). A program, because stock cloud kernels have no /dev/port.
#include <sys/io.h>
#include <termios.h>

#include <fcntl.h>

#include <cstdio>
#include <cstdlib>
#include <initializer_list>

namespace {
constexpr unsigned short kExitPort = 0x501;

/// What is still in the serial ports must leave the machine before it stops.
void drain_serial(const char* path) {
  const int port = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
  if (port >= 0) {
    tcdrain(port);
  }
}
}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    (void)std::fputs("usage: power_off CODE\n", stderr);
    return 2;
  }
  for (const char* path : {"/dev/ttyS0", "/dev/ttyS1", "/dev/ttyS2"}) {
    drain_serial(path);
  }
  if (ioperm(kExitPort, 1, 1) != 0) {
    std::perror("power_off: ioperm");
    return 1;
  }
  outb(static_cast<unsigned char>(std::strtoul(argv[1], nullptr, 10)), kExitPort);
  return 1;
}
