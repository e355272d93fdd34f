#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Boots Linux on a PC: boot-linux.py KERNEL [INITRD [MORE OF THE COMMAND LINE]].

Its first serial port is the terminal. The program ends with the guest, which powers off by writing
its exit status to port 0xf4; a reset is a status of 0."""

import sys
import termios
import tty

import gi

gi.require_version("Kvm", "1.0")
from gi.repository import Gio, GLib, Kvm

COMMAND_LINE = "console=ttyS0 reboot=k panic=-1 pci=off "
TSC_DEADLINE, HYPERVISOR = 1 << 24, 1 << 31


def create_vcpu(system, vm, layout):
    """The processor is what KVM offers, with a clock and a timer that need no calibration."""
    cpuid = system.x86_get_supported_cpuid()
    _, entry = cpuid.find(1, 0)
    entry.ecx |= TSC_DEADLINE | HYPERVISOR
    vcpu = vm.create_vcpu(0)
    vcpu.x86_set_cpuid(cpuid.with_entry(entry))
    vcpu.setup_boot(layout)
    return vcpu


def answer_nothing(_runner, token):
    """Where there is no device, reads give all ones and writes are lost."""
    details = token.get_exit()
    if details.get_reason() != Kvm.ExitReason.IO:
        return False
    if not details.is_write():
        details.set_value(2**64 - 1)
    return token.complete()


def boot(kernel, initrd=None, *words):
    image, disk = (path and Gio.File.new_for_path(path).load_bytes(None)[0] for path in (kernel, initrd))
    system = Kvm.System.new()
    vm = system.create_vm()
    vm.add_memory(0, Kvm.Memory.new(512 << 20), Kvm.MemorySlotFlags.NONE)
    vm.create_irqchip()
    vm.x86_create_pit(1)  # with port 0x61
    layout = vm.load_kernel(image, disk, COMMAND_LINE + " ".join(words), None)
    terminal = Gio.SimpleIOStream.new(Gio.UnixInputStream.new(0, False),
                                      Gio.UnixOutputStream.new(1, False))
    serial, i8042, debug_exit = Kvm.Serial.new(terminal), Kvm.I8042(), Kvm.DebugExit()
    serial.set_interrupt_trigger(vm.add_irq_trigger(4, Kvm.IrqTriggerFlags.NONE))
    for port, length, device in [(0x3f8, 8, serial), (0x60, 5, i8042), (0x70, 2, Kvm.Rtc()),
                                 (0xf4, 1, debug_exit)]:
        vm.get_io_bus().add_device(Kvm.IoSpace.PORT, port, length, device, Kvm.IoDeviceFlags.NONE)

    runner, results = Kvm.Runner.new(vm), []
    runner.add_vcpu(create_vcpu(system, vm, layout))
    runner.connect("exit", answer_nothing)
    runner.run_async(None, lambda _, result: results.append(result))
    while not results:
        GLib.MainContext.default().iteration(True)
    ended = runner.run_finish(results[0])
    serial.flush(None)
    if debug_exit.get_has_value() or i8042.get_reset_requested():
        return debug_exit.get_value()
    return f"boot-linux.py: the guest stopped: {ended and ended.to_string()}"


cooked = termios.tcgetattr(0) if sys.stdin.isatty() else None
try:
    if cooked:
        tty.setraw(0)
    sys.exit(boot(*sys.argv[1:]) if sys.argv[1:] else "boot-linux.py: give a kernel")
except GLib.Error as error:
    sys.exit(f"boot-linux.py: {error.message}")
finally:
    if cooked:
        termios.tcsetattr(0, termios.TCSANOW, cooked)
