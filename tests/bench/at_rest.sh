#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the daemon takes while nothing migrates: CPU time and memory over some seconds.
# Goal: under 0.2 % of a core and 30 MB. As root, on a quiet machine:
#   tests/bench/at_rest.sh build/release/controller/cli/pagefare [SECONDS]
set -euo pipefail

usage="usage: ${0##*/} PAGEFARE [SECONDS]"
binary=${1:?$usage}
seconds=${2:-20}
log=$(mktemp)
pid=''

clean_up() {
  if [[ -n $pid ]] && kill "$pid" 2>/dev/null; then wait "$pid" || true; fi
  rm -f "$log"
}
trap clean_up EXIT

# utime + stime, fields 14 and 15. The name in field 2 may hold blanks, so count from its end.
cpu_ticks() {
  local stat
  stat=$(<"/proc/$pid/stat")
  # shellcheck disable=SC2086 # split into fields
  set -- ${stat##*) }
  printf '%s\n' "$((${12} + ${13}))"
}

# schedstat is in nanoseconds, but of one thread; the daemon has a few.
cpu_nanoseconds() {
  cat "/proc/$pid"/task/*/schedstat | awk '{ sum += $1 } END { printf "%.0f\n", sum }'
}

migrated() { awk '$1 == "pgmigrate_success" { print $2 }' /proc/vmstat; }

"$binary" run --listen 127.0.0.1:0 2>"$log" &
pid=$!
for ((tenths = 0; tenths < 300; tenths++)); do
  grep -q 'http://' "$log" && break
  kill -0 "$pid" 2>/dev/null || { pid=''; cat "$log" >&2; exit 1; }
  sleep 0.1
done
sleep 3 # start-up is no rest

ticks=$(cpu_ticks) nanoseconds=$(cpu_nanoseconds) pages=$(migrated)
sleep "$seconds"
ticks=$(($(cpu_ticks) - ticks)) nanoseconds=$(($(cpu_nanoseconds) - nanoseconds))
pages=$(($(migrated) - pages))

awk -v ticks="$ticks" -v hz="$(getconf CLK_TCK)" -v ns="$nanoseconds" -v s="$seconds" \
  -v rss="$(awk '$1 == "VmRSS:" { print $2 }' "/proc/$pid/status")" -v pages="$pages" 'BEGIN {
  printf "CPU    %.3f %% of a core by utime+stime (%d ticks of %d ms), %.3f %% by schedstat\n",
         100 * ticks / hz / s, ticks, 1000 / hz, ns / s / 1e7
  printf "memory %.1f MB resident\n", rss * 1024 / 1e6
  printf "%d pages migrated on this machine in these %d s; 0 is rest\n", pages, s
}'
