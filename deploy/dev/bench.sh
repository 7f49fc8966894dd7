# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# ./dev bench: the measurements, built for speed.

# shellcheck source=deploy/dev/build.sh
source "$PARTS/build.sh"

readonly kBenchDir=build/release/tests/bench

bench_names() {
  [[ -d $kBenchDir ]] || return 0
  find "$kBenchDir" -maxdepth 1 -type f -name 'bench_*' -executable -printf '%f\n' | sort
}

dev_bench() {
  local name wanted=''
  case ${1:-} in
    -h | --help)
      say "usage: ./dev bench [--list | NAME [ARGUMENTS]]"
      say "Builds the release preset and runs the programs of tests/bench, all or the one named,"
      say "with or without its bench_."
      say "They run as root, since most of them load BPF programs."
      return
      ;;
    --list | '') ;;
    -*) die "bench has no option $1 (see ./dev bench --help)" ;;
    *) wanted=$1 && shift ;;
  esac
  need_packages build bench
  build_preset release
  local -a names
  mapfile -t names < <(bench_names)
  [[ ${#names[@]} -gt 0 ]] || die "no program of tests/bench was built"
  if [[ ${1:-} == --list ]]; then
    printf '%s\n' "${names[@]}"
    return
  fi
  if [[ -n $wanted ]]; then
    wanted=bench_${wanted#bench_}
    [[ -x $kBenchDir/$wanted ]] || die "no bench named $wanted; there are: ${names[*]}"
    as_root "$kBenchDir/$wanted" "$@"
    return
  fi
  local failed=0
  for name in "${names[@]}"; do
    say "== $name"
    as_root "$kBenchDir/$name" || { say "$name failed with exit code $?"; failed=1; }
  done
  return "$failed"
}
