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

WITHOUT_ON_AMD = [
    "/guest-memory/guest-memfd",  # not in Linux 6.1, nor without private memory in 6.12
    "/vcpu/hardware-breakpoint",  # QEMU 7.2 has none under SVM
    "/runner/disturbed",  # the guest comes to nothing between two pauses
    "/x86-registers/xcrs-of-guest",  # QEMU 7.2 does not intercept XSETBV: it is the host's
    "/x86-platform/clock-of-host",  # whose clock is not the TSC, which is not stable there
    "/x86-platform/no-hyperv",  # it has that
    "/python/what_this_host_lacks",  # it has some of that
    # QEMU 7.2 has no breakpoints under SVM.
    "/python/guest_debug",
    "/javascript/guest-debug",
    "/bindings-vala/guest-debug",
    "/gdb/breakpoint",
    "/python/gdb_breaks",
    "/manual/debugging",
]

# Not in Linux 6.1.
WITHOUT_ON_ARM64_6_1 = ["/guest-memory/guest-memfd", "/dirty-log/has-ring"]

WITHOUT_ON_RISCV = [
    # Nor in Linux 6.12, there.
    "/dirty-log/has-manual-set",
    "/dirty-log/has-ring",
    "/system/unknown-vm-type",  # its KVM does not look at the type
]

# A variant says only what is different in it from its base.
#
# emulator   the program, which is in Debian's package
# fetched    packages of a newer emulator, which are fetched and not installed; from backports
# board      what makes it a KVM host. On arm64 pauth-impdef makes it seven times faster, and with SVE
# cpu        QEMU 7.2 would go on running old code where memcpy () has written new: an SVE store
#            forgets only what was translated from its first byte.
#            On riscv64 a guest's own timer, Sstc, forgets to ring under QEMU 7.2.
# threads    on x86_64 two threads for two processors hang sooner or later, and are slower
# processors 2, if nothing is said. QEMU forgets under SVM that it has injected an interrupt into a guest,
#            and does so again, also where the guest has them off, if a processor's turn ends right
#            then: Linux as a guest met itself at a lock. One processor takes no turns.
# without    test cases that it is not meant for, with the reason
# console    where the kernel's messages go
# line       more for the kernel's command line
# machine    what uname calls it
# release    Debian's release, where it is not the machine's own
# kernel     the package that depends on the kernel's
TABLE = {
    "x86_64": {
        "emulator": "qemu-system-x86_64",
        "package": "qemu-system-x86",
        "board": "q35",
        "cpu": "max",
        "threads": "single",
        "processors": "1",
        "console": "ttyS0",
        # Linux gives up if too few ticks come, as on a busy machine. It measures its counter twice, and
        # KVM goes by the first time.
        "line": " no_timer_check tsc=unstable",
        "machine": "x86_64",
        "debian": "amd64",
        "triplet": "x86_64-linux-gnu",
        "kernel": "linux-image-amd64",
        "modules": [*MODULES, "kvm_amd"],
        "without": [
            *WITHOUT_ON_AMD,
            # Debian's 6.1 is built without Xen.
            "/x86-amd/xen-hypercall",
            "/x86-amd/xen-attributes",
            "/x86-amd/xen-event",
            "/x86-amd/xen-event-of-guest",
        ],
    },
    # Xen, and what else came after Linux 6.1.
    "x86_64-6.12": {
        "base": "x86_64",
        "kernel": "linux-image-6.12-amd64",
        "without": [*WITHOUT_ON_AMD, "/x86-platform/no-xen", "/x86-interrupts/no-xen-routes"],
    },
    "arm64": {
        "emulator": "qemu-system-aarch64",
        "package": "qemu-system-arm",
        "board": "virt,virtualization=on,gic-version=3",
        "cpu": "max,pauth-impdef=on,sve=off",
        "threads": "multi",
        "console": "ttyAMA0",
        "machine": "aarch64",
        "debian": "arm64",
        "triplet": "aarch64-linux-gnu",
        "kernel": "linux-image-arm64",
        "modules": MODULES,
        "without": WITHOUT_ON_ARM64_6_1,
    },
    # The dirty ring, and what else came after Linux 6.1.
    "arm64-6.12": {
        "base": "arm64",
        "kernel": "linux-image-6.12-arm64",
        "without": ["/guest-memory/guest-memfd"],  # not in Linux 6.12 either
    },
    "arm64-gicv2": {
        "base": "arm64",
        "board": "virt,virtualization=on,gic-version=2",
        "without": [
            *WITHOUT_ON_ARM64_6_1,
            "/state/order-of-devices",  # which takes an ITS
        ],
    },
    "arm64-mte": {
        "base": "arm64",
        "board": "virt,virtualization=on,gic-version=3,mte=on",
    },
    # QEMU 10 forgets all the code that an SVE store has overwritten.
    "arm64-sve": {
        "base": "arm64",
        "fetched": ["qemu-system-arm"],
        "cpu": "max,pauth-impdef=on",
    },
    "riscv64": {
        "emulator": "qemu-system-riscv64",
        "package": "qemu-system-misc",
        "board": "virt",
        "cpu": "rv64,h=true,sstc=off",
        "threads": "multi",
        "console": "ttyS0",
        "machine": "riscv64",
        "debian": "riscv64",
        "triplet": "riscv64-linux-gnu",
        "release": "trixie",
        "kernel": "linux-image-riscv64",
        "modules": MODULES,
        "without": [
            "/guest-memory/guest-memfd",  # not in Linux 6.1 and 6.12
            "/riscv-vcpu/vectors",  # it has none
            *WITHOUT_ON_RISCV,
            # Nor an AIA.
            "/riscv-aia/emulated", "/riscv-aia/accelerated", "/riscv-aia/auto",
            "/riscv-aia/registers", "/riscv-aia/control-register", "/riscv-aia/bad",
            "/state/aia",
        ],
    },
    # Vectors, and the AIA and with it irqfd: under QEMU 7.2 a guest that uses it hangs.
    "riscv64-aia": {
        "base": "riscv64",
        "fetched": ["qemu-system-riscv", "opensbi"],
        "board": "virt,aia=aplic-imsic,aia-guests=3",
        "cpu": "rv64,h=true,v=true,smaia=true,ssaia=true",
        "without": ["/guest-memory/guest-memfd", "/riscv-vcpu/no-vectors", "/riscv-aia/absent",
                    *WITHOUT_ON_RISCV],
    },
}

