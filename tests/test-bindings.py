#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the C tests show, from Python, on real KVM (x86)."""

import gc
import mmap
import os
import re
import signal
import socket
import struct
import sys
import threading
import time

import gi

gi.require_version("Kvm", "1.0")
from gi.repository import Gio, GLib, GObject, Kvm

import tap
from tap import check, check_raises, test

# In 16-bit real mode
HELLO = "ba f803  00d8  0430  ee  b00a  ee  f4"  # prints the digit al + bl and a line end
HALT = "f4 ebfd"  # for ever
SPIN = "ebfe"  # jmp to itself
STEPS = "40 40 40 f4"  # inc %ax, three times
ECHO = "e560  e761  f4"  # in $0x60,%ax; out %ax,$0x61
STRING = "ba6100 be0018 b90500 fc f36e f4"  # rep outsb of 5 bytes at 0x1800 to port 0x61
MMIO = "66c706008078563412 a10480 e761 f4"  # writes 4 bytes to 0x8000, reads 2 from 0x8004
RING = "ba1005 ee e661 ebf8"  # writes a byte to port 0x510 and one to port 0x61, again and again
# guests/x86.S says what it does.
INTERRUPT = ("bc0040 c70694004710 c70696000000 b011e620e6a0 b020e621 b028e6a1 b004e621 b002e6a1"
             "b001e621e6a1 b0dfe621 bad004a00020ee fb 803e012000 7506 30c0e661 ebf3 f4 ebf0"
             "50 b001e661 b020e620 b002e661 58 cf")

ENTRY = 0x1000
BIG = 0xFFFFFFFF81000000
MAX = 0xFFFFFFFFFFFFFFFF


class Guest:
    """A virtual machine with 32 KiB of memory at 0 and one vCPU that is about to run code."""

    def __init__(self, code, irqchip=False):
        self.system = Kvm.System.new()
        self.vm = self.system.create_vm()
        if irqchip:
            self.vm.create_irqchip()
        self.memory = Kvm.Memory.new(0x8000)
        self.slot = self.vm.add_memory(0, self.memory, Kvm.MemorySlotFlags.NONE)
        self.memory.write(ENTRY, bytes.fromhex(code))
        self.vcpu = self.vm.create_vcpu(0)
        self.vcpu.x86_setup_real_mode(ENTRY)
        self.exit = self.vcpu.get_exit()

    def run(self, expected):
        reason = self.vcpu.run(None)
        check(reason, expected, self.exit.to_string())

    def check_interrupted(self, interruption):
        self.run(Kvm.ExitReason.INTERRUPTED)
        check(self.exit.get_interruption(), interruption)


def wait_until_running(vcpu):
    """Until the vCPU is in the guest, as seen by its being RUNNING for others."""
    while True:
        try:
            vcpu.get_raw_mp_state()
        except GLib.Error as error:
            assert error.matches(Kvm.error_quark(), Kvm.Error.RUNNING), error
            return
        time.sleep(0.001)


@test
def hello():
    guest = Guest(HELLO)
    _, regs = guest.vcpu.x86_get_regs()
    regs.rax = regs.rbx = 2
    guest.vcpu.x86_set_regs(regs)
    output = ""
    while (reason := guest.vcpu.run(None)) == Kvm.ExitReason.IO:
        check(guest.exit.get_address(), 0x3F8)
        check(guest.exit.is_write(), True)
        output += chr(guest.exit.get_value())
    check(reason, Kvm.ExitReason.HLT)
    check(output, "4\n")


@test
def answers_reach_the_guest():
    guest = Guest(ECHO)
    guest.run(Kvm.ExitReason.IO)
    check(guest.exit.is_write(), False)
    check(guest.exit.get_size(), 2)
    guest.exit.set_value(0xCAFEBEEF)
    guest.run(Kvm.ExitReason.IO)
    check(guest.exit.get_value(), 0xBEEF)
    check(guest.exit.get_data(), b"\xef\xbe")
    check(guest.exit.to_string(), "port write of 2 bytes at 0x0061: 0xbeef")
    guest.run(Kvm.ExitReason.HLT)


@test
def string_instruction():
    guest = Guest(STRING)
    guest.memory.write(0x1800, b"Hello")
    output = b""
    while guest.vcpu.run(None) == Kvm.ExitReason.IO:
        count = guest.exit.get_count()
        data = guest.exit.get_data()
        check(bytes(guest.exit.get_element(i) for i in range(count)), data)
        output += data
    check(guest.exit.get_reason(), Kvm.ExitReason.HLT)
    check(output, b"Hello")


@test
def memory_mapped_io():
    guest = Guest(MMIO)
    guest.run(Kvm.ExitReason.MMIO)
    check(guest.exit.to_string(), "MMIO write of 4 bytes at 0x00008000: 0x12345678")
    check_raises(guest.exit.set_data, b"1234", error=Kvm.Error.INVALID, text="writes")
    guest.run(Kvm.ExitReason.MMIO)
    check(guest.exit.get_address(), 0x8004)
    check_raises(guest.exit.set_data, b"123", error=Kvm.Error.INVALID, text="1 × 2 bytes")
    guest.exit.set_data(b"\x21\x43")
    guest.run(Kvm.ExitReason.IO)
    check(guest.exit.get_value(), 0x4321)


@test
def copy_of_an_exit_stays():
    guest = Guest(HELLO)
    guest.run(Kvm.ExitReason.IO)
    copy = guest.exit.copy()
    guest.run(Kvm.ExitReason.IO)
    guest.run(Kvm.ExitReason.HLT)
    check(copy.get_reason(), Kvm.ExitReason.IO)
    check(copy.get_value(), ord("0"))


@test
def registers():
    guest = Guest(HALT)
    names = ("rax rbx rcx rdx rsi rdi rsp rbp r8 r9 r10 r11 r12 r13 r14 r15 rip").split()
    values = {name: BIG + i * 0x010101 for i, name in enumerate(names)}
    values["rax"] = MAX
    regs = Kvm.X86Regs()
    for name, value in values.items():
        setattr(regs, name, value)
    regs.rflags = 2
    guest.vcpu.x86_set_regs(regs)
    works, got = guest.vcpu.x86_get_regs()
    check(works, True)
    for name, value in values.items():
        check(getattr(got, name), value, name)
    check(struct.unpack("<18Q", got.to_bytes().get_data()), (*values.values(), 2))
    again = Kvm.X86Regs.new_from_bytes(got.to_bytes())
    check(again.r15, values["r15"])
    check("ffffffffffffffff" in got.to_string(), True)
    check_raises(Kvm.X86Regs.new_from_bytes, GLib.Bytes(b"123"), error=Kvm.Error.INVALID)
    for value in -1, MAX + 1:
        try:
            regs.rip = value
        except OverflowError:
            continue
        raise AssertionError(f"{value} was taken")
    copy = regs.copy()
    copy.rip = 1
    check(regs.rip, values["rip"])


@test
def special_registers():
    guest = Guest(HALT)
    _, sregs = guest.vcpu.x86_get_sregs()
    sregs.cr2 = MAX
    guest.vcpu.x86_set_sregs(sregs)
    _, got = guest.vcpu.x86_get_sregs()
    check(got.cr2, MAX)
    check((got.cs.limit, got.cs.present, got.cs.s), (0xFFFF, 1, 1))
    check(Kvm.X86Sregs.new_from_bytes(got.to_bytes()).cr2, MAX)
    check_raises(Kvm.X86Sregs.new_from_bytes, GLib.Bytes(b""), error=Kvm.Error.INVALID)
    sregs.cr0 = 0x80000000
    check_raises(guest.vcpu.x86_set_sregs, sregs, error=Kvm.Error.INVALID_ARGUMENT, text="CR0.PE")


@test
def segments_and_tables():
    guest = Guest(HALT)
    _, sregs = guest.vcpu.x86_get_sregs()
    segment = Kvm.X86Segment()
    segment.base = BIG
    segment.limit = 0x81828384
    segment.selector = 0x8586
    sregs.fs = segment
    check((sregs.fs.base, sregs.fs.limit, sregs.fs.selector), (BIG, 0x81828384, 0x8586))
    check((sregs.es.base, sregs.gs.base), (0, 0))
    table = Kvm.X86Dtable()
    table.base = BIG
    table.limit = 0x8182
    sregs.gdt = table
    check((sregs.gdt.base, sregs.gdt.limit), (BIG, 0x8182))
    check(sregs.idt.limit, 0x3FF)

    _, sregs = guest.vcpu.x86_get_sregs()
    segment = sregs.fs
    segment.base = 0x12340
    segment.selector = 0x1234
    sregs.fs = segment
    sregs.gdt = table
    guest.vcpu.x86_set_sregs(sregs)
    _, got = guest.vcpu.x86_get_sregs()
    check((got.fs.base, got.fs.selector), (0x12340, 0x1234))
    check((got.gdt.base, got.gdt.limit), (BIG, 0x8182))


@test
def values_as_bytes():
    for cls, field, size in ((Kvm.X86Regs, "rip", 144), (Kvm.X86Sregs, "cr2", 312),
                             (Kvm.X86Sregs2, "pdptr3", 320), (Kvm.X86Fpu, "last_ip", 416),
                             (Kvm.X86DebugRegs, "dr0", 128),
                             (Kvm.X86VcpuEvents, "exception_payload", 64)):
        value = cls.new()
        setattr(value, field, BIG)
        check(value.to_bytes().get_size(), size)
        again = cls.new_from_bytes(value.to_bytes())
        check(getattr(again, field), BIG, field)
        check((value.equal(again), value.equal(cls())), (True, False))
        check(value.copy().equal(value), True)
        check(value.to_string().count("=") > 5, True)
        check_raises(cls.new_from_bytes, GLib.Bytes(b"1"), error=Kvm.Error.INVALID,
                     text=f"{size} bytes, not 1")
    for cls, size in ((Kvm.X86Clock, 48), (Kvm.X86Mce, 64), (Kvm.X86Lapic, 1024),
                      (Kvm.X86PitState, 112)):
        check_raises(cls.new_from_bytes, GLib.Bytes(b"1"), error=Kvm.Error.INVALID,
                     text=f"{size} bytes, not 1")


@test
def floating_point():
    guest = Guest("d93e0020 0f11061020 dbe3 f4")  # fnstcw 0x2000; movups %xmm0,0x2010; fninit
    _, sregs = guest.vcpu.x86_get_sregs()
    sregs.cr4 |= 0x600
    guest.vcpu.x86_set_sregs(sregs)
    _, fpu = guest.vcpu.x86_get_fpu()
    fpu.fcw = 0x27F
    fpu.set_xmm(0, b"0123456789abcdef")
    fpu.set_fpr(7, bytes(range(16)))
    check(fpu.get_fpr(7), bytes(range(16)))
    check_raises(fpu.get_fpr, 8, error=Kvm.Error.INVALID)
    check_raises(fpu.set_xmm, 0, b"short", error=Kvm.Error.INVALID)
    guest.vcpu.x86_set_fpu(fpu)
    guest.run(Kvm.ExitReason.HLT)
    check(guest.memory.read(0x2000, 2), b"\x7f\x02")
    check(guest.memory.read(0x2010, 16), b"0123456789abcdef")
    _, fpu = guest.vcpu.x86_get_fpu()
    check((fpu.fcw, fpu.get_xmm(0)), (0x37F, b"0123456789abcdef"))

    state = guest.vcpu.x86_get_xsave()
    check((state.get_fcw(), state.get_fsw(), state.get_mxcsr()), (0x37F, 0, 0x1F80))
    check(state.get_xstate_bv() & 3, 3)
    check(state.get_size(), guest.vm.check_extension(Kvm.Capability.XSAVE2))
    data = bytearray(state.to_bytes().get_data())
    data[160:176] = b"ABCDEFGHIJKLMNOP"
    changed = Kvm.X86Xsave.new_from_bytes(GLib.Bytes(bytes(data)))
    check(changed.equal(state), False)
    guest.vcpu.x86_set_xsave(changed)
    check(guest.vcpu.x86_get_fpu()[1].get_xmm(0), b"ABCDEFGHIJKLMNOP")
    supported = guest.system.x86_get_supported_cpuid()
    check(changed.get_component(supported, 2).get_size(), 256)
    check_raises(changed.get_component, supported, 0, error=Kvm.Error.INVALID)
    check("size=" in changed.to_string(), True)


@test
def extended_control_registers():
    guest = Guest(HALT)
    guest.vcpu.x86_set_cpuid(guest.system.x86_get_supported_cpuid())
    xcrs = guest.vcpu.x86_get_xcrs()
    check(list(xcrs.get_numbers()), [0])
    check(xcrs.set_xcr(0, 7), True)
    guest.vcpu.x86_set_xcrs(xcrs)
    got = guest.vcpu.x86_get_xcrs()
    check((got.get_xcr(0), got.get_xcr(1)), ((True, 7), (False, 0)))
    check((got.equal(xcrs), got.equal(Kvm.X86Xcrs.new()), got.copy().equal(got)),
          (True, False, True))
    check(Kvm.X86Xcrs.new_from_bytes(got.to_bytes()).to_string(), "xcr0=0000000000000007")


