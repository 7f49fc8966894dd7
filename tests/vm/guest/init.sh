#!/bin/busybox sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=dash
#
# The first process of a guest: mounts what a Linux machine has, runs /guest/command, sends back what
# it wrote and its exit code, and switches the machine off.
/bin/busybox --install -s /bin
export PATH=/bin HOME=/root TERM=linux

mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/shm /dev/pts
mount -t devpts devpts /dev/pts
mount -t tmpfs tmp /tmp
mount -t tmpfs run /run
mount -t securityfs security /sys/kernel/security
mount -t cgroup2 cgroup /sys/fs/cgroup
mount -t tracefs tracing /sys/kernel/tracing
mount -t debugfs debug /sys/kernel/debug
mount -t bpf bpf /sys/fs/bpf
ln -s /proc/self/fd /dev/fd
echo "+memory +cpu +cpuset" >/sys/fs/cgroup/cgroup.subtree_control

# Results go over serial ports of their own, byte for byte.
stty -F /dev/ttyS1 raw -echo
stty -F /dev/ttyS2 raw -echo

ip link set lo up
for module in /guest/modules/*.ko; do
  if [ -e "$module" ]; then insmod "$module"; fi
done
if [ -e /sys/class/net/eth0 ]; then
  ip addr add 10.0.2.15/24 dev eth0
  ip link set eth0 up
  ip route add default via 10.0.2.2
fi

echo STARTED >/dev/ttyS1
cd /root || exit 1
if [ -e /guest/interactive ]; then
  setsid cttyhack sh /guest/command
  code=$?
else
  sh /guest/command </dev/null >/dev/ttyS1 2>&1
  code=$?
fi
if [ -n "$(ls /out)" ]; then tar -cz -C /out . >/dev/ttyS2; fi
printf '\nRC=%d\n' "$code" >/dev/ttyS1
exec power_off "$code"
