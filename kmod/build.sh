#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Build the kernel modules against Debian headers that are unpacked, not installed.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
cache=${PAGEFARE_CACHE:-$here/../.cache}
kernel=6.12
flavour=$(dpkg --print-architecture)
release=
out=
sparse=
check=

usage() {
	cat <<-END
	usage: kmod/build.sh [--kernel SERIES | --release RELEASE] [--flavour FLAVOUR]
	                     [--out DIR] [--sparse] [--checkpatch]
	  --kernel SERIES    newest packaged kernel of that series (default 6.12)
	  --release RELEASE  exactly that one, as uname -r says it
	  --flavour FLAVOUR  suffix of the package, e.g. amd64, cloud-amd64 (default $flavour)
	  --out DIR          where the .ko files go (default build/kmod/RELEASE)
	  --sparse           run sparse over the modules too
	  --checkpatch       run the kernel's checkpatch.pl over the sources instead of building
	Downloads are kept in \$PAGEFARE_CACHE (default .cache at the top of the tree).
	END
}

fail() {
	echo "kmod/build.sh: $*" >&2
	exit 1
}

while [ $# -gt 0 ]; do
	case $1 in
	--kernel) kernel=$2; shift 2 ;;
	--release) release=$2; shift 2 ;;
	--flavour) flavour=$2; shift 2 ;;
	--out) out=$2; shift 2 ;;
	--sparse) sparse=1; shift ;;
	--checkpatch) check=1; shift ;;
	-h | --help) usage; exit 0 ;;
	*) usage >&2; exit 2 ;;
	esac
done

# 6.12.117+deb12-amd64 and 6.1.0-56-amd64, not 6.12.117+deb12-rt-amd64
newest_release() {
	apt-cache search --names-only "^linux-headers-${kernel//./\\.}\\.[0-9]+[^ ]*-$flavour\$" |
		sed 's/^linux-headers-//; s/ .*//' |
		grep -E "^[0-9.]+([+-](deb)?[0-9]+)?-$flavour\$" | sort -V | tail -n 1
}

# Packages that "apt-get download" gets and "dpkg -x" unpacks, once
unpack() {
	local package=$1 debs=$cache/debs
	local stamp=$cache/headers/.$package
	[ -e "$stamp" ] && return
	mkdir -p "$debs" "$cache/headers"
	local deb
	deb=$(find "$debs" -name "${package}_*.deb" | sort -V | tail -n 1)
	if [ -z "$deb" ]; then
		(cd "$debs" && apt-get -qq download "$package") ||
			fail "cannot download $package: run apt-get update, or name another --release"
		deb=$(find "$debs" -name "${package}_*.deb" | sort -V | tail -n 1)
	fi
	dpkg -x "$deb" "$cache/headers"
	touch "$stamp"
}

depends_of() {
	apt-cache depends "linux-headers-$release" | sed -n 's/^ *Depends: \(linux-\(headers\|kbuild\)[^ ]*\)$/\1/p'
}

# The packaged Makefile includes the common one by its path under /usr
relocate() {
	sed -i "s#\(^\|[ =]\)/usr/src/#\1$1/usr/src/#g" "$2/Makefile"
}

checkpatch() {
	local scripts=$cache/checkpatch
	if [ ! -e "$scripts/checkpatch.pl" ]; then
		local package=linux-source-$kernel
		mkdir -p "$scripts" "$cache/debs"
		(cd "$cache/debs" && apt-get -qq download "$package") || fail "cannot download $package"
		local unpacked
		unpacked=$(mktemp -d)
		dpkg -x "$(find "$cache/debs" -name "${package}_*.deb" | tail -n 1)" "$unpacked"
		tar -C "$scripts" --strip-components=2 --wildcards -xf \
			"$unpacked/usr/src/$package.tar.xz" '*/scripts/checkpatch.pl' \
			'*/scripts/spelling.txt' '*/scripts/const_structs.checkpatch'
		rm -rf "$unpacked"
	fi
	perl "$scripts/checkpatch.pl" --no-tree --terse --file --strict --max-line-length=100 \
		"$here"/*.c "$here"/*.h
}

if [ -n "$check" ]; then
	checkpatch
	exit
fi

[ -n "$release" ] || release=$(newest_release)
[ -n "$release" ] || fail "no linux-headers package of series $kernel, flavour $flavour: run apt-get update"
unpack "linux-headers-$release"
for package in $(depends_of); do
	unpack "$package"
done
cache=$(cd "$cache" && pwd)
tree=$cache/headers/usr/src/linux-headers-$release
grep -q "$cache/headers/usr/src" "$tree/Makefile" || relocate "$cache/headers" "$tree"

out=${out:-$here/../build/kmod/$release}
mkdir -p "$out"
out=$(cd "$out" && pwd)
# A copy is built, so that the source tree stays clean and two kernels do not mix
install -m 644 "$here"/*.c "$here"/*.h "$here/Kbuild" "$here/Makefile" "$out/"
make -s -C "$tree" M="$out" ${sparse:+C=2} modules
ls "$out"/*.ko