@test
def debug_registers_and_events():
    guest = Guest("0f21c0 66e761 f4")  # mov %dr0,%eax; out %eax,$0x61
    guest.memory.write(0x3000, bytes.fromhex("e661 cf"))  # out %al,$0x61; iret
    guest.memory.write(4 * 2, bytes.fromhex("0030 0000"))  # an NMI is handled there
    _, regs = guest.vcpu.x86_get_regs()
    regs.rsp = 0x7000
    regs.rax = 0x42
    guest.vcpu.x86_set_regs(regs)
    _, debug = guest.vcpu.x86_get_debug_regs()
    debug.dr0 = 0x12345678
    guest.vcpu.x86_set_debug_regs(debug)
    _, events = guest.vcpu.x86_get_vcpu_events()
    events.nmi_pending = 1
    events.flags = Kvm.X86VcpuEventFlags.NMI_PENDING
    guest.vcpu.x86_set_vcpu_events(events)
    guest.run(Kvm.ExitReason.IO)
    check(guest.exit.get_value(), 0x42)
    check(guest.vcpu.x86_get_vcpu_events()[1].nmi_masked, 1)
    guest.run(Kvm.ExitReason.IO)
    check(guest.exit.get_value(), 0x12345678)


@test
def sregs2_and_nested_state():
    guest = Guest(HALT)
    _, sregs = guest.vcpu.x86_get_sregs2()
    sregs.cr2 = MAX
    guest.vcpu.x86_set_sregs2(sregs)
    check(guest.vcpu.x86_get_sregs()[1].cr2, MAX)
    sregs.flags = Kvm.X86Sregs2Flags.PDPTRS_VALID
    check_raises(guest.vcpu.x86_set_sregs2, sregs, error=Kvm.Error.INVALID_ARGUMENT, text="PAE")

    data = struct.pack("<HHI", Kvm.X86NestedStateFlags.GIF_SET, Kvm.X86NestedStateFormat.SVM, 128)
    state = Kvm.X86NestedState.new_from_bytes(GLib.Bytes(data + bytes(120)))
    check((state.get_flags(), state.get_format(), state.get_size()), (0x100, 1, 128))
    check(state.equal(Kvm.X86NestedState.new_from_bytes(state.to_bytes())), True)
    check(state.to_string(), "flags=0100 format=1 size=128")
    if guest.vm.check_extension(Kvm.Capability.NESTED_STATE) == 0:
        lacking = {"error": Kvm.Error.NOT_SUPPORTED, "text": "KVM_CAP_NESTED_STATE"}
        check_raises(guest.vcpu.x86_get_nested_state, **lacking)
        check_raises(guest.vcpu.x86_set_nested_state, state, **lacking)
    else:
        guest.vcpu.x86_set_nested_state(guest.vcpu.x86_get_nested_state())


@test
def modes():
    guest = Guest("b878563412 e761")  # mov $0x12345678,%eax; out %eax,$0x61
    guest.vcpu.x86_set_cpuid(guest.system.x86_get_supported_cpuid())
    guest.vcpu.x86_setup_protected_mode(ENTRY, 0x4000)
    guest.run(Kvm.ExitReason.IO)
    check(guest.exit.get_value(), 0x12345678)
    check_raises(guest.vcpu.x86_setup_protected_mode, ENTRY, 1, error=Kvm.Error.INVALID)

    tables = Kvm.Memory.new(0x7000)
    guest.vm.add_memory(0x10000, tables, Kvm.MemorySlotFlags.NONE)
    # movabs $0x123456789abcdef0,%rax; mov %rax,0x3000; hlt
    guest.memory.write(ENTRY, bytes.fromhex("48b8f0debc9a78563412 4889042500300000 f4"))
    guest.vcpu.complete_pending()
    guest.vcpu.x86_setup_long_mode(ENTRY, 0x10000)
    check(guest.vcpu.x86_translate(0x12345678),
          (True, 0x12345678, Kvm.X86TranslationFlags.WRITABLE))
    check_raises(guest.vcpu.x86_translate, MAX, error=Kvm.Error.NOT_FOUND)
    guest.run(Kvm.ExitReason.HLT)
    check(guest.memory.read(0x3000, 8), struct.pack("<Q", 0x123456789ABCDEF0))
    check_raises(guest.vcpu.x86_setup_long_mode, ENTRY, 0x11000, error=Kvm.Error.INVALID)


@test
def interrupt_bitmap():
    sregs = Kvm.X86Sregs()
    check(list(sregs.interrupt_bitmap), [0, 0, 0, 0])
    check(sregs.set_interrupt_bitmap([1, BIG, MAX, 1 << 63]), True)
    check(list(sregs.interrupt_bitmap), [1, BIG, MAX, 1 << 63])
    check(sregs.to_bytes().get_data()[-32:], struct.pack("<4Q", 1, BIG, MAX, 1 << 63))
    check_raises(sregs.set_interrupt_bitmap, [1, 2, 3], error=Kvm.Error.INVALID)
    # One bit is an interrupt that waits for the guest to take it.
    guest = Guest(HALT)
    _, sregs = guest.vcpu.x86_get_sregs()
    sregs.set_interrupt_bitmap([0, 1, 0, 0])
    guest.vcpu.x86_set_sregs(sregs)
    check(list(guest.vcpu.x86_get_sregs()[1].interrupt_bitmap), [0, 1, 0, 0])


@test
def system():
    system = Kvm.System.new()
    check(system.get_api_version(), 12)
    check(system.check_extension(Kvm.Capability.USER_MEMORY) > 0, True)
    check(system.check_extension(1000000), 0)
    check(0 < system.get_recommended_vcpus() <= system.get_max_vcpus(), True)
    check(system.get_max_vcpus() <= system.get_max_vcpu_id(), True)
    check(system.get_max_memory_slots() > 8, True)
    check(system.get_vcpu_mmap_size() % mmap.PAGESIZE, 0)
    check(os.get_inheritable(system.get_fd()), False)
    taken = Kvm.System.new_take_fd(os.open("/dev/kvm", os.O_RDWR))
    check(taken.get_api_version(), 12)
    check(Kvm.System.new_for_path("/dev/kvm").get_api_version(), 12)


@test
def what_a_pc_needs():
    vm = Kvm.System.new().create_vm()
    vm.x86_set_tss_address(0xFFFBD000)
    vm.create_irqchip()
    vm.x86_create_pit(0)
    check_raises(vm.create_irqchip, error=Kvm.Error.EXISTS)
    check_raises(vm.x86_set_tss_address, MAX, error=Kvm.Error.INVALID_ARGUMENT)
    check(vm.create_vcpu(3).get_id(), 3)


@test
def descriptors_of_others():
    guest = Guest(HELLO)
    device = guest.vm.create_device(Kvm.DeviceType.VFIO)
    fd = guest.vm.dup_fd()
    vm = Kvm.Vm.new_take_fd(guest.system, fd)
    check(vm.get_fd(), fd)
    vcpu = Kvm.Vcpu.new_take_fd(vm, 0, guest.vcpu.dup_fd())
    check(vcpu.run(None), Kvm.ExitReason.IO)
    check(vcpu.get_exit().get_value(), ord("0"))
    other = Kvm.Device.new_take_fd(vm, Kvm.DeviceType.VFIO, device.dup_fd())
    check(other.has_attribute(1, 1), True)
    invalid = {"error": Kvm.Error.INVALID}
    null = os.open("/dev/null", os.O_RDWR)
    check_raises(Kvm.System.new_take_fd, null, **invalid)
    check_raises(Kvm.Vm.new_take_fd, guest.system, null, **invalid)
    check_raises(Kvm.Vcpu.new_take_fd, guest.vm, 0, null, **invalid)
    check_raises(Kvm.Device.new_take_fd, guest.vm, 4, null, **invalid)
    os.close(null)  # it is still ours


@test
def capabilities():
    guest = Guest(HALT)
    # KVM_CAP_HALT_POLL takes an argument; 12345 is no capability.
    guest.vm.enable_capability(Kvm.Capability.HALT_POLL, [0])
    check_raises(guest.vm.enable_capability, 12345, None, error=Kvm.Error.INVALID_ARGUMENT)
    check_raises(guest.vcpu.enable_capability, 12345, [], error=Kvm.Error.INVALID_ARGUMENT)
    check(guest.vm.check_extension(Kvm.Capability.USER_MEMORY), 1)


@test
def errors():
    system = Kvm.System.new()
    vm = system.create_vm()
    vcpu = vm.create_vcpu(0)
    check_raises(Kvm.System.new_for_path, "/nonexistent", error=Kvm.Error.NOT_FOUND)
    check_raises(Kvm.System.new_for_path, "/dev/null", error=Kvm.Error.INVALID)
    check_raises(vm.create_vcpu, 0, error=Kvm.Error.EXISTS, text="KVM_CREATE_VCPU")
    check_raises(vm.create_vcpu, 1 << 31, error=Kvm.Error.INVALID_ARGUMENT)
    check_raises(system.create_vm_with_type, 0x7FFF, error=Kvm.Error.INVALID_ARGUMENT)
    check_raises(vm.create_device, 12345, error=Kvm.Error.NO_DEVICE)
    check_raises(vcpu.x86_setup_real_mode, 0x10000, error=Kvm.Error.INVALID, text="64 KiB")
    check_raises(vcpu.enable_capability, 1, [0] * 5, error=Kvm.Error.INVALID)
    check_raises(Kvm.set_kick_signal, 9, error=Kvm.Error.INVALID)
    error = check_raises(vm.create_vcpu, 0, error=Kvm.Error.EXISTS)
    check(error.domain, "kvm-error-quark")
    check(error.code, 17)
    check(error.matches(Kvm.error_quark(), Kvm.Error.CLOSED), False)


@test
def never_opened():
    closed = {"error": Kvm.Error.CLOSED, "text": "never opened"}
    system = Kvm.System()
    check(system.get_fd(), -1)
    check_raises(system.create_vm, **closed)
    check_raises(system.get_api_version, **closed)
    check_raises(system.x86_get_supported_cpuid, **closed)
    system.close()
    vm = Kvm.Vm()
    check(vm.get_system(), None)
    check_raises(vm.create_vcpu, 0, **closed)
    check_raises(vm.add_memory, 0, Kvm.Memory.new(0x1000), 0, **closed)
    vm.close()
    vcpu = Kvm.Vcpu()
    check(vcpu.get_vm(), None)
    check(vcpu.get_exit().get_reason(), Kvm.ExitReason.UNKNOWN)
    check_raises(vcpu.run, None, **closed)
    check_raises(vcpu.x86_get_regs, **closed)
    vcpu.kick()
    vcpu.close()
    device = Kvm.Device()
    check_raises(device.has_attribute, 0, 0, **closed)
    device.close()
    check_raises(Kvm.MemorySlot().remove, error=Kvm.Error.CLOSED)
    check_raises(Kvm.Memory().read, 0, 1, error=Kvm.Error.CLOSED)
    check(Kvm.Exit().to_bytes().get_size(), 256)
    check(Kvm.Exit().copy().get_raw_reason(), 0)


@test
def close():
    guest = Guest(HELLO)
    guest.run(Kvm.ExitReason.IO)
    closed = {"error": Kvm.Error.CLOSED, "text": "closed"}
    calls = {guest.vcpu: ["run:None", "x86_get_regs", "x86_get_sregs", "get_reg_list", "dup_fd",
                          "get_mp_state", "x86_get_cpuid"],
             guest.vm: ["create_vcpu:1", "check_extension:0", "create_irqchip", "dup_fd"],
             guest.system: ["create_vm", "get_api_version", "get_max_vcpus", "dup_fd"]}
    for handle, names in calls.items():
        handle.close()
        handle.close()
        for name in names:
            name, _, argument = name.partition(":")
            arguments = [eval(argument)] if argument else []
            check_raises(getattr(handle, name), *arguments, **closed)
    guest.vcpu.kick()
    check(guest.exit.get_value(), ord("0"))
    check(guest.memory.read(ENTRY, 3), bytes.fromhex(HELLO)[:3])
    check_raises(guest.slot.remove, error=Kvm.Error.CLOSED)


@test
def memory():
    memory = Kvm.Memory.new(0x2000)
    check(memory.get_size(), 0x2000)
    check(memory.get_fd(), -1)
    for data in b"bytes", bytearray(b"array"), memoryview(b"views"), list(b"lists"):
        memory.write(0x800, data)
        check(memory.read(0x800, 5), bytes(data))
    check(type(memory.read(0, 1)), bytes)
    memory.write(0x2000, b"")
    check(memory.read(0x2000, 0), b"")
    memory.fill(0x800, 3, 0xFF)
    check(memory.read(0x7FF, 6), b"\0\xff\xff\xffts")
    invalid = {"error": Kvm.Error.INVALID}
    check_raises(memory.write, 0x1FFF, b"ab", **invalid)
    check_raises(memory.read, 0x1FFF, 2, **invalid)
    check_raises(memory.read, MAX, 2, **invalid)
    check_raises(memory.read, 0, MAX, **invalid)
    check_raises(memory.fill, 0, 0x2001, 0, **invalid)
    check_raises(Kvm.Memory.new, 0x1001, error=Kvm.Error.INVALID)


