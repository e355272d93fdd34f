# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which hosts can be emulated, and where their files are."""

import hashlib
import os
import pathlib
import platform
import shutil

HERE = pathlib.Path(__file__).resolve().parent
SOURCE_ROOT = HERE.parent.parent

MODULES = ["virtio_pci", "virtio_console", "9p", "9pnet_virtio", "kvm"]

# package    where Debian has the emulator
# qemu       the emulator and what makes it a KVM host. On arm64 pauth-impdef makes it seven times
#            faster, and with SVE QEMU 7.2 would go on running old code where memcpy () has written
#            new: an SVE store forgets only what was translated from its first byte. On x86_64
#            two threads for two processors hang sooner or later, and are slower.
# without    test cases that it is not meant for, with the reason
# console    where the kernel's messages go
# machine    what uname calls it
# release    Debian's release, where it is not the machine's own
# kernel     the package that depends on the kernel's
HOSTS = {
    "x86_64": {
        "package": "qemu-system-x86",
        "qemu": ["qemu-system-x86_64", "-M", "q35", "-cpu", "max", "-accel", "tcg,thread=single"],
        "console": "ttyS0",
        "machine": "x86_64",
        "debian": "amd64",
        "triplet": "x86_64-linux-gnu",
        "kernel": "linux-image-amd64",
        "modules": [*MODULES, "kvm_amd"],
        "without": [
            "/vcpu/hardware-breakpoint",  # QEMU 7.2 has none under SVM
            "/runner/disturbed",  # the guest comes to nothing between two pauses
        ],
    },
    "arm64": {
        "package": "qemu-system-arm",
        "qemu": ["qemu-system-aarch64", "-M", "virt,virtualization=on,gic-version=3",
                 "-cpu", "max,pauth-impdef=on,sve=off", "-accel", "tcg,thread=multi"],
        "console": "ttyAMA0",
        "machine": "aarch64",
        "debian": "arm64",
        "triplet": "aarch64-linux-gnu",
        "kernel": "linux-image-arm64",
        "modules": MODULES,
    },
    "riscv64": {
        "package": "qemu-system-misc",
        "qemu": ["qemu-system-riscv64", "-M", "virt", "-cpu", "rv64,h=true", "-accel", "tcg,thread=multi"],
        "console": "ttyS0",
        "machine": "riscv64",
        "debian": "riscv64",
        "triplet": "riscv64-linux-gnu",
        "release": "trixie",
        "kernel": "linux-image-riscv64",
        "modules": MODULES,
    },
}  # fmt: skip


def is_native(name):
    """Programs of this machine's own run there, with this machine's own libraries."""
    return HOSTS[name]["machine"] == platform.machine()


def compiler(name):
    return "gcc" if is_native(name) else HOSTS[name]["triplet"] + "-gcc"


def check_programs(name):
    """What must be installed here."""
    host = HOSTS[name]
    for program, package in [
        (host["qemu"][0], host["package"]),
        (compiler(name), compiler(name) if is_native(name) else "gcc-" + host["triplet"]),
    ]:
        if shutil.which(program) is None:
            raise SystemExit(f"tests/hosts: {program} is missing, which is in Debian's {package}")


def cache(name):
    """What is fetched for a host."""
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(base) / "kvmobj-hosts" / name


def made(name):
    """What is made of that."""
    return cache(name) / f"made-{recipe(name)}"


def kernel(name):
    (found,) = (cache(name) / "root" / "boot").glob("vmlinu[xz]-*")
    return found


def usr(name):
    """What is /usr there."""
    return pathlib.Path("/usr") if is_native(name) else cache(name) / "root" / "usr"


def runtime():
    """Where the sockets and logs of running hosts are."""
    base = os.environ.get("XDG_RUNTIME_DIR")
    path = pathlib.Path(base or f"/tmp/kvmobj-{os.getuid()}") / "hosts"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.stat().st_uid != os.getuid():
        raise SystemExit(f"tests/hosts: {path} belongs to somebody else")
    return path


def digest(*parts):
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def recipe(name):
    """Changes with everything that a host is made of."""
    files = [path.read_bytes() for path in sorted(HERE.iterdir()) if path.is_file()]
    return digest(name, files)
