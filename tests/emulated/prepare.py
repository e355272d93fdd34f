# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fetches what a host is made of, as Debian's packages, and makes what it boots."""

import contextlib
import fcntl
import functools
import lzma
import os
import pathlib
import platform
import re
import shutil
import subprocess
import time

from . import machines

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
KEPT = 30  # days, what nobody uses any more

# GLib for programs that are built here, and the C library with the kernel's headers.
SYSROOT = [
    "libatomic1", "libblkid-dev", "libblkid1", "libc6", "libc6-dev", "libfdt-dev",
    "libfdt1", "libffi-dev", "libffi8", "libgcc-s1", "libglib2.0-dev", "libmount-dev", "libmount1", "libpcre2-8-0", "libpcre2-dev",
    "libselinux1", "libselinux1-dev", "libsepol-dev", "libsepol2", "linux-libc-dev", "zlib1g",
    "zlib1g-dev",
]  # fmt: skip
SYSROOT_OF_RELEASE = {
    "bookworm": ["libglib2.0-0"],
    None: ["libgio-2.0-dev", "libglib2.0-0t64", "libsysprof-capture-4-dev"],
}


def call(*command, **kwargs):
    done = subprocess.run(command, text=True, capture_output=True, **kwargs)
    if done.returncode != 0:
        raise SystemExit(f"tests/hosts: {' '.join(map(str, command))}:\n{done.stdout}{done.stderr}")
    return done.stdout


def archives():
    """Where this machine itself gets Debian from: the address of each release."""
    found = {}
    form = "$(ORIGIN)|$(COMPONENT)|$(CODENAME)|$(REPO_URI)"
    for line in call("apt-get", "indextargets", "--format", form).splitlines():
        origin, component, release, address = line.split("|")
        if origin == "Debian" and component == "main":
            found.setdefault(release, address)
    return found


@functools.cache
def own_release():
    return platform.freedesktop_os_release().get("VERSION_CODENAME", "of its own")


def release(name):
    return machines.HOSTS[name].get("release", own_release())


class Apt:
    """An apt of its own, which knows another architecture and does not touch the machine's."""

    def __init__(self, architecture, codename, directory):
        sources = archives()
        own = own_release()
        if own not in sources:
            raise SystemExit(f"tests/hosts: this machine's apt has no release {own} of Debian's")
        if codename != own:
            sources = {codename: sources[own]}

        for path in ["state/lists/partial", "cache/archives/partial"]:
            (directory / path).mkdir(parents=True, exist_ok=True)
        (directory / "status").touch()
        (directory / "sources.list").write_text("".join(
            f"deb [signed-by={KEYRING}] {address} {codename} main\n"
            for codename, address in sources.items()))
        self.options = []
        for option in [
            f"APT::Architecture={architecture}",
            f"APT::Architectures={architecture}",
            "APT::Sandbox::User=",
            f"Dir::State={directory / 'state'}",
            f"Dir::State::status={directory / 'status'}",
            f"Dir::Cache={directory / 'cache'}",
            f"Dir::Etc::sourcelist={directory / 'sources.list'}",
            "Dir::Etc::sourceparts=/dev/null",
        ]:
            self.options += ["-o", option]

    def get(self, *command, **kwargs):
        return call("apt-get", "-qq", *self.options, *command, **kwargs)

    def kernel(self, package):
        """The package that a metapackage stands for."""
        shown = call("apt-cache", *self.options, "depends", package)
        match = re.search(r"Depends: (linux-image-\d\S*)", shown)
        if match is None:
            raise SystemExit(f"tests/hosts: {package} depends on no kernel:\n{shown}")
        return match.group(1)


def unpack(package, root):
    """dpkg --extract, but links to directories stay: /lib is /usr/lib."""
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE) as tar:
        call("tar", "-x", "--keep-directory-symlink", "-C", root, stdin=tar.stdout)


def make_links_relative(root):
    """Absolute links, and the linker's scripts, mean the root and not this machine."""
    for path in root.rglob("*"):
        if path.is_symlink() and path.readlink().is_absolute():
            target = root / path.readlink().relative_to("/")
            up = [".."] * len(path.parent.relative_to(root).parts)
            path.unlink()
            path.symlink_to(pathlib.Path(*up, target.relative_to(root)))
    for path in root.glob("usr/lib/*/lib*.so"):
        if path.is_file() and path.read_bytes().startswith(b"/* GNU ld script"):
            path.write_text(re.sub(r"(?<=\s)/\S*/(?=[^/\s]+)", "", path.read_text()))


def fetch(label, architecture, codename, packages):
    """Packages, unpacked in one root, whose place is returned; each set is fetched once."""
    key = machines.digest(codename, packages)
    root = machines.cache() / f"{label}-{architecture}-{key}"
    with locked(machines.beside(root, ".lock")):
        if root.exists():
            os.utime(root)
            return root
        new = machines.beside(root, ".new")
        shutil.rmtree(new, ignore_errors=True)
        for directory in ["bin", "lib", "lib64", "sbin"]:
            (new / "usr" / directory).mkdir(parents=True)
            (new / directory).symlink_to(f"usr/{directory}")
        downloads = new / "packages"
        downloads.mkdir()

        apt = Apt(architecture, codename, new / "apt")
        apt.get("update")
        wanted = [apt.kernel(package) if label == "kernel" else package for package in packages]
        apt.get("download", *wanted, cwd=downloads)
        for package in sorted(downloads.glob("*.deb")):
            unpack(package, new)
        make_links_relative(new)
        for directory in [downloads, new / "apt"]:
            shutil.rmtree(directory)
        new.rename(root)
        return root


