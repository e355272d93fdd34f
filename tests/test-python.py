#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the override adds in Python, on real KVM (x86)."""

import collections.abc
import os
import signal
import threading
import time
import traceback

import gi

gi.require_version("Kvm", "1.0")
from gi.repository import Gio, GLib, Kvm

from tap import check, test
import tap

ENTRY = 0x1000
HELLO = "ba f803  00d8  0430  ee  b00a  ee  f4"  # prints the digit al + bl and a line end
SPIN = "ebfe"
ECHO = "e560 e761 f4"  # in $0x60,%ax; out %ax,$0x61
BIG = 0xFFFFFFFF81000000


def make_guest(code):
    vm = Kvm.System.new().create_vm()
    memory = Kvm.Memory.new(0x8000)
    vm.add_memory(0, memory, Kvm.MemorySlotFlags.NONE)
    code = bytes.fromhex(code)
    memory[ENTRY:ENTRY + len(code)] = code
    vcpu = vm.create_vcpu(0)
    vcpu.x86_setup_real_mode(ENTRY)
    return vcpu, memory


def expect(error, call, *arguments, text=""):
    """The call raises exactly this class of error."""
    try:
        call(*arguments)
    except Exception as caught:  # pylint: disable=broad-except
        check(type(caught), error)
        check(text in str(caught), True, str(caught))
        return caught
    raise AssertionError(f"no {error.__name__}")


def set_item(container, key, value):
    container[key] = value


@test
def objects_close_with_their_block():
    with Kvm.System.new() as system:
        with system.create_vm() as vm:
            with vm.create_vcpu(0) as vcpu, vm.create_device(Kvm.DeviceType.VFIO) as device:
                check(all(isinstance(x.get_fd(), int) for x in (system, vm, vcpu, device)), True)
                with vm.get_stats() as stats:
                    check(len(stats) > 0, True)
            expect(Kvm.Error, vcpu.get_mp_state, text="KVM_ERROR_CLOSED")
            expect(Kvm.Error, device.dup_fd, text="KVM_ERROR_CLOSED")
            expect(Kvm.Error, stats.update, text="KVM_ERROR_CLOSED")
        expect(Kvm.Error, vm.create_vcpu, 1, text="KVM_ERROR_CLOSED")
    expect(Kvm.Error, system.create_vm, text="KVM_ERROR_CLOSED")


@test
def block_that_fails_closes_and_raises():
    system = Kvm.System.new()
    try:
        with system:
            raise KeyError("mine")
    except KeyError:
        expect(Kvm.Error, system.get_api_version)


@test
def memory_is_indexed():
    memory = Kvm.Memory.new(0x2000)
    check(len(memory), 0x2000)
    check(bool(memory), True)
    memory[0x100:0x105] = b"Hello"
    check(memory[0x100:0x105], b"Hello")
    check(memory.read(0x100, 5), b"Hello")
    check((memory[0x100], memory[-1], memory[0x1FFF]), (ord("H"), 0, 0))
    memory[-1] = 0xFF
    check(memory[0x1FFE:], b"\x00\xff")
    check(memory[-2:], b"\x00\xff")
    check(memory[0x1FFE:0x9999], b"\x00\xff")
    check((memory[5:5], memory[9:5], memory[0x9999:]), (b"", b"", b""))
    memory[0:2] = bytearray(b"ab")
    memory[2:4] = memoryview(b"cd")
    check(memory[:4], b"abcd")
    check(len(memory[:]), 0x2000)
    check((b"bcd" in memory, bytearray(b"Hellp") in memory, b"" in memory), (True, False, True))
    check((0xFF in memory, 0xFE in memory), (True, False))
    check(bytes(memory), memory[:])


