# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=dash
# In a guest whose kernel has no folio_mc_copy: the module must not load and say why in one line.
if insmod /guest/pagefare_copy.ko 2>/dev/null; then
  echo "it loaded"
  exit 1
fi
# busybox's insmod tries a second time in another way, hence sort -u.
dmesg | sed -n 's/^\[.*\] \(pagefare_copy: \)/\1/p' | grep -v -e 'out-of-tree module' -e 'verification failed' |
  sort -u >/tmp/said
cat /tmp/said
[ "$(wc -l </tmp/said)" = 1 ] && grep -q 'not loaded: this kernel does not export folio_mc_copy' /tmp/said
