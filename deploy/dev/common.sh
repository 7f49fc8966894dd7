# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What every command of ./dev shares: speech, root, quiet steps.

say() { printf '%s\n' "$*"; }

die() {
  printf './dev: %s\n' "$*" >&2
  exit 2
}

wants_help() { [[ ${1:-} == -h || ${1:-} == --help ]]; }

jobs_wanted() {
  local jobs=${PAGEFARE_JOBS:-$(nproc)}
  [[ $jobs =~ ^[1-9][0-9]*$ ]] || die "PAGEFARE_JOBS must be a positive number, not '$jobs'"
  say "$jobs"
}

require_sudo() {
  [[ $EUID -ne 0 ]] || return 0
  command -v sudo >/dev/null ||
    die "this needs root: run it as root, or install sudo and add yourself to its group"
}

# What a command that needs root begins with. Spelled out where the process id counts, since a
# function in the background is a shell of its own.
BECOME_ROOT=()
[[ $EUID -eq 0 ]] || BECOME_ROOT=(sudo --)

as_root() {
  require_sudo
  "${BECOME_ROOT[@]}" "$@"
}

# quietly LOG COMMAND...: the output goes to LOG; the caller decides what of it is worth showing.
quietly() {
  local log=$1
  shift
  mkdir -p -- "${log%/*}"
  "$@" >"$log" 2>&1 </dev/null
}

is_number() { [[ $1 =~ ^[1-9][0-9]*$ ]]; }
