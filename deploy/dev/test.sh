# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# ./dev test: every tier, one summary, nothing skipped in silence.

# shellcheck source=deploy/dev/build.sh
source "$PARTS/build.sh"

test_usage() {
  cat <<'USAGE'
usage: ./dev test [--preset NAME] [--unit] [--long] [FILTER]

Builds and runs the tests, those of the real kernel and of guests included. FILTER is a
regular expression over test names, which begin with their tier: core/, edge/, edge_bpf/,
loop/, exporter/, terminal/, kubernetes/, demo/, simulate/, layering/, deploy/; kernel/,
demo_kernel/, e2e/, page/, vm/, vm-kmod/, package/.

  --long         with the guests in which the whole daemon steers and enforces for minutes
  --unit         only the tiers that need no root: those before kernel/
  --preset NAME  dev (default), asan, tsan

Tests that need root run through sudo. A few failures beside others are run once more, alone; what
passes then is named. The end shows what failed, what was skipped and why; the last line is 'N passed, N failed, N skipped'. Fails also when no test ran.
USAGE
}

# Tests of the kernel tiers call sudo themselves (tests/support/as_root.sh), without a terminal:
# ask for the password once, here, and keep the ticket fresh while they run.
hold_sudo() {
  [[ $EUID -ne 0 ]] && command -v sudo >/dev/null || return 0
  sudo -n true 2>/dev/null || { [[ -t 0 ]] && sudo -v; } || {
    say "no sudo without a password here: tests that need root will be skipped"
    return 0
  }
  (while sleep 60; do sudo -n -v || exit; done) &
  sudo_keeper=$!
  trap 'kill "$sudo_keeper" 2>/dev/null || true' EXIT
}

run_ctest() {
  local preset=$1 junit=$2
  shift 2
  rm -f -- "$junit" "build/$preset/Testing/Temporary/LastTestsFailed.log"
  quietly "build/$preset/test.log" ctest --test-dir "build/$preset" -j "$(jobs_wanted)" \
    --output-on-failure --output-junit "$ROOT/$junit" "$@" || true
  [[ -s $junit ]] && return
  tail -n 20 -- "build/$preset/test.log" >&2
  die "ctest wrote no result; its output is in build/$preset/test.log"
}

# Guests, page tests and the kernel's own compaction share this machine's few CPUs: what failed beside
# others, unit tests apart, is run once more by itself. The summary says so of each test that then passes.
readonly kMostRunAgain=8

run_again_alone() {
  local preset=$1 junit=$2 log=build/$1/Testing/Temporary/LastTestsFailed.log
  local -a failed=()
  rm -f -- "$junit"
  [[ ! -f $log ]] ||
    mapfile -t failed < <(sed -E 's/^[0-9]+://; s/ +# GetParam.*//' "$log" |
      grep -E '^(kernel|demo_kernel|e2e|page|vm|vm-boot|vm-kmod|package)/')
  ((${#failed[@]} > 0 && ${#failed[@]} <= kMostRunAgain)) || return 0
  say "running what failed once more, alone: ${failed[*]}"
  local names
  names=$(printf '%s\n' "${failed[@]}" | sed 's/[][\.*^$+?(){}|]/\\&/g' | paste -sd '|')
  quietly "build/$preset/test_again.log" ctest --test-dir "build/$preset" -j 1 \
    --output-on-failure --output-junit "$ROOT/$junit" -R "^($names)( |\$)" || true
}

dev_test() {
  local preset=dev filter='' with_long=''
  local -a select=()
  while [[ $# -gt 0 ]]; do
    case $1 in
      -h | --help) test_usage && return ;;
      --unit) select+=(-L '^unit$') && shift ;;
      --long) with_long=yes && shift ;;
      --preset)
        [[ $# -ge 2 ]] || die "--preset needs a name"
        preset=$2
        shift 2
        ;;
      -*) die "test has no option $1 (see ./dev test --help)" ;;
      *)
        [[ -z $filter ]] || die "test takes one FILTER, got '$filter' and '$1'"
        filter=$1
        shift
        ;;
    esac
  done
  run_tests "$preset" "$filter" "${select[@]}"
}

run_tests() {
  local preset=$1 filter=$2 junit=build/$1/junit.xml
  shift 2
  local -a select=("$@") targets=() tiers=(build test)
  if [[ ${#select[@]} -gt 0 ]]; then targets=(unit_tests); else tiers+=(vm); fi
  [[ -z $filter ]] || select+=(-R "$filter")
  [[ -n $with_long ]] || select+=(-LE '^long$')
  need_packages "${tiers[@]}"
  known_preset "$preset"
  SECONDS=0
  build_preset "$preset" "${targets[@]}"
  say "built $preset in $SECONDS s; running the tests"
  [[ ${#targets[@]} -gt 0 ]] || hold_sudo
  SECONDS=0
  run_ctest "$preset" "$junit" "${select[@]}"
  say "tests took $SECONDS s; the whole output is in build/$preset/test.log"
  local again=build/$preset/junit_again.xml
  run_again_alone "$preset" "$again"
  if [[ -s $again ]]; then
    awk -f "$PARTS/junit_summary.awk" -v again="$again" "$again" "$junit"
  else
    awk -f "$PARTS/junit_summary.awk" "$junit"
  fi
}
