#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Puts the newest Debian kernel of a flavour beside the build and prints where: nothing is installed.
#
#   fetch_kernel.sh FLAVOUR [--headers]     FLAVOUR: cloud-6.1, cloud-6.12 or full-6.12
#
# The cache is $PAGEFARE_CACHE, else build/vm in the tree. apt verifies what it downloads against the
# archive's signed index; what was unpacked is hashed and checked again at every use.
set -euo pipefail

tree=$(cd "$(dirname "$0")/../.." && pwd)
cache=${PAGEFARE_CACHE:-$tree/build/vm}

say() { echo "fetch_kernel: $*" >&2; }
die() { say "$*"; exit 1; }

flavour=${1:-}
with_headers=${2:-}
case $flavour in
  cloud-6.1) family=6.1 suffix=-cloud-amd64 unwanted=-unsigned ;;
  cloud-6.12) family=6.12 suffix=-cloud-amd64 unwanted=-unsigned ;;
  full-6.12) family=6.12 suffix=-amd64 unwanted='-\(cloud\|rt\)-' ;;
  *) die "usage: fetch_kernel.sh cloud-6.1|cloud-6.12|full-6.12 [--headers]" ;;
esac
[[ -z $with_headers || $with_headers == --headers ]] || die "unknown argument '$with_headers'"
place=$cache/kernels/$flavour

# Lists of our own are used where the system has none (a bare container) or they are out of date.
apt_options=()
use_own_lists() {
  mkdir -p "$cache/apt/lists/partial" "$cache/apt/archives/partial"
  apt_options=(-o "Dir::State::Lists=$cache/apt/lists" -o "Dir::Cache=$cache/apt")
  say "reading the Debian package lists"
  apt-get "${apt_options[@]}" -q update >&2
}

newest_image() {
  apt-cache "${apt_options[@]}" search --names-only "^linux-image-${family//./\\.}\\.[0-9].*$suffix\$" |
    cut -d' ' -f1 |
    grep -v -e "$unwanted" | sort -V | tail -1
}

# download DIR PACKAGE...
download() {
  local dir=$1
  shift
  (cd "$dir" && apt-get "${apt_options[@]}" -o APT::Sandbox::User=root -q download "$@" >&2)
}

stamp() {
  (cd "$1" && find . -type f ! -name SHA256SUMS ! -name .sums -print0 | sort -z | xargs -0 sha256sum) >"$1/.sums"
  mv "$1/.sums" "$1/SHA256SUMS"
}
intact() { [[ -s $1/SHA256SUMS ]] && (cd "$1" && sha256sum --quiet --check SHA256SUMS >&2); }

# unpack IMAGE: a whole new place, moved into the old one's stead only when it is complete.
unpack_image() {
  local fresh=$place.new
  rm -rf "$fresh" && mkdir -p "$fresh"
  download "$fresh" "$1" || return 1
  dpkg -x "$fresh"/*.deb "$fresh" && rm "$fresh"/*.deb
  rm -rf "$fresh/usr/share/doc"
  echo "$1" >"$fresh/package"
  stamp "$fresh"
  rm -rf "$place" && mv "$fresh" "$place"
  say "unpacked $1 into $place"
}

unpack_headers() {
  local image headers needs
  image=$(cat "$place/package")
  headers=${image/linux-image-/linux-headers-}
  needs=$(apt-cache "${apt_options[@]}" depends "$headers" |
    sed -n 's/^ *Depends: \(linux-headers-.*-common\|linux-kbuild-.*\)$/\1/p')
  # shellcheck disable=SC2086 # two package names
  download "$place" "$headers" $needs
  for deb in "$place"/*.deb; do dpkg -x "$deb" "$place"; done
  rm "$place"/*.deb
  sed -i "s#/usr/src/#$place/usr/src/#" "$place/usr/src/$headers/Makefile"
  stamp "$place"
  say "unpacked $headers into $place"
}

mkdir -p "$cache/kernels"
exec 9>"$cache/kernels/$flavour.lock"
flock 9

image=$(newest_image)
if [[ -z $image ]]; then
  use_own_lists
  image=$(newest_image)
fi
if [[ -z $image && ! -s $place/package ]]; then
  die "no package linux-image-$family.*$suffix: is a Debian archive in the apt sources?"
fi

if [[ -n $image && $(cat "$place/package" 2>/dev/null) != "$image" ]] || ! intact "$place"; then
  if ! unpack_image "$image"; then
    use_own_lists
    image=$(newest_image)
    unpack_image "$image" || { intact "$place" && say "the download failed; using the cached $(cat "$place/package")"; } ||
      die "cannot download $image and nothing usable is cached in $place"
  fi
fi
if [[ $with_headers == --headers && ! -d $place/usr/src ]]; then unpack_headers; fi
echo "$place"
