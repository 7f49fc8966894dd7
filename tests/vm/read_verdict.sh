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

# A process that a test left behind may write too: a line of GoogleTest's can begin behind half a one of its.
awk -v test="$test" '
  function said(what) { return index($0, what test) > 0 }
  said("[ RUN      ] ") { inside = 1 }
  inside { print }
  inside && said("[       OK ] ") { verdict = "ok"; exit }
  inside && said("[  SKIPPED ] ") { verdict = "skipped"; exit }
  inside && said("[  FAILED  ] ") { verdict = "failed"; exit }
  END {
    if (verdict == "failed") exit 1
    if (verdict != "") exit 0
    if (inside) print "the guest died in this test; its console:"
    else print "the guest died before this test"
    exit 3
  }' "$log" || {
  code=$?
  if ((code == 3)); then tail -n 30 "$dir/console.log"; fi
  exit "$code"
}
