#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Shows what one guest test wrote and exits as it ended, from the output that its boot brought back.
#
#   read_verdict.sh DIR TEST      a GoogleTest by its full name
#   read_verdict.sh DIR           the guest itself: that it lived to the end and the kernel complained of nothing
set -euo pipefail

dir=$1
test=${2:-}
log=$dir/output.log

if [[ -z $test ]]; then
  cat "$dir/boot.log"
  grep -v '^$' "$dir/console.log" | grep -n -A20 -e 'WARNING: ' -e 'BUG: ' -e 'Oops' -e 'Call Trace' -e 'Kernel panic' && exit 1
  code=$(cat "$dir/code")
  # 0 and 1 are GoogleTest's own: whether a test failed is that test's to say.
  ((code <= 1))
  exit
fi

awk -v test="$test" '
  $0 == "[ RUN      ] " test { inside = 1 }
  inside { print }
  inside && index($0, "] " test) && /^\[(       OK |  FAILED  |  SKIPPED )\]/ { verdict = $0; exit }
  END {
    if (verdict ~ /^\[  FAILED/) exit 1
    if (verdict != "") exit 0
    if (inside) print "the guest died in this test; its console:"
    else print "the guest died before this test"
    exit 3
  }' "$log" || {
  code=$?
  if ((code == 3)); then tail -n 30 "$dir/console.log"; fi
  exit "$code"
}