@test
def memory_refuses_what_makes_no_sense():
    memory = Kvm.Memory.new(0x1000)
    expect(IndexError, memory.__getitem__, 0x1000, text="0x1000 is outside of memory of 0x1000")
    expect(IndexError, memory.__getitem__, -0x1001)
    expect(IndexError, set_item, memory, 0x1000, 0)
    expect(ValueError, memory.__getitem__, slice(0, 8, 2))
    expect(ValueError, set_item, memory, slice(0, 4), b"12345", text="5 bytes are not the 4 bytes")
    expect(ValueError, set_item, memory, 0, 256)
    expect(AttributeError, memory.__getitem__, "a")
    check(memory[0:8], bytes(8))


@test
def loop_over_exits():
    vcpu, _ = make_guest(HELLO)
    _, regs = vcpu.x86_get_regs()
    regs.rax = regs.rbx = 2
    vcpu.x86_set_regs(regs)
    check("".join(chr(exit.get_value()) for exit in vcpu), "4\n")
    check(vcpu.get_exit().get_reason(), Kvm.ExitReason.HLT)


@test
def loop_answers():
    vcpu, _ = make_guest(ECHO)
    written = []
    for exit in vcpu:
        if exit.is_write():
            written.append(exit.get_value())
        else:
            exit.set_value(0xBEEF)
    check(written, [0xBEEF])


@test
def loop_ends_with_a_kick_only():
    """A signal that Python handles does not end it."""
    vcpu, _ = make_guest(SPIN)
    handled = []
    before = signal.signal(signal.SIGUSR1, lambda *_: handled.append(1))

    def disturb():
        time.sleep(0.05)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)
        while not handled:
            time.sleep(0.001)
        vcpu.kick()

    thread = threading.Thread(target=disturb)
    thread.start()
    check(list(vcpu), [])
    thread.join()
    signal.signal(signal.SIGUSR1, before)
    check((handled, vcpu.get_exit().get_interruption()), ([1], Kvm.Interruption.KICK))


@test
def loop_over_a_triple_fault():
    """ud2 and ud0, with no table of handlers; PVM, which emulates the guest, does not know ud0."""
    is_pvm = os.path.exists("/sys/module/kvm_pvm")
    for code, is_error in [("0f0b", False), ("0fffff", is_pvm)]:
        vcpu, _ = make_guest(code)
        _, sregs = vcpu.x86_get_sregs()
        sregs.idt.limit = 0
        vcpu.x86_set_sregs(sregs)
        raised = None
        try:
            check(list(vcpu), [])
        except Kvm.Error as error:
            raised = error
            check("The guest cannot go on: " in error.message, True, str(error))
            check(error.code, Kvm.Error.INVALID)
        check(raised is not None, is_error)
        check(vcpu.get_exit().get_reason(),
              Kvm.ExitReason.INTERNAL_ERROR if is_error else Kvm.ExitReason.SHUTDOWN)


@test
def fields_of_structs_in_structs():
    vcpu, _ = make_guest(HELLO)
    _, sregs = vcpu.x86_get_sregs()
    limit = sregs.cs.limit
    sregs.cs.base = 0x12340
    sregs.cs.selector = 0x1234
    sregs.gdt.base = BIG
    check((sregs.cs.base, sregs.cs.selector, sregs.cs.limit), (0x12340, 0x1234, limit))
    check(sregs.gdt.base, BIG)
    vcpu.x86_set_sregs(sregs)
    check(vcpu.x86_get_sregs()[1].cs.base, 0x12340)

    one, two = sregs.fs, sregs.fs
    one.base, two.limit = 0x100, 0x200
    check((sregs.fs.base, sregs.fs.limit), (0x100, 0x200))
    alone = Kvm.X86Segment()
    alone.base = 1
    sregs.fs = alone
    alone.base = 2
    check(sregs.fs.base, 1)
    del sregs
    one.base = 3  # what it was part of is still there for it


