# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# clang-tidy over the files of ours in a build folder, each only when its input has changed.
#
# The input of a file is its text, that of every header the compiler read for it (ninja keeps the
# list), the command, the checks and the version of clang-tidy. One hash of all that names an empty
# file in build/lint-cache; where it exists the file was clean.

readonly kTidyCache=build/lint-cache

# "OBJECT SOURCE" of the C++ files of ours, from the compilation database: those of the product, and
# with TIDY_TESTS those of the tests.
tidy_inputs() {
  awk -v root="$ROOT/" -v tests="${TIDY_TESTS:-}" -F'"' '
    $2 == "command" && match($0, / -o [^ ]+ -c /) { object = substr($0, RSTART + 4, RLENGTH - 8) }
    $2 == "file" { file = $4 }
    /^}/ {
      if (index(file, root) == 1 && index(file, root "build/") != 1 &&
          (tests || index(file, root "tests/") != 1) && file ~ /\.cpp$/)
        print object, file
    }
  ' "$1/compile_commands.json"
}

# One hash per object over everything that clang-tidy will read for it: "HASH OBJECT".
tidy_keys() {
  local build=$1 work=$2
  ninja -C "$build" -t deps >"$work/deps"
  sed -n 's/^    //p' "$work/deps" | sort -u >"$work/files"
  (cd -- "$build" && xargs -d '\n' -r sha256sum -- <"$ROOT/$work/files" 2>/dev/null) >"$work/hashes" || true
  local common
  common=$({ clang-tidy-19 --version; our_files '*.clang-tidy' | xargs -d '\n' cat -- deploy/dev/tidy.sh; } | sha256sum)
  mkdir -p -- "$work/manifests"
  awk -v dir="$work/manifests" -v common="$common" -v hashes="$work/hashes" '
    BEGIN { while ((getline line < hashes) > 0) hash[substr(line, 67)] = substr(line, 1, 64) }
    /^[^ ].*: #deps/ {
      if (out) close(out)
      object = substr($0, 1, index($0, ": #deps") - 1)
      name = object; gsub("/", "@", name)
      out = dir "/" name; print common, object > out
    }
    /^    / { path = substr($0, 5); print hash[path], path > out }
  ' "$work/deps"
  (cd -- "$work/manifests" && find . -type f -printf '%f\0' | xargs -0 -r sha256sum --) |
    sed 's/  / /; s/@/\//g'
}

# tidy_one SOURCE KEY: silent and remembered when clean.
tidy_one() {
  local source=$1 key=$2 output
  if output=$(clang-tidy-19 -p "$TIDY_BUILD" --quiet --header-filter="^$ROOT/(controller|exporter|tests)/" \
    --extra-arg=-Wno-unknown-warning-option "$source" 2>/dev/null); then
    : >"$kTidyCache/$key"
  else
    printf '%s\n' "${output:-clang-tidy-19 failed on $source}"
    return 1
  fi
}

# tidy_all BUILD: prints the findings of the files that have any.
tidy_all() {
  local build=$1 work=$kTidyCache/work
  rm -rf -- "$work"
  mkdir -p -- "$work"
  tidy_inputs "$build" | sort >"$work/inputs"
  tidy_keys "$build" "$work" | awk '{ print $2, $1 }' | sort >"$work/keys"
  # A file without a key was not built; it is tidied each time rather than left out.
  join -a 1 -e "unbuilt" -o 1.2,2.2 "$work/inputs" "$work/keys" |
    while read -r source key; do
      [[ $key != unbuilt && -e $kTidyCache/$key ]] || printf '%s %s\n' "$source" "$key"
    done >"$work/pending"
  export -f tidy_one
  export ROOT kTidyCache TIDY_BUILD=$build
  # What is wrong in a header is found by each file that includes it; once is enough.
  xargs -r -P "$(jobs_wanted)" -L 1 bash -c 'tidy_one "$@"' tidy_one <"$work/pending" |
    awk '!seen[$0]++' || true
  rm -f -- "$kTidyCache/unbuilt"
}
