#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest adds two numbers, prints the sum through a port, and halts."""

import sys

import gi

gi.require_version("Kvm", "1.0")
from gi.repository import Kvm

# mov $0x3f8,%dx; add %bl,%al; add $'0',%al; out %al,(%dx); mov $'\n',%al; out %al,(%dx); hlt
CODE = bytes.fromhex("ba f803  00d8  0430  ee  b00a  ee  f4")

def run_guest(system):
    vm = system.create_vm()
    memory = Kvm.Memory.new(0x1000)
    memory[:len(CODE)] = CODE
    vm.add_memory(0x1000, memory, Kvm.MemorySlotFlags.NONE)

    vcpu = vm.create_vcpu(0)
    vcpu.x86_setup_real_mode(0x1000)
    _, regs = vcpu.x86_get_regs()
    regs.rax = regs.rbx = 2
    vcpu.x86_set_regs(regs)
    for exit in vcpu:  # until it halts
        print(chr(exit.get_value()), end="")


try:
    if len(sys.argv) > 1:
        raise SystemExit("Usage: hello.py")
    with Kvm.System.new() as system:
        run_guest(system)
except Kvm.Error as error:
    raise SystemExit(error.message)
