# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# ./dev page-pictures: the daemon's page as a browser shows it while the daemon acts in a guest.

# shellcheck source=deploy/dev/run.sh
source "$PARTS/run.sh"

readonly kPicturesAt=docs/pictures kGuestLog=build/run/pictures-guest.log
readonly kWatchSeconds=150   # long enough for decisions and steps of budgets
readonly kGuestWithin=300    # seconds: booting, loading BPF and the module, all emulated

take_pictures() {
  mkdir -p "$kPicturesAt"
  quietly build/run/pictures.log build/dev/tests/page/take_pictures --url "http://$host:$port/" \
    --into "$kPicturesAt" --seconds "$kWatchSeconds" --until "#decisions" && return
  cat build/run/pictures.log >&2
  die "no pictures were taken"
}

await_guest() {
  local deadline=$((SECONDS + kGuestWithin))
  until [[ $(http_status "$host" "$port" /readyz) == 200 ]]; do
    if ! kill -0 "$guest_pid" 2>/dev/null || ((SECONDS >= deadline)); then
      tail -n 25 -- "$kGuestLog" >&2
      die "the guest did not come up; its output is $kGuestLog"
    fi
    sleep 1
  done
}

dev_pictures() {
  if wants_help "$@"; then
    say "usage: ./dev page-pictures    makes $kPicturesAt/page-light.png and page-dark.png anew"
    return
  fi
  [[ $# -eq 0 ]] || die "page-pictures takes no argument: $1"
  need_packages build test vm
  build_preset dev pagefare power_off take_pictures
  mkdir -p build/run
  port=$(choose_port) || exit
  set -m  # a process group of its own: all of it ends at once
  bash tests/vm/run_guest.sh --act --port "$port" --demo-seconds 30 >"$kGuestLog" 2>&1 </dev/null &
  guest_pid=$!
  set +m
  trap 'kill -- "-$guest_pid" 2>/dev/null || true' EXIT
  await_guest
  take_pictures
  say "made $kPicturesAt/page-light.png and $kPicturesAt/page-dark.png"
}
