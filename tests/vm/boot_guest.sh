#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Boots a Debian kernel in QEMU (emulated, no privileges), runs one command there and brings back its
# exit code, output and files.
#
#   boot_guest.sh [option]... -- COMMAND [ARG]...
#     --kernel FLAVOUR       cloud-6.12 (default), cloud-6.1 or full-6.12
#     --topology NAME        a line of topologies.txt (default: two)
#     --file SRC[:DST]       a file for the guest, with its libraries if it is a program (default DST:
#                            /bin/NAME for programs, else /guest/NAME); may be repeated
#     --module NAME          a module of the kernel's package to insert first; in order, may be repeated
#     --spare-module NAME    one that the command may insert: /guest/spare/NAME.ko; may be repeated
#     --out DIR              gets console.log, output.log and files/ (what the guest left in /out)
#     --limit SECONDS        of guest time before it is given up (default 120)
#     --threads single|multi host threads for the guest's CPUs; single (default) is what a guest needs
#                            whose kernel code is patched: BPF trampolines, ftrace, modules
#     --clock host|instructions  what the guest takes for time: the host's (default), or the number of
#                            instructions, which makes CPU times comparable but not like hardware's; slower
#     --forward HOST:GUEST   makes the guest's TCP port reachable on 127.0.0.1:HOST
#     --follow               shows the guest's output while it comes
#     --interactive          the command gets this terminal
#
# The exit code is the command's. 250 says that the guest died or ran out of time: the tail of its
# console is shown. A guest that dies before its command began (a known flake of emulated boots) is
# booted once more, and the output says so.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
build=${PAGEFARE_BUILD:-$here/../../build/dev}
readonly guest_died=250

say() { echo "boot_guest: $*" >&2; }
die() { say "$*"; exit 2; }

kernel=cloud-6.12 topology=two out='' limit=120 threads=single clock=host forward='' follow='' interactive=''
files=() modules=() spares=()
while (($#)); do
  case $1 in
    --kernel) kernel=$2; shift ;;
    --topology) topology=$2; shift ;;
    --file) files+=("$2"); shift ;;
    --module) modules+=("$2"); shift ;;
    --spare-module) spares+=("$2"); shift ;;
    --out) out=$2; shift ;;
    --limit) limit=$2; shift ;;
    --threads) threads=$2; shift ;;
    --clock) clock=$2; shift ;;
    --forward) forward=$2; shift ;;
    --follow) follow=yes ;;
    --interactive) interactive=yes ;;
    --) shift; break ;;
    *) die "unknown option '$1'" ;;
  esac
  shift
