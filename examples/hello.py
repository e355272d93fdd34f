#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest adds two numbers, prints the sum through a port, and halts."""

import gi

gi.require_version("Kvm", "1.0")
from gi.repository import Kvm

# mov $0x3f8,%dx; add %bl,%al; add $'0',%al; out %al,(%dx); mov $'\n',%al; out %al,(%dx); hlt
CODE = bytes.fromhex("ba f803  00d8  0430  ee  b00a  ee  f4")

system = Kvm.System.new()
vm = system.create_vm()
memory = Kvm.Memory.new(0x1000)
vm.add_memory(0x1000, memory, Kvm.MemorySlotFlags.NONE)
memory.write(0, CODE)

vcpu = vm.create_vcpu(0)
vcpu.x86_setup_real_mode(0x1000)
_, regs = vcpu.x86_get_regs()
regs.rax = regs.rbx = 2
vcpu.x86_set_regs(regs)

exit = vcpu.get_exit()
while (reason := vcpu.run(None)) != Kvm.ExitReason.HLT:
    if reason != Kvm.ExitReason.IO:
        raise SystemExit("The guest stopped: " + exit.to_string())
    print(chr(exit.get_value()), end="")
