# shellcheck shell=bash disable=SC2154  # root and work are set by who sources this
# SPDX-License-Identifier: Apache-2.0
# A clean root to install packages in: the smallest Debian there is, kept packed between runs.
# For scripts that set `root` (where it is unpacked) and `work` (what may be kept) and have skip().

# in_root COMMAND...
in_root() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive "$@"; }

# quietly COMMAND...: what it says, only when it fails, which is the end.
quietly() { "$@" >"$work/output" 2>&1 || { cat "$work/output" >&2; exit 1; }; }

# pack_root TARBALL
pack_root() { tar -C "$root" -cf "$1.part" . && mv -- "$1.part" "$1"; }

# make_root TARBALL: $root anew, from the tarball where there is one.
make_root() {
  local tarball=$1 mirror
  rm -rf --one-file-system -- "$root"
  mkdir -p -- "$root"
  if [[ -s $tarball ]]; then
    tar -C "$root" -xf "$tarball"
    return
  fi
  # The mirror that this machine's own apt uses.
  # shellcheck disable=SC2016  # apt's words, not the shell's
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | head -n 1)
  debootstrap --variant=minbase bookworm "$root" ${mirror:+"$mirror"} >"$work/debootstrap.log" 2>&1 ||
    skip "debootstrap could not reach Debian's packages: $(tail -n 1 "$work/debootstrap.log")"
  cp -a /etc/apt/. "$root/etc/apt/"
  cp /etc/resolv.conf "$root/etc/" 2>/dev/null || true
  in_root apt-get -qq update >"$work/update.log" 2>&1 || skip "apt-get update failed in the clean root"
  pack_root "$tarball"
}
