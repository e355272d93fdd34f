#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""load.py [CYCLES]: makes, runs and drops virtual machines, and leaves them to the collector."""
import ctypes
import gc
import os
import sys
import time

import gi

gi.require_version('Kvm', '1.0')
from gi.repository import Kvm

N_WARM_UP = 200
HEAP_SLACK = 256 * 1024
CODE = b'\xf4'  # hlt

n_cycles = int(sys.argv[1]) if len(sys.argv) > 1 else 10000


class Mallinfo2(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in (
        'arena', 'ordblks', 'smblks', 'hblks', 'hblkhd', 'usmblks', 'fsmblks', 'uordblks',
        'fordblks', 'keepcost')]


libc = ctypes.CDLL(None)
libc.mallinfo2.restype = Mallinfo2


def cycle():
    system = Kvm.System.new()
    vm = system.create_vm()
    memory = Kvm.Memory.new(0x2000)
    vm.add_memory(0, memory, 0)
    memory.write(0x1000, CODE)
    vcpu = vm.create_vcpu(0)
    vcpu.x86_setup_real_mode(0x1000)
    assert vcpu.run(None) == Kvm.ExitReason.HLT
    # A circle, which only the collector takes apart.
    vcpu.keeper = [vcpu, vm, memory]


def footprint():
    gc.collect()
    with open('/proc/self/maps', encoding='ascii') as maps:
        n_maps = len(maps.readlines())
    return {'fds': len(os.listdir('/proc/self/fd')), 'mappings': n_maps,
            'threads': len(os.listdir('/proc/self/task')), 'heap': libc.mallinfo2().uordblks}


for _ in range(N_WARM_UP):
    cycle()
before = footprint()
begun = time.monotonic()
for _ in range(n_cycles):
    cycle()
took = time.monotonic() - begun
after = footprint()
print(f'Python: {n_cycles} cycles in {took:.1f} s; before {before}, after {after}')
assert after['fds'] == before['fds'] and after['threads'] == before['threads']
assert after['mappings'] <= before['mappings'] + 8
assert after['heap'] <= before['heap'] + HEAP_SLACK