@test
def numbers_in_memory():
    memory = Kvm.Memory.new_full(0x1000, Kvm.MemoryFlags.MEMFD | Kvm.MemoryFlags.PREFAULT)
    check(memory.get_fd() >= 0, True)
    for write, read, value, raw in [
        (memory.write_u8, memory.read_u8, 0xFE, "fe"),
        (memory.write_u16_le, memory.read_u16_le, 0xFE01, "01fe"),
        (memory.write_u16_be, memory.read_u16_be, 0xFE01, "fe01"),
        (memory.write_u32_le, memory.read_u32_le, 0xFE010203, "030201fe"),
        (memory.write_u32_be, memory.read_u32_be, 0xFE010203, "fe010203"),
        (memory.write_u64_le, memory.read_u64_le, MAX - 1, "feffffffffffffff"),
        (memory.write_u64_be, memory.read_u64_be, MAX - 1, "fffffffffffffffe"),
    ]:
        for offset in 8, 0x13, 0x1000 - len(raw) // 2:
            write(offset, value)
            check(memory.read(offset, len(raw) // 2), bytes.fromhex(raw))
            check(read(offset), (True, value))
        check_raises(write, 0x1000, value, error=Kvm.Error.INVALID)
        check_raises(read, 0x1001 - len(raw) // 2, error=Kvm.Error.INVALID)
    check(memory.search(0, 0x1000, b"\xff\xfe"), (True, 0xE))
    check(memory.search(0, 8, b"\xff\xfe"), (False, 0))


@test
def files_in_memory():
    file, stream = Gio.File.new_tmp("kvm-XXXXXX")
    stream.close()
    content = bytes(range(256)) * 20
    file.replace_contents(content, None, False, 0, None)
    memory = Kvm.Memory.new(0x2000)
    check(memory.load_file(3, file, None), (True, len(content)))
    check(memory.read(3, len(content)), content)
    check_raises(memory.load_file, 0x1000, file, None, error=Kvm.Error.INVALID)
    check(wait_for(lambda cancellable, *rest: memory.load_file_async(7, file, 0, cancellable, *rest),
                   memory.load_file_finish, None), (True, len(content)))
    check(memory.read(7, len(content)), content)
    mapped = Kvm.Memory.new_from_file(file, 0x1000, 0, Kvm.MemoryFlags.NONE)
    check(mapped.get_size(), 0x1000)
    mapped.write(0, b"through")
    check(file.load_contents(None)[1][0x1000:0x1007], b"through")
    copy = Kvm.Memory.new_from_fd(mapped.get_fd(), 0, 0, Kvm.MemoryFlags.COPY_ON_WRITE)
    copy.write(0x1000, b"private")
    check(mapped.read(0, 7), b"through")
    check_raises(Kvm.Memory.new_from_file, file, 0x2000, 0, 0, error=Kvm.Error.INVALID)
    file.delete(None)


@test
def memory_by_guest_address():
    guest = Guest(HALT)
    memory = Kvm.Memory.new(0x2000)
    slot = guest.vm.add_memory(0x10000, memory, Kvm.MemorySlotFlags.NONE)
    slot.move(0x8000)  # right behind the other
    guest.vm.write_memory(0x7FFE, b"both")
    check(guest.memory.read(0x7FFE, 2) + memory.read(0, 2), b"both")
    check(guest.vm.read_memory(0x7FFE, 4), b"both")
    check_raises(guest.vm.read_memory, 0x9FFF, 2, error=Kvm.Error.INVALID, text="0xa000")
    check([slot.get_guest_address() for slot in guest.vm.list_memory_slots()], [0, 0x8000])
    slot.set_flags(Kvm.MemorySlotFlags.LOG_DIRTY_PAGES)
    check(slot.get_flags(), Kvm.MemorySlotFlags.LOG_DIRTY_PAGES)


@test
def private_memory():
    guest = Guest(HALT)
    both = Kvm.GuestMemfdFlags.MMAP | Kvm.GuestMemfdFlags.INIT_SHARED
    if guest.vm.check_extension(Kvm.Capability.GUEST_MEMFD_FLAGS) == 3:
        memory = guest.vm.create_guest_memfd(0x2000, both)
        memory.write(0, b"guest")
        slot = guest.vm.add_memory_full(0x10000, memory, 0, 0x2000, 0, 0, memory, 0)
        check(slot.get_guest_memfd() is memory, True)
        check(guest.vm.read_memory(0x10000, 5), b"guest")
    else:
        check_raises(guest.vm.create_guest_memfd, 0x2000, both, error=Kvm.Error.NOT_SUPPORTED)
    check_raises(guest.vm.set_memory_attributes, 1, 1, 0, error=Kvm.Error.INVALID)
    check_raises(guest.vcpu.pre_fault_memory, 1, 1, error=Kvm.Error.INVALID)


# In 16-bit real mode: adds one to the bytes at 0x10000 and 0x12000, halts, and again.
TOUCH = "b80010 8ed8 fe060000 fe060020 f4 ebf0"


@test
def dirty_pages():
    guest = Guest(TOUCH)
    memory = Kvm.Memory.new(0x4000)
    guest.vm.enable_manual_dirty_log(False)
    guest.vm.add_memory(0x10000, memory, Kvm.MemorySlotFlags.LOG_DIRTY_PAGES)
    log = guest.vm.create_dirty_log()
    check(log.get_vm() is guest.vm, True)
    guest.run(Kvm.ExitReason.HLT)
    log.collect()
    ranges = log.get_ranges()
    check([(r.guest_address, r.length, r.slot_number) for r in ranges],
          [(0x10000, 0x1000, 1), (0x12000, 0x1000, 1)])
    found, first = log.next()
    check((found, first.guest_address), (True, 0x10000))
    check(first.copy().length, 0x1000)
    log.collect()
    check(log.get_ranges(), [])
    guest.run(Kvm.ExitReason.HLT)
    log.peek()
    log.clear_range(ranges[0])
    log.peek()
    check([r.guest_address for r in log.get_ranges()], [0x12000])
    check_raises(log.clear_range, Kvm.DirtyRange(), error=Kvm.Error.INVALID)
    guest.vm.harvest_dirty_rings()  # of which there are none
    check_raises(guest.vm.enable_dirty_ring, 1000, error=Kvm.Error.INVALID)


@test
def memory_is_reset():
    guest = Guest(TOUCH)
    memory = Kvm.Memory.new(0x4000)
    memory.fill(0, 0x4000, 0x40)
    guest.vm.add_memory(0x10000, memory, Kvm.MemorySlotFlags.LOG_DIRTY_PAGES)
    snapshot = memory.create_snapshot()
    check(snapshot.get_memory() is memory, True)
    for _ in range(3):
        guest.run(Kvm.ExitReason.HLT)
        memory.write_u8(0x3000, 7)
        check(memory.read(0, 1) + memory.read(0x2000, 1), b"AA")
        check(memory.reset_to(snapshot), (True, 0x3000))
        check(memory.read(0, 0x4000), b"@" * 0x4000)
    memory.mark_dirty(0x1FFF, 2)
    check(memory.reset_to(snapshot), (True, 0x2000))
    check_raises(guest.memory.reset_to, snapshot, error=Kvm.Error.INVALID)


@test
def memory_without_copies():
    guest = Guest(HALT)
    shared = Kvm.Memory.new_memfd(0x1000)
    guest.vm.add_memory(0x10000, shared, 0)
    with mmap.mmap(shared.get_fd(), shared.get_size()) as view:
        view[0:4] = b"seen"
        check(shared.read(0, 4), b"seen")
        shared.write(4, b"too")
        check(view[4:7], b"too")
    # The guest runs what is written through a mapping: mov $7,%al; out %al,$0x61.
    guest = Guest(HALT)
    code = Kvm.Memory.new_memfd(0x1000)
    guest.vm.add_memory(0x8000, code, 0)
    guest.vcpu.x86_setup_real_mode(0x8000)
    with mmap.mmap(code.get_fd(), 0x1000) as view:
        view[0:4] = bytes.fromhex("b007 e661")
    guest.run(Kvm.ExitReason.IO)
    check(guest.exit.get_value(), 7)


@test
def memory_slots():
    guest = Guest(HALT)
    memory = Kvm.Memory.new(0x3000)
    slot = guest.vm.add_memory_full(0x10000, memory, 0x1000, 0x2000,
                                    Kvm.MemorySlotFlags.LOG_DIRTY_PAGES, 0, None, 0)
    check(slot.get_guest_address(), 0x10000)
    check(slot.get_offset(), 0x1000)
    check(slot.get_length(), 0x2000)
    check(slot.get_number(), 1)
    check(slot.get_flags(), Kvm.MemorySlotFlags.LOG_DIRTY_PAGES)
    check(slot.get_address_space(), 0)
    check(slot.get_memory() is memory, True)
    check(slot.get_vm() is guest.vm, True)
    check_raises(guest.vm.add_memory, 0x11000, memory, 0, error=Kvm.Error.OVERLAP,
                 text="overlaps slot 1, which is at 0x10000 to 0x11fff")
    check_raises(guest.vm.add_memory, 0x123, memory, 0, error=Kvm.Error.INVALID)
    slot.remove()
    check_raises(slot.remove, error=Kvm.Error.CLOSED)
    guest.vm.add_memory(0x11000, memory, Kvm.MemorySlotFlags.READ_ONLY)


@test
def attributes():
    guest = Guest(HALT)
    # What the host supports of the guest's XSAVE area, 8 bytes
    check(guest.system.has_attribute(0, 0), True)
    check(guest.system.has_attribute(12345, 0), False)
    value = guest.system.get_attribute(0, 0, 8)
    check((type(value), len(value)), (bytes, 8))
    check_raises(guest.system.get_attribute, 0, 0, 4, error=Kvm.Error.FAULT, text="4 bytes")
    check_raises(guest.system.get_attribute, 9, 6, 8, error=Kvm.Error.NO_SUCH_ATTRIBUTE)
    # The offset of the time-stamp counter
    check(guest.vcpu.has_attribute(0, 0), True)
    value = guest.vcpu.get_attribute(0, 0, 8)
    check((type(value), len(value)), (bytes, 8))
    guest.vcpu.set_attribute(0, 0, value)
    check_raises(guest.vcpu.set_attribute, 0, 0, b"1234567", error=Kvm.Error.FAULT)
    check(guest.vm.has_attribute(1, 2), False)
    check_raises(guest.vm.get_attribute, 1, 2, 4, error=Kvm.Error.NOT_SUPPORTED)


@test
def device():
    guest = Guest(HALT)
    check(guest.vm.test_device(Kvm.DeviceType.VFIO), True)
    check(guest.vm.test_device(Kvm.DeviceType.ARM_VGIC_V3), False)
    device = guest.vm.create_device(Kvm.DeviceType.VFIO)
    check(device.get_device_type(), Kvm.DeviceType.VFIO.real)
    check(device.has_attribute(1, 1), True)
    check_raises(device.set_attribute, 1, 1, b"\0\0\0\0", error=Kvm.Error.INVALID_ARGUMENT)
    check_raises(device.set_attribute, 7, MAX, None, error=Kvm.Error.NO_SUCH_ATTRIBUTE,
                 text="attribute 0xffffffffffffffff")
    device.close()
    device.close()
    check_raises(device.has_attribute, 1, 1, error=Kvm.Error.CLOSED)


@test
def registers_by_id():
    guest = Guest(HALT)
    try:
        ids = guest.vcpu.get_reg_list()
        data = guest.vcpu.get_reg_list_bytes().get_data()
        check(data, b"".join(register.to_bytes(8, "little") for register in ids))
    except GLib.Error as error:  # old kernels have none on x86
        assert error.matches(Kvm.error_quark(), Kvm.Error.NOT_SUPPORTED), error
        ids = []
    for register in ids:
        check(register >> 60, 2)
        works, value = guest.vcpu.get_one_reg(register)
        check(works, True)
        guest.vcpu.set_one_reg(register, value)
        data = guest.vcpu.get_one_reg_bytes(register)
        check(data, value.to_bytes(8, "little"))
        guest.vcpu.set_one_reg_bytes(register, data)
    for call in guest.vcpu.get_one_reg, guest.vcpu.get_one_reg_bytes:
        try:
            call(0x2030000000001234)
        except GLib.Error as error:
            check("0x2030000000001234" in error.message, True)
        else:
            raise AssertionError("there is such a register")
    check_raises(guest.vcpu.set_one_reg, 0x2020000000000000, 1 << 32, error=Kvm.Error.INVALID,
                 text="has 4 bytes, and 0x100000000 has more")


@test
def cpuid():
    guest = Guest(HALT)
    supported = guest.system.x86_get_supported_cpuid()
    n = supported.get_n_entries()
    check(n > 4, True)
    entries = [supported.get_entry(i)[1] for i in range(n)]
    check(supported.get_entry(n)[0], False)
    found, leaf = supported.find(0, 0)
    check(found, True)
    vendor = struct.pack("<3I", leaf.ebx, leaf.edx, leaf.ecx)
    check(vendor in (b"GenuineIntel", b"AuthenticAMD", b"HygonGenuine"), True, vendor)
    check(supported.find(0x12345678, 0)[0], False)

    own = Kvm.X86CpuidEntry()
    own.function = 0x40000000
    own.eax, own.ebx, own.ecx, own.edx = 0x40000001, 0x81828384, 0x91929394, 0xFFFFFFFF
    entries = [e for e in entries if e.function < 0x40000000] + [own]
    table = Kvm.X86Cpuid.new(entries)
    check(table.get_n_entries(), len(entries))
    _, got = table.find(0x40000000, 0)
    check((got.eax, got.ebx, got.ecx, got.edx), (0x40000001, 0x81828384, 0x91929394, 0xFFFFFFFF))
    for i, entry in enumerate(entries):
        check(table.get_entry(i)[1].function, entry.function)

    guest.vcpu.x86_set_cpuid(table)
    check(guest.vcpu.x86_get_cpuid().find(0x40000000, 0)[1].edx, 0xFFFFFFFF)
    check(Kvm.X86Cpuid.new([]).get_n_entries(), 0)
    # mov $0x40000000,%eax; cpuid; mov %ebx,%eax; out %eax,$0x61
    guest.memory.write(ENTRY, bytes.fromhex("66b800000040 0fa2 6689d8 66e761"))
    guest.run(Kvm.ExitReason.IO)
    check(guest.exit.get_value(), 0x81828384)


@test
def cpuid_edited():
    system = Kvm.System.new()
    supported = system.x86_get_supported_cpuid()
    check(supported.equal(system.x86_get_supported_cpuid()), True)
    _, entry = supported.find(0x80000002, 0)
    entry.ebx = 0x81828384
    table = supported.with_entry(entry)
    check(table.find(0x80000002, 0)[1].ebx, 0x81828384)
    check(table.equal(supported), False)
    check(table.get_n_entries(), supported.get_n_entries())
    check(table.without(0x80000002).find(0x80000002, 0)[0], False)
    functions = []
    low = table.filter(lambda entry, *data: functions.append(entry.function) or entry.function < 2)
    check(low.get_n_entries(), 2)
    check(len(functions), table.get_n_entries())
    check(low.to_string().count("\n"), 2)
    check(low.to_string().startswith("0x00000000: eax="), True)
    check(Kvm.X86Cpuid.new_from_bytes(table.to_bytes()).equal(table), True)
    check_raises(Kvm.X86Cpuid.new_from_bytes, GLib.Bytes(b"123"), error=Kvm.Error.INVALID)
    full = Kvm.X86Cpuid.new([Kvm.X86CpuidEntry()] * 256)
    check_raises(full.with_entry, entry, error=Kvm.Error.INVALID, text="not 257")
    system.x86_refresh_cpuid()
    check(system.x86_get_supported_cpuid().get_n_entries(), supported.get_n_entries())
    check(system.x86_get_emulated_cpuid().find(1, 0)[0], True)
    vcpu = system.create_vm().create_vcpu(0)
    capabilities = {system: Kvm.Capability.SYS_HYPERV_CPUID, vcpu: Kvm.Capability.HYPERV_CPUID}
    for handle, capability in capabilities.items():
        if system.check_extension(capability):
            check(handle.x86_get_supported_hv_cpuid().find(0x40000001, 0)[0], True)
        else:
            check_raises(handle.x86_get_supported_hv_cpuid, error=Kvm.Error.NOT_SUPPORTED,
                         text="HYPERV_CPUID is 0")


@test
def msrs():
    guest = Guest(HALT)
    listed = guest.system.x86_get_msr_index_list()
    check(0x174 in listed and 0xC0000081 in listed, True)
    features = guest.system.x86_get_msr_feature_index_list()
    check(guest.system.x86_get_feature_msrs(features).get_n_entries(), len(features))
    readable = guest.system.x86_get_readable_feature_msrs([0xDEADBEEF] + features)
    check(readable.get_n_entries(), len(features))

    guest.vcpu.x86_set_msr(0xC0000102, BIG)
    check(guest.vcpu.x86_get_msr(0xC0000102), (True, BIG))
    check_raises(guest.vcpu.x86_get_msr, 0xDEADBEEF, error=Kvm.Error.NOT_FOUND, text="0xdeadbeef")
    check_raises(guest.vcpu.x86_set_msr, 0xDEADBEEF, 1, error=Kvm.Error.INVALID_ARGUMENT)
    msrs = Kvm.X86Msrs.new()
    msrs.set(0xC0000102, BIG + 1)
    msrs.set(0xDEADBEEF, MAX)
    msrs.set(0x174, 8)
    check([msrs.get_entry(i) for i in range(4)],
          [(True, 0xC0000102, BIG + 1), (True, 0xDEADBEEF, MAX), (True, 0x174, 8), (False, 0, 0)])
    check(msrs.lookup(0xC0000102), (True, BIG + 1))
    check(msrs.lookup(0x175), (False, 0))
    data = struct.pack("<IIQIIQIIQ", 0xC0000102, 0, BIG + 1, 0xDEADBEEF, 0, MAX, 0x174, 0, 8)
    check(msrs.to_bytes().get_data(), data)
    check(Kvm.X86Msrs.new_from_bytes(GLib.Bytes(data)).equal(msrs), True)
    check_raises(Kvm.X86Msrs.new_from_bytes, GLib.Bytes(b"123"), error=Kvm.Error.INVALID)
    check(msrs.to_string().splitlines()[2], "0x00000174=0000000000000008")
    copy = msrs.copy()
    copy.set(0xC0000102, 0)
    check(msrs.equal(copy), False)
    check_raises(guest.vcpu.x86_set_msrs, msrs, error=Kvm.Error.PARTIAL, text="entry 2 of 3")
    indexes = [0x174, 0xDEADBEEF, 0xC0000102]
    check_raises(guest.vcpu.x86_get_msrs, indexes, error=Kvm.Error.PARTIAL, text="0xdeadbeef")
    got = guest.vcpu.x86_get_readable_msrs(indexes)
    check([got.lookup(index) for index in indexes], [(True, 0), (False, 0), (True, BIG + 1)])
    check(guest.vcpu.x86_get_msrs([0xC0000102]).lookup(0xC0000102), (True, BIG + 1))
    check(guest.vcpu.x86_get_msrs([]).get_n_entries(), 0)


@test
def msr_filter():
    guest = Guest("0f32 66e761 0f30 e763")  # rdmsr; out %eax,$0x61; wrmsr; out %ax,$0x63
    both = Kvm.X86MsrAccesses.READ | Kvm.X86MsrAccesses.WRITE
    filter = Kvm.X86MsrFilter.new(Kvm.X86MsrFilterFlags.DEFAULT_DENY)
    check_raises(guest.vm.x86_set_msr_filter, filter, error=Kvm.Error.INVALID)
    filter.allow(both, 0x10, 1)
    filter.deny(Kvm.X86MsrAccesses.READ, 0x20, 100)
    filter.add_bitmap(both, 0x174, 3, b"\x03")
    check(filter.copy().get_n_ranges(), 3)
    check_raises(filter.add_bitmap, both, 0x174, 9, b"\x03", error=Kvm.Error.INVALID,
                 text="Range 4 of the MSR filter, 9 from 0x00000174 on")
    guest.vm.x86_set_msr_filter(filter)
    guest.vm.x86_set_msr_exits(Kvm.X86MsrExitReasons.FILTERED)
    _, regs = guest.vcpu.x86_get_regs()
    regs.rcx = 0xC0000102
    guest.vcpu.x86_set_regs(regs)
    guest.run(Kvm.ExitReason.X86_RDMSR)
    check(guest.exit.x86_get_msr_index(), 0xC0000102)
    check(guest.exit.x86_get_msr_reason(), int(Kvm.X86MsrExitReasons.FILTERED))
    guest.exit.set_value(BIG)
    guest.run(Kvm.ExitReason.IO)
    check(guest.exit.get_value(), BIG & 0xFFFFFFFF)
    guest.run(Kvm.ExitReason.X86_WRMSR)
    check(guest.exit.get_value(), BIG)
    guest.vm.x86_set_msr_filter(None)
    guest.run(Kvm.ExitReason.IO)
    check(guest.exit.get_address(), 0x63)


@test
def guest_debug():
    guest = Guest(STEPS)
    enable = Kvm.GuestDebugFlags.ENABLE
    guest.vcpu.set_guest_debug(enable | Kvm.GuestDebugFlags.SINGLE_STEP, None)
    for i in 1, 2:
        guest.run(Kvm.ExitReason.DEBUG)
        check(guest.exit.x86_get_debug_pc(), ENTRY + i)
        check(guest.exit.x86_get_debug_exception(), 1)

    guest = Guest(STEPS)
    flags = enable | Kvm.GuestDebugFlags.HARDWARE_BREAKPOINTS
    registers = [ENTRY + 2, 0, 0, 0, 0, 0, 0, 0x401]
    check_raises(guest.vcpu.set_guest_debug, flags, registers[:7], error=Kvm.Error.INVALID)
    guest.vcpu.set_guest_debug(flags, registers)
    guest.run(Kvm.ExitReason.DEBUG)
    check(guest.exit.x86_get_debug_pc(), ENTRY + 2)
    check(guest.exit.x86_get_debug_dr6() & 1, 1)
    guest.vcpu.set_guest_debug(Kvm.GuestDebugFlags.NONE, None)
    guest.run(Kvm.ExitReason.HLT)


@test
def mp_state():
    guest = Guest(HALT)
    check(guest.vcpu.get_mp_state(), (True, Kvm.VcpuState.RUNNABLE))
    check(guest.vcpu.get_raw_mp_state(), (True, 0))
    check_raises(guest.vcpu.set_mp_state, 12345, error=Kvm.Error.INVALID_ARGUMENT)
    chip = Kvm.System.new().create_vm()
    chip.create_irqchip()
    vcpu = chip.create_vcpu(1)
    vcpu.set_mp_state(Kvm.VcpuState.HALTED)
    check(vcpu.get_mp_state(), (True, Kvm.VcpuState.HALTED))


class Listener:
    """A source in the main loop, and how often it fired."""

    def __init__(self, source, callback=lambda: None):
        self.fired = 0
        self.callback = callback
        self.loop = GLib.MainLoop()
        self.source = source
        self.source.set_callback(self.on_event)
        self.source.attach(None)

    def on_event(self, *_):
        self.fired += 1
        self.callback()
        self.loop.quit()
        return GLib.SOURCE_CONTINUE

    def check_goes(self):
        fired = self.fired
        while not self.source.is_destroyed():
            GLib.MainContext.default().iteration(True)
        check(self.fired, fired)


@test
def doorbell():
    guest = Guest(RING)
    doorbell = guest.vm.add_doorbell(Kvm.IoSpace.PORT, 0x510, 1)
    listener = Listener(doorbell.create_source())
    for i in 1, 2, 3:
        guest.run(Kvm.ExitReason.IO)
        check(guest.exit.get_address(), 0x61)
        check(doorbell.get_count(), i)
        listener.loop.run()
        check(listener.fired, i)
    check(doorbell.get_fd() > 2, True)
    check(doorbell.get_length(), 1)
    check_raises(guest.vm.add_doorbell, Kvm.IoSpace.PORT, 0x510, 0, error=Kvm.Error.OVERLAP,
                 text="port 0x510")
    check_raises(guest.vm.add_doorbell, Kvm.IoSpace.MMIO, MAX, 4, error=Kvm.Error.INVALID)
    doorbell.remove()
    listener.check_goes()
    check_raises(doorbell.remove, error=Kvm.Error.CLOSED)
    check(doorbell.get_fd(), -1)
    guest.run(Kvm.ExitReason.IO)
    check(guest.exit.get_address(), 0x510)

    one = guest.vm.add_doorbell_for_value(Kvm.IoSpace.PORT, 0x510, 1, 0x01)
    other = guest.vm.add_doorbell_for_value(Kvm.IoSpace.PORT, 0x510, 1, 0x02)
    any_value = guest.vm.add_doorbell_for_value(Kvm.IoSpace.MMIO, BIG, 8, MAX)
    check((any_value.get_space(), any_value.get_address()), (Kvm.IoSpace.MMIO, BIG))
    _, regs = guest.vcpu.x86_get_regs()
    regs.rax, regs.rip = 2, ENTRY
    guest.vcpu.x86_set_regs(regs)
    guest.run(Kvm.ExitReason.IO)
    check((one.get_count(), other.get_count()), (0, 1))


@test
def doorbell_that_nobody_keeps():
    """The handle and the source's Python object go; the callback removes what it hears."""
    guest = Guest(RING)
    heard = []

    def listen():
        doorbell = guest.vm.add_doorbell(Kvm.IoSpace.PORT, 0x510, 1)
        source = doorbell.create_source()
        source.set_callback(lambda *_: heard.append(doorbell.remove()) or GLib.SOURCE_CONTINUE)
        source.attach(None)

    listen()
    gc.collect()
    runner = threading.Thread(target=lambda: guest.run(Kvm.ExitReason.IO))
    runner.start()
    while not heard:
        GLib.MainContext.default().iteration(True)
    runner.join()
    check(heard, [True])
    guest.run(Kvm.ExitReason.IO)
    check(guest.exit.get_address(), 0x510)


@test
def irq_trigger():
    guest = Guest(INTERRUPT, irqchip=True)
    guest.memory.write(0x2000, b"\x20")
    flags = Kvm.IrqTriggerFlags.RESAMPLE
    check_raises(Guest(HALT).vm.add_irq_trigger, 5, flags, error=Kvm.Error.INVALID_ARGUMENT,
                 text="kvm_vm_create_irqchip ()")
    trigger = guest.vm.add_irq_trigger(5, flags)
    check((trigger.get_gsi(), trigger.get_flags()), (5, flags))
    check(trigger.get_fd() > 2, True)
    said = []

    def run_until(expected):
        guest.run(Kvm.ExitReason.IO)
        while guest.exit.get_value() != expected:
            said.append(guest.exit.get_value())
            guest.run(Kvm.ExitReason.IO)

    run_until(0)
    listener = Listener(trigger.create_source(), trigger.raise_)
    trigger.raise_()
    for i in 1, 2, 3:
        run_until(2)  # the guest has ended the interrupt; the callback raises it again
        listener.loop.run()
        check(listener.fired, i)
    check(said.count(1), 3)
    trigger.remove()
    listener.check_goes()
    check_raises(trigger.raise_, error=Kvm.Error.CLOSED)
    guest.vm.add_irq_trigger(5, Kvm.IrqTriggerFlags.NONE)
    guest.vm.close()
    check_raises(guest.vm.add_irq_trigger, 5, flags, error=Kvm.Error.CLOSED)


def taken(guest, vector):
    """Until the guest says at port 0x61 that it takes an interrupt."""
    guest.run(Kvm.ExitReason.IO)
    while not guest.exit.get_value():
        guest.run(Kvm.ExitReason.IO)
    check(guest.exit.get_value(), vector)


@test
def interrupt_lines_and_routes():
    guest = Guest(INTERRUPT, irqchip=True)
    guest.run(Kvm.ExitReason.IO)  # its PICs are set up
    guest.vm.set_irq_line(5, True)
    guest.vm.set_irq_line(5, False)
    taken(guest, 1)
    taken(guest, 2)
    check(guest.vm.set_irq_line_status(6, True), (True, -1))  # masked
    check(guest.vm.set_irq_line_status(6, False)[0], True)

    routing = Kvm.IrqRouting.new()
    routing.add_irqchip(100, Kvm.X86IrqchipId.PIC_MASTER, 5)
    routing.add_msi(101, 0xFEE00000, 0x25, Kvm.MsiFlags.NONE, 0)
    routing.add_hyperv_sint(102, 0, 2)
    routing.add_xen_event_channel(103, 1, 0, 0)
    check_raises(routing.add_msi, 100, 0, 0, Kvm.MsiFlags.NONE, 0, error=Kvm.Error.EXISTS,
                 text="GSI 100 to pin 5 of irqchip 0 is in the way")
    check(routing.get_n_routes(), 4)
    check_raises(guest.vm.set_irq_routing, routing, error=Kvm.Error.INVALID_ARGUMENT,
                 text="GSI 103 to event channel 1 of vCPU 0; the priority must be G_MAXUINT32")
    check((routing.remove(102), routing.remove(103), routing.remove(103)), (1, 1, 0))
    guest.vm.set_irq_routing(routing)
    guest.vm.set_irq_line(100, True)
    guest.vm.set_irq_line(100, False)
    taken(guest, 1)
    taken(guest, 2)

    lapic = guest.vcpu.x86_get_lapic()
    lapic.set_register(0xF0, 0x1FF)
    guest.vcpu.x86_set_lapic(lapic)
    check(guest.vm.signal_msi(0xFEE00000, 0x25, Kvm.MsiFlags.NONE, 0), (True, 1))
    taken(guest, 1)


@test
def interrupt_controllers():
    guest = Guest(INTERRUPT, irqchip=True)
    guest.run(Kvm.ExitReason.IO)
    chip = guest.vm.x86_get_irqchip(Kvm.X86IrqchipId.PIC_MASTER)
    _, pic = chip.get_pic()
    check((chip.get_id(), pic.irq_base, pic.imr), (Kvm.X86IrqchipId.PIC_MASTER, 0x20, 0xDF))
    check(chip.to_bytes().get_data()[8 + 5], 0x20)
    pic.elcr = 0x20
    chip.set_pic(pic)
    guest.vm.x86_set_irqchip(chip)
    check(guest.vm.x86_get_irqchip(Kvm.X86IrqchipId.PIC_MASTER).get_pic()[1].elcr, 0x20)
    check(Kvm.X86Irqchip.new_from_bytes(chip.to_bytes()).equal(chip), True)
    check(chip.copy().to_string().startswith("master PIC: irr="), True)

    chip = guest.vm.x86_get_irqchip(Kvm.X86IrqchipId.IOAPIC)
    entry = 0x0300000000018834
    chip.set_redirection(23, entry)
    check(chip.get_redirection(23), (True, entry))
    check_raises(chip.get_redirection, 24, error=Kvm.Error.INVALID, text="pins 0 to 23, not 24")
    check((chip.get_ioapic_address(), chip.get_ioapic_register(), chip.get_ioapic_id(),
           chip.get_ioapic_irr()), (0xFEC00000, 0, 0, 0))

    guest.vm.x86_create_pit(0)
    pit = guest.vm.x86_get_pit()
    _, channel = pit.get_channel(2)
    channel.count = 0x1234
    pit.set_channel(2, channel)
    pit.set_flags(pit.get_flags())
    guest.vm.x86_set_pit(pit)
    check(guest.vm.x86_get_pit().get_channel(2)[1].count, 0x1234)
    check(Kvm.X86PitState.new_from_bytes(pit.to_bytes()).equal(pit), True)
    check("count=4660" in pit.to_string(), True)
    guest.vm.x86_set_pit_reinject(False)

    lapic = guest.vcpu.x86_get_lapic()
    lapic.set_register(0x80, 0x20)
    check(lapic.get_register(0x80), (True, 0x20))
    check(Kvm.X86Lapic.new_from_bytes(lapic.to_bytes()).equal(lapic), True)
    check(" tpr=00000020 " in lapic.to_string(), True)
    guest.vcpu.x86_set_tpr_access_reporting(True)
    guest.vcpu.x86_set_vapic_address(0x3000)

    vm = guest.system.create_vm()
    vm.x86_enable_split_irqchip(24)
    vm.x86_set_boot_cpu_id(1)
    check(vm.create_vcpu(0).get_mp_state()[1], Kvm.VcpuState.UNINITIALIZED)


@test
def interrupts_of_a_vcpu():
    guest = Guest("bc0040 fa 31c0 e661 fb b9ff7f e2fe ebf3")  # cli; out %al,$0x61; sti; a while; again
    for vector, address in (2, 0x1100), (0x30, 0x1200):
        guest.memory.write(4 * vector, struct.pack("<HH", address, 0))
        guest.memory.write(address, bytes([0x50, 0xB0, vector, 0xE6, 0x61, 0x58, 0xCF]))
    guest.run(Kvm.ExitReason.IO)  # it has a stack
    guest.vcpu.x86_nmi()
    taken(guest, 2)
    guest.run(Kvm.ExitReason.IO)
    guest.vcpu.x86_set_interrupt_window_requested(True)
    check(guest.vcpu.x86_get_interrupt_window_requested(), True)
    while guest.vcpu.run(None) != Kvm.ExitReason.IRQ_WINDOW_OPEN:
        pass
    guest.vcpu.x86_set_interrupt_window_requested(False)
    guest.vcpu.interrupt(0x30)
    taken(guest, 0x30)
    guest.vcpu.x86_set_cr8(7)
    guest.run(Kvm.ExitReason.IO)
    check(guest.exit.x86_get_cr8(), 7)
    if not guest.vm.check_extension(Kvm.Capability.X86_SMM):
        check_raises(guest.vcpu.x86_smi, error=Kvm.Error.NOT_SUPPORTED, text="X86_SMM is 0")


@test
def signal_mask():
    guest = Guest(HALT)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    signal.raise_signal(signal.SIGUSR1)
    guest.vcpu.set_signal_mask(0)
    guest.check_interrupted(Kvm.Interruption.SIGNAL)
    guest.vcpu.set_signal_mask(MAX)
    guest.run(Kvm.ExitReason.HLT)
    guest.vcpu.kick()
    guest.check_interrupted(Kvm.Interruption.KICK)
    guest.vcpu.unset_signal_mask()
    guest.run(Kvm.ExitReason.HLT)
    check(signal.sigwait({signal.SIGUSR1}), signal.SIGUSR1)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})


@test
def kick_is_sticky():
    guest = Guest(SPIN)
    guest.vcpu.kick()
    guest.vcpu.kick()
    guest.check_interrupted(Kvm.Interruption.KICK)
    guest = Guest(HALT)
    guest.vcpu.kick()
    guest.check_interrupted(Kvm.Interruption.KICK)
    guest.run(Kvm.ExitReason.HLT)
    check(guest.exit.get_interruption(), Kvm.Interruption.NONE)


@test
def kick_from_another_thread():
    guest = Guest(SPIN)
    for _ in range(50):
        kicker = threading.Thread(target=lambda: (wait_until_running(guest.vcpu),
                                                  guest.vcpu.kick()))
        kicker.start()
        guest.check_interrupted(Kvm.Interruption.KICK)
        kicker.join()


@test
def run_releases_the_lock():
    """This thread goes on while another is in the guest; and what needs the vCPU fails at once."""
    guest = Guest(SPIN)
    reasons = []
    runner = threading.Thread(target=lambda: reasons.append(guest.vcpu.run(None)))
    runner.start()
    wait_until_running(guest.vcpu)
    sum(range(100000))
    check_raises(guest.vcpu.x86_get_regs, error=Kvm.Error.RUNNING)
    check_raises(guest.vcpu.run, None, error=Kvm.Error.RUNNING)
    guest.memory.write(ENTRY, bytes.fromhex(HALT))
    runner.join()
    check(reasons, [Kvm.ExitReason.HLT])


@test
def close_while_it_runs():
    guest = Guest(SPIN)
    errors = []

    def run():
        try:
            guest.vcpu.run(None)
        except GLib.Error as error:
            errors.append(error)

    runner = threading.Thread(target=run)
    runner.start()
    wait_until_running(guest.vcpu)
    guest.vcpu.close()
    runner.join()
    check([e.matches(Kvm.error_quark(), Kvm.Error.CLOSED) for e in errors], [True])


@test
def cancellable():
    guest = Guest(SPIN)
    stop = Gio.Cancellable()
    canceller = threading.Thread(target=lambda: (wait_until_running(guest.vcpu), stop.cancel()))
    canceller.start()
    check(guest.vcpu.run(stop), Kvm.ExitReason.INTERRUPTED)
    canceller.join()
    check(guest.exit.get_interruption(), Kvm.Interruption.CANCELLED)
    check(guest.vcpu.run(stop), Kvm.ExitReason.INTERRUPTED)
    guest.memory.write(ENTRY, bytes.fromhex(HALT))
    check(guest.vcpu.run(None), Kvm.ExitReason.HLT)
    stop.reset()
    check(guest.vcpu.run(stop), Kvm.ExitReason.HLT)


@test
def run_in_the_background():
    guest = Guest(ECHO)
    loop = GLib.MainLoop()
    seen = []

    def on_exit(vcpu, result, data):
        check(data, "data")
        reason = vcpu.run_finish(result)
        seen.append(reason)
        if reason == Kvm.ExitReason.HLT:
            loop.quit()
            return
        if guest.exit.is_write():
            check(guest.exit.get_value(), 0xBEEF)
        else:
            guest.exit.set_value(0xBEEF)
        vcpu.run_async(None, on_exit, "data")

    guest.vcpu.run_async(None, on_exit, "data")
    check(seen, [])
    loop.run()
    check(seen, [Kvm.ExitReason.IO, Kvm.ExitReason.IO, Kvm.ExitReason.HLT])


def wait_for(run_async, finish, *arguments):
    """Starts an operation, and what finish () gives when it is over; an error is raised."""
    results = []
    run_async(*arguments, lambda source, result: results.append(result))
    while not results:
        GLib.MainContext.default().iteration(True)
    return finish(results[0])


@test
def background_stops():
    guest = Guest(SPIN)
    stop = Gio.Cancellable()
    GLib.idle_add(stop.cancel)
    run_async, finish = guest.vcpu.run_async, guest.vcpu.run_finish
    for _ in range(2):  # the second time it is cancelled beforehand
        try:
            wait_for(run_async, finish, stop)
        except GLib.Error as error:
            assert error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED), error
        else:
            raise AssertionError("it was not cancelled")
    GLib.idle_add(guest.vcpu.kick)
    check(wait_for(run_async, finish, None), Kvm.ExitReason.INTERRUPTED)
    GLib.idle_add(guest.vcpu.close)
    check_raises(wait_for, run_async, finish, None, error=Kvm.Error.CLOSED)


