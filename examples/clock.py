#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest counts seconds by the interrupts of its timer, and sleeps in between; the program is in a
main loop, which Ctrl-C ends."""

import signal
import sys

import gi

gi.require_version("Kvm", "1.0")
from gi.repository import GLib, Kvm

# What clock.c explains: it sets up the interrupt controller and the timer, and at every hundredth
# interrupt writes one more to port 0x10.
CODE = bytes.fromhex("""
    b011 e620  b020 e621  b004 e621  b001 e621  b0fe e621  b034 e643  b09c e640  b02e e640
    c70680003210  c70682000000  b164  fb  f4  ebfd
    fec9  7507  b164  43  89d8  e710  b020 e620  cf""")

try:
    if len(sys.argv) > 1:
        raise SystemExit("Usage: clock.py")
    system = Kvm.System.new()
except Kvm.Error as error:
    raise SystemExit(error.message)
vm = system.create_vm()
memory = Kvm.Memory.new(0x10000)
vm.add_memory(0, memory, Kvm.MemorySlotFlags.NONE)
memory[0x1000:0x1000 + len(CODE)] = CODE
vm.create_irqchip()
vm.x86_create_pit(0)
vcpu = vm.create_vcpu(0)
vcpu.x86_setup_real_mode(0x1000)


def on_exit(runner, exit):
    """In the main loop's thread, while the vCPU waits in its own."""
    details = exit.get_exit()
    if details.get_reason() != Kvm.ExitReason.IO:
        return False
    print(details.get_value(), "s", flush=True)
    exit.complete()
    return True


def on_ended(runner, result):
    loop.quit()
    if ended := runner.run_finish(result):
        print(ended.to_string())


loop = GLib.MainLoop()
runner = Kvm.Runner.new(vm)
runner.add_vcpu(vcpu)
runner.connect("exit", on_exit)
runner.run_async(None, on_ended)
GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGINT, runner.stop)
loop.run()
