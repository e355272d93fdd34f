#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Debian's GDB debugs guests (x86): what it prints."""

import os
import signal
import subprocess
import tempfile

import gi

gi.require_version("Kvm", "1.0")
from gi.repository import Gio, GLib, Kvm

from tap import check, test
import tap

ENTRY = 0x1000
COUNTER = 0x3000

# In long mode: counts to three, by way of a function.
PROGRAM = """
    .global _start, count, counter
_start:
    mov $0x7000, %rsp
    xor %rax, %rax
again:
    call count
    cmp $3, %rax
    jne again
    hlt
count:
    inc %rax
    mov %rax, counter
    ret
    counter = 0x3000
"""
BUMP = "ff 07  eb fc"  # in real mode, incw (%bx) for ever


class Guest:
    """A guest with vCPUs in real or in long mode, and a server for it. It begins when GDB is there."""

    def __init__(self, code, n_vcpus=1, is_long=False, address=None):
        self.context = GLib.MainContext.default()
        self.memory = Kvm.Memory.new(0x10000)
        self.memory[ENTRY:ENTRY + len(code)] = code
        system = Kvm.System.new()
        self.vm = system.create_vm()
        self.vm.add_memory(0, self.memory, Kvm.MemorySlotFlags.NONE)
        self.runner = Kvm.Runner.new(self.vm)
        for i in range(n_vcpus):
            vcpu = self.vm.create_vcpu(i)
            if is_long:
                vcpu.x86_set_cpuid(system.x86_get_supported_cpuid())
                vcpu.x86_setup_long_mode(ENTRY, 0x8000)
            else:
                vcpu.x86_setup_real_mode(ENTRY)
                regs = vcpu.x86_get_regs()[1]
                regs.rbx = COUNTER + 0x1000 * i
                vcpu.x86_set_regs(regs)
            self.runner.add_vcpu(vcpu)
        self.server = Kvm.GdbServer.new(self.runner, address)
        address = self.server.get_address()
        self.target = (address.get_path() if isinstance(address, Gio.UnixSocketAddress)
                       else f"127.0.0.1:{address.get_port()}")
        self.server.connect("notify::connected", self.begin)
        self.is_begun = False
        self.results = []

    def begin(self, *_):
        """It is run from when somebody is there to debug it."""
        if not self.is_begun:
            self.runner.run_async(None, lambda runner, result: self.results.append(
                runner.run_finish(result)))
        self.is_begun = True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.close()
        self.runner.stop()
        self.wait_until(lambda: self.results or not self.is_begun)

    def wait_until(self, condition):
        while not condition():
            self.context.iteration(True)

    def gdb(self, *commands, symbols=None, signal_number=None):
        """What GDB prints that connects and runs the commands.

        It gets the signal each time that it has let the guest run, and the guest has counted."""
        arguments = ["gdb", "-nx", "-batch", "-ex", "set width 0"]
        if symbols is not None:
            arguments += [symbols]
        for command in (f"target remote {self.target}", *commands):
            arguments += ["-ex", command]
        process = Gio.Subprocess.new(arguments, Gio.SubprocessFlags.STDOUT_PIPE
                                     | Gio.SubprocessFlags.STDERR_MERGE)
        output = []
        process.communicate_utf8_async(
            None, None, lambda process, result: output.append(
                process.communicate_utf8_finish(result)[1]))
        if signal_number is None:
            self.wait_until(lambda: output)
        else:
            self.signal_until(process, signal_number, lambda: output)
        self.wait_until(lambda: not self.server.get_connected())
        return output[0]

    def signal_until(self, process, signal_number, condition):
        paused_at = []

        def on_state(runner, _):
            if runner.get_state() == Kvm.RunnerState.PAUSED:
                paused_at[:] = [self.count()]

        def on_time():
            if paused_at and self.count() != paused_at[0]:
                paused_at.clear()
                process.send_signal(signal_number)
            return GLib.SOURCE_CONTINUE

        handler = self.runner.connect("notify::state", on_state)
        source = GLib.timeout_add(5, on_time)
        self.wait_until(condition)
        GLib.source_remove(source)
        self.runner.disconnect(handler)

    def count(self, n=0):
        at = COUNTER + 0x1000 * n
        return int.from_bytes(self.memory[at:at + 2], "little")

    def wait_for_count(self, n=0):
        before = self.count(n)
        while self.count(n) == before:
            self.context.iteration(False)


def contains(output, *texts):
    """These follow each other in the output."""
    at = 0
    for text in texts:
        found = output.find(text, at)
        check(found >= 0, True, f"“{text}” after {at} in\n{output}\n")
        at = found + len(text)


def assemble(directory):
    source, program = f"{directory}/program.o", f"{directory}/program"
    subprocess.run(["as", "-o", source, "-"], input=PROGRAM.encode(), check=True)
    subprocess.run(["ld", f"-Ttext={ENTRY:#x}", "-o", program, source], check=True)
    code = f"{directory}/code"
    subprocess.run(["objcopy", "-O", "binary", "-j", ".text", program, code], check=True)
    with open(code, "rb") as file:
        return program, file.read()