class Machine(Guest):
    """A guest with a runner, and its state as it was notified."""

    def __init__(self, code):
        super().__init__(code)
        self.runner = Kvm.Runner.new(self.vm)
        self.runner.add_vcpu(self.vcpu)
        self.states = []
        self.runner.connect("notify::state",
                            lambda runner, _: self.states.append(runner.get_state()))

    def wait(self, cancellable=None):
        return wait_for(self.runner.run_async, self.runner.run_finish, cancellable)


@test
def runner():
    machine = Machine(HELLO)
    output = []

    def on_exit(runner, token):
        check(runner is machine.runner and token.get_vcpu() is machine.vcpu, True)
        exit = token.get_exit()
        if exit.get_reason() != Kvm.ExitReason.IO:
            return False
        output.append(exit.get_value())
        check(token.complete(), True)
        check_raises(token.complete, error=Kvm.Error.INVALID, text="completed already")
        return True

    machine.runner.connect("exit", on_exit)
    machine.vcpu.x86_set_regs(machine.vcpu.x86_get_regs()[1])
    exit = machine.wait()
    check(exit.get_reason(), Kvm.ExitReason.HLT)
    check(len(output), 2)
    check(machine.runner.get_ended_vcpu() is machine.vcpu, True)
    check(machine.states, [Kvm.RunnerState.RUNNING, Kvm.RunnerState.STOPPED])


