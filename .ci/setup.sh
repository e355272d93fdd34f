# SPDX-License-Identifier: LGPL-2.1-or-later
# Sourced by examples/run and tests/run: gets Debian's packages that are not there yet.

need_packages () {
  missing=
  for package in "$@"; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || status=
    [ "$status" = installed ] || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0

  as_root=
  if [ "$(id -u)" != 0 ]; then
    as_root=sudo
    command -v sudo >/dev/null || {
      echo "These packages are missing, and there is no sudo to install them:$missing" >&2
      exit 1
    }
  fi
  echo "Installing:$missing"
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq update
  # shellcheck disable=SC2086
  $as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq install --no-install-recommends $missing >/dev/null
}

build_packages='gcc libc6-dev linux-libc-dev meson ninja-build pkg-config libglib2.0-dev libfdt-dev'
binding_packages='gobject-introspection libgirepository1.0-dev'
