# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# ./dev lint: what a reviewer should never have to say.

# shellcheck source=deploy/dev/build.sh
source "$PARTS/build.sh"
# shellcheck source=deploy/dev/tidy.sh
source "$PARTS/tidy.sh"

readonly kMaxLines=350

# Tracked files and new ones that git does not ignore, as far as they exist.
our_files() {
  # Root may lint a checkout that belongs to somebody else.
  git -c safe.directory="$ROOT" ls-files -z --cached --others --exclude-standard -- "$@" |
    while IFS= read -r -d '' file; do [[ -f $file ]] && say "$file"; done
}

# finding CHECK: findings come on stdin; silence is success.
finding() {
  local text
  text=$(cat)
  [[ -n $text ]] || return 0
  printf -- '-- %s\n%s\n' "$1" "$text"
  lint_failed=1
}

shell_scripts() {
  our_files | while IFS= read -r file; do
    if [[ $file == *.sh ]] || head -c 64 -- "$file" | head -n 1 | grep -aqE '^#!.*\b(ba|da)?sh\b'; then
      say "$file"
    fi
  done
}

check_licences() {
  local file licence
  for file in "${sources[@]}"; do
    case $file in
      bpf/*.[ch] | *.bpf.c | tests/bench/overhead/record.h) licence='GPL-2.0 OR BSD-2-Clause' ;;
      kmod/*.[ch] | tests/vm/kmod/series_knobs/*.c) licence='GPL-2.0' ;;
      *) licence='Apache-2.0' ;;
    esac
    head -n 3 -- "$file" | grep -qE "SPDX-License-Identifier: $licence( \*/)?$" ||
      say "$file: its first lines lack 'SPDX-License-Identifier: $licence'"
  done
}

check_text() {
  local -a plain
  mapfile -t plain < <(our_files ':!LICENSES')
  finding "trailing whitespace" < <(grep -InE '[[:blank:]]+$' -- "${plain[@]}" | cut -c1-160)
  # The pattern is written so that this line does not match itself.
  finding "unfinished work" < <(grep -InwE 'TO[D]O|FIX[M]E|X[X]X' -- "${plain[@]}" | cut -c1-160)
  finding "files too long" < <(
    wc -l -- "${sources[@]}" "${scripts[@]}" | sort -u |
      awk -v max=$kMaxLines '$2 != "total" && $1 > max { print $2 ": " $1 " lines, the limit is " max }'
  )
  finding "licences" < <(check_licences)
}

check_programs() {
  local -a formatted pages
  mapfile -t formatted < <(printf '%s\n' "${sources[@]}" | grep -E '\.(c|h|cpp)$')
  mapfile -t pages < <(our_files 'docs/man/*.[1-8]')
  finding "formatting (clang-format-19 -i mends it)" < <(
    printf '%s\0' "${formatted[@]}" |
      xargs -0 -n 32 -P "$(jobs_wanted)" clang-format-19 --dry-run -Werror -- 2>&1
  )
  finding "shellcheck" < <(shellcheck -x -- "${scripts[@]}")
  [[ ${#pages[@]} -eq 0 ]] || finding "manual pages" < <(mandoc -Tlint -Wwarning "${pages[@]}")
}

dev_lint() {
  local lint_failed=0
  if wants_help "$@"; then
    say "usage: ./dev lint [--fast | --tests]"
    say "clang-format, clang-tidy, shellcheck, manual page, licences, file length, leftovers."
    say "clang-tidy looks at the product; the tests take as long again:"
    say "  --tests  with clang-tidy over the tests as well"
    say "  --fast   without clang-tidy, and so without a build"
    return
  fi
  local fast=${1:-}
  if [[ $fast == --tests ]]; then export TIDY_TESTS=1 fast=''; fi
  [[ -z $fast || $fast == --fast ]] || die "lint has no argument $fast (see ./dev lint --help)"
  need_packages lint
  local -a sources scripts
  mapfile -t sources < <(our_files '*.c' '*.h' '*.cpp' '*.js' '*.css' '*.sh' '*.awk' '*.cmake' '*.py' '*.go' 'dev' '.ci/run')
  mapfile -t scripts < <(shell_scripts)
  [[ ${#sources[@]} -gt 0 ]] || die "no source file found: lint needs a git checkout"
  check_text
  check_programs
  if [[ -z $fast ]]; then
    need_packages build
    build_preset dev
    finding "clang-tidy" < <(tidy_all build/dev)
  fi
  [[ $lint_failed -eq 0 ]] || return 1
  say "lint: ${#sources[@]} source files and ${#scripts[@]} scripts are clean${fast:+ (clang-tidy left out)}"
}
