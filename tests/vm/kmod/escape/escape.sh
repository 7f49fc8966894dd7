#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Measures in a guest how far a cgroup exceeds its cpu.max by having kernel workers copy for it, and
# writes the figures into docs/outside-quota.md and docs/outside-quota.svg.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../../.." && pwd)
build=${PAGEFARE_BUILD:-$root/build/dev}
out=$build/tests/vm/boots/escape

programs=("$build/controller/cli/pagefare" "$build/tests/vm/mover" "$build/tests/vm/kmod/measure_escape")
files=(--file "$root/build/kmod/6.12/pagefare_copy.ko")
for program in "${programs[@]}"; do
  [[ -x $program ]] || { echo "escape: $program is not built; run ./dev build" >&2; exit 2; }
  files+=(--file "$program")
done
"$root/kmod/build.sh" --kernel 6.12 >/dev/null
# Shares of CPU time are wanted: the guest's clock counts instructions.
"$here/../../boot_guest.sh" --kernel full-6.12 --topology wide --limit 900 --clock instructions --out "$out" \
  "${files[@]}" -- measure_escape
"$build/tests/vm/kmod/draw_escape" "$out/files/escape.csv" "$root/docs/outside-quota.md" "$root/docs/outside-quota.svg"
echo "written: docs/outside-quota.md, docs/outside-quota.svg"
