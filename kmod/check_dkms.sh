#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds the modules as the DKMS package that kmod/dkms.conf describes, with DKMS itself, in trees of
# its own: nothing is registered or installed on this machine. Exits with 77 where DKMS is missing.
#
#   kmod/check_dkms.sh
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/.." && pwd)

dkms=$(PATH=$PATH:/usr/sbin command -v dkms) || { echo "dkms is not installed (package dkms)"; exit 77; }
place=$("$root/tests/vm/fetch_kernel.sh" full-6.12 --headers)
headers=$(find "$place/usr/src" -maxdepth 1 -name 'linux-headers-*' ! -name '*-common' | head -n 1)
kernel=${headers##*/linux-headers-}
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"$/\1/p' "$here/dkms.conf")

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch"/{tree,source/"pagefare-$version"}
cp -p "$here"/*.[ch] "$here"/{Kbuild,Makefile,dkms.conf} "$scratch/source/pagefare-$version/"
trees=(--dkmstree "$scratch/tree" --sourcetree "$scratch/source")
"$dkms" add "${trees[@]}" "pagefare/$version"
"$dkms" build "${trees[@]}" -k "$kernel" --kernelsourcedir "$headers" "pagefare/$version" ||
  { cat "$scratch"/tree/pagefare/"$version"/build/make.log; exit 1; }

for module in pagefare_copy pagefare_softdma; do
  built=$(find "$scratch/tree/pagefare/$version/$kernel" -name "$module.ko*" | head -n 1)
  [[ -n $built ]] || { echo "DKMS built no $module"; exit 1; }
  magic=$(PATH=$PATH:/usr/sbin modinfo -F vermagic "$built")
  [[ $magic == "$kernel "* ]] || { echo "$module is for '$magic', not for $kernel"; exit 1; }
  [[ $(PATH=$PATH:/usr/sbin modinfo -F version "$built") == "$version" ]] ||
    { echo "$module has another version than its package, $version"; exit 1; }
  echo "$module.ko $version for $kernel"
done
