# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# ./dev deps: the Debian packages that are missing, and no others.

readonly kTiers='build test lint bench vm package'
readonly kPackageList=$PARTS/packages.txt

# The packages of the named tiers for this architecture, one per line.
packages_of() {
  awk -v wanted="$*" -v arch="$(dpkg --print-architecture)" '
    BEGIN { n = split(wanted, w, " "); for (i = 1; i <= n; i++) want[w[i]] = 1 }
    { sub(/#.*/, "") }
    NF < 2 || (NF > 2 && $3 != "[" arch "]") { next }
    { m = split($1, t, ","); for (i = 1; i <= m; i++) if (t[i] in want) { print $2; next } }
  ' "$kPackageList"
}

# Of the packages on stdin, those that are not installed. One dpkg-query for all of them.
missing_of() {
  local -a packages
  mapfile -t packages
  [[ ${#packages[@]} -gt 0 ]] || return 0
  comm -23 <(printf '%s\n' "${packages[@]}" | sort -u) \
    <(dpkg-query -W -f='${db:Status-Status} ${Package}\n' -- "${packages[@]}" 2>/dev/null |
      sed -n 's/^installed //p' | sort -u)
}

require_debian_12() {
  local name
  name=$(. /etc/os-release 2>/dev/null && printf '%s %s' "${ID:-unknown}" "${VERSION_ID:-}") || true
  [[ $name == 'debian 12' ]] ||
    die "missing packages: $*. This installs Debian 12 packages only and this is '${name:-unknown}':" \
      "install their equivalents by hand (deploy/dev/packages.txt says what each is for)," \
      "or work in a Debian 12 container"
}

# apt_get LOG ARGUMENTS...: waits for other package managers; DPkg::Lock::Timeout covers dpkg's
# lock but not that of the package lists, hence the loop.
apt_get() {
  local log=$1 attempt
  shift
  for attempt in {1..30}; do
    if quietly "$log" as_root env DEBIAN_FRONTEND=noninteractive \
      apt-get -q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@"; then
      return 0
    fi
    grep -qE 'Could not get lock|Unable to lock' "$log" || break
    [[ $attempt -gt 1 ]] || say "another package manager holds the lock; waiting"
    sleep 5
  done
  tail -n 25 -- "$log" >&2
  die "apt-get $1 failed; the whole output is in $log"
}

# need_packages TIER...: returns at once when everything is there.
need_packages() {
  local list
  command -v dpkg-query >/dev/null || require_debian_12 "all of deploy/dev/packages.txt"
  list=$(packages_of "$@" | missing_of)
  [[ -n $list ]] || return 0
  local -a missing
  mapfile -t missing <<<"$list"
  require_debian_12 "${missing[*]}"
  require_sudo
  [[ $EUID -eq 0 ]] || sudo -v || die "sudo refused; these packages are missing: ${missing[*]}"
  say "installing ${#missing[@]} Debian packages: ${missing[*]}"
  apt_get "$ROOT/build/deps.log" update
  apt_get "$ROOT/build/deps.log" install --no-install-recommends -- "${missing[@]}"
}

dev_deps() {
  local tier
  if wants_help "$@"; then
    say "usage: ./dev deps [TIER...]    installs the packages that are missing (default: all tiers)"
    say "tiers: $kTiers; the list is deploy/dev/packages.txt"
    return
  fi
  for tier in "$@"; do
    [[ " $kTiers " == *" $tier "* ]] || die "no such tier: $tier (there are: $kTiers)"
  done
  # shellcheck disable=SC2086 # the tiers are separate words
  if [[ $# -gt 0 ]]; then need_packages "$@"; else need_packages $kTiers; fi
  say "all packages are installed"
}
