#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs a test program as root where that needs no password, else as it is (its tests then skip).
# CMake sets this as the launcher of the tiers that touch the real kernel.
case " $* " in
  *" --gtest_list_tests"*) exec "$@" ;; # listing, at build time, needs no privileges
esac
if [ "$(id -u)" -ne 0 ] && sudo -n true 2>/dev/null; then
  # ctest cannot kill what runs as root; this limit is above that of every test.
  exec sudo -n timeout -k 5 1800 "$@"
fi
exec "$@"
