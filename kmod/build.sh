#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds the kernel modules against Debian headers that are unpacked into the cache, not installed.
#
#   kmod/build.sh [--kernel 6.12|cloud-6.12|6.1 | --tree DIR] [--out DIR] [--source DIR] [--sparse]
#   kmod/build.sh --checkpatch
#
#   --kernel NAME  newest Debian kernel of that name (default 6.12: the full flavour, with DMA engines)
#   --tree DIR     a kernel's build tree instead, such as /lib/modules/$(uname -r)/build
#   --out DIR      where sources are copied to and modules come out (default build/kmod/NAME)
#   --source DIR   other sources than those of this folder
#   --sparse       run sparse over the sources too; its warnings are errors
#   --checkpatch   run the kernel's checkpatch.pl over the sources instead of building
#
# Prints the paths of the modules. Downloads are kept where tests/vm keeps its kernels.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/.." && pwd)
fetch=$root/tests/vm/fetch_kernel.sh

die() { echo "kmod/build.sh: $*" >&2; exit 1; }
usage() { sed -n '4,16s/^# \{0,1\}//p' "$0"; }

kernel=6.12 tree='' out='' source=$here sparse='' checkpatch=''
while (($#)); do
  case $1 in
    --kernel) kernel=${2:-}; shift ;;
    --tree) tree=${2:-}; shift ;;
    --out) out=${2:-}; shift ;;
    --source) source=${2:-}; shift ;;
    --sparse) sparse=yes ;;
    --checkpatch) checkpatch=yes ;;
    -h | --help) usage; exit ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

# checkpatch.pl comes with the kernel's source only
get_checkpatch() {
  local place=${PAGEFARE_CACHE:-$root/build/vm}/checkpatch package=linux-source-6.12 scratch
  if [[ ! -x $place/checkpatch.pl ]]; then
    mkdir -p "$place"
    scratch=$(mktemp -d)
    (cd "$scratch" && apt-get -o APT::Sandbox::User=root -q download "$package" >&2) ||
      die "cannot download $package: run apt-get update"
    dpkg -x "$scratch"/*.deb "$scratch"
    tar -C "$place" --strip-components=2 --wildcards -xf "$scratch/usr/src/$package.tar.xz" \
      '*/scripts/checkpatch.pl' '*/scripts/spelling.txt' '*/scripts/const_structs.checkpatch'
    rm -rf "$scratch"
  fi
  echo "$place/checkpatch.pl"
}

if [[ -n $checkpatch ]]; then
  script=$(get_checkpatch)
  # A macro that declares things from a name has to use the name more than once.
  exec perl "$script" --no-tree --terse --no-summary --strict --ignore MACRO_ARG_REUSE --max-line-length=100 --file "$here"/*.[ch]
fi

# Sets tree to the build tree of a Debian kernel by its short name
find_tree() {
  local flavour=$kernel place
  case $kernel in
    6.12) flavour=full-6.12 ;;
    6.1) flavour=cloud-6.1 ;;
  esac
  place=$("$fetch" "$flavour" --headers) || exit 1
  tree=$(find "$place/usr/src" -maxdepth 1 -name 'linux-headers-*' ! -name '*-common' | head -n 1)
}

if [[ -z $tree ]]; then find_tree; fi
[[ -f $tree/Makefile ]] || die "no kernel build tree in '$tree'"
out=${out:-$root/build/kmod/$kernel}

# A copy is built: the source tree stays clean, and two kernels do not mix.
mkdir -p "$out"
out=$(cd "$out" && pwd)
rm -f "$out"/*.[ch] "$out"/*.ko
find "$source" -maxdepth 1 \( -name '*.[ch]' -o -name Kbuild -o -name Makefile \) -exec cp -pt "$out/" {} +
check=()
if [[ -n $sparse ]]; then
  command -v sparse >/dev/null || die "sparse is not installed (package sparse)"
  rm -f "$out"/*.o
  check=(C=2 "CHECK=sparse -Wsparse-error")
fi
make -s -C "$tree" M="$out" "${check[@]}" modules >&2
ls "$out"/*.ko