@test
def runner_answers_later():
    """In another turn of the main loop, and in another thread."""
    machine = Machine(ECHO)
    threads = []

    def answer(token):
        if not token.get_exit().is_write():
            token.get_exit().set_value(0x1234)
        else:
            check(token.get_exit().get_value(), 0x1234)
        token.complete()

    def on_exit(runner, token):
        if token.get_exit().get_reason() == Kvm.ExitReason.HLT:
            return False
        if not threads:
            threads.append(threading.Thread(target=answer, args=(token,)))
            threads[0].start()
        else:
            GLib.idle_add(answer, token)
        return True

    machine.runner.connect("exit", on_exit)
    check(machine.wait().get_reason(), Kvm.ExitReason.HLT)
    threads[0].join()


@test
def runner_pauses_and_stops():
    machine = Machine(SPIN)
    rips = []

    def on_state(runner, _):
        if runner.get_state() == Kvm.RunnerState.PAUSED:
            rips.append(machine.vcpu.x86_get_regs()[1].rip)
            if len(rips) < 3:
                runner.resume()
                runner.pause()
            else:
                runner.stop()

    machine.runner.connect("notify::state", on_state)
    GLib.idle_add(machine.runner.pause)
    check(machine.wait(), None)
    check(rips, [ENTRY] * 3)
    check(machine.runner.get_ended_vcpu(), None)
    check(machine.states[-1], Kvm.RunnerState.STOPPED)