done
(($#)) || die "no command: see the top of $0"

scratch=$(mktemp -d)
qemu_id=''
# shellcheck disable=SC2329,SC2317 # called by the traps
tidy_up() {
  if [[ -n $qemu_id ]]; then kill "$qemu_id" 2>/dev/null || true; fi
  rm -rf "$scratch"
}
trap tidy_up EXIT
trap 'exit 130' INT TERM
out=${out:-$scratch/out}
rm -rf "$out" && mkdir -p "$out/files"

# Sets machine_options for the topology: CPUs, memory, nodes, the firmware's word on slow tiers.
describe_machine() {
  local nodes node cpus mib first=0 number=0 sockets=0 total=0 slow=() numa=() cpu_nodes=()
  nodes=$(sed -n "s/^$topology  *//p" "$here/topologies.txt")
  [[ -n $nodes ]] || die "no topology '$topology' in topologies.txt"
  for node in $nodes; do
    cpus=${node%:*} mib=${node#*:}
    numa+=(-object "memory-backend-ram,id=m$number,size=${mib}M")
    if ((cpus)); then
      numa+=(-numa "node,nodeid=$number,memdev=m$number,cpus=$first-$((first + cpus - 1))")
      cpu_nodes+=("$number")
      ((sockets += 1))
    else
      numa+=(-numa "node,nodeid=$number,memdev=m$number,initiator=0")
      slow+=("$number")
    fi
    ((first += cpus, total += mib, number += 1)) || true
  done
  local from to latency bandwidth
  for ((to = 0; ${#slow[@]} && to < number; to++)); do
    for from in "${cpu_nodes[@]}"; do
      latency=10 bandwidth=20G
      if ((from != to)); then latency=20 bandwidth=10G; fi
      if [[ " ${slow[*]} " == *" $to "* ]]; then latency=200 bandwidth=1G; fi
      numa+=(-numa "hmat-lb,initiator=$from,target=$to,hierarchy=memory,data-type=access-latency,latency=$latency")
      numa+=(-numa "hmat-lb,initiator=$from,target=$to,hierarchy=memory,data-type=access-bandwidth,bandwidth=$bandwidth")
    done
  done
  local hmat=''
  if ((${#slow[@]})); then hmat=,hmat=on; fi
  machine_options=(-machine "q35$hmat" -m "${total}M"
    -smp "$first,sockets=$sockets,cores=$((first / sockets)),threads=1" "${numa[@]}")
}

# put_module NAME TARGET: a module of the kernel's package into the stage; none if it is built in.
put_module() {
  local path
  path=$(find "$kernel_root/lib/modules" -name "$1.ko*" -print -quit)
  if [[ $path == *.xz ]]; then
    xz -dc "$path" >"$scratch/stage/guest/$2"
  elif [[ -n $path ]]; then
    cp "$path" "$scratch/stage/guest/$2"
  fi
}

# Modules to insert are numbered in their order.
stage_modules() {
  local number=10 name
  mkdir -p "$scratch/stage/guest"/{modules,spare}
  for name in "${modules[@]}"; do
    put_module "$name" "modules/$number-$name.ko"
    ((number += 1))
  done
  for name in "${spares[@]}"; do put_module "$name" "spare/$name.ko"; done
}

stage_files() {
  local spec source target specs=("$build/tests/vm/power_off:/bin/power_off" "$here/guest/init.sh:/init")
  for spec in "${files[@]}"; do
    source=${spec%%:*} target=${spec#*:}
    [[ -e $source ]] || die "no file '$source' to give to the guest"
    if [[ $spec != *:* ]]; then
      if [[ -x $source ]]; then target=/bin/$(basename "$source"); else target=/guest/$(basename "$source"); fi
    fi
    specs+=("$source:$target")
  done
  "$here/pack_initramfs.sh" "$scratch/initramfs" "$scratch/stage" "${specs[@]}"
}

# One boot. Leaves QEMU's exit status in qemu_status.
boot() {
  : >"$out/console.log" && : >"$out/output.log" && : >"$scratch/files.tar.gz"
  local console=(-serial "file:$out/console.log") network=(-nic none)
  if [[ -n $interactive ]]; then console=(-chardev "stdio,id=term,signal=off,logfile=$out/console.log" -serial chardev:term); fi
  if [[ -n $forward ]]; then
    network=(-nic "user,model=virtio-net-pci,hostfwd=tcp:127.0.0.1:${forward%:*}-:${forward#*:}")
  fi
  local counting=()
  if [[ $clock == instructions ]]; then counting=(-icount "shift=0,sleep=off"); fi
  local qemu=(timeout --foreground "$limit" qemu-system-x86_64 -accel "tcg,thread=$threads" "${counting[@]}" -cpu max
    "${machine_options[@]}" -nodefaults -no-user-config -display none -no-reboot
    -kernel "$kernel_root"/boot/vmlinuz-* -initrd "$scratch/initramfs"
    -append "console=ttyS0 quiet no_timer_check panic=-1"
    "${console[@]}" -serial "file:$out/output.log" -serial "file:$scratch/files.tar.gz" "${network[@]}"
    -device "isa-debug-exit,iobase=0x501,iosize=1")
  qemu_status=0
  if [[ -z $follow ]]; then
    "${qemu[@]}" || qemu_status=$?
    return
  fi
  "${qemu[@]}" </dev/null &
  qemu_id=$!
  tail -n +1 -s 0.2 -f --pid="$qemu_id" "$out/output.log" | grep --line-buffered -v -x -e STARTED -e 'RC=[0-9]*' || true
  wait "$qemu_id" || qemu_status=$?
}

# The guest's word and QEMU's status must agree: QEMU alone exits with 0 or 1 for troubles of its own.
read_verdict() {
  verdict=$(sed -n 's/^RC=\([0-9]*\)$/\1/p' "$out/output.log" | tail -1)
  [[ -n $verdict ]] && ((qemu_status == ((2 * verdict + 1) & 255)))
}

kernel_root=$("$here/fetch_kernel.sh" "$kernel")
if [[ -n $forward ]]; then
  modules+=(virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci failover net_failover virtio_net)
fi
describe_machine
stage_modules
printf '%q ' "$@" >"$scratch/stage/guest/command"
if [[ -n $interactive ]]; then touch "$scratch/stage/guest/interactive"; fi
stage_files

boot
if ! read_verdict && { ! grep -qx STARTED "$out/output.log" || grep -q 'Oops: int3' "$out/console.log"; }; then
  say "the guest died while booting (status $qemu_status); booting it once more (boot flakes: 1)"
  cp "$out/console.log" "$out/console-flake.log"
  boot
fi
if [[ -s $scratch/files.tar.gz ]]; then tar -xz -C "$out/files" -f "$scratch/files.tar.gz"; fi
if ! read_verdict; then
  reason="died"
  if ((qemu_status == 124)); then reason="was given up after $limit s"; fi
  say "the guest ($kernel, $topology) $reason; QEMU's status $qemu_status; the end of its console:"
  tail -n 40 "$out/console.log" >&2
  exit "$guest_died"
fi
if [[ -z $follow && -z $interactive ]]; then sed -e '/^STARTED$/d' -e '/^RC=[0-9]*$/d' "$out/output.log"; fi
exit "$verdict"
