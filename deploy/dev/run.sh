# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# ./dev run: the daemon on this machine, a load that migrates pages, and who paid for it.

# shellcheck source=deploy/dev/build.sh
source "$PARTS/build.sh"

readonly kPagefare=$ROOT/build/dev/controller/cli/pagefare
# State of one run; clean_up reads it whatever function was left last.
host=127.0.0.1 port='' own_listen=''
daemon_pid='' demo_pid='' timer_pid=''
daemon_log=build/run/daemon.log demo_log=build/run/demo.log

readonly kReadyWithin=30 # seconds: loading BPF and resolving symbols on a busy machine

run_usage() {
  cat <<'USAGE'
usage: ./dev run [--seconds N] [--demo-seconds M] [--guest [ARGUMENTS]] [-- DAEMON-ARGUMENTS]

Installs what is missing, builds, starts 'pagefare run' as root on 127.0.0.1:9464 (or the next
free port), runs 'pagefare demo' for M seconds (10), shows 'pagefare top --once' and keeps
serving until Ctrl-C.

  --seconds N       end by itself after N seconds in all, the demo included
  --demo-seconds M  length of the demo
  --guest           the same in a guest machine with several nodes; also chosen, with a word
                    about why, when 'pagefare doctor' says that this machine cannot do it;
                    with --guest --act it turns knobs and keeps budgets there
  -- ARGUMENTS      passed to 'pagefare run', for example -- --config my.toml
USAGE
}

run_guest() {
  local script=$ROOT/tests/vm/run_guest.sh
  [[ -f $script ]] || die "this checkout has no tests/vm/run_guest.sh"
  need_packages vm
  exec bash "$script" "$@"
}

port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

choose_port() {
  local port
  for port in {9464..9484}; do
    port_taken "$port" || { say "$port"; return; }
  done
  die "ports 9464 to 9484 are all taken on 127.0.0.1; name one with -- --listen ADDRESS:PORT"
}

# The status line's number for a path of the daemon; empty when nobody answers.
http_status() {
  (
    exec 3<>"/dev/tcp/$1/$2" || exit
    printf 'GET %s HTTP/1.0\r\nHost: %s\r\n\r\n' "$3" "$1" >&3
    read -r -t 5 -u 3 _ code _ && printf '%s' "$code"
  ) 2>/dev/null || true
}

show_log_and_fail() {
  tail -n 25 -- "$daemon_log" >&2
  die "$1; the daemon's log is $daemon_log"
}

daemon_ended() {
  local status=0
  wait "$daemon_pid" || status=$?
  daemon_pid=''
  show_log_and_fail "the daemon ended $1, with exit code $status"
}

await_ready() {
  local deadline=$((SECONDS + kReadyWithin))
  until [[ $(http_status "$host" "$port" /readyz) == 200 ]]; do
    send_signal -0 "$daemon_pid" 2>/dev/null || daemon_ended "before it was ready"
    [[ $SECONDS -lt $deadline ]] || show_log_and_fail "the daemon was not ready after $kReadyWithin s"
    sleep 0.2
  done
}

# The shell's own kill: the program of that name is not on every minimal machine.
send_signal() {
  if [[ $EUID -eq 0 ]]; then kill "$@"; else sudo -- sh -c 'kill "$@"' sh "$@"; fi
}

# end PID: asks, waits ten seconds, insists; the exit status is that of the process.
end() {
  local pid=$1 tenths status=0
  send_signal -TERM "$pid" 2>/dev/null || true
  for ((tenths = 0; tenths < 100; tenths++)); do
    send_signal -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  send_signal -KILL "$pid" 2>/dev/null && say "process $pid did not end within 10 s; killed"
  wait "$pid" 2>/dev/null || status=$?
  return "$status"
}