@test
def runner_fails():
    machine = Machine(HALT)
    other = Guest(HALT)
    add = machine.runner.add_vcpu
    check_raises(add, machine.vcpu, error=Kvm.Error.EXISTS)
    check_raises(add, other.vcpu, error=Kvm.Error.INVALID)
    bare = Kvm.Runner()
    check(bare.get_vm(), None)
    check_raises(bare.add_vcpu, other.vcpu, error=Kvm.Error.INVALID)
    check_raises(wait_for, bare.run_async, bare.run_finish, None, error=Kvm.Error.INVALID)
    check_raises(Kvm.RunnerExit().complete, error=Kvm.Error.CLOSED)
    machine.runner.connect("exit", lambda runner, token: runner.get_vm().close())
    check(machine.wait().get_reason(), Kvm.ExitReason.HLT)
    check_raises(machine.wait, error=Kvm.Error.CLOSED)


@test
def runner_drops_what_nobody_answers():
    """A handler that promises an answer and forgets it."""
    machine = Machine(HELLO)
    machine.runner.connect("exit", lambda runner, token: True)
    check(machine.wait().get_reason(), Kvm.ExitReason.IO)
    machine = Machine(HELLO)

    def fail(runner, token):
        raise RuntimeError("this is printed")

    machine.runner.connect("exit", fail)
    hook, sys.excepthook = sys.excepthook, lambda *_: None
    check(machine.wait().get_reason(), Kvm.ExitReason.IO)
    sys.excepthook = hook


class Port(GObject.Object, Kvm.IoDevice):
    """Gives what was written last, plus one; and sees that it is called in this thread."""

    def __init__(self):
        super().__init__()
        self.thread = threading.get_ident()
        self.value = 0x1233
        self.written = []

    def do_read(self, offset, size):
        check(threading.get_ident(), self.thread)
        return self.value + 1

    def do_write(self, offset, size, value):
        check(threading.get_ident(), self.thread)
        self.written.append((offset, size, value))
        return False


@test
def runner_and_a_device_of_this_thread():
    machine = Machine(ECHO)
    port = Port()
    machine.vm.get_io_bus().add_device(Kvm.IoSpace.PORT, 0x60, 4, port,
                                       Kvm.IoDeviceFlags.SAME_THREAD)
    check(machine.wait().get_reason(), Kvm.ExitReason.HLT)
    check(port.written, [(1, 2, 0x1234)])


def send_until(done, number, vcpu):
    """Sends a signal to the process once the vCPU runs. It may still come just before the guest is
    entered, and do nothing; then it is sent again."""
    wait_until_running(vcpu)
    while not done.is_set():
        os.kill(os.getpid(), number)
        done.wait(2)


@test
def keyboard_interrupt():
    guest = Guest(SPIN)
    done = threading.Event()
    sender = threading.Thread(target=send_until, args=(done, signal.SIGINT, guest.vcpu))
    sender.start()
    try:
        guest.vcpu.run(None)
        time.sleep(1)
    except KeyboardInterrupt:
        done.set()
    else:
        raise AssertionError("no KeyboardInterrupt")
    finally:
        done.set()
        sender.join()
    check(guest.exit.get_reason(), Kvm.ExitReason.INTERRUPTED)
    check(guest.exit.get_interruption(), Kvm.Interruption.SIGNAL)


@test
def signal_handler():
    """A handler of the program's own runs, and the run tells that it was a signal."""
    guest = Guest(SPIN)
    done = threading.Event()
    seen = []
    before = signal.signal(signal.SIGUSR1, lambda number, frame: seen.append(number))
    sender = threading.Thread(target=send_until, args=(done, signal.SIGUSR1, guest.vcpu))
    sender.start()
    try:
        check(guest.vcpu.run(None), Kvm.ExitReason.INTERRUPTED)
        check(guest.exit.get_interruption(), Kvm.Interruption.SIGNAL)
    finally:
        done.set()
        sender.join()
    signal.signal(signal.SIGUSR1, before)
    check(seen[0], signal.SIGUSR1)


@test
def children_keep_their_parents():
    guest = Guest(HELLO)
    vcpu, slot = guest.vcpu, guest.slot
    del guest
    gc.collect()
    check(vcpu.run(None), Kvm.ExitReason.IO)
    check(vcpu.get_vm().get_system().get_api_version(), 12)
    check(slot.get_memory().read(ENTRY, 1), b"\xba")
    exit = vcpu.get_exit()
    del vcpu, slot
    gc.collect()
    check(exit.get_address(), 0x3F8)
    check(exit.get_value(), ord("0"))


def make_and_drop(n):
    for _ in range(n):
        guest = Guest(HELLO)
        guest.run(Kvm.ExitReason.IO)
        guest.loop = guest  # left to the garbage collector
    del guest
    gc.collect()


class Echo(GObject.Object, Kvm.IoDevice):
    """Reads back what was written last, plus one."""

    def __init__(self):
        super().__init__()
        self.accesses = []

    def do_read(self, offset, size):
        self.accesses.append(("read", offset, size))
        return 0x1122334455667788

    def do_write(self, offset, size, value):
        self.accesses.append(("write", offset, size, value))
        return value == ord("!")


@test
def bus():
    # in $0x10,%al; out %al,$0x11; mov 0x8000,%eax; mov %eax,0x8004; mov $'!',%al; out %al,$0x11
    guest = Guest("e410 e611 66a10080 66a30480 b021 e611 f4")
    device = Echo()
    bus = guest.vm.get_io_bus()
    check(guest.vm.props.io_bus, bus)
    bus.add_device(Kvm.IoSpace.PORT, 0x10, 2, device, Kvm.IoDeviceFlags.NONE)
    bus.add_device(Kvm.IoSpace.MMIO, 0x8000, 8, device, Kvm.IoDeviceFlags.SAME_THREAD)
    check(bus.find_device(Kvm.IoSpace.MMIO, 0x8007), device)
    check(bus.find_device(Kvm.IoSpace.PORT, 0x12), None)
    guest.run(Kvm.ExitReason.IO)
    check(guest.exit.get_value(), ord("!"))
    check(device.accesses, [("read", 0, 1), ("write", 1, 1, 0x88), ("read", 0, 4),
                            ("write", 4, 4, 0x55667788), ("write", 1, 1, 0x21)])
    guest.run(Kvm.ExitReason.HLT)
    check_raises(bus.add_device, Kvm.IoSpace.PORT, 0x11, 1, device, Kvm.IoDeviceFlags.NONE,
                 error=Kvm.Error.OVERLAP, text="at ports 0x11 to 0x11 overlaps")
    check(bus.remove_device(device), True)
    check(bus.remove_device(device), False)
    check(device.read(0, 8), 0x1122334455667788)
    check(device.write(0, 1, ord("!")), True)


@test
def error_in_a_device():
    """An exception in a vfunc is printed and the guest runs on."""
    guest = Guest("e410 f4")  # in $0x10,%al

    class Broken(GObject.Object, Kvm.IoDevice):
        def do_read(self, offset, size):
            return "none"

    guest.vm.get_io_bus().add_device(Kvm.IoSpace.PORT, 0x10, 1, Broken(), Kvm.IoDeviceFlags.NONE)
    hook, sys.excepthook, stderr = sys.excepthook, lambda *_: None, sys.stderr
    try:
        with open(os.devnull, "w", encoding="utf-8") as sys.stderr:
            guest.run(Kvm.ExitReason.HLT)
    finally:
        sys.excepthook, sys.stderr = hook, stderr


@test
def complete_pending():
    guest = Guest("e410 f4")  # in $0x10,%al
    guest.run(Kvm.ExitReason.IO)
    check_raises(guest.vcpu.complete_pending, error=Kvm.Error.PENDING, text="waits for an answer")
    guest.exit.set_value(0x5A)
    check(guest.vcpu.x86_get_regs()[1].rax & 0xFF, 0)
    check(guest.vcpu.complete_pending(), Kvm.ExitReason.INTERRUPTED)
    check(guest.exit.get_interruption(), Kvm.Interruption.COMPLETED)
    check(guest.vcpu.x86_get_regs()[1].rax & 0xFF, 0x5A)


@test
def nothing_stays_behind():
    make_and_drop(10)
    before = tap.count_fds()
    make_and_drop(200)
    check(tap.count_fds(), before, "fds")


@test
def arguments_of_a_wrong_type():
    guest = Guest(HALT)
    for call in (lambda: guest.vm.add_memory(0, None, 0), lambda: guest.vcpu.run("now"),
                 lambda: guest.memory.write(0, "text"), lambda: guest.vm.create_vcpu("0"),
                 lambda: guest.vcpu.x86_set_regs(None)):
        try:
            call()
        except TypeError:
            continue
        raise AssertionError("no TypeError")
    for call in lambda: guest.vm.create_vcpu(-1), lambda: guest.memory.read(-1, 1):
        try:
            call()
        except OverflowError:
            continue
        raise AssertionError("no OverflowError")


@test
def every_property():
    guest = Guest(HALT)
    chip = Guest(HALT, irqchip=True).vm
    device = guest.vm.create_device(Kvm.DeviceType.VFIO)
    runner = Kvm.Runner.new(guest.vm)
    expected = {
        guest.system: {"path": None, "fd": guest.system.get_fd()},
        guest.vm: {"system": guest.system, "io-bus": guest.vm.get_io_bus()},
        guest.vcpu: {"vm": guest.vm, "id": 0, "exit": guest.exit, "exit-history": 0},
        device: {"vm": guest.vm, "device-type": 4},
        guest.memory: {"size": 0x8000},
        guest.slot: {"vm": guest.vm, "memory": guest.memory, "guest-address": 0, "offset": 0,
                     "length": 0x8000, "number": 0, "address-space": 0,
                     "flags": Kvm.MemorySlotFlags.NONE},
        guest.exit: {},
        guest.vm.add_doorbell(Kvm.IoSpace.MMIO, 0x9000, 2): {
            "space": Kvm.IoSpace.MMIO, "address": 0x9000, "length": 2},
        chip.add_irq_trigger(5, Kvm.IrqTriggerFlags.RESAMPLE): {
            "gsi": 5, "flags": Kvm.IrqTriggerFlags.RESAMPLE},
        guest.vcpu.get_stats(): {"vm": guest.vm, "vcpu": guest.vcpu,
                                 "id": guest.vcpu.get_stats().get_id()},
        guest.vcpu.get_stats().find("halt_wait_ns"): {
            "name": "halt_wait_ns", "kind": Kvm.StatKind.CUMULATIVE, "unit": Kvm.StatUnit.SECONDS,
            "base": 10, "exponent": -9, "bucket-size": 0, "value": 0},
        runner: {"vm": guest.vm, "state": Kvm.RunnerState.STOPPED},
    }
    for handle, properties in expected.items():
        check({p.name for p in handle.list_properties()}, set(properties))
        for name, value in properties.items():
            check(handle.get_property(name), value, name)
            check(getattr(handle.props, name.replace("-", "_")), value, name)
            method = name.replace("-", "_")
            if handle in (guest.system, runner):  # can be set, but only when it is made
                continue
            check(getattr(handle, f"get_{method}")(), value, f"get_{method} ()")
            try:
                handle.set_property(name, value)
            except TypeError:
                continue
            check(name, "exit-history", "can be set")


