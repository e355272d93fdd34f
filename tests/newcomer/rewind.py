#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs a guest step by step, and then backwards: rewind.py STEP… shows it at each of these steps, in this
order.

It uses nothing but what the manual tells. What it ran into: whether bytes are in memory could be asked
with "in", and the answer was always no; what is saved of a virtual machine may be given a cancellable,
but not what is saved of a vCPU; and on most hosts a vCPU whose registers were set is not stepped any more.
The first is mended, and the last is among the traps of the manual."""

import sys

import gi

gi.require_version("Kvm", "1.0")
from gi.repository import Kvm

# mov $1,%ax; mov $0x3000,%di; 1: add %ax,%ax; inc %ax; stosw; jmp 1b
CODE = bytes.fromhex("b80100 bf0030 01c0 40 ab ebfa")
START, WORDS = 0x1000, slice(0x3000, 0x4000)
LAST_STEP, INTERVAL = 60, 8


class Machine:
    def __init__(self, system):
        vm = system.create_vm()
        self.memory = Kvm.Memory.new(0x8000)
        vm.add_memory(0, self.memory, Kvm.MemorySlotFlags.LOG_DIRTY_PAGES)
        self.memory[START:START + len(CODE)] = CODE
        self.vcpu = vm.create_vcpu(0)
        self.vcpu.x86_setup_real_mode(START)
        self.begin_to_step()
        self.history = {}
        self.now = 0

    def begin_to_step(self):
        flags = Kvm.GuestDebugFlags.ENABLE | Kvm.GuestDebugFlags.SINGLE_STEP
        self.vcpu.set_guest_debug(flags, None)

    def step(self):
        if self.now % INTERVAL == 0 and self.now not in self.history:
            self.history[self.now] = self.memory.create_snapshot(), self.vcpu.save_state()
        if self.vcpu.run() != Kvm.ExitReason.DEBUG:
            raise SystemExit(f"The guest stopped: {self.vcpu.get_exit().to_string()}")
        self.now += 1

    def go_to(self, step):
        if step < self.now:
            self.now = max(kept for kept in self.history if kept <= step)
            snapshot, state = self.history[self.now]
            self.memory.reset_to(snapshot)
            self.vcpu.restore_state(state)
            self.begin_to_step()
        while self.now < step:
            self.step()

    def __str__(self):
        _, regs = self.vcpu.x86_get_regs()
        words = (len(self.memory[WORDS].rstrip(b"\0")) + 1) // 2
        return f"{self.now}: ip={regs.rip:x} ax={regs.rax:x}, {words} words"


def run(steps):
    with Kvm.System.new() as system:
        machine = Machine(system)
        machine.go_to(LAST_STEP)
        for step in steps:
            machine.go_to(step)
            print(machine)


try:
    steps = [int(word) for word in sys.argv[1:] if word.isascii() and word.isdigit()]
    if not steps or len(steps) < len(sys.argv) - 1 or max(steps) > LAST_STEP:
        raise SystemExit(f"rewind.py STEP…, each from 0 to {LAST_STEP}")
    run(steps)
except Kvm.Error as error:
    raise SystemExit(error.message)