# Leaves nothing behind, however the run ends. The demo goes first: it puts the machine back.
clean_up() {
  local status=$?
  trap - EXIT
  trap '' INT TERM
  [[ -z $timer_pid ]] || kill "$timer_pid" 2>/dev/null || true
  [[ -z $demo_pid ]] || end "$demo_pid" || true
  if [[ -n $daemon_pid ]] && ! end "$daemon_pid"; then
    tail -n 10 -- "$daemon_log" >&2
    say "the daemon did not end cleanly; its log is $daemon_log" >&2
    [[ $status -ne 0 ]] || status=1
  fi
  exit "$status"
}

start_daemon() {
  local -a listen=(--listen "$host:$port")
  [[ -z $own_listen ]] || listen=()
  "${BECOME_ROOT[@]}" "$kPagefare" run "${listen[@]}" "$@" >"$daemon_log" 2>&1 </dev/null &
  daemon_pid=$!
  await_ready
  say "the daemon serves http://$host:$port/metrics (log: $daemon_log)"
}

run_demo() {
  say "demo: cgroups whose memory is migrated for $1 s"
  "${BECOME_ROOT[@]}" "$kPagefare" demo --seconds "$1" 2>"$demo_log" </dev/null &
  demo_pid=$!
  local status=0
  wait "$demo_pid" || status=$?
  demo_pid=''
  [[ $status -eq 0 ]] && return
  tail -n 25 -- "$demo_log" >&2
  die "the demo failed with exit code $status; its log is $demo_log"
}

# Until the daemon ends (a failure), the time is over or somebody presses Ctrl-C.
keep_serving() {
  local seconds=$1
  trap 'say "stopping"; exit 0' INT TERM
  if [[ -z $seconds ]]; then
    say "serving until Ctrl-C"
    wait "$daemon_pid" || true
  else
    local left=$((seconds - SECONDS))
    ((left > 0)) || return 0
    say "serving for another $left s"
    sleep "$left" &
    timer_pid=$!
    wait -n "$daemon_pid" "$timer_pid" || true
    send_signal -0 "$daemon_pid" 2>/dev/null && return
  fi
  daemon_ended "by itself"
}

# The address in "--listen ADDRESS:PORT" or "--listen=ADDRESS:PORT" among the daemon's arguments.
listen_among() {
  while [[ $# -gt 0 ]]; do
    case $1 in
      --listen) say "${2:-}" && return ;;
      --listen=*) say "${1#--listen=}" && return ;;
    esac
    shift
  done
}

run_here() {
  local seconds=$1 demo_seconds=$2
  shift 2
  mkdir -p build/run
  own_listen=$(listen_among "$@")
  if [[ -n $own_listen ]]; then
    host=${own_listen%:*} port=${own_listen##*:}
  else
    port=$(choose_port) || exit
    [[ $port == 9464 ]] || say "port 9464 is taken; using $port"
  fi
  SECONDS=0
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  start_daemon "$@"
  run_demo "$demo_seconds"
  sleep 2 # the daemon reads the kernel once per period
  "$kPagefare" top --once --url "http://$host:$port"
  say "page: http://$host:$port/   metrics: http://$host:$port/metrics   status: http://$host:$port/status"
  keep_serving "$seconds"
}

dev_run() {
  local seconds='' demo_seconds=10
  while [[ $# -gt 0 ]]; do
    case $1 in
      -h | --help) run_usage && return ;;
      --seconds | --demo-seconds)
        is_number "${2:-}" || die "$1 needs a whole number of seconds"
        if [[ $1 == --seconds ]]; then seconds=$2; else demo_seconds=$2; fi
        shift 2
        ;;
      --guest) shift && run_guest "$@" ;;
      --) shift && break ;;
      *) die "run has no argument $1 (see ./dev run --help)" ;;
    esac
  done
  if [[ -n $seconds ]] && ((demo_seconds > seconds)); then demo_seconds=$seconds; fi
  need_packages build
  build_preset dev pagefare
  if ! quietly build/run/doctor.log as_root "$kPagefare" doctor; then
    cat build/run/doctor.log
    say "this machine cannot run the daemon (above); using a guest machine instead"
    run_guest ${seconds:+--seconds "$seconds"}
  fi
  run_here "$seconds" "$demo_seconds" "$@"
}
