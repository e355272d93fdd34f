# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs one emulated host, and programs in it for whoever asks through a socket.

A client sends one line of JSON with "directory", "environment" and "arguments", and gets frames as
the agent makes them: output, errors, and the exit status; or why the host cannot tell. If it goes
away, its program is killed. Without clients the host ends after a while.
"""

import asyncio
import contextlib
import ctypes
import json
import os
import pathlib
import signal
import socket
import struct
import subprocess
import sys

from . import machines, prepare

BOOT_LIMIT = 240  # seconds
PING_INTERVAL = 5
UNANSWERED_LIMIT = 12  # pings, until a host that does not answer is taken for dead
KILL_LIMIT = 60  # until one is whose program does not die
IDLE_LIMIT = 60

HEADER = struct.Struct("<IIc")
START, KILL, PING = b"S", b"K", b"P"
READY, OUTPUT, ERROR, EXIT = b"R", b"1", b"2", b"X"
DEAD = b"D"  # from the broker alone: why

PR_SET_PDEATHSIG = 1

# The path is $1, the tag $0.
MOUNT = (
    '/busybox mkdir -p "$1" && /busybox mount -t 9p'
    ' -o trans=virtio,version=9p2000.L,msize=512000,{} "$0" "$1"'
)
RUN = 'cd "$0" && exec "$@"'


def command(name, port, shares):
    host = machines.HOSTS[name]
    line = f"panic=-1 quiet rcupdate.rcu_expedited=1 console={host['console']}{host.get('line', '')}"
    arguments = [prepare.emulator(name), "-M", host["board"], "-cpu", host["cpu"]]
    arguments += ["-accel", f"tcg,thread={host['threads']}", "-smp", host.get("processors", "2")]
    arguments += ["-m", "2048", "-display", "none", "-monitor", "none", "-no-reboot"]
    arguments += ["-nic", "none"]
    arguments += ["-serial", "stdio", "-kernel", prepare.kernel_image(name)]
    arguments += ["-initrd", prepare.initramfs(name), "-append", line]
    arguments += ["-device", "virtio-serial-pci"]
    arguments += ["-chardev", f"socket,id=port,fd={port.fileno()}"]
    arguments += ["-device", "virtserialport,chardev=port"]
    for tag, path, options in shares:
        path = str(path).replace(",", ",,")
        arguments += ["-virtfs", f"local,path={path},mount_tag={tag},security_model=none,"
                      f"multidevs=remap{options}"]  # fmt: skip
    return arguments


class Job:
    def __init__(self, number, writer):
        self.number = number
        self.writer = writer  # None: of the broker's own
        self.status = asyncio.get_running_loop().create_future()

    def pass_on(self, kind, data):
        if self.writer is not None and not self.writer.is_closing():
            self.writer.write(HEADER.pack(self.number, len(data), kind) + data)
        if kind == EXIT and not self.status.done():
            self.status.set_result(int(data))


class Broker:
    def __init__(self, name, directories):
        self.name = name
        # What is built changes, and so only /usr may be remembered.
        self.shares = [("usr", prepare.usr(name), ",readonly=on")]
        self.shares += [(f"share{i}", path, "") for i, path in enumerate(directories)]
        self.jobs = {}
        self.n_jobs = 0
        self.n_clients = 0
        self.started = self.boot_time = 0.0
        self.n_unanswered = 0
        self.ready = asyncio.Event()
        self.idle = asyncio.Event()
        self.over = asyncio.get_running_loop().create_future()  # why this host ends
        self.closed = asyncio.Event()  # another one can take its place

    def end(self, why):
        if not self.over.done():
            self.over.set_result(why)

    def send(self, number, kind, data=b""):
        self.port.write(HEADER.pack(number, len(data), kind) + data)

    def start(self, writer, arguments):
        self.n_jobs += 1
        job = self.jobs[self.n_jobs] = Job(self.n_jobs, writer)
        self.send(job.number, START, b"".join(os.fsencode(word) + b"\0" for word in arguments))
        return job

    async def receive(self, reader):
        """What the agent says."""
        try:
            while True:
                number, length, kind = HEADER.unpack(await reader.readexactly(HEADER.size))
                data = await reader.readexactly(length)
                self.n_unanswered = 0
                if kind == READY:
                    self.ready.set()
                elif number in self.jobs:
                    self.jobs[number].pass_on(kind, data)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.end("it died")

    async def set_up(self):
        """Until programs can run there."""
        await self.ready.wait()
        for tag, path, _ in self.shares:
            target = "/usr" if tag == "usr" else str(path)
            options = "ro,cache=loose" if tag == "usr" else "cache=mmap"
            job = self.start(None, ["/busybox", "sh", "-c", MOUNT.format(options), tag, target])
            if await job.status != 0:
                self.end(f"{path} cannot be mounted in it")
        job = self.start(None, ["/busybox", "test", "-c", "/dev/kvm"])
        if await job.status != 0:
            self.end("it has no /dev/kvm")
        self.boot_time = asyncio.get_running_loop().time() - self.started

    async def watch(self, setting_up):
        """Sees to it that nothing takes for ever."""
        loop = asyncio.get_running_loop()
        try:
            await asyncio.wait_for(asyncio.shield(setting_up), BOOT_LIMIT)
        except asyncio.TimeoutError:
            self.end(f"it has not booted in {BOOT_LIMIT} s")
        idle_since = loop.time()
        while True:
            await asyncio.sleep(PING_INTERVAL)
            # Not by the clock: this machine may have stood still.
            if self.n_unanswered == UNANSWERED_LIMIT:
                self.end(f"it has not answered for {PING_INTERVAL * UNANSWERED_LIMIT} s")
            self.send(0, PING)
            self.n_unanswered += 1
            if self.n_clients > 0:
                idle_since = loop.time()
            elif loop.time() - idle_since > IDLE_LIMIT:
                self.end("nobody needs it")

    async def run_job(self, reader, writer):
        line = await reader.readline()
        if not line:
            return
        request = json.loads(line)
        if "stop" in request:
            self.end("it was stopped")
            return
        if not self.setting_up.done():
            await asyncio.shield(self.setting_up)
            text = f"tests/hosts: {self.name} booted in {self.boot_time:.1f} s\n".encode()
            writer.write(HEADER.pack(0, len(text), ERROR) + text)
        words = ["/busybox", "sh", "-c", RUN, request["directory"], "/busybox", "env", "-i"]
        words += [f"{key}={value}" for key, value in request["environment"].items()]
        job = self.start(writer, words + request["arguments"])
        gone = asyncio.ensure_future(reader.read())  # it sends no more
        await asyncio.wait([gone, job.status], return_when=asyncio.FIRST_COMPLETED)
        if not job.status.done():
            self.send(job.number, KILL)
            await asyncio.wait([job.status], timeout=KILL_LIMIT)
            if not job.status.done():
                self.end(f"a program in it does not die in {KILL_LIMIT} s")
        gone.cancel()
        del self.jobs[job.number]

    async def client(self, reader, writer):
        self.n_clients += 1
        running = asyncio.ensure_future(self.run_job(reader, writer))
        await asyncio.wait([running, self.over], return_when=asyncio.FIRST_COMPLETED)
        with contextlib.suppress(ConnectionError):
            if not running.done():
                running.cancel()
                await self.closed.wait()
                why = self.over.result().encode()
                writer.write(HEADER.pack(0, len(why), DEAD) + why)
            await writer.drain()
        writer.close()
        self.n_clients -= 1

    async def serve(self, path):
        ours, theirs = socket.socketpair()
        libc = ctypes.CDLL(None)
        with subprocess.Popen(
            command(self.name, theirs, self.shares),
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            preexec_fn=lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL),
        ) as qemu:
            theirs.close()
            reader, self.port = await asyncio.open_connection(sock=ours)
            self.started = asyncio.get_running_loop().time()
            receiving = asyncio.ensure_future(self.receive(reader))
            self.setting_up = asyncio.ensure_future(self.set_up())
            watching = asyncio.ensure_future(self.watch(self.setting_up))
            server = await asyncio.start_unix_server(self.client, path)
            why = await self.over
            print(f"broker: the host ends: {why}", flush=True)
            path.unlink()
            server.close()
            self.closed.set()
            while self.n_clients > 0:
                await asyncio.sleep(0.01)
            for task in [receiving, self.setting_up, watching]:
                task.cancel()
            qemu.kill()


async def serve(name, path, directories):
    await Broker(name, directories).serve(path)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]))
