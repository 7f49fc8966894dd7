# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# ./dev build: configure and build one preset; only failures are shown.

# shellcheck source=deploy/dev/deps.sh
source "$PARTS/deps.sh"

show_build_failure() {
  local preset=$1 log=$2
  grep -vE '^\[[0-9]+/[0-9]+\]|^-- |^ninja: ' -- "$log" | head -n 120 >&2 || true
  die "build of preset $preset failed; the whole output is in $log"
}

# build_preset PRESET [TARGET...]: everything, or only the named targets.
build_preset() {
  local preset=$1 log=build/$1/log
  shift
  local -a targets=()
  [[ $# -eq 0 ]] || targets=(--target "$@")
  jobs_wanted >/dev/null
  # An explicit configure is needed once; afterwards the build reconfigures by itself.
  if [[ ! -f build/$preset/build.ninja ]]; then
    say "configuring $preset"
    quietly "$log" cmake --preset "$preset" || show_build_failure "$preset" "$log"
  fi
  quietly "$log" cmake --build --preset "$preset" -j "$(jobs_wanted)" "${targets[@]}" ||
    show_build_failure "$preset" "$log"
}

known_preset() {
  cmake --list-presets=build 2>/dev/null | grep -qF "\"$1\"" ||
    die "no such preset: $1 (see CMakePresets.json)"
}

dev_build() {
  local preset=dev
  while [[ $# -gt 0 ]]; do
    case $1 in
      -h | --help)
        say "usage: ./dev build [--preset NAME]    installs what is missing and builds"
        say "presets: dev (default), release, asan, tsan, tidy; the log is build/NAME/log"
        return
        ;;
      --preset)
        [[ $# -ge 2 ]] || die "--preset needs a name"
        preset=$2
        shift 2
        ;;
      *) die "build takes no such argument: $1 (see ./dev build --help)" ;;
    esac
  done
  need_packages build
  known_preset "$preset"
  SECONDS=0
  build_preset "$preset"
  say "built $preset in $SECONDS s (build/$preset)"
}