HOSTS = {name: TABLE.get(row.get("base"), {}) | row for name, row in TABLE.items()}


def is_native(name):
    """Programs of this machine's own run there, with this machine's own libraries."""
    return HOSTS[name]["machine"] == platform.machine()


def compiler(name):
    return "gcc" if is_native(name) else HOSTS[name]["triplet"] + "-gcc"


def check_programs(name):
    """What must be installed here."""
    host = HOSTS[name]
    for program, package in [
        (host["emulator"], host["package"]),
        (compiler(name), compiler(name) if is_native(name) else "gcc-" + host["triplet"]),
    ]:
        if shutil.which(program) is None:
            raise SystemExit(f"tests/hosts: {program} is missing, which is in Debian's {package}")


def cache():
    """What is fetched, and made of it."""
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(base) / "kvmobj-hosts"


def runtime():
    """Where the sockets and logs of running hosts are."""
    base = os.environ.get("XDG_RUNTIME_DIR")
    path = pathlib.Path(base or f"/tmp/kvmobj-{os.getuid()}") / "hosts"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.stat().st_uid != os.getuid():
        raise SystemExit(f"tests/hosts: {path} belongs to somebody else")
    return path


def beside(path, suffix):
    """Another file for the same thing; not with_suffix (), since versions have dots."""
    return path.with_name(path.name + suffix)


def digest(*parts):
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def recipe(name):
    """Changes with everything that a host is made of."""
    files = [path.read_bytes() for path in sorted(HERE.iterdir()) if path.is_file()]
    return digest(name, files)
