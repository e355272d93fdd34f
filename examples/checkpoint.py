#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest counts, and survives the death of the program: checkpoint.py FILE. Kill it as you like; when
it is started again with the same file, the guest goes on where it was last saved."""

import os
import sys
import time

import gi

gi.require_version("Kvm", "1.0")
from gi.repository import GLib, Kvm

CODE = bytes.fromhex("6640 e710 ebfa")  # inc %eax; out %ax,$0x10; jmp to the inc
START = 0x1000


def save(path, vm, memory):
    """Memory is not in the state of a virtual machine: the program has it anyway."""
    state = Kvm.state_to_bytes(vm.save_state(None)).get_data()
    with open(path + ".new", "wb") as file:
        file.write(memory[:] + state)
    os.replace(path + ".new", path)  # what is there is always whole


def restore(path, vm, memory):
    with open(path, "rb") as file:
        memory[:] = file.read(len(memory)).ljust(len(memory), b"\0")
        vm.restore_state(Kvm.state_from_bytes(GLib.Bytes(file.read())))  # type: ignore


def run(path):
    vm = Kvm.System.new().create_vm()
    memory = Kvm.Memory.new(0x1000)
    vm.add_memory(START, memory, Kvm.MemorySlotFlags.NONE)
    vcpu = vm.create_vcpu(0)  # before the state is restored: it is of the vCPUs, too
    if os.path.exists(path):
        restore(path, vm, memory)
    else:
        memory[:len(CODE)] = CODE
        vcpu.x86_setup_real_mode(START)

    for exit in vcpu:
        number = exit.get_value()
        # Saving finishes the out instruction first: else it would be done once more.
        save(path, vm, memory)
        print(number, flush=True)
        time.sleep(0.1)


try:
    if len(sys.argv) != 2:
        raise SystemExit("Usage: checkpoint.py FILE")
    run(sys.argv[1])
except KeyboardInterrupt:
    pass
except (Kvm.Error, OSError) as error:
    raise SystemExit(getattr(error, "message", error))
