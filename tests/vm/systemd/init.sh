#!/bin/busybox sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=dash
#
# The first process of a guest that systemd takes over: unpacks the root that came along and becomes
# its systemd. A unit of that root runs what is to be run and switches the machine off.
/bin/busybox --install -s /bin
export PATH=/bin

mount -t proc proc /proc
mount -t devtmpfs dev /dev
stty -F /dev/ttyS1 raw -echo
echo STARTED >/dev/ttyS1

fail() {
  printf 'init: %s\n\nRC=1\n' "$1" >/dev/ttyS1
  exec power_off 1
}

mkdir /new
mount -t tmpfs -o size=70% root /new || fail "no tmpfs for the root"
tar -x -C /new -f /guest/guest.tar || fail "the root cannot be unpacked"
rm /guest/guest.tar
umount /dev /proc
exec switch_root /new /lib/systemd/systemd
