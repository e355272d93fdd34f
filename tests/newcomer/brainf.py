#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compiles a program in Brainf*** to machine code, and runs it as a guest: brainf.py PROGRAM < INPUT

It uses nothing but what the README and the manual tell. What it ran into: another Python came first
in the path, which has no PyGObject, and with the path that `meson devenv` sets it says that gi has no
require_version; the pages now say which Python it takes. Nothing else: the loop over exits was all."""

import struct
import sys

import gi

gi.require_version("Kvm", "1.0")
from gi.repository import Kvm

CODE, CELLS, OUTPUT, INPUT = 0x1000, 0x8000, 0x10, 0x11
SIMPLE = {
    ">": b"\x46",  # inc %si
    "<": b"\x4e",  # dec %si
    "+": b"\xfe\x04",  # incb (%si)
    "-": b"\xfe\x0c",  # decb (%si)
    ".": b"\x8a\x04\xe6" + bytes([OUTPUT]),  # mov (%si),%al; out %al,…
    ",": b"\xe4" + bytes([INPUT]) + b"\x88\x04",  # in …,%al; mov %al,(%si)
}


def compile_program(program):
    code = bytearray(b"\xbe" + struct.pack("<H", CELLS))  # mov …,%si
    loops = []
    for letter in program:
        if letter == "[":
            code += b"\x80\x3c\x00\x0f\x84\x00\x00"  # cmpb $0,(%si); jz …
            loops.append(len(code))
        elif letter == "]" and loops:
            begin = loops.pop()
            code += b"\xe9" + struct.pack("<h", begin - 7 - len(code) - 3)  # jmp to its cmpb
            struct.pack_into("<h", code, begin - 2, len(code) - begin)
        elif letter in SIMPLE:
            code += SIMPLE[letter]
        elif letter == "]":
            loops.append(0)
            break
    if loops:
        raise SystemExit("A bracket has no other")
    return bytes(code + b"\xf4")  # hlt


def run(program):
    code = compile_program(program)
    with Kvm.System.new() as system, system.create_vm() as vm:
        memory = Kvm.Memory.new(0x10000)
        memory[CODE:CODE + len(code)] = code
        vm.add_memory(0, memory, Kvm.MemorySlotFlags.NONE)
        vcpu = vm.create_vcpu(0)
        vcpu.x86_setup_real_mode(CODE)
        for exit in vcpu:
            if exit.is_write():
                sys.stdout.buffer.write(bytes([exit.get_value()]))
            else:
                exit.set_value((sys.stdin.buffer.read(1) or b"\0")[0])


try:
    if len(sys.argv) != 2:
        raise SystemExit("brainf.py PROGRAM < INPUT")
    run(sys.argv[1])
except Kvm.Error as error:
    raise SystemExit(error.message)
