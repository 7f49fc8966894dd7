#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs one suite of the copy module's tests in a guest.
#
#   run_suite.sh --build             builds the modules that the guests get
#   run_suite.sh SUITE LIMIT [TEST]  LIMIT in seconds of guest time; TEST: a GoogleTest pattern (default *)
#
# PAGEFARE_SOAK_SECONDS lengthens the suite Stress. PAGEFARE_KMOD names another folder of modules,
# PAGEFARE_VM_THREADS how QEMU emulates (single, which is the default, or multi).
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
build=${PAGEFARE_BUILD:-$root/build/dev}
modules=${PAGEFARE_KMOD:-$root/build/kmod/6.12}

if [[ $1 == --build ]]; then
  "$root/kmod/build.sh" --kernel 6.12
  "$root/kmod/build.sh" --kernel 6.12 --source "$here/series_knobs" --out "$root/build/kmod/series_knobs"
  exec "$root/kmod/build.sh" --kernel 6.1
fi
suite=$1 limit=$2 test=${3:-*}

if [[ $suite == Refusal ]]; then
  exec "$here/../boot_guest.sh" --kernel cloud-6.1 --limit "$limit" --file "$here/refusal.sh" \
    --file "$root/build/kmod/6.1/pagefare_copy.ko" -- sh /guest/refusal.sh
fi
programs=(--file "$build/tests/vm/kmod/kmod_tests" --file "$build/tests/vm/mover")
pagefare=$build/controller/cli/pagefare
if [[ $suite == Panel ]]; then programs+=(--file "$root/build/kmod/series_knobs/series_knobs.ko" --file "$root/build/kmod/series_knobs/series_batch.ko"); fi
if [[ $suite == @(Fairness|Budgeted|Crowd|Dodging|Acting|Unload|Steering|Advising|Ending|Levers|Victim|Panel|Attribution) && -x $pagefare ]]; then programs+=(--file "$pagefare"); fi
# Shares of CPU time are judged in these: see attribution_test.cpp
clock=host
if [[ $suite =~ ^(Attribution|Limits)$ ]]; then clock=instructions; fi
exec "$here/../boot_guest.sh" --kernel full-6.12 --topology wide --module brd --limit "$limit" \
  --threads "${PAGEFARE_VM_THREADS:-single}" --clock "$clock" \
  --out "$build/tests/vm/boots/kmod-$suite" "${programs[@]}" \
  --file "$modules/pagefare_copy.ko" --file "$modules/pagefare_softdma.ko" \
  -- env GTEST_COLOR=no "PAGEFARE_SOAK_SECONDS=${PAGEFARE_SOAK_SECONDS:-120}" \
  kmod_tests "--gtest_filter=$suite*.$test:*/$suite*.$test"