@test
def last_exits():
    vm, vcpu = make_state_guest()
    vcpu.set_exit_history(1)
    check((vcpu.get_exit_history(), vcpu.props.exit_history), (1, 1))
    check(vcpu.run(None), Kvm.ExitReason.HLT)
    check("last exits, of at most 1:\n  halt\n" in vcpu.dump(), True)
    vcpu.props.exit_history = 0
    check("last exits" in vcpu.dump(), False)


@test
def serial_port():
    ours, peer = socket.socketpair()
    ours = Gio.Socket.new_from_fd(ours.detach())
    serial = Kvm.Serial.new(ours.connection_factory_create_connection())
    levels = []
    serial.set_interrupt_func(lambda port, level, *data: levels.append((port is serial, level)))
    for byte in b"Hello":
        check(serial.write(0, 1, byte), False)
    check(serial.flush(None), True)
    check(peer.recv(100), b"Hello")
    serial.write(1, 1, 1)
    peer.send(b"!")
    while not levels:
        GLib.MainContext.default().iteration(True)
    check(serial.read(0, 1), ord("!"))
    check(levels, [(True, True), (True, False)])
    serial.set_interrupt_trigger(None)
    check(serial.get_stream(), serial.props.stream)
    check(Kvm.Serial.new(None).get_stream(), None)
    peer.close()


@test
def statistics():
    guest = Guest(HALT)
    stats = guest.vcpu.get_stats()
    halts = stats.find("halt_exits")
    check(stats.find("no_such_thing"), None)
    check(halts in list(stats), True)
    check(len(guest.vm.get_stats()) > 5, True)
    seen = []
    halts.connect("notify::value", lambda stat, _: seen.append(stat.get_value()))
    before = halts.get_value()
    for _ in range(3):
        guest.run(Kvm.ExitReason.HLT)
    check(halts.get_value(), before)
    stats.update()
    check(seen, [before + 3])
    check(halts.get_values(), seen)
    check((halts.get_kind(), halts.get_unit()), (Kvm.StatKind.CUMULATIVE, Kvm.StatUnit.NONE))
    check((halts.get_base(), halts.get_exponent(), halts.get_bucket_size()), (10, 0, 0))
    check((halts.get_raw_kind(), halts.get_raw_unit(), halts.get_raw_base()), (0, 0, 0))
    check(re.fullmatch(r"kvm-\d+/vcpu-0", stats.get_id()) is not None, True)
    check(os.get_inheritable(stats.get_fd()), False)
    taken = Kvm.Stats.new_take_fd(stats.dup_fd())
    check(taken.find("halt_exits").to_bytes().get_data(), struct.pack("<Q", seen[0]))
    check((taken.get_vm(), taken.get_vcpu()), (None, None))

    # From a file, as a newer kernel might write it: a kind, unit and base that have no name here
    fd = os.memfd_create("stats")
    os.pwrite(fd, struct.pack("<6I 4s IhHII4s 2Q", 0, 4, 1, 24, 28, 48, b"vm", 0xfff, -9, 2, 0, 0,
                              b"new", MAX, BIG), 0)
    new = Kvm.Stats.new_take_fd(fd)[0]
    check((new.get_name(), new.get_values()), ("new", [MAX, BIG]))
    check((new.get_kind(), new.get_unit()), (Kvm.StatKind.OTHER, Kvm.StatUnit.OTHER))
    check((new.get_raw_kind(), new.get_raw_unit(), new.get_raw_base()), (15, 15, 15))
    check((new.get_base(), new.get_exponent()), (0, -9))
    check_raises(Kvm.Stats.new_take_fd, -1, error=Kvm.Error.INVALID)
    stats.close()
    check_raises(stats.update, error=Kvm.Error.CLOSED)
    check_raises(Kvm.Stats().update, error=Kvm.Error.CLOSED)


@test
def small_devices():
    debug_exit = Kvm.DebugExit.new()
    check(debug_exit.get_has_value(), False)
    check(debug_exit.write(0, 4, 7), True)
    check((debug_exit.get_has_value(), debug_exit.get_value()), (True, 7))
    check((debug_exit.props.has_value, debug_exit.props.value), (True, 7))

    i8042 = Kvm.I8042.new()
    i8042.write(4, 1, 0xAA)
    check(i8042.read(0, 1), 0x55)
    check(i8042.get_reset_requested(), False)
    check(i8042.write(4, 1, 0xFE), True)
    check(i8042.props.reset_requested, True)
    i8042.set_reset_requested(False)
    check(i8042.get_reset_requested(), False)

    rtc = Kvm.Rtc.new()
    check(rtc.get_offset(), 0)
    rtc.set_offset(int((946684800 - time.time()) * 1e6) + 500_000)  # 2000
    check((rtc.get_byte(9), rtc.get_byte(0x32)), (0x00, 0x20))
    check(rtc.props.offset, rtc.get_offset())
    rtc.set_byte(0x40, 0xA5)
    rtc.write(0, 1, 0x40)
    check(rtc.read(1, 1), 0xA5)


@test
def coalesced_zones():
    guest = Guest(RING)
    guest.vm.add_coalesced_zone(Kvm.IoSpace.PORT, 0x510, 1)
    guest.vm.add_coalesced_zone(Kvm.IoSpace.MMIO, 0x9000, 0x1000)
    check_raises(guest.vm.add_coalesced_zone, Kvm.IoSpace.MMIO, 0x9FFF, 1, error=Kvm.Error.OVERLAP)
    for _ in range(3):
        guest.run(Kvm.ExitReason.IO)
        check(guest.exit.get_address(), 0x61)
    writes = []
    check(guest.vm.drain_coalesced(lambda *write: writes.append(write[:4])), 3)
    check(writes, [(Kvm.IoSpace.PORT, 0x510, 1, 0)] * 3)
    check(guest.vm.drain_coalesced(lambda *write: writes.append(write)), 0)
    guest.vm.remove_coalesced_zone(Kvm.IoSpace.PORT, 0x510, 1)
    guest.run(Kvm.ExitReason.IO)
    check(guest.exit.get_address(), 0x510)
    check_raises(guest.vm.remove_coalesced_zone, Kvm.IoSpace.PORT, 0x510, 1,
                 error=Kvm.Error.NOT_FOUND)


