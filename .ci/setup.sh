# SPDX-License-Identifier: LGPL-2.1-or-later
# Sourced by examples/run and tests/run: gets Debian's packages that are not there yet.

as_root () {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    sudo "$@"
  fi
}

need_packages () {
  missing=
  for package in "$@"; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || status=
    [ "$status" = installed ] || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0

  [ "$(id -u)" = 0 ] || command -v sudo >/dev/null || {
    echo "These packages are missing, and there is no sudo to install them:$missing" >&2
    exit 1
  }
  echo "Installing:$missing"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq update
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq install --no-install-recommends $missing >/dev/null
}

# Whether a guest of an example in this build runs with this machine's KVM.
kvm_works () {
  [ "$(timeout 30 "$1"/examples/hello-everywhere 2>/dev/null)" = 4 ]
}

# What uname calls x86_64, arm64 and riscv64.
own_host () {
  uname -m | sed s/aarch64/arm64/
}

build_packages='gcc libc6-dev linux-libc-dev meson ninja-build pkg-config libglib2.0-dev libfdt-dev'
# What tests/run has besides.
test_packages='abigail-tools clang debhelper debootstrap gcovr gdb gi-docgen gir1.2-gtk-4.0 gir1.2-vte-3.91 gjs
  libclang-rt-14-dev libglib2.0-bin lua-lgi lua5.3 mypy python3-gi seabios valac valgrind x11-utils xdotool
  xvfb'
# For the emulated hosts of tests/hosts, and for cross builds.
host_packages='debian-archive-keyring opensbi qemu-system-arm qemu-system-misc qemu-system-x86'
cross_packages='gcc-aarch64-linux-gnu libc6-dev-arm64-cross gcc-riscv64-linux-gnu libc6-dev-riscv64-cross'
binding_packages='gobject-introspection libgirepository1.0-dev'
