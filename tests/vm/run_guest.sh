#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs pagefare and its demo in a guest with two nodes and a slow tier: everything it does, on any
# Linux machine that has QEMU, without privileges.
#
#   run_guest.sh [--kernel FLAVOUR] [--port N] [--seconds N] [--demo-seconds M] [--act | --config FILE]
#
# The guest has the copy module, in Debian's full 6.12 kernel, where that can be built; else a cloud
# kernel without it, and a line that says why. --kernel chooses one without the module.
# The daemon observes, or does what FILE says; with --act it turns knobs and keeps budgets
# (guest/acting.toml). Serves on 127.0.0.1:9464, or the next free port, for N seconds or until Ctrl-C.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
build=${PAGEFARE_BUILD:-$here/../../build/dev}
readonly ports_to_try=20

die() { echo "run_guest: $*" >&2; exit 2; }

config='' kernel='' port=9464 seconds=0 demo_seconds=10
while (($#)); do
  case $1 in
    --kernel) kernel=$2; shift ;;
    --port) port=$2; shift ;;
    --seconds) seconds=$2; shift ;;
    --demo-seconds) demo_seconds=$2; shift ;;
    --act) config=$here/guest/acting.toml ;;
    --config) config=$2; shift ;;
    *) die "unknown option '$1'" ;;
  esac
  shift
done
module=()
if [[ -z $kernel ]]; then
  kernel=full-6.12
  log=$(mktemp)
  echo "building the copy module for the guest's kernel"
  if "$here/../../kmod/build.sh" --kernel 6.12 >"$log" 2>&1; then
    module=(--file "$here/../../build/kmod/6.12/pagefare_copy.ko")
  else
    tail -n 5 "$log" >&2
    echo "run_guest: the copy module could not be built (above): a guest without it, outside quota stays 0" >&2
    kernel=cloud-6.12
  fi
  rm -f "$log"
fi
configuration=()
if [[ -n $config ]]; then configuration=(--file "$config:/etc/pagefare/pagefare.toml"); fi
pagefare=$build/controller/cli/pagefare
[[ -x $pagefare ]] || die "$pagefare is not built"

in_use() { (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
wanted=$port
while in_use "$port"; do
  ((port += 1))
  ((port < wanted + ports_to_try)) || die "no free port from $wanted on"
done
if ((port != wanted)); then echo "port $wanted is in use; taking $port"; fi

limit=86400
if ((seconds)); then limit=$((seconds + 300)); fi
echo "booting a guest (two nodes and a slow tier, emulated); Ctrl-C ends it"
exec "$here/boot_guest.sh" --kernel "$kernel" --topology tiered --limit "$limit" --follow \
  --forward "$port:9464" \
  --file "$pagefare" --file "$here/guest/product.sh" "${module[@]}" "${configuration[@]}" \
  -- product.sh "$port" "$seconds" "$demo_seconds"
