# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# ./dev package: the Debian packages.

# shellcheck source=deploy/dev/build.sh
source "$PARTS/build.sh"

dev_package() {
  if wants_help "$@"; then
    say "usage: ./dev package    builds the Debian packages into build/release"
    return
  fi
  [[ $# -eq 0 ]] || die "package takes no argument: $1"
  need_packages build
  need_packages package
  build_preset release pagefare manual
  rm -f -- build/release/*.deb
  (cd build/release && quietly package.log cpack)
  printf '%s\n' build/release/*.deb
}