def userland(name):
    """Busybox; and for a foreign architecture what programs are built with, which is /usr there."""
    packages = ["busybox-static"]
    if not machines.is_native(name):
        packages += SYSROOT
        packages += SYSROOT_OF_RELEASE.get(release(name), SYSROOT_OF_RELEASE[None])
    return fetch("userland", machines.HOSTS[name]["debian"], release(name), packages)


def kernel(name):
    host = machines.HOSTS[name]
    return fetch("kernel", host["debian"], release(name), [host["kernel"]])


def kernel_image(name):
    (found,) = (kernel(name) / "boot").glob("vmlinu[xz]-*")
    return found


def emulator(name):
    host = machines.HOSTS[name]
    if "fetched" not in host:
        return host["emulator"]
    architecture = call("dpkg", "--print-architecture").strip()
    root = fetch("emulator", architecture, f"{own_release()}-backports", host["fetched"])
    return root / "usr/bin" / host["emulator"]


def usr(name):
    """What is /usr there."""
    return pathlib.Path("/usr") if machines.is_native(name) else userland(name) / "usr"


def module_files(root, wanted):
    """The modules in the order in which they need each other, without what the kernel has."""
    (directory,) = (root / "usr/lib/modules").iterdir()

    def name_of(path):
        return pathlib.Path(path).name.split(".")[0].replace("-", "_")

    built_in = {name_of(line) for line in (directory / "modules.builtin").read_text().splitlines()}
    paths = {name_of(path): path for path in directory.rglob("*.ko*")}
    ordered = {}

    def add(name):
        if name in built_in or name in ordered:
            return
        data = paths[name].read_bytes()
        if paths[name].suffix == ".xz":
            data = lzma.decompress(data)
        depends = re.search(rb"\0depends=([^\0]*)\0", data).group(1).decode()
        for other in filter(None, depends.split(",")):
            add(other.replace("-", "_"))
        ordered[name] = data

    for name in wanted:
        add(name)
    return ordered


def archive(entries):
    """A cpio archive of (name, mode, data); the data of a device are its numbers."""
    made = bytearray()
    for inode, (name, mode, data) in enumerate([*entries, ("TRAILER!!!", 0, b"")], 1):
        device = [0, 0]
        if mode & 0o170000 == 0o020000:
            device, data = list(data), b""
        numbers = [inode, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(name) + 1, 0]
        made += b"070701" + b"".join(b"%08x" % number for number in numbers)
        made += name.encode() + b"\0"
        made += bytes(-len(made) % 4) + data
        made += bytes(-len(made) % 4)
    return made


def initramfs(name):
    return machines.cache() / f"initramfs-{name}-{machines.recipe(name)}"


def make_initramfs(name):
    agent = machines.beside(initramfs(name), ".agent")
    call(machines.compiler(name), "-std=gnu11", "-D_GNU_SOURCE", "-O2", "-Wall", "-static",
         "-o", agent, machines.HERE / "agent.c")

    directory, program, link, plain = 0o40755, 0o100755, 0o120777, 0o100644
    entries = [(path, directory, b"") for path in ["dev", "etc", "modules", "proc", "root", "sys"]]
    entries += [(path, directory, b"") for path in ["run", "tmp", "usr", "var"]]
    entries += [(path, link, b"usr/" + path.encode()) for path in ["bin", "lib", "lib64", "sbin"]]
    entries += [
        ("dev/console", 0o20600, bytes([5, 1])),
        ("etc/group", plain, b"root:x:0:\nnogroup:x:65534:\n"),
        ("etc/hosts", plain, b"127.0.0.1 localhost\n"),
        ("etc/passwd", plain, b"root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n"),
        ("busybox", program, (userland(name) / "usr/bin/busybox").read_bytes()),
        ("agent", program, agent.read_bytes()),
        ("init", program, (machines.HERE / "init").read_bytes()),
    ]
    modules = module_files(kernel(name), machines.HOSTS[name]["modules"])
    for i, (module, data) in enumerate(modules.items()):
        entries.append((f"modules/{i:02}-{module}.ko", plain, data))
    agent.unlink()
    new = machines.beside(initramfs(name), ".new")
    new.write_bytes(archive(entries))
    new.rename(initramfs(name))


@contextlib.contextmanager
def locked(path):
    with open(path, "w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def forget_unused():
    oldest = time.time() - KEPT * 24 * 60 * 60
    for path in machines.cache().iterdir():
        if path.stat().st_mtime < oldest:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def prepare(name):
    """Does what is not done yet, and says how long it took; silent if there is nothing to do."""
    machines.cache().mkdir(parents=True, exist_ok=True)
    with locked(machines.cache() / f"{name}.lock"):
        start = time.monotonic()
        for tree in [userland, kernel, emulator]:
            tree(name)
        fetched = time.monotonic()
        if initramfs(name).exists():
            os.utime(initramfs(name))
            return None
        make_initramfs(name)
        forget_unused()
        return f"fetched in {fetched - start:.1f} s, made in {time.monotonic() - fetched:.1f} s"
