#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A guest for a person.
#
#   dev_vm.sh --list                                       kernels, topologies and tests
#   dev_vm.sh [--kernel 6.12|6.1|full-6.12] [--topology NAME] --shell
#   dev_vm.sh [--kernel ...] [--topology NAME] --run CMD   one command line; its exit code is returned
#   dev_vm.sh --soak                                       30 minutes of random switching of the copy module
#   dev_vm.sh --escape                                     how far kernel workers carry a cgroup beyond its quota:
#                                                          measures, writes docs/outside-quota.{md,svg}
#
# pagefare, the mover and the tests are in PATH. Leave a shell with `exit` or Ctrl-D.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
build=${PAGEFARE_BUILD:-$here/../../build/dev}

die() { echo "dev_vm: $*" >&2; exit 2; }
usage() { sed -n '4,13s/^# \{0,1\}//p' "$0"; }

list() {
  echo "Kernels:    6.12 (cloud-6.12), 6.1 (cloud-6.1), full-6.12: the newest of each that Debian has"
  echo "Topologies, as CPUS:MIB of each node:"
  grep -v '^#' "$here/topologies.txt" | sed 's/^/  /'
  echo "Tests, by guest:"
  (cd "$build" && ctest -N -R '^vm/' | sed -n 's/^ *Test *#[0-9]*: /  /p')
}

kernel=cloud-6.12 topology=two what='' command=''
while (($#)); do
  case $1 in
    --kernel)
      case ${2:-} in
        6.12 | 6.1) kernel=cloud-$2 ;;
        *) kernel=${2:-} ;;
      esac
      shift
      ;;
    --topology) topology=${2:-}; shift ;;
    --list) what=list ;;
    --shell) what=shell ;;
    --soak) what=soak ;;
    --escape) what=escape ;;
    --run) what=run command=${2:-}; shift ;;
    -h | --help) usage; exit ;;
    *) die "unknown option '$1'; see --help" ;;
  esac
  shift
done

files=()
for program in "$build"/controller/cli/pagefare "$build"/tests/vm/{mover,guest_tests}; do
  if [[ -x $program ]]; then files+=(--file "$program"); fi
done
boot=("$here/boot_guest.sh" --kernel "$kernel" --topology "$topology" "${files[@]}")

soak() {
  "$here/kmod/run_suite.sh" --build
  # An emulated guest's clock and the host's differ, hence the generous limit.
  PAGEFARE_SOAK_SECONDS=1800 exec "$here/kmod/run_suite.sh" Stress 3600
}

case $what in
  list) list ;;
  soak) soak ;;
  escape) exec "$here/kmod/escape/escape.sh" ;;
  shell) exec "${boot[@]}" --limit 86400 --interactive -- sh -l ;;
  run) exec "${boot[@]}" --limit 900 --follow -- sh -c "$command" ;;
  *) usage; exit 2 ;;
esac
