#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Packs an initramfs: busybox, the guest's init, and files of the host with the libraries they need.
#
#   pack_initramfs.sh OUT STAGE SRC:DST...
#
# STAGE is a folder that the caller may have put further files in; it becomes the root. Debug sections
# are left out. It is not compressed: unpacking costs more under emulation than loading.
set -euo pipefail

out=$1
stage=$2
shift 2

put() {
  local source=$1 target=$stage$2
  mkdir -p "$(dirname "$target")"
  if [[ $source != *.ko ]] && strip --strip-debug -o "$target" "$source" 2>/dev/null; then
    chmod --reference="$source" "$target"
  else
    cp -L "$source" "$target"
  fi
}

put_libraries_of() {
  local library
  # A program without a dynamic section has none; ldd says so and fails.
  while read -r library; do
    [[ -e $stage$library ]] || put "$library" "$library"
  done < <(ldd "$1" 2>/dev/null | sed -n 's/^.*=> \(\/[^ ]*\) .*$/\1/p; s/^[[:space:]]*\(\/[^ ]*\) (0x.*$/\1/p')
}

mkdir -p "$stage"/{bin,proc,sys,dev,tmp,run,out,etc,root,var/lib}
put "$(command -v busybox)" /bin/busybox
for spec in "$@"; do
  source=${spec%%:*}
  put "$source" "${spec#*:}"
  if [[ -x $source ]]; then put_libraries_of "$source"; fi
done
(cd "$stage" && find . -print0 | cpio --null --create --format=newc --quiet) >"$out"
