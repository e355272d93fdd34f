#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs a guest one instruction at a time, and prints its registers after each: trace.py [FILE], where
the file has 16-bit code."""

import sys

import gi

gi.require_version("Kvm", "1.0")
from gi.repository import Kvm

# mov $1,%ax; mov $1,%bx; mov $4,%cx; xadd %bx,%ax; loop to the xadd; hlt
FIBONACCI = bytes.fromhex("b80100 bb0100 b90400 0fc1d8 e2fb f4")
HLT = b"\xf4"
START = 0x1000


def trace(code):
    vm = Kvm.System.new().create_vm()
    memory = Kvm.Memory.new(0x10000)
    vm.add_memory(0, memory, Kvm.MemorySlotFlags.NONE)
    memory[START:START + len(code)] = code
    vcpu = vm.create_vcpu(0)
    vcpu.x86_setup_real_mode(START)

    # From now on each instruction ends in an exit, KVM_EXIT_REASON_DEBUG. The guest does not see it:
    # it is not the trap flag of its own.
    vcpu.set_guest_debug(Kvm.GuestDebugFlags.ENABLE | Kvm.GuestDebugFlags.SINGLE_STEP, [])
    print("   ip    ax    bx    cx    dx  next instruction")
    for exit in vcpu:
        _, regs = vcpu.x86_get_regs()
        print(f"{regs.rip:5x} {regs.rax:5x} {regs.rbx:5x} {regs.rcx:5x} {regs.rdx:5x}",
              f" {memory[regs.rip:regs.rip + 4].hex(' ')}")
        # Not every kernel stops for a halt that is stepped over: some go on behind it.
        if memory[regs.rip:regs.rip + 1] == HLT:
            break
        if exit.get_reason() == Kvm.ExitReason.IO and exit.is_write():
            print(f"      it writes {exit.get_value():#x} to port {exit.get_address():#x}")


try:
    if len(sys.argv) > 2:
        raise SystemExit("Usage: trace.py [FILE]")
    if len(sys.argv) == 2:
        with open(sys.argv[1], "rb") as file:
            code = file.read(0x1000)
    else:
        code = FIBONACCI
    trace(code)
except (Kvm.Error, OSError) as error:
    raise SystemExit(getattr(error, "message", error))