@test
def gdb_breaks():
    """It is there before the guest begins, and hears of its end."""
    with tempfile.TemporaryDirectory() as directory:
        program, code = assemble(directory)
        with Guest(code, is_long=True) as guest:
            output = guest.gdb("break count", "continue", "print $rax", "stepi", "stepi",
                               "x/gx &counter", "info symbol $pc", "delete", "hbreak again",
                               "continue", "print $rax", "set $rax = 0", "continue", "print $rax",
                               "delete", "continue", symbols=program)
            contains(output, "in _start ()", "Breakpoint 1, ", " in count ()", "$1 = 0",
                     "0x3000:\t0x0000000000000001", "count + 11 in section .text",
                     "Hardware assisted breakpoint 2", "Breakpoint 2, ", " in again ()", "$2 = 1",
                     "Breakpoint 2, ", "$3 = 1", "vCPU 0: halt", "exited normally]")
            guest.wait_until(lambda: guest.results)
            check(guest.results[0].get_reason(), Kvm.ExitReason.HLT)


@test
def gdb_hears_of_the_end():
    with Guest(bytes.fromhex("90 90 f4")) as guest:
        output = guest.gdb("stepi", "print $pc", "continue")
        contains(output, "$1 = (void (*)()) 0x1001", "vCPU 0: halt",
                 "[Inferior 1 (Remote target) exited normally]")
        guest.wait_until(lambda: guest.results)


@test
def gdb_reads_and_writes():
    with Guest(bytes.fromhex("48ffc0 ebfb"), is_long=True) as guest:  # inc %rax for ever
        output = guest.gdb(
            "set $rax = 5", "stepi", "stepi", "stepi", "print $pc", "print $rax",
            "x/2i 0x1000", "set {long}0x3000 = 0x1234567812345678", "x/gx 0x3000", "print $cs",
            "print/x $cr0", "set $xmm3.uint128 = 7", "print $xmm3.v4_int32", "set $st1 = 1.5",
            "print $st1", "print $fctrl", "set $fs_base = 0xffff800000000000", "print/x $fs_base",
            "x/x 0x7fffffffffff", "set $cr0 = 0xffffffffffff", "detach")
        contains(output, "$1 = (void (*)()) 0x1003", "$2 = 7", "inc    %rax", "jmp    0x1000",
                 "0x3000:\t0x1234567812345678", "$3 = 8", "= 0x80000033", "= {7, 0, 0, 0}", "= 1.5",
                 "= 895", "= 0xffff800000000000", "Cannot access memory at address 0x7fffffffffff",
                 'Could not write register "cr0"', "detached]")
        check(guest.memory[COUNTER:COUNTER + 4].hex(), "78563412")


@test
def gdb_has_threads():
    with Guest(bytes.fromhex(BUMP), 2) as guest:
        begin = "set scheduler-locking on"
        output = guest.gdb(begin, "info threads", "thread 2", "stepi", "stepi",
                           "print $pc", "thread 1", "print $rbx", "thread 2", "print $rbx")
        contains(output, "Thread 1 (vCPU 0)", "Thread 2 (vCPU 1)", "Switching to thread 2",
                 "$1 = (void (*)()) 0x1000", "$2 = 12288", "$3 = 16384")
        guest.wait_for_count(0)
        guest.wait_for_count(1)


@test
def gdb_interrupts():
    """As often as one likes; SIGINT is what the key sends."""
    with Guest(bytes.fromhex(BUMP), 2) as guest:
        output = guest.gdb("continue", "print $_thread", "continue", "print $rbx",
                           signal_number=signal.SIGINT)
        contains(output, "SIGINT", "$1 = 1", "SIGINT", "$2 = 12288", "detached]")
        guest.wait_for_count(0)
        check(guest.runner.get_state(), Kvm.RunnerState.RUNNING)


@test
def gdb_dies():
    """With the guest stopped, and while it runs."""
    with Guest(bytes.fromhex(BUMP), 1) as guest:
        guest.gdb("hbreak *0x2000", "python import os; os.kill(os.getpid(), 9)")
        guest.wait_for_count()
        guest.gdb("hbreak *0x2000", "continue",
                  signal_number=signal.SIGKILL)
        guest.wait_for_count()


@test
def gdb_kills():
    with Guest(bytes.fromhex(BUMP)) as guest:
        contains(guest.gdb("kill"), "killed]")
        guest.wait_until(lambda: guest.results)
        check(guest.results, [None])


@test
def gdb_at_a_socket():
    with tempfile.TemporaryDirectory() as directory:
        address = Gio.UnixSocketAddress.new(f"{directory}/gdb")
        with Guest(bytes.fromhex(BUMP), address=address) as guest:
            contains(guest.gdb("info threads"), "* 1    Thread 1 (vCPU 0)", "detached]")
            guest.server.close()
            check(os.listdir(directory), [])


tap.run()