@test
def time_of_guests():
    guest = Guest(HALT)
    clock = Kvm.X86Clock.new()
    clock.clock = 10**18
    check(clock.equal(Kvm.X86Clock.new_from_bytes(clock.to_bytes())), True)
    check(clock.equal(Kvm.X86Clock()), False)
    check(clock.copy().to_string(), "clock=1000000000000000000")
    guest.vm.x86_set_clock(clock)
    ok, clock = guest.vm.x86_get_clock()
    check(ok and clock.clock > 10**18, True)
    clock.flags = 1 << 30
    check_raises(guest.vm.x86_set_clock, clock, error=Kvm.Error.INVALID_ARGUMENT)
    check_raises(guest.vcpu.x86_kvmclock_ctrl, error=Kvm.Error.INVALID_ARGUMENT)
    ok, khz = guest.vm.x86_get_tsc_khz()
    check(guest.vcpu.x86_get_tsc_khz(), (True, khz))
    check(guest.vcpu.x86_set_tsc_khz(khz), True)
    check_raises(guest.vcpu.x86_set_tsc_khz, khz // 2, error=Kvm.Error.NOT_SUPPORTED)
    check_raises(guest.vm.x86_set_tsc_khz, khz // 2, error=Kvm.Error.NOT_SUPPORTED)
    check(guest.vcpu.x86_set_tsc_offset(-5), True)
    check(guest.vcpu.x86_get_tsc_offset()[0], True)


@test
def machine_checks():
    guest = Guest(HALT)
    ok, supported = guest.system.x86_get_supported_mce_cap()
    check(guest.vcpu.x86_setup_mce(supported | 4), True)
    mce = Kvm.X86Mce.new()
    mce.status, mce.addr, mce.bank = 1 << 63 | 5, 0x1000, 3
    check(guest.vcpu.x86_set_mce(mce), True)
    check(mce.equal(Kvm.X86Mce.new_from_bytes(mce.copy().to_bytes())), True)
    check(mce.to_string().startswith("bank=3 status=8000000000000005 [VAL] "), True)
    mce.bank = 4
    check_raises(guest.vcpu.x86_set_mce, mce, error=Kvm.Error.INVALID_ARGUMENT)


@test
def event_filter():
    vm = Kvm.System.new().create_vm()
    events = Kvm.X86PmuEventFilter.new(Kvm.X86PmuEventAction.ALLOW)
    events.add_event(0xC0, 0)
    events.set_fixed_counters(7)
    check_raises(events.add_event, 0x1000, 0, error=Kvm.Error.INVALID)
    check(vm.x86_set_pmu_event_filter(events), True)
    events.add_masked_event(0x2E, 0xF0, 0x40, True)
    check(events.copy().get_n_events(), 2)
    if vm.check_extension(Kvm.Capability.PMU_EVENT_MASKED_EVENTS):
        check(vm.x86_set_pmu_event_filter(events), True)
    else:
        check_raises(vm.x86_set_pmu_event_filter, events, error=Kvm.Error.NOT_SUPPORTED)


@test
def hidden_memory():
    vm = Kvm.System.new().create_vm()
    check(vm.x86_set_identity_map_address(0xFEFFC000), True)
    check(vm.x86_set_nr_mmu_pages(64), True)
    check_raises(vm.x86_set_nr_mmu_pages, 63, error=Kvm.Error.INVALID_ARGUMENT)


@test
def what_this_host_lacks():
    guest = Guest(HALT)
    vm, vcpu = guest.vm, guest.vcpu
    attribute = Kvm.X86XenAttribute
    of_vm = [
        attribute.new_long_mode(True), attribute.new_shared_info(1),
        attribute.new_shared_info_hva(0x1000), attribute.new_upcall_vector(0xF3),
        attribute.new_event_to_port(1, 2, 3, 4, False), attribute.new_event_to_eventfd(1, 2, 3),
        attribute.new_event_removed(1), attribute.new_events_reset(), attribute.new_version(0x40005),
        attribute.new_runstate_update(True),
    ]
    of_vcpu = [
        attribute.new_vcpu_info(0x1000), attribute.new_vcpu_info_hva(0x1000),
        attribute.new_time_info(0x1000), attribute.new_runstate_address(0x1000),
        attribute.new_runstate_current(2), attribute.new_runstate_data(1, 10, 1, 2, 3, 4),
        attribute.new_runstate_adjustment(MAX, 1, 1, 0, 0, 0), attribute.new_vcpu_id(1),
        attribute.new_timer(1, BIG), attribute.new_vcpu_upcall_vector(0x31),
    ]
    lacks = {"error": Kvm.Error.NOT_SUPPORTED}
    for one in of_vm:
        check_raises(vm.x86_set_xen_attribute, one, **lacks)
        check_raises(vcpu.x86_set_xen_attribute, one, error=Kvm.Error.INVALID)
    for one in of_vcpu:
        check_raises(vcpu.x86_set_xen_attribute, one, **lacks)
        check_raises(vm.x86_set_xen_attribute, one, error=Kvm.Error.INVALID)
    check(of_vm[0].copy().to_bytes().get_data(), bytes(8) + b"\1" + bytes(63))
    check((of_vm[8].get_value(), of_vm[8].equal(of_vm[0])), (0x40005, False))
    check(of_vcpu[5].get_runstate(), (True, 10, 1, 2, 3, 4))
    check(of_vcpu[8].get_timer_expiry(), BIG)
    check_raises(vm.x86_get_xen_attribute, Kvm.X86XenVmAttributeType.VERSION, **lacks)
    check_raises(vcpu.x86_get_xen_attribute, Kvm.X86XenVcpuAttributeType.TIMER, **lacks)
    check_raises(vm.x86_set_xen_hvm_config, Kvm.X86XenHvmFlags.INTERCEPT_HYPERCALLS, 0x40000000,
                 None, None, **lacks)
    check_raises(vm.x86_send_xen_event, 1, 0, **lacks)
    check_raises(vm.x86_add_hyperv_eventfd, 1, 0, **lacks)
    check_raises(vm.x86_remove_hyperv_eventfd, 1, **lacks)
    check_raises(vm.x86_memory_encrypt_op, GLib.Bytes(bytes(24)), **lacks)
    check_raises(vcpu.x86_memory_encrypt_op, GLib.Bytes(bytes(24)), **lacks)
    check_raises(vm.x86_run_sev_command, Kvm.X86SevCommand.INIT2, None, -1, **lacks)
    check_raises(vm.x86_register_encrypted_region, guest.memory, 0, 0x1000, **lacks)
    check_raises(vm.x86_unregister_encrypted_region, guest.memory, 0, 0x1000, **lacks)


@test
def diagnosis():
    found = Kvm.System.diagnose()
    check((found.get_status(), found.get_message()),
          (Kvm.DiagnosisStatus.USABLE, "KVM can be used."))
    check((found.get_group(), found.get_module()), (None, None))
    check(isinstance(found.get_sandbox(), Kvm.Sandbox), True)


def make_state_guest():
    vm = Kvm.System.new().create_vm()
    memory = Kvm.Memory.new(0x8000)
    vm.add_memory(0, memory, Kvm.MemorySlotFlags.NONE)
    memory.write(0x1000, b"\x40\xf4\x40\xf4")  # inc %ax; hlt, twice
    vcpu = vm.create_vcpu(0)
    vcpu.x86_setup_real_mode(0x1000)
    return vm, vcpu


@test
def saved_states():
    """A guest goes on in another virtual machine, by way of bytes."""
    vm, vcpu = make_state_guest()
    check(vcpu.run(None), Kvm.ExitReason.HLT)
    state = wait_for(vm.save_state_async, vm.save_state_finish, None)
    check(Kvm.state_compare(state, vm.save_state(None)), [])
    check(state["vcpus"][0]["version"], 1)
    data = Kvm.state_to_bytes(state)

    vm, vcpu = make_state_guest()
    vm.restore_state(Kvm.state_from_bytes(data))
    check(vcpu.run(None), Kvm.ExitReason.HLT)
    state = vcpu.save_state()
    check(Kvm.X86Regs.new_from_bytes(GLib.Bytes(bytes(state["regs"]))).rax, 2)
    vcpu.restore_state(state)
    check("real mode, CPL 0" in vcpu.dump(), True)


@test
def what_arm64_alone_has():
    """Ids and values are everywhere, methods say which architecture they are for."""
    guest = Guest(HALT)
    vm, vcpu, device = guest.vm, guest.vcpu, guest.vm.create_device(Kvm.DeviceType.VFIO)
    check(Kvm.ARM64_REG_X30, Kvm.arm64_reg_x(30))
    check(Kvm.arm64_reg_to_string(Kvm.arm64_reg_sysreg(3, 0, 1, 0, 2)), "sysreg 3.0.1.0.2")
    check(Kvm.arm64_reg_to_string(77), None)
    masks = Kvm.Arm64RegMasks.new_from_bytes(GLib.Bytes(bytes(8) + b"\xff" * 8 + bytes(1520)))
    check(masks.get_mask(Kvm.arm64_reg_sysreg(3, 0, 0, 0, 1)), (True, 2**64 - 1))
    init = Kvm.Arm64VcpuInit()
    init.features = Kvm.Arm64VcpuFeatures.SVE | Kvm.Arm64VcpuFeatures.PMU_V3
    check(init.to_string(), "target 0, features 0x18 [PMU_V3|SVE]")
    events = Kvm.Arm64VcpuEvents()
    events.serror_esr = BIG
    check(events.copy().serror_esr, BIG)
    address, regs = Kvm.Arm64VgicAddress.V3_DISTRIBUTOR, Kvm.Arm64VgicRegs.ITS
    for call, arguments in (
        (Kvm.System.new().arm64_get_vm_type, (40, False)),
        (vm.arm64_get_preferred_target, ()), (vm.arm64_get_reg_writable_masks, ()),
        (vm.arm64_set_counter_offset, (BIG,)), (vm.arm64_get_mte_tags, (0, 0x1000)),
        (vm.arm64_set_mte_tags, (0, bytes(256))),
        (vm.arm64_set_smccc_filter, (0xC6000000, 1, Kvm.Arm64SmcccFilterAction.FORWARD)),
        (vm.arm64_set_irq_line, (Kvm.Arm64IrqKind.PPI, 0, 20, True)),
        (vm.arm64_create_vgic_v2, (0, 0x10000)), (vm.arm64_create_vgic_v3, (0, 0x10000)),
        (vm.arm64_create_vgic_its, (0,)),
        (vcpu.arm64_init, (init,)), (vcpu.arm64_finalize, (Kvm.Arm64VcpuFeatures.SVE,)),
        (vcpu.arm64_setup, (Kvm.Arm64VcpuFeatures.NONE, BIG, 0, 0)),
        (vcpu.arm64_get_sve_lengths, ()), (vcpu.arm64_set_sve_lengths, ([128, 256],)),
        (vcpu.arm64_get_vcpu_events, ()), (vcpu.arm64_set_vcpu_events, (events,)),
        (vcpu.arm64_get_pmu_irq, ()), (vcpu.arm64_set_pmu_irq, (23,)), (vcpu.arm64_set_pmu, (8,)),
        (vcpu.arm64_set_pmu_filter, (0, 1, Kvm.Arm64PmuFilterAction.ALLOW)),
        (vcpu.arm64_set_pmu_n_counters, (1,)), (vcpu.arm64_init_pmu, ()),
        (vcpu.arm64_get_timer_irq, (Kvm.Arm64Timer.PHYSICAL,)),
        (vcpu.arm64_set_timer_irq, (Kvm.Arm64Timer.PHYSICAL, 30)),
        (vcpu.arm64_get_pvtime_address, ()), (vcpu.arm64_set_pvtime_address, (BIG,)),
        (device.arm64_vgic_get_address, (address,)),
        (device.arm64_vgic_set_address, (address, BIG)),
        (device.arm64_vgic_get_redistributors, (0,)),
        (device.arm64_vgic_add_redistributors, (0, 0, 1)),
        (device.arm64_vgic_get_n_irqs, ()), (device.arm64_vgic_set_n_irqs, (64,)),
        (device.arm64_vgic_get_maintenance_irq, ()),
        (device.arm64_vgic_set_maintenance_irq, (25,)), (device.arm64_vgic_init, ()),
        (device.arm64_vgic_get_reg, (regs, 0, 0)), (device.arm64_vgic_set_reg, (regs, 0, 0, BIG)),
        (device.arm64_vgic_get_line_levels, (0, 32)),
        (device.arm64_vgic_set_line_levels, (0, 32, 1)),
        (device.arm64_vgic_save_pending_tables, ()), (device.arm64_its_save_tables, ()),
        (device.arm64_its_restore_tables, ()), (device.arm64_its_reset, ()),
    ):
        check_raises(call, *arguments, error=Kvm.Error.NOT_SUPPORTED, text="for ARM64 alone")


@test
def what_riscv64_alone_has():
    """Ids and names are everywhere, methods say which architecture they are for."""
    guest = Guest(HALT)
    vcpu, device = guest.vcpu, guest.vm.create_device(Kvm.DeviceType.VFIO)
    check(Kvm.RISCV_REG_A0, Kvm.riscv_reg_x(10))
    check(Kvm.riscv_reg_to_string(Kvm.RISCV_REG_A0), "a0")
    check(Kvm.riscv_reg_to_string(Kvm.riscv_reg_v(3, 32)), "v3")
    check(Kvm.riscv_isa_ext_to_string(Kvm.RiscvIsaExtension.ZICBOM), "zicbom")
    check(Kvm.riscv_sbi_ext_to_string(77), None)
    for call, arguments in (
        (vcpu.riscv_setup_supervisor_mode, (0x1000, 0)),
        (vcpu.riscv_set_external_interrupt, (True,)),
        (vcpu.riscv_get_vector, (0,)), (vcpu.riscv_set_vector, (0, bytes(16))),
        (vcpu.riscv_get_isa_extension, (0,)), (vcpu.riscv_set_isa_extension, (0, True)),
        (vcpu.riscv_get_isa_extensions, ()),
        (vcpu.riscv_get_sbi_extension, (0,)), (vcpu.riscv_set_sbi_extension, (0, True)),
        (vcpu.riscv_get_sbi_extensions, ()),
        (device.riscv_get_aia_config, (Kvm.RiscvAiaConfig.MODE,)),
        (device.riscv_set_aia_config, (Kvm.RiscvAiaConfig.MODE, Kvm.RiscvAiaMode.EMUL)),
        (device.riscv_get_aplic_address, ()), (device.riscv_set_aplic_address, (BIG,)),
        (device.riscv_get_imsic_address, (0,)), (device.riscv_set_imsic_address, (0, BIG)),
        (device.riscv_init_aia, ()),
        (device.riscv_get_aplic_reg, (0,)), (device.riscv_set_aplic_reg, (0, 0)),
        (device.riscv_get_imsic_reg, (0, 0x70)), (device.riscv_set_imsic_reg, (0, 0x70, BIG)),
    ):
        check_raises(call, *arguments, error=Kvm.Error.NOT_SUPPORTED, text="for RISCV alone")


@test
def a_kernel_is_loaded():
    """An ELF file for PVH: it halts at once."""
    image = bytearray(0x100)
    struct.pack_into("<4sBB10xHH", image, 0, b"\x7fELF", 2, 1, 2, 62)
    struct.pack_into("<Q14xHH", image, 32, 64, 56, 2)
    struct.pack_into("<IIQQQQQQ", image, 64, 1, 7, 0xF0, 0, 0x100000, 1, 0x1000, 0)
    struct.pack_into("<IIQQQQQQ", image, 120, 4, 4, 0xB0, 0, 0, 20, 20, 4)
    struct.pack_into("<III4sI", image, 0xB0, 4, 4, 18, b"Xen", 0x100000)
    image[0xF0] = 0xF4
    system = Kvm.System.new()
    vm = system.create_vm()
    memory = Kvm.Memory.new(0x200000)
    vm.add_memory(0, memory, Kvm.MemorySlotFlags.NONE)
    kernel = GLib.Bytes(bytes(image))
    layout = vm.load_kernel(kernel, GLib.Bytes(b"disk"), "quiet", None)
    check((layout.protocol, layout.entry), (Kvm.BootProtocol.X86_PVH, 0x100000))
    check(layout.copy().initrd_length, 4)
    check(memory.read(layout.initrd_address, 4), b"disk")
    vcpu = vm.create_vcpu(0)
    vcpu.x86_set_cpuid(system.x86_get_supported_cpuid())
    vcpu.setup_boot(layout)
    check(vcpu.run(None), Kvm.ExitReason.HLT)
    check_raises(vm.load_kernel, GLib.Bytes(image[:100]), None, None, None,
                 error=Kvm.Error.INVALID, text="e_phoff")


@test
def a_device_tree_is_written():
    tree = Kvm.DeviceTree()
    tree.begin_node("")
    tree.add_cells("#size-cells", [2])
    tree.add_string("model", "a board")
    tree.add_property("dma-coherent", None)
    tree.end_node()
    try:
        check(b"a board\0" in tree.finish().get_data(), True)
    except GLib.Error as error:
        check(error.matches(Kvm.error_quark(), Kvm.Error.NOT_SUPPORTED), True)


@test
def gdb_server():
    guest = Guest(HALT)
    runner = Kvm.Runner.new(guest.vm)
    runner.add_vcpu(guest.vcpu)
    server = Kvm.GdbServer.new(runner, None)
    address = server.get_address()
    check(server.get_runner() is runner and server.props.runner is runner, True)
    check((server.get_connected(), server.props.connected), (False, False))
    check(address.get_address().get_is_loopback(), True)
    try:
        Kvm.GdbServer.new(runner, address)
    except GLib.Error as error:
        check(error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.ADDRESS_IN_USE), True)
    else:
        raise AssertionError("two servers at one port")
    everywhere = Gio.InetSocketAddress.new_from_string("::", 0)
    check_raises(Kvm.GdbServer.new, runner, everywhere, error=Kvm.Error.INVALID, text="not on ::")

    changes = []
    server.connect("notify::connected", lambda *_: changes.append(server.get_connected()))
    connection = Gio.SocketClient().connect(address, None)
    while not changes:
        GLib.MainContext.default().iteration(True)
    server.close()
    check(changes, [True, False])
    check(connection.get_input_stream().read_bytes(1, None).get_size(), 0)
    check(Kvm.GdbServer().get_address(), None)


@test
def every_method_is_tested():
    """In this file; those of Kvm.Exit are in exits.json, as test-exits.py makes sure."""
    with open(__file__, encoding="utf-8") as file:
        source = file.read()
    missing = []
    for name in dir(Kvm):
        info = getattr(getattr(Kvm, name), "__info__", None)
        if name == "Exit" or not hasattr(info, "get_methods"):
            continue
        for method in info.get_methods():
            if method.get_name() in ("free", "quark", "ref", "unref"):  # for C
                continue
            if not re.search(rf"[.\"]{method.get_name()}\b", source):
                missing.append(f"{name}.{method.get_name()}")
    check(missing, [])


@test
def no_property_hides_a_method():
    """In JavaScript they share their names."""
    for name in dir(Kvm):
        info = getattr(getattr(Kvm, name), "__info__", None)
        if not hasattr(info, "get_properties"):
            continue
        names = {p.get_name().replace("-", "_") for p in info.get_properties()}
        check(names & {m.get_name() for m in info.get_methods()}, set(), name)


@test
def version():
    check((Kvm.MAJOR_VERSION, Kvm.MINOR_VERSION), (0, 1))
    check(Kvm.MICRO_VERSION >= 0, True)


if __name__ == "__main__":
    sys.setswitchinterval(0.001)
    tap.run()
