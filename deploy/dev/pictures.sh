# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# ./dev page-pictures: the daemon's page as a browser shows it while the demo runs.

# shellcheck source=deploy/dev/run.sh
source "$PARTS/run.sh"

readonly kPicturesAt=docs/pictures kWatchSeconds=40

# Other cgroups of this machine are nobody's business: the page is filtered to those of the demo.
take_pictures() {
  mkdir -p "$kPicturesAt"
  quietly build/run/pictures.log build/dev/tests/page/take_pictures --url "http://$host:$port/" \
    --into "$kPicturesAt" --seconds "$kWatchSeconds" --filter /pagefare-demo --height 1165 && return
  cat build/run/pictures.log >&2
  die "no pictures were taken"
}

dev_pictures() {
  if wants_help "$@"; then
    say "usage: ./dev page-pictures    makes $kPicturesAt/page-light.png and page-dark.png anew"
    return
  fi
  [[ $# -eq 0 ]] || die "page-pictures takes no argument: $1"
  need_packages build test
  build_preset dev pagefare take_pictures
  mkdir -p build/run
  port=$(choose_port) || exit
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  start_daemon
  "${BECOME_ROOT[@]}" "$kPagefare" demo --seconds $((kWatchSeconds + 20)) 2>"$demo_log" \
    >/dev/null </dev/null &
  demo_pid=$!
  take_pictures
  say "made $kPicturesAt/page-light.png and $kPicturesAt/page-dark.png"
}
