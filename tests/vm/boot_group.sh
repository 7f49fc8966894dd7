#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Boots one guest for a group of tests and keeps what came back in DIR for read_verdict.sh.
#
#   boot_group.sh DIR KERNEL TOPOLOGY LIMIT FILTER PROGRAM...
#
# It succeeds when a guest was booted, whatever became of it: each test has an entry of its own in
# ctest and says so itself, and so does the guest.
set -euo pipefail

dir=$1 kernel=$2 topology=$3 limit=$4 filter=$5
shift 5

here=$(cd "$(dirname "$0")" && pwd)
files=()
for program in "$@"; do files+=(--file "$program"); done

mkdir -p "$(dirname "$dir")"
code=0
"$here/boot_guest.sh" --kernel "$kernel" --topology "$topology" --limit "$limit" --out "$dir" "${files[@]}" \
  --spare-module failover -- env GTEST_COLOR=no guest_tests --gtest_filter="$filter" >/dev/null 2>"$dir.log" || code=$?
mv "$dir.log" "$dir/boot.log"
echo "$code" >"$dir/code"
cat "$dir/boot.log"
grep -e '^\[==========\]' -e '^\[  \(PASSED\|FAILED\|SKIPPED\)' "$dir/output.log" || true