@test
def values_show_and_compare():
    vcpu, _ = make_guest(ECHO)
    _, regs = vcpu.x86_get_regs()
    regs.rax = BIG
    check("rax=ffffffff81000000" in repr(regs), True, repr(regs))
    check(repr(regs).startswith("<Kvm.X86Regs rax=") and "\n" not in repr(regs), True, repr(regs))
    check(regs == regs.copy(), True)
    other = regs.copy()
    other.rbx = 7
    check((regs == other, regs != other, regs == 5), (False, True, False))
    segment = Kvm.X86Segment()
    segment.base = BIG
    check(repr(segment).startswith("<Kvm.X86Segment base=0xffffffff81000000 limit=0x0"), True,
          repr(segment))
    exit = next(iter(vcpu))
    check(repr(exit), f"<Kvm.Exit {exit.to_string()}>")
    check("0x0060" in repr(exit), True, repr(exit))


@test
def msrs_are_a_mapping():
    msrs = Kvm.X86Msrs.new()
    msrs[0x174] = 8
    msrs[0xC0000080] = BIG
    msrs[0x174] = 9
    check(dict(msrs), {0x174: 9, 0xC0000080: BIG})
    check((len(msrs), list(msrs), 0x174 in msrs, 1 in msrs), (2, [0x174, 0xC0000080], True, False))
    check((msrs.get(1), msrs.get(1, 5), list(msrs.items())[0]), (None, 5, (0x174, 9)))
    check(isinstance(msrs, collections.abc.Mapping), True)
    expect(KeyError, msrs.__getitem__, 1, text="0x1")
    vcpu, _ = make_guest(ECHO)
    vcpu.x86_set_msrs(Kvm.X86Msrs.new())
    check(vcpu.x86_get_msrs([0x174])[0x174], 0)


@test
def cpuid_is_a_mapping():
    with Kvm.System.new() as system:
        cpuid = system.x86_get_supported_cpuid()
    check(cpuid[0x40000000].ebx, 0x4B4D564B)
    check(cpuid[0x40000000, 0].ebx, 0x4B4D564B)
    check(0x40000000 in cpuid and (0x40000000, 0) in cpuid, True)
    check(0x12345678 in cpuid, False)
    check(len(list(cpuid)), len(cpuid))
    check(all(entry.function == key[0] for key, entry in cpuid.items()), True)
    expect(KeyError, cpuid.__getitem__, (0x12345678, 3), text="leaf 0x12345678, subleaf 3")


@test
def enumerations_are_numbers():
    check(Kvm.ExitReason.HLT == 5 and int(Kvm.ExitReason.HLT) == 5, True)
    check(Kvm.ExitReason(5) is Kvm.ExitReason.HLT or Kvm.ExitReason(5) == Kvm.ExitReason.HLT, True)
    check(f"{Kvm.DeviceType.VFIO:#x}", "0x4")
    check(Kvm.Error.PENDING + 0, 1004)


@test
def errors_have_names():
    with Kvm.System.new() as system:
        pass
    try:
        system.create_vm()
    except Kvm.Error as error:
        check(isinstance(error, GLib.Error), True)
        check((error.name, error.code == Kvm.Error.CLOSED), ("KVM_ERROR_CLOSED", True))
        check(error.matches(Kvm.error_quark(), Kvm.Error.CLOSED), True)
        check(error.matches(Kvm.Error.quark(), Kvm.Error.CLOSED), True)
        last = traceback.format_exc().splitlines()[-1]
        check(last.startswith("gi.repository.Kvm.Error: KVM_ERROR_CLOSED: KVM_CREATE_VM"), True, last)
    else:
        raise AssertionError("no error")
    for code, name in ((28, "KVM_ERROR_NO_SPACE"), (18, "EXDEV"), (9999, "9999")):
        error = GLib.Error("words", "kvm-error-quark", code)
        check((type(error), error.name, str(error)), (Kvm.Error, name, f"{name}: words"))


@test
def other_errors_stay_as_they_are():
    try:
        Gio.File.new_for_path("/nonexistent").read(None)
    except GLib.Error as error:
        check(type(error), GLib.Error)
        check(str(error).startswith("g-io-error-quark: "), True, str(error))


tap.run()
