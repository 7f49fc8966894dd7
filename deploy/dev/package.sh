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
  (cd build/release && quietly package.log cpack)
  say "build/release/$(cd build/release && ls -t -- pagefare_*.deb | head -n 1)"
  say "build/release/$(cd build/release && ls -t -- pagefare-dkms_*.deb | head -n 1)"
}
