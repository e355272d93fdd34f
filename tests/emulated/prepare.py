# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fetches what a host is made of, as Debian's packages, and makes what it boots."""

import contextlib
import fcntl
import json
import lzma
import pathlib
import platform
import re
import shutil
import subprocess
import time

from . import machines

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"

# GLib for programs that are built here, and the C library with the kernel's headers.
SYSROOT = [
    "libatomic1", "libblkid-dev", "libblkid1", "libc6", "libc6-dev", "libffi-dev", "libffi8",
    "libgcc-s1", "libglib2.0-dev", "libmount-dev", "libmount1", "libpcre2-8-0", "libpcre2-dev",
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


def own_release():
    return platform.freedesktop_os_release().get("VERSION_CODENAME", "of its own")


def release(name):
    return machines.HOSTS[name].get("release", own_release())


class Apt:
    """An apt of its own, which knows another architecture and does not touch the machine's."""

    def __init__(self, name, directory):
        host = machines.HOSTS[name]
        sources = archives()
        own = own_release()
        if own not in sources:
            raise SystemExit(f"tests/hosts: this machine's apt has no release {own} of Debian's")
        if release(name) != own:
            sources = {release(name): sources[own]}

        for path in ["state/lists/partial", "cache/archives/partial"]:
            (directory / path).mkdir(parents=True, exist_ok=True)
        (directory / "status").touch()
        (directory / "sources.list").write_text("".join(
            f"deb [signed-by={KEYRING}] {address} {codename} main\n"
            for codename, address in sources.items()))
        self.options = []
        for option in [
            f"APT::Architecture={host['debian']}",
            f"APT::Architectures={host['debian']}",
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

    def dependency(self, package, pattern):
        """The package that a metapackage stands for."""
        shown = call("apt-cache", *self.options, "depends", package)
        match = re.search(rf"Depends: ({pattern})", shown)
        if match is None:
            raise SystemExit(f"tests/hosts: {package} depends on no {pattern}:\n{shown}")
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


def fetch(name):
    """The packages, unpacked in one root."""
    host = machines.HOSTS[name]
    base = machines.cache(name)
    packages = ["busybox-static"]
    if not machines.is_native(name):
        packages += SYSROOT
        packages += SYSROOT_OF_RELEASE.get(release(name), SYSROOT_OF_RELEASE[None])
    wanted = json.dumps([release(name), host["kernel"], packages])
    stamp = base / "fetched"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    stamp.unlink(missing_ok=True)
    for directory in ["packages", "root"]:
        shutil.rmtree(base / directory, ignore_errors=True)
        (base / directory).mkdir()
    root = base / "root"
    for directory in ["bin", "lib", "lib64", "sbin"]:
        (root / "usr" / directory).mkdir(parents=True)
        (root / directory).symlink_to(f"usr/{directory}")

    apt = Apt(name, base / "apt")
    apt.get("update")
    kernel = apt.dependency(host["kernel"], r"linux-image-\d\S*")
    apt.get("download", kernel, *packages, cwd=base / "packages")
    for package in sorted((base / "packages").glob("*.deb")):
        unpack(package, root)
    make_links_relative(root)
    shutil.rmtree(base / "packages")
    stamp.write_text(wanted)


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


def make_initramfs(name):
    host = machines.HOSTS[name]
    root = machines.cache(name) / "root"
    base = machines.made(name)
    base.mkdir()
    agent = base / "agent"
    call(machines.compiler(name), "-std=gnu11", "-D_GNU_SOURCE", "-O2", "-Wall", "-static",
         "-o", agent, machines.HERE / "agent.c")

    directory, program, link, plain = 0o40755, 0o100755, 0o120777, 0o100644
    entries = [(path, directory, b"") for path in ["dev", "etc", "modules", "proc", "root", "sys"]]
    entries += [(path, directory, b"") for path in ["run", "tmp", "usr", "var"]]
    entries += [(path, link, b"usr/" + path.encode()) for path in ["bin", "lib", "lib64", "sbin"]]
    entries += [
        ("dev/console", 0o20600, bytes([5, 1])),
        ("etc/group", plain, b"root:x:0:\nnogroup:x:65534:\n"),
        ("etc/passwd", plain, b"root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n"),
        ("busybox", program, (root / "usr/bin/busybox").read_bytes()),
        ("agent", program, agent.read_bytes()),
        ("init", program, (machines.HERE / "init").read_bytes()),
    ]
    for i, (module, data) in enumerate(module_files(root, host["modules"]).items()):
        entries.append((f"modules/{i:02}-{module}.ko", plain, data))
    (base / "initramfs").write_bytes(archive(entries))


@contextlib.contextmanager
def locked(path):
    with open(path, "w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def prepare(name):
    """Does what is not done yet, and says how long it took; silent if there is nothing to do."""
    base = machines.cache(name)
    base.mkdir(parents=True, exist_ok=True)
    with locked(base / "lock"):
        if (machines.made(name) / "initramfs").exists():
            return None
        start = time.monotonic()
        fetch(name)
        fetched = time.monotonic()
        for old in base.glob("made-*"):
            shutil.rmtree(old)
        make_initramfs(name)
        return f"fetched in {fetched - start:.1f} s, made in {time.monotonic() - fetched:.1f} s"
