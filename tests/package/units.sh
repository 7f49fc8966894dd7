#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What systemd itself says of the units: no warning, and an exposure that stays as low as it is.
# usage: units.sh PAGEFARE_BINARY
set -euo pipefail
unset CDPATH
export LC_ALL=C SYSTEMD_PAGER=

units=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../../deploy/systemd
command -v systemd-analyze >/dev/null || { echo "skipped: no systemd-analyze here" && exit 77; }
work=$(mktemp -d) && trap 'rm -rf -- "$work"' EXIT
for unit in pagefare pagefare-enforce; do
  sed "s|/usr/bin/pagefare|$1|" "$units/$unit.service" >"$work/$unit.service"
done
failed=0
for unit in pagefare pagefare-enforce; do
  said=$(systemd-analyze verify --man=no "$work/$unit.service" 2>&1 | grep -F "$unit.service" || true)
  [[ -z $said ]] || { printf 'FAILED: %s\n' "$said" >&2 && failed=1; }
done
# systemd's own scale: 0 is a service without privileges, 100 one without limits.
check_exposure() {
  systemd-analyze security --offline=true --threshold="$2" --no-pager "$work/$1.service" >"$work/$1.security" ||
    { grep -F 'Overall' "$work/$1.security" >&2 && echo "FAILED: $1 is exposed beyond $2 of 100" >&2 && failed=1; }
}
check_exposure pagefare 33
check_exposure pagefare-enforce 37
grep -hF Overall "$work"/*.security
[[ $failed -eq 0 ]]
