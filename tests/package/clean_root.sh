#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian package in a clean root, upgrades it, removes it and purges it, and says where
# it is not as an administrator expects. Exit code 77: this machine cannot do that.
# usage: clean_root.sh BUILD_DIRECTORY
set -euo pipefail
unset CDPATH
export LC_ALL=C DEBIAN_FRONTEND=noninteractive

# shellcheck source=tests/package/root.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/root.sh"
build=$(readlink -f -- "$1")
work=$build/package-test
root=$work/root

skip() { printf 'skipped: %s\n' "$*" && exit 77; }
failed=0
complain() { printf 'FAILED: %s\n' "$*" >&2 && failed=1; }
has() { [[ -e $root$1 || -L $root$1 ]] || complain "$2: $1 is missing"; }
lacks() { [[ ! -e $root$1 && ! -L $root$1 ]] || complain "$2: $1 is there"; }

[[ $EUID -eq 0 ]] || skip "a clean root needs root"
command -v debootstrap >/dev/null || skip "no debootstrap here"
mkdir -p -- "$work"

# build_package VERSION
build_package() {
  (cd -- "$build" && cpack -D CPACK_PACKAGE_VERSION="$1" -D CPACK_PACKAGE_DIRECTORY="$work") >"$work/cpack.log" 2>&1 ||
    { cat "$work/cpack.log" >&2; exit 1; }
  cp -- "$work/pagefare_$1_$(dpkg --print-architecture).deb" "$root/root/$1.deb"
}

# All files but those of dpkg, apt and the packages that came along.
our_files() { (cd -- "$root" && find etc usr lib var run -path '*pagefare*' ! -path 'var/lib/dpkg/*' 2>/dev/null | sort); }

make_root "$work/root.tar"
version=$(sed -n 's/^set(CPACK_PACKAGE_VERSION "\(.*\)")$/\1/p' "$build/CPackConfig.cmake")
build_package "$version"
build_package "$version+next"

quietly in_root apt-get -y install "/root/$version.deb"
for file in /usr/bin/pagefare /etc/pagefare/pagefare.toml /usr/lib/systemd/system/pagefare.service \
  /usr/lib/systemd/system/pagefare-enforce.service /usr/lib/tmpfiles.d/pagefare.conf \
  /usr/share/man/man1/pagefare.1.gz /usr/share/bash-completion/completions/pagefare \
  /usr/share/zsh/vendor-completions/_pagefare /usr/share/doc/pagefare/copyright \
  /etc/systemd/system/multi-user.target.wants/pagefare.service; do
  has "$file" "after the installation"
done
lacks /etc/systemd/system/multi-user.target.wants/pagefare-enforce.service "after the installation"
[[ $(in_root pagefare --version) == "pagefare $version" ]] || complain "pagefare --version does not say $version"
in_root pagefare check-config /etc/pagefare/pagefare.toml >/dev/null || complain "the shipped configuration is refused"
# shellcheck disable=SC2016  # for the shell inside
in_root bash -c 'source /usr/share/bash-completion/completions/pagefare
  COMP_WORDS=(pagefare doc) COMP_CWORD=1; _pagefare; [[ ${COMPREPLY[*]} == doctor ]]' ||
  complain "pagefare doc<TAB> does not complete to doctor"

# An upgrade keeps what the administrator wrote and what the daemon keeps.
echo 'period = "2s"' >>"$root/etc/pagefare/pagefare.toml"
mkdir -p "$root/var/lib/pagefare" && touch "$root/var/lib/pagefare/kept"
quietly in_root apt-get -y -o Dpkg::Options::=--force-confold install "/root/$version+next.deb"
has /etc/systemd/system/multi-user.target.wants/pagefare.service "after an upgrade of an enabled service"
grep -q '^period = "2s"$' "$root/etc/pagefare/pagefare.toml" || complain "an upgrade lost the configuration"
has /var/lib/pagefare/kept "after an upgrade"
rm "$root/etc/systemd/system/multi-user.target.wants/pagefare.service"  # as systemctl disable does
quietly in_root apt-get -y --reinstall install "/root/$version+next.deb"
lacks /etc/systemd/system/multi-user.target.wants/pagefare.service "after an upgrade of a disabled service"

quietly in_root apt-get -y remove pagefare
lacks /usr/bin/pagefare "after removal"
lacks /usr/lib/systemd/system/pagefare.service "after removal"
has /etc/pagefare/pagefare.toml "after removal"
has /var/lib/pagefare/kept "after removal"

quietly in_root apt-get -y purge pagefare
left=$(our_files)
[[ -z $left ]] || complain "after purging there is still: $left"
rm -rf --one-file-system -- "$root"
[[ $failed -eq 0 ]]
