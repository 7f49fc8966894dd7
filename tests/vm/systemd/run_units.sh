#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The Debian package on a machine whose first process is systemd: packs a root with both, boots it in
# a guest and runs units.sh there. Exit code 77: this machine cannot do that.
# usage: run_units.sh BUILD_DIRECTORY LIMIT      LIMIT in seconds of guest time
set -euo pipefail
unset CDPATH
export LC_ALL=C DEBIAN_FRONTEND=noninteractive

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
# shellcheck source=tests/package/root.sh
source "$here/../../package/root.sh"
build=$(readlink -f -- "$1") limit=$2
work=$build/systemd-test
root=$work/root
module=$here/../../../build/kmod/6.12/pagefare_copy.ko

skip() { printf 'skipped: %s\n' "$*" && exit 77; }
[[ $EUID -eq 0 ]] || skip "a clean root needs root"
command -v debootstrap >/dev/null || skip "no debootstrap here"
mkdir -p -- "$work"

version=$(sed -n 's/^set(CPACK_PACKAGE_VERSION "\(.*\)")$/\1/p' "$build/CPackConfig.cmake")
package=pagefare_${version}_$(dpkg --print-architecture).deb
(cd -- "$build" && quietly cpack -D CPACK_PACKAGE_DIRECTORY="$work")

# What the guest need not have: lists of packages, documents, what would fetch something by itself.
slim_down() {
  rm -rf -- "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/* "$root"/usr/share/{doc,man,locale,info}/* \
    "$root"/usr/lib/x86_64-linux-gnu/gconv
  rm -f -- "$root"/etc/systemd/system/timers.target.wants/*
  # Without udev nobody tells that the console is there; systemd would wait for it.
  ln -sf /dev/null "$root/etc/systemd/system/serial-getty@ttyS0.service"
}

# A root with systemd, and with what the package depends on, without the package: kept.
make_systemd_root() {
  make_root "$work/root.tar"
  quietly in_root apt-get -y --no-install-recommends install systemd systemd-sysv kmod
  cp -- "$work/$package" "$root/root/"
  quietly in_root apt-get -y --no-install-recommends install "/root/$package"
  quietly in_root dpkg --purge pagefare
  slim_down
  pack_root "$work/systemd.tar"
}

install_package() {
  make_root "$work/systemd.tar"
  cp -- "$work/$package" "$root/root/"
  in_root dpkg -i "/root/$package" >"$work/output" 2>&1
}

if [[ ! -s $work/systemd.tar ]] || ! install_package; then
  make_systemd_root
  install_package || { cat "$work/output" >&2; exit 1; }
fi
slim_down
rm -f -- "$root/root/$package"
cp -- "$here/claims.service" "$root/etc/systemd/system/"
ln -sf ../claims.service "$root/etc/systemd/system/multi-user.target.wants/claims.service"
cp -- "$here/units.sh" "$build/tests/vm/power_off" "$module" "$root/opt/"
strip --strip-debug -o "$root/opt/mover" "$build/tests/vm/mover"  # its libraries are the package's too
pack_root "$work/guest.tar"
rm -rf --one-file-system -- "$root"

export PAGEFARE_BUILD=$build
exec "$here/../boot_guest.sh" --kernel full-6.12 --topology two --limit "$limit" \
  --out "$build/tests/vm/boots/systemd" --file "$here/init.sh:/init" \
  --file "$work/guest.tar:/guest/guest.tar" -- units.sh
