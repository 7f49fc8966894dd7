#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Run in a guest by systemd itself: what an administrator may expect of the package's two units. One
# line per claim; the machine is switched off with 0 when all hold. How long something takes means
# nothing in an emulated machine: what must come is waited for.
export LC_ALL=C SYSTEMD_PAGER='' SYSTEMD_COLORS=0
stty -F /dev/ttyS1 raw -echo
exec >/dev/ttyS1 2>&1 </dev/null

readonly patience=300 copy=/sys/module/pagefare_copy/parameters config=/etc/pagefare/pagefare.toml
failed=0

# shellcheck disable=SC2329,SC2317 # by the trap
finish() {
  if ((failed)); then
    journalctl --no-pager -o short-monotonic -u 'pagefare*' | tail -n 120
    systemctl --no-pager status pagefare pagefare-enforce
  fi
  printf '\nRC=%d\n' "$failed"
  /opt/power_off "$failed"
}
trap finish EXIT

# claim WHAT COMMAND...: now, and eventually.
claim() {
  local what=$1
  shift
  if "$@" >/tmp/claim 2>&1; then
    echo "[       OK ] $what"
  else
    echo "[  FAILED  ] $what"
    cat /tmp/claim
    journalctl -q --no-pager -o short-monotonic -u 'pagefare*' -n 12
    failed=1
  fi
}
patiently() {
  local tries
  for ((tries = 0; tries < patience; tries++)); do
    "$@" && return
    sleep 1
  done
  return 1
}
eventually() { claim "$1" patiently "${@:2}"; }
not() { ! "$@"; }

show() { systemctl show -P "$2" "$1"; }
is() { [[ $(show "$1" "$2") == "$3" ]] || { echo "$1: $2 is $(show "$1" "$2")"; return 1; }; }
is_above() { (($(show "$1" "$2") > $3)); }
main() { show "$1" MainPID; }
of_process() { [[ $(sed -n "s/^$2:[[:space:]]*//p" "/proc/$(main "$1")/status") == "$3" ]]; }

get() {
  exec 3<>/dev/tcp/127.0.0.1/9464 || return
  printf 'GET %s HTTP/1.0\r\nHost: guest\r\n\r\n' "$1" >&3
  cat <&3
  exec 3>&-
}
shows() { get "$1" 2>/dev/null | grep -q -e "$2"; }
log_says() { journalctl -q --no-pager -u "$1" | grep -q -e "$2"; }

knobs() { echo "$(<$copy/offloading) $(<$copy/engine) $(<$copy/threads) $(<$copy/nr_dma_chan)"; }
are() { [[ $(knobs) == "$1" ]] || { knobs; return 1; }; }

work() { systemd-run -q --unit=work /bin/bash -c 'while :; do echo go; sleep 0.2; done | /opt/mover --mib 16 --kind huge'; }

echo "uptime at the first claim: $(cut -d' ' -f1 /proc/uptime) s"

# --- The unit that observes, as the package installs it.
eventually "the observing unit is active after boot, as it said itself" is pagefare ActiveState active
claim "it is of the type that says so" is pagefare Type notify
claim "the unit that may act is installed and not enabled" test "$(systemctl is-enabled pagefare-enforce)" = disabled
eventually "/readyz is served" shows /readyz '^HTTP/1.[01] 200'
eventually "/metrics is served" shows /metrics '^pagefare_measured_bytes_total '
eventually "the best layer attaches with the unit's capabilities" shows /status '"layer":"precise"'
claim "it holds the four capabilities and no more" of_process pagefare CapBnd 000000c400000004
claim "it may gain none" of_process pagefare NoNewPrivs 1
claim "its system calls are filtered" of_process pagefare Seccomp 2
work
eventually "it names the cgroup of a unit that migrates" shows /metrics 'cgroup="/system.slice/work.service"'
systemctl stop work

pinged=$(show pagefare WatchdogTimestampMonotonic)
eventually "it pings the watchdog" is_above pagefare WatchdogTimestampMonotonic "$pinged"
sed -i '1i period = "2s"' $config
claim "it reloads" systemctl reload pagefare
eventually "with the changed configuration" shows /status '"period_ns":2000000000'

before=$(main pagefare)
systemctl kill --signal=KILL --kill-who=main pagefare
eventually "killed, it is started again" is_above pagefare NRestarts 0
eventually "and is active" is pagefare ActiveState active
claim "as another process" test "$(main pagefare)" != "$before"
restarts=$(show pagefare NRestarts)
kill -STOP "$(main pagefare)"
eventually "hanging, it is found by the watchdog" log_says pagefare 'Watchdog timeout'
eventually "and started again" is_above pagefare NRestarts "$restarts"
eventually "and serves" shows /readyz '^HTTP/1.[01] 200'

# --- The unit that acts.
claim "the copy module is loaded" insmod /opt/pagefare_copy.ko
found=$(knobs)
sed -i 's/^#*mode = .*/mode = "enforce"/; s/^period = .*/period = "500ms"/' $config
work
claim "the acting unit starts" systemctl start pagefare-enforce
claim "and the observing one ends" is pagefare ActiveState inactive
eventually "it turns knobs" not are "$found"
claim "stopped, it gives them back" systemctl stop pagefare-enforce
claim "all of them" are "$found"

claim "it starts again" systemctl start pagefare-enforce
eventually "and turns knobs" not are "$found"
before=$(main pagefare-enforce)
systemctl kill --signal=KILL --kill-who=main pagefare-enforce
eventually "killed, it is started again" is_above pagefare-enforce NRestarts 0
eventually "and is active" is pagefare-enforce ActiveState active
eventually "and turns knobs once more" not are "$found"

mkdir -p /run/systemd/system/pagefare-enforce.service.d
printf '[Service]\nRestart=no\n' >/run/systemd/system/pagefare-enforce.service.d/no-restart.conf
systemctl daemon-reload
kill -STOP "$(main pagefare-enforce)"  # or it would post another guard
systemctl kill --signal=KILL --kill-who=all pagefare-enforce
eventually "killed with its guard, it has failed" is pagefare-enforce ActiveState failed
claim "and ExecStopPost has given the knobs back" are "$found"

sed -i '1i on_stop = "keep"' $config
claim "told to keep, it starts" systemctl start pagefare-enforce
eventually "and turns knobs" not are "$found"
systemctl stop pagefare-enforce
claim "stopped, it leaves them" not are "$found"
claim "until somebody restores" pagefare restore
claim "what was found" are "$found"
systemctl stop work

claim "the package is removed" dpkg --remove pagefare
claim "with its units" not systemctl cat pagefare.service
echo "uptime at the last claim: $(cut -d' ' -f1 /proc/uptime) s"
