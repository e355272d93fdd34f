#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What needs no guest, under the null KVM: what the library refuses by itself, what it says of the
kernel's refusals, what a forked child is told, states that are damaged, pages that are said to be
dirty. For each call there is the code of the error and a part of its text, or what the call gives."""

import importlib.util
import os
import pathlib
import re
import socket
import struct
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
spec = importlib.util.spec_from_file_location("every_method", HERE / "test-every-method.py")
every = importlib.util.module_from_spec(spec)
sys.path.insert(0, str(HERE))
spec.loader.exec_module(every)
from gi.repository import Gio, GLib, Kvm  # noqa: E402

import tap  # noqa: E402
from tap import check, check_raises  # noqa: E402

E = Kvm.Error
END = (1 << 64) - 1
BOTH = Kvm.X86MsrAccesses.READ | Kvm.X86MsrAccesses.WRITE



def debug_exit(pc, dr6):
    return "raw:4:" + struct.pack("<QQQ", 1, pc, dr6).hex()


# What the kernel answers (see null-kvm.c), and the calls; a world is made before.
GROUPS = {
    "arguments": ({}, [
        ("vm.add_memory(1, memory, 0)", E.INVALID, "guest address 0x1"),
        ("vm.add_memory_full(0, memory, 0, 0, 0, 0, None, 0)", E.INVALID, "length of a memory slot is 0"),
        ("vm.add_memory_full(0, memory, 0x1000, 0x8000, 0, 0, None, 0)", E.INVALID, "not within the memory"),
        ("vm.add_memory(-0x1000 % 2**64, memory, 0)", E.INVALID, "past the end of the address space"),
        ("vm.add_memory_full(1 << 20, memory, 0, 0x1000, 0, 1 << 16, None, 0)", E.INVALID, "address space 65536"),
        ("vm.add_memory(1 << 20, memory, Kvm.MemorySlotFlags(1 << 8))", E.INVALID, "no flags 0x100"),
        ("vm.add_memory_full(1 << 20, memory, 0, 0x1000, 0, 0, memory, 0)", E.NOT_SUPPORTED, "not a guest_memfd"),
        ("vm.add_memory_full(1 << 20, memory, 0, 0x1000, 0, 0, guest_memfd, 1)", E.INVALID, "0x1 in a guest_memfd"),
        ("vm.add_memory_full(1 << 20, memory, 0, 0x1000, 0, 0, guest_memfd, 0x1000)", E.INVALID,
         "not within the guest_memfd"),
        ("vm.add_memory_full(1 << 20, memory, 0, 0x1000, 0, 0, guest_memfd, 0)", Kvm.MemorySlot),
        ("vm.add_doorbell(Kvm.IoSpace.PORT, 0, 3)", E.INVALID, "not 3"),
        ("vm.add_doorbell(Kvm.IoSpace.MMIO, END, 1)", E.INVALID, "past the end"),
        ("vm.add_doorbell(Kvm.IoSpace.PORT, 0x10000, 0)", E.INVALID, "past the last port"),
        ("vm.add_doorbell_for_value(Kvm.IoSpace.MMIO, 0, 0, 1)", E.INVALID, "needs a length"),
        ("vm.add_doorbell_for_value(Kvm.IoSpace.MMIO, 0, 1, 256)", E.INVALID, "never rung with 0x100"),
        ("pc.add_irq_trigger(5, Kvm.IrqTriggerFlags(8))", E.INVALID, "no flags 0x8"),
        ("vm.add_coalesced_zone(Kvm.IoSpace.MMIO, 0, 0)", E.INVALID, "not 0x0"),
        ("vm.add_coalesced_zone(Kvm.IoSpace.PORT, 0xffff, 2)", E.INVALID, "past the end (port 0xffff"),
        ("bus.add_device(Kvm.IoSpace.PORT, 0, 0, port, 0)", E.INVALID, "length of a device is 0"),
        ("bus.add_device(Kvm.IoSpace.MMIO, END, 2, port, 0)", E.INVALID, "past the end"),
        ("bus.add_device(Kvm.IoSpace.PORT, 0xffff, 2, port, 0)", E.INVALID, "past the last port"),
        ("empty_vm.enable_dirty_ring(3)", E.INVALID, "not 3"),
        ("empty_vm.enable_dirty_ring(1 << 31)", E.INVALID, "at most"),
        ("filter.deny(0, 0, 1)", E.INVALID, "neither reads, writes nor both"),
        ("filter.deny(BOTH, 0, 0)", E.INVALID, "a range has 1 to"),
        ("filter.allow(BOTH, 0xffffffff, 2)", E.INVALID, "beyond the last MSR"),
        ("filter.add_bitmap(BOTH, 0, 9, b'1')", E.INVALID, "its bitmap is 2 bytes, not 1"),
        ("filter.add_bitmap(0, 0, 8, b'1')", E.INVALID, "neither reads, writes nor both"),
        ("vcpu.x86_setup_protected_mode(1 << 32, 0)", E.INVALID, "0x100000000"),
        ("vcpu.x86_set_xen_attribute(Kvm.X86XenAttribute.new_version(5))", E.INVALID, ""),
        ("vcpu.set_guest_debug(0, [0] * 9)", E.INVALID, ""),
        ("boot(roomy_vm)", E.INVALID, "no boot protocol 99"),
    ]),
    "no-capability": ({"NULL_KVM_CAPABILITIES": "192=0,223=0"}, [
        ("empty_vm.enable_dirty_ring(1024)", E.NOT_SUPPORTED, "no rings of dirty pages"),
    ]),
    "sregs": ({"NULL_KVM_FAIL": ",".join(f"KVM_SET_SREGS:EINVAL:{i}" for i in range(2, 8))}, [
        ("set_sregs(cr0=1 << 31)", E.INVALID_ARGUMENT, "paging needs CR0.PE"),
        ("set_sregs(cr0=1 << 31 | 1, efer=1 << 8)", E.INVALID_ARGUMENT, "long mode needs CR4.PAE"),
        ("set_sregs(cr0=1 << 31 | 1, efer=1 << 8, cr4=1 << 5)", E.INVALID_ARGUMENT, "needs EFER.LMA"),
        ("set_sregs(efer=1 << 10)", E.INVALID_ARGUMENT, "EFER.LMA needs EFER.LME and CR0.PG"),
        ("set_sregs(efer=1 << 8)", E.INVALID_ARGUMENT, "set the CPUID first"),
        ("set_sregs(cr4=1 << 30)", E.INVALID_ARGUMENT, "that the vCPU does not have"),
    ]),
    "routing": ({"NULL_KVM_FAIL": "KVM_SET_GSI_ROUTING:EINVAL", "NULL_KVM_CAPABILITIES": "25=24"}, [
        ("pc.set_irq_routing(routing_of('add_irqchip', 1, 7, 0))", E.INVALID_ARGUMENT, "no such irqchip"),
        ("pc.set_irq_routing(routing_of('add_irqchip', 1, 0, 8))", E.INVALID_ARGUMENT, "no such pin"),
        ("pc.set_irq_routing(routing_of('add_irqchip', 99, 0, 1))", E.INVALID_ARGUMENT, "numbers are below 24"),
        ("pc.set_irq_routing(routing_of('add_msi', 1, 0, 0, Kvm.MsiFlags(2), 0))", E.INVALID_ARGUMENT, "no such flags"),
        ("pc.set_irq_routing(routing_of('add_msi', 1, 0, 0, 0, 0))", E.INVALID_ARGUMENT, "interrupt controllers"),
        ("pc.set_irq_routing(routing_of('add_xen_event_channel', 1, 2, 0, 0))", E.INVALID_ARGUMENT, "priority"),
        ("pc.set_irq_routing(routing_of('add_hyperv_sint', 1, 0, 2))", E.INVALID_ARGUMENT, "Hyper-V"),
    ]),
    "cpuid": ({"NULL_KVM_FAIL": ",".join(f"KVM_GET_CPUID2:E2BIG:{i}" for i in range(3, 6))}, [
        ("vcpu.x86_get_cpuid()", Kvm.X86Cpuid),  # asked for again with room for more
    ]),
    "states": ({}, [
        ("restore()", True),
        ("restore(kind='')", E.INVALID, "not of a vcpu"),
        ("restore(kind=None)", E.INVALID, "lacks"),
        ("restore(version=uint32(1 << 24))", E.NOT_SUPPORTED, "big-endian"),
        ("restore(version=uint32(2))", E.NOT_SUPPORTED, "format 2"),
        ("restore(architecture='riscv64')", E.NOT_SUPPORTED, "of riscv64"),
        ("restore(regs=uint32(1))", E.INVALID, "is a u, and not ay"),
        ("restore(regs=b'123')", E.INVALID, "has 3 bytes, and not 144"),
        ("restore(regs=None)", E.INVALID, "is missing"),
        ("restore(brain=b'123')", E.NOT_SUPPORTED, "not known"),
        ("restore(sregs2=None)", E.INVALID, "are both missing"),
        ("restore(sregs=bytes(312))", E.INVALID, "are both there"),
        ("restore(sregs2=None, sregs=bytes(312))", True),
        ("restore(sregs2=None, sregs=sregs_of(cr8=16))", E.INVALID, "more than 4 bits"),
        ("restore(sregs2=sregs_of(cr0=1 << 31))", E.INVALID, "no processor has"),
        ("restore(sregs2=sregs_of(cr0=1 << 31 | 1, efer=1 << 8))", E.INVALID, "without CR4.PAE"),
        ("restore(sregs2=sregs_of(efer=1 << 10))", E.INVALID, "without EFER.LME"),
        ("restore(xsave=bytes(576))", E.NOT_SUPPORTED, "has 576 bytes"),
        ("restore(xsave=bytes(512) + b'\\x80' * 8 + bytes(4096 - 520))", E.NOT_SUPPORTED, "has components"),
        ("restore(xsave=bytes(520) + b'\\x80' * 8 + bytes(4096 - 528))", E.INVALID, "is compacted"),
        ("restore(xcrs=bytes([99]) + bytes(391))", E.INVALID, "has 99 registers"),
        ("restore(xcrs=bytes([1]) + bytes(391))", E.NOT_SUPPORTED, "an XCR0 of 0x0"),
        ("restore(**{'debug-regs': b'\\xff' * 128})", E.INVALID, "has flags"),
        ("restore(events=b'\\xff' * 64)", E.NOT_SUPPORTED, "unknown flags"),
        ("restore(events=bytes([1, 2]) + bytes(62))", E.INVALID, "the exception 2"),
        ("restore(**{'nested-state': b'123'})", E.INVALID, "is none"),
        ("restore(**{'mp-state': uint32(99)})", E.INVALID, "is 99"),
        ("restore(**{'tsc-khz': uint32(1000)})", True),
        ("restore(cpuid=cpuid_of((1, 0, 0, 0, 0, 0, 1)))", True),
        ("restore(cpuid=cpuid_of((1, 0, 0, 0, 0, 1 << 12, 0)))", E.NOT_SUPPORTED, "leaf"),
        ("restore(cpuid=cpuid_of(*[(i, 0, 0, 0, 0, 0, 0) for i in range(300)]))", E.INVALID, "300 entries"),
        ("restore(msrs=GLib.Variant('a(ut)', [(0x4b564d00, 1)]))", E.NOT_SUPPORTED, "MSR 0x4b564d00"),
        ("differences(regs=b'1' * 144)", ["regs"]),
        ("differences(lapic=bytes(1023) + b'1')", ["lapic"]),
        ("Kvm.state_compare(pc.save_state(None), pc.save_state(None))", []),
        ("Kvm.state_compare(pc.save_state(None), changed(pc.save_state(None), pit=b'1' * 112))", ["pit"]),
        ("pc.restore_state(pc.save_state(None))", True),
        ("pc.restore_state(changed(pc.save_state(None), ioapic=bytes(520)))", E.INVALID, "is of irqchip 0, not 2"),
        ("pc.restore_state(changed(pc.save_state(None), vcpus=None))", E.INVALID, ""),
        ("pc.restore_state(changed(pc.save_state(None), pit=None))", E.INVALID, ""),
        ("vm.save_state_async(None, keep)", None),
        ("vm.save_state_finish(get_result())", lambda state: state["kind"] == "vm"),
    ]),
    "dirty": ({"NULL_KVM_DIRTY": "0x5"}, [
        ("log_of(vm)", True),
        ("ranges", [(0x100000, 0x1000), (0x102000, 0x1000)]),
        ("vm.enable_manual_dirty_log(False)", True),
        ("log.collect()", True),
        ("log.peek()", True),
        ("ranges", [(0x100000, 0x1000), (0x102000, 0x1000)]),
        ("log.clear_range(range_of(0x102000, 0x1000, 1))", True),
        ("log.clear_range(range_of(0x102001, 0x1000, 1))", E.INVALID, "no pages of slot 1"),
        ("log.clear_range(range_of(0x108000, 0x1000, 1))", E.INVALID, "no pages of slot 1"),
        ("log.clear_range(range_of(0x100000, 0x1000, 9))", E.INVALID, "no pages of slot 9"),
        ("slot.remove()", True),
        ("log.clear_range(range_of(0x102000, 0x1000, 1))", E.CLOSED, "removed already"),
        ("log.collect()", True),
        ("ranges", []),
    ]),
    "clearing": ({"NULL_KVM_DIRTY": "0x5", "NULL_KVM_FAIL": "KVM_CLEAR_DIRTY_LOG:EINVAL"}, [
        ("vm.enable_manual_dirty_log(False)", True),
        ("log_of(vm)", E.INVALID_ARGUMENT, "slot 1, 8 pages from 0 on"),
    ]),
    "runs": ({"NULL_KVM_EXITS": "io-out"}, [
        ("vcpu.run(cancellable)", Kvm.ExitReason.IO),
        ("cancellable.cancel()", None),
        ("vcpu.run(cancellable)", Kvm.ExitReason.INTERRUPTED),
        ("vcpu.get_exit().get_interruption()", Kvm.Interruption.CANCELLED),
        ("vcpu.run(cancellable)", Kvm.ExitReason.INTERRUPTED),
        ("cancellable.reset()", None),
        ("vcpu.run(cancellable)", Kvm.ExitReason.IO),
        ("vcpu.run(None)", Kvm.ExitReason.IO),
        ("vcpu.kick()", None),
        ("vcpu.kick()", None),
        ("vcpu.run(None)", Kvm.ExitReason.INTERRUPTED),
        ("vcpu.get_exit().get_interruption()", Kvm.Interruption.KICK),
        ("vcpu.run(None)", Kvm.ExitReason.IO),
        ("runner.get_ended_vcpu()", None),
        ("runner.pause()", None),
        ("runner.resume()", None),
        ("runner.add_vcpu(pc_vcpu)", E.INVALID, ""),
        ("runner.add_vcpu(vcpu)", True),
        ("runner.add_vcpu(vcpu)", E.EXISTS, "in this runner already"),
        ("vm.read_memory(1 << 40, 4)", E.INVALID, ""),
        ("vm.write_memory(0x7fff, b'12')", E.INVALID, ""),
        ("vm.read_memory(0, 1 << 50)", E.INVALID, ""),
        ("vm.add_memory(0x7000, memory, Kvm.MemorySlotFlags.NONE)", E.OVERLAP, ""),
        ("slot.move(1)", E.INVALID, ""),
        ("slot.move(-0x1000 % 2**64)", E.INVALID, ""),
        ("slot.set_flags(Kvm.MemorySlotFlags(1 << 8))", E.INVALID, ""),
        ("slot.remove()", True),
        ("slot.move(0x100000)", E.CLOSED, ""),
        ("slot.set_flags(Kvm.MemorySlotFlags.NONE)", E.CLOSED, ""),
        ("slot.remove()", E.CLOSED, ""),
        ("vm.close()", None),
        ("vm.add_memory(0x7000, memory, Kvm.MemorySlotFlags.NONE)", E.CLOSED, ""),
        ("vm.create_dirty_log()", E.CLOSED, ""),
        ("vm.read_memory(0, 4)", E.CLOSED, ""),
        ("vm.write_memory(0, b'1')", E.CLOSED, ""),
        ("vm.enable_dirty_ring(1024)", E.CLOSED, ""),
        ("vm.enable_manual_dirty_log(False)", E.CLOSED, ""),
        ("vm.harvest_dirty_rings()", E.CLOSED, ""),
        ("vm.list_memory_slots().get_n_items()", 0),
        ("vm.add_doorbell(Kvm.IoSpace.PORT, 1, 1)", E.CLOSED, ""),
        ("vm.add_coalesced_zone(Kvm.IoSpace.PORT, 1, 1)", E.CLOSED, ""),
        ("vm.drain_coalesced(lambda *write: None)", E.CLOSED, ""),
        ("vm.save_state(None)", E.CLOSED, ""),
        ("vm.create_guest_memfd(0x1000, Kvm.GuestMemfdFlags.NONE)", E.CLOSED, ""),
        ("vm.create_device(Kvm.DeviceType.VFIO)", E.CLOSED, ""),
        ("vm.get_stats()", E.CLOSED, ""),
        ("vm.dup_fd()", E.CLOSED, ""),
        ("vcpu.run(None)", E.CLOSED, ""),
        ("vcpu.save_state()", E.CLOSED, ""),
        ("vcpu.dump()", E.CLOSED, ""),
        ("vcpu.get_stats()", E.CLOSED, ""),
        ("vcpu.x86_get_cpuid()", E.CLOSED, ""),
        ("vcpu.x86_get_msrs([1])", E.CLOSED, ""),
        ("vcpu.x86_set_msrs(msrs)", E.CLOSED, ""),
        ("vcpu.x86_get_xsave()", E.CLOSED, ""),
        ("vcpu.x86_set_cr8(1)", E.CLOSED, ""),
        ("vcpu.get_reg_list()", E.CLOSED, ""),
        ("vcpu.complete_pending()", E.CLOSED, ""),
        ("vcpu.x86_setup_long_mode(0x1000, 0x8000)", E.CLOSED, ""),
        ("vcpu.x86_setup_real_mode(0x1000)", E.CLOSED, ""),
        ("log.collect()", E.CLOSED, ""),
        ("log.peek()", E.CLOSED, ""),
        ("log.clear_range(range_of(0, 0x1000, 0))", E.CLOSED, ""),
    ]),
    "lists": ({}, [
        ("vm.list_memory_slots().get_n_items()", 1),
        ("vm.list_memory_slots().get_item_type()", Kvm.MemorySlot.__gtype__),
        ("vm.list_memory_slots().get_item(0).get_length()", 0x8000),
        ("vm.list_memory_slots().get_item(1)", None),
        ("stats.get_item_type()", Kvm.Stat.__gtype__),
        ("count_changes()", [(1, 0, 1), (1, 1, 0)]),
    ]),
    "eventfds": ({}, [
        ("rings(doorbell, doorbell.get_fd())", 1),
        ("doorbell.get_count()", 1),
        ("rings(trigger, -1)", 0),
        ("doorbell.remove()", True),
        ("doorbell.remove()", E.CLOSED, "removed already"),
        ("doorbell.get_fd()", -1),
        ("trigger.remove()", True),
        ("trigger.raise_()", E.CLOSED, "removed already"),
        ("Kvm.Doorbell().remove()", E.CLOSED, "never added"),
        ("Kvm.Doorbell().get_fd()", -1),
        ("Kvm.Doorbell().get_count()", 0),
        ("Kvm.DirtyLog().collect()", E.CLOSED, "never made"),
    ]),
    "absent-msr": ({"NULL_KVM_NO_MSR": "0x277"}, [
        ("vcpu.x86_get_msr(0x277)", E.NOT_FOUND, "0x00000277"),
        ("vcpu.x86_set_msr(0x277, 1)", E.INVALID_ARGUMENT, "0x00000277"),
        ("vcpu.x86_get_msrs([0x10, 0x277])", E.PARTIAL, "MSR 0x00000277 cannot be read (entry 2 of 2)"),
        ("vcpu.x86_get_msrs([0] * 65537)", E.INVALID, "at most 65536 MSRs"),
        ("vcpu.x86_get_readable_msrs([0x10, 0x277, 0x1b]).get_n_entries()", 2),
        ("vcpu.x86_set_msrs(msrs_of(0x10, 0x277, 0x1b))", E.PARTIAL, "(entry 2 of 3; those before it are set)"),
        ("vcpu.x86_get_msr(0x10)", (True, 0x11)),
        ("vcpu.x86_get_msr(0x1b)", (True, 0)),
        ("pc_vcpu.run(None)", Kvm.ExitReason.IO),
        ("restore(msrs=GLib.Variant('a(ut)', [(0x277, 5)]))", E.INVALID_ARGUMENT, "0x00000277 does not take 0x"),
        ("pc_vcpu.x86_get_regs()[0]", True),  # it is what it was
    ]),
    "damaged-vcpu": ({"NULL_KVM_FAIL": "KVM_SET_XSAVE:EIO:2,KVM_SET_XSAVE:EIO:3"}, [
        ("pc_vcpu.run(None)", Kvm.ExitReason.IO),
        ("restore()", E.IO, "xsave"),  # and it cannot be put back
        ("pc_vcpu.x86_get_regs()", E.UNUSABLE, "vCPU 0"),
        ("pc_vcpu.run(None)", E.UNUSABLE, "vCPU 0"),
        ("pc_vcpu.save_state()", E.UNUSABLE, "vCPU 0"),
        ("pc_vcpu.restore_state(last_state)", True),
        ("pc_vcpu.x86_get_regs()[0]", True),
    ]),
    "vm-states": ({}, [
        ("pc.restore_state(GLib.Variant('s', ''))", E.INVALID, "This is no state: a s"),
        ("pc.restore_state(changed(pc.save_state(None), vcpus=vcpus_of()))", E.INVALID, "lacks vCPU 0"),
        ("pc.restore_state(changed(pc.save_state(None), vcpus=vcpus_of(0, 0)))", E.INVALID, "has vCPU 0 twice"),
        ("pc.restore_state(changed(pc.save_state(None), vcpus=vcpus_of(0, 5)))", E.NOT_SUPPORTED, "has vCPU 5"),
        ("pc.restore_state(doubled(pc.save_state(None), 'pit'))", E.INVALID, "is there twice"),
        ("pc.restore_state(doubled(pc.save_state(None), 'kind'))", E.INVALID, "head of the state is there twice"),
        ("pc.restore_state(pc_vcpu.save_state())", E.INVALID, "the state of a vcpu, not of a vm"),
        ("Kvm.state_compare(pc.save_state(None), changed(pc.save_state(None), vcpus=vcpus_of()))", ["vcpus/0"]),
        ("Kvm.state_compare(changed(pc.save_state(None), vcpus=vcpus_of()), pc.save_state(None))", ["vcpus/0"]),
        ("Kvm.state_compare(pc.save_state(None), changed(pc.save_state(None), pit=uint32(1)))", ["pit"]),
        ("cancelled(vm.save_state)", True),
        ("vm.close()", None),
        ("vm.save_state_async(None, keep)", None),
        ("vm.save_state_finish(get_result())", E.CLOSED, ""),
    ]),
    "old-vcpu": ({"NULL_KVM_CAPABILITIES": "200=0,208=0,50=0,60=0", "NULL_KVM_FAIL": "KVM_GET_LAPIC:EINVAL:4"}, [
        ("saves('sregs')", True),
        ("saves('sregs2')", False),
        ("saves('debug-regs')", False),
        ("saves('lapic')", False),
        ("restore(sregs=None, sregs2=bytes(320))", E.NOT_SUPPORTED, "needs KVM_CAP_SREGS2"),
        ("restore(**{'mp-state': uint32(3)})", E.NOT_SUPPORTED, "there is no local APIC"),
        ("restore(**{'tsc-khz': uint32(1000)})", E.NOT_SUPPORTED, "KVM_CAP_TSC_CONTROL is 0"),
    ]),
    "memory": ({"NULL_KVM_FAIL": "KVM_PRE_FAULT_MEMORY:ENOENT:2,KVM_PRE_FAULT_MEMORY:EIO:3"}, [
        ("vcpu.pre_fault_memory(0, 0x400000)", E.PARTIAL, "at 0x200000, after 0x200000 of 0x400000"),
        ("vcpu.pre_fault_memory(0, 0x1000)", E.IO, "at 0x0, after 0x0 of 0x1000"),
        ("vcpu.pre_fault_memory(0, 0x1000)", (True, 0x1000)),
        ("vcpu.pre_fault_memory(0, 0)", E.INVALID, "not whole pages"),
        ("vcpu.pre_fault_memory(1, 0x1000)", E.INVALID, "not whole pages"),
        ("vm.set_memory_attributes(-0x1000 % 2**64, 0x2000, 0)", E.INVALID, "not whole pages"),
        ("vm.create_guest_memfd(0x1001, Kvm.GuestMemfdFlags.NONE)", E.INVALID, "comes in pages"),
        ("vm.read_memory(END, 2)", E.INVALID, "past the end of the address space"),
        ("guest_memfd.load_file(0, Gio.File.new_for_path('/dev/null'), None)", E.NOT_SUPPORTED, ""),
    ]),
    "two-slots": ({"NULL_KVM_DIRTY": "0x5"}, [
        ("two_slots()", [(0x300000, 0x1000), (0x302000, 0x1000), (0x310000, 0x1000), (0x312000, 0x1000)]),
    ]),
    "async": ({"NULL_KVM_EXITS": "io-out"}, [
        ("vcpu.run_async(None, keep)", None),
        ("vcpu.run_finish(get_result())", Kvm.ExitReason.IO),
        ("run_twice()", [E.RUNNING, Kvm.ExitReason.IO]),
        ("vcpu.kick()", None),
        ("vcpu.run_async(None, keep)", None),
        ("vcpu.run_finish(get_result())", Kvm.ExitReason.INTERRUPTED),
        ("is_cancelled_at_once()", True),
        ("vcpu.close()", None),
        ("vcpu.run_async(None, keep)", None),
        ("vcpu.run_finish(get_result())", E.CLOSED, "vCPU 0"),
    ]),
    "async-error": ({"NULL_KVM_EXITS": "io-out,eio:0:"}, [
        ("vcpu.run_async(None, keep)", None),
        ("vcpu.run_finish(get_result())", E.IO, "KVM_RUN on vCPU 0"),
    ]),
    "runner": ({"NULL_KVM_EXITS": "io-out"}, [
        ("keep_token()", None),
        ("token.get_vcpu()", Kvm.Vcpu),
        ("token.get_exit().get_reason()", Kvm.ExitReason.IO),
        ("runner.get_ended_vcpu()", None),
        ("runner.pause()", None),
        ("runner.get_property('state')", Kvm.RunnerState.PAUSED),
        ("runner.pause()", None),
        ("runner.resume()", None),
        ("runner.get_property('state')", Kvm.RunnerState.RUNNING),
        ("token.complete()", True),
        ("runner.run_finish(get_result())", Kvm.Exit),
        ("runner.get_ended_vcpu()", Kvm.Vcpu),
        ("token.complete()", E.INVALID, "The exit of vCPU 0 was completed already"),
        ("runner.get_property('vm')", Kvm.Vm),
        ("Kvm.RunnerExit().complete()", E.CLOSED, "no runner delivered this exit"),
        ("Kvm.RunnerExit().get_vcpu()", None),
        ("Kvm.RunnerExit().get_exit()", None),
    ]),
    "stopped-runner": ({"NULL_KVM_EXITS": "io-out"}, [
        ("keep_token()", None),
        ("runner.stop()", None),
        ("token.complete()", E.CLOSED, "the runner was stopped"),
        ("runner.run_finish(get_result())", None),
        ("runner.resume()", None),
        ("runner.get_state()", Kvm.RunnerState.STOPPED),
    ]),
    # A breakpoint, a watched write, a step, and the end.
    "gdb": ({"NULL_KVM_EXITS": ",".join(["io-out", debug_exit(0x1234, 1), debug_exit(0x1236, 2),
                                         debug_exit(0x1238, 1 << 14), "hlt"])}, [
        ("ask('?')", "T05thread:1;"),
        ("ask('qSupported:swbreak+;hwbreak+').startswith('PacketSize=')", True),
        ("ask('Z1,1234,1')", "OK"),
        ("ask('Z2,2000,4')", "OK"),
        ("ask('Z2,2001,4')", "E1c"),
        ("ask('Z3,2000,4')", "E1c"),
        ("ask('P22=fcff0000')", "OK"),  # only the first register of the FPU is in use
        ("ask('p22')", "fcff0000"),
        ("vcpu.x86_get_fpu()[1].ftwx", 1),
        ("ask('P3b=1100000000000000')", "OK"),
        ("vcpu.x86_get_sregs()[1].cr0", 0x11),
        ("ask('P10=3412000000000000')", "OK"),
        ("vcpu.x86_get_regs()[1].rip", 0x1234),
        ("runner.run_async(None, keep)", None),
        ("ask('c')", "T05thread:1;hwbreak:;"),
        ("ask('s')", "T05thread:1;watch:2000;"),
        ("runner.get_state()", Kvm.RunnerState.PAUSED),
        ("ask('z2,2000,4')", "OK"),
        ("ask('vCont;s:1')", "T05thread:1;"),
        ("bytes.fromhex(ask('c')[1:]).decode()", "vCPU 0: halt\n"),
        ("ask('')", "W00"),
        ("runner.run_finish(get_result())", Kvm.Exit),
        ("gdb_server.get_connected()", False),
    ]),
    "history": ({"NULL_KVM_EXITS": "io-out,mmio-write"}, [
        ("vcpu.set_exit_history(2)", None),
        *[("vcpu.run(None)", reason) for reason in [Kvm.ExitReason.MMIO, Kvm.ExitReason.IO] * 2],
        ("dumped_exits()", 2),
        ("vcpu.set_property('exit-history', 1)", None),
        ("dumped_exits()", 1),
        ("vcpu.set_exit_history(0)", None),
        ("vcpu.run(None)", Kvm.ExitReason.MMIO),
        ("dumped_exits()", 0),
    ]),
    "dumps": ({}, [
        *[(f"{words!r} in mode_of({registers})", True) for registers, words in [
            ("cr0=1", "protected mode"), ("cr0=1, rflags=1 << 17", "virtual-8086 mode"),
            ("cr0=1, efer=1 << 10", "compatibility mode"), ("cr0=1, efer=1 << 10, long=1", "64-bit mode"),
            ("cr0=1, tr=1", "16-bit TSS"), ("cr0=1, tr=3", "16-bit TSS"), ("cr0=1, tr=9", " TSS"),
            ("cr0=1, tr=11", " TSS"), ("cr0=1, tr=2", "LDT"), ("cr0=1, tr=5", "system segment"),
        ]],
    ]),
    "names": ({}, [
        *[(f"Kvm.arm64_reg_to_string({call})", name) for call, name in [
            ("Kvm.arm64_reg_x(3)", "x3"), ("Kvm.arm64_reg_v(4)", "v4"),
            ("Kvm.arm64_reg_sysreg(3, 0, 1, 0, 2)", "sysreg 3.0.1.0.2"),
            ("Kvm.arm64_reg_ccsidr(2)", "ccsidr 2"), ("Kvm.arm64_reg_sve_z(1, 0)", "z1"),
            ("Kvm.arm64_reg_sve_z(1, 2)", "z1.2"), ("Kvm.arm64_reg_sve_p(1, 3)", "p1.3"),
            ("Kvm.arm64_reg_sve_ffr(0)", "ffr"), ("Kvm.arm64_reg_sve_ffr(1)", "ffr.1"),
            ("0x6030000000140003", "smccc_arch_workaround_3"), ("0x6030000000160002", "vendor_hyp_bmap"),
            ("0x6030000000140099", "firmware 153"), ("0x6030000000160099", "firmware bitmap 153"),
            ("0x60a00000001500ff", None), ("0x60300000001000ff", None), ("0", None),
        ]],
    ]),
    "filter": ({}, [
        *[(f"filter.deny(BOTH, {i}, 1)", True) for i in range(15)],
        ("filter.deny(BOTH, 0, 1)", E.INVALID, "no more than 16"),
    ]),
}

# What a forked child is told of what is its parent's.
IN_CHILD = [
    "vm.add_memory(1 << 20, memory, 0)", "vm.create_vcpu(7)", "vm.add_coalesced_zone(0, 0x700, 1)",
    "vm.remove_coalesced_zone(0, 0x700, 1)", "vm.drain_coalesced(lambda *write: None)",
    "vcpu.run(None)", "vcpu.x86_get_regs()", "vcpu.x86_set_regs(regs)", "doorbell.remove()",
    "trigger.remove()", "log.collect()", "slot.remove()",
    "stats.update()", "device.set_attribute(1, 1, None)", "system.create_vm()",
    "vm.save_state(None)", "vcpu.save_state()", "vm.read_memory(0, 4)", "vm.create_dirty_log()",
    "vm.enable_dirty_ring(1024)", "vm.harvest_dirty_rings()", "runner.add_vcpu(vcpu)", "serial.flush(None)",
    "serial.save_state()", "memory.read(0, 1)",
    "vm.create_device(Kvm.DeviceType.VFIO)", "runner_runs()", "vcpu_runs()",
]  # fmt: skip


class World(every.World):
    def __init__(self):
        super().__init__()
        self.cancellable = Gio.Cancellable()
        self.last_state = self.token = self.client = None
        self.heard = b""
        self.guest_memfd = self.vm.create_guest_memfd(0x1000, Kvm.GuestMemfdFlags.NONE)

    def set_sregs(self, **values):
        _, sregs = self.vcpu.x86_get_sregs()
        for name, value in values.items():
            setattr(sregs, name, value)
        return self.vcpu.x86_set_sregs(sregs)

    def routing_of(self, method, *arguments):
        routing = Kvm.IrqRouting.new()
        getattr(routing, method)(*arguments)
        return routing

    def log_of(self, vm):
        """Of a slot at 1 MiB, and what is in it."""
        self.slot = vm.add_memory(0x100000, Kvm.Memory.new(0x8000), Kvm.MemorySlotFlags.LOG_DIRTY_PAGES)
        self.log = vm.create_dirty_log()
        return self.log.collect()

    @property
    def ranges(self):
        return [(found.guest_address, found.length) for found in self.log.get_ranges() or []]

    def range_of(self, address, length, slot_number):
        found = Kvm.DirtyRange()
        found.guest_address, found.length, found.slot_number = address, length, slot_number
        return found

    def changed(self, state, **values):
        new = GLib.VariantDict.new(state)
        for name, value in values.items():
            if value is None:
                new.remove(name)
                continue
            form = {str: "s", bytes: "ay"}.get(type(value))
            new.insert_value(name, GLib.Variant(form, value) if form else value)
        return new.end()

    def uint32(self, value):
        return GLib.Variant("u", value)

    def cpuid_of(self, *entries):
        return GLib.Variant("a(uuuuuuu)", entries)

    def sregs_of(self, **values):
        _, sregs = self.vcpu.x86_get_sregs2() if "cr8" not in values else self.vcpu.x86_get_sregs()
        for name, value in values.items():
            setattr(sregs, name, value)
        return sregs.to_bytes().get_data()

    def restore(self, **values):
        self.last_state = self.changed(self.pc_vcpu.save_state(), **values)
        return self.pc_vcpu.restore_state(self.last_state)

    def saves(self, name):
        return name in self.pc_vcpu.save_state().keys()

    def msrs_of(self, *indexes):
        msrs = Kvm.X86Msrs.new()
        for index in indexes:
            msrs.set(index, index + 1)
        return msrs

    def vcpus_of(self, *ids):
        """Of a virtual machine's state: that of its vCPU with other ids."""
        text = self.pc.save_state(None).lookup_value("vcpus", None).get_child_value(0).print_(True)
        vcpu = text[text.index("{", 1):-1]
        return GLib.Variant.parse(GLib.VariantType("a{ua{sv}}"),
                                  f"{{{', '.join(f'{i}: {vcpu}' for i in ids)}}}", None, None)  # fmt: skip

    def doubled(self, state, name):
        value = state.lookup_value(name, None).print_(True)
        text = f"{state.print_(True)[:-1]}, '{name}': <{value}>}}"
        return GLib.Variant.parse(GLib.VariantType("a{sv}"), text, None, None)

    def cancelled(self, method):
        """Whether it ends so when it was cancelled."""
        self.cancellable.cancel()
        try:
            return method(self.cancellable)
        except GLib.Error as error:
            return error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED)

    def is_cancelled_at_once(self):
        self.cancellable.cancel()
        self.vcpu.run_async(self.cancellable, self.keep)
        return self.cancelled(lambda _: self.vcpu.run_finish(self.get_result()))

    def run_twice(self):
        """What comes of two runs at once."""
        outcomes = []
        for _ in range(2):
            self.vcpu.run_async(None, self.keep)
        for _ in range(2):
            try:
                outcomes.append(self.vcpu.run_finish(self.get_result()))
            except GLib.Error as error:
                outcomes.append(error.code)
        return sorted(outcomes, reverse=True)

    def keep_token(self):
        self.token = self.get_token()

    def ask(self, text):
        """A client of the server for GDB says this, or nothing; what it is told next."""
        if self.client is None:
            self.runner.add_vcpu(self.vcpu)
            address = self.gdb_server.get_address()
            self.client = socket.create_connection((address.get_address().to_string(), address.get_port()))
            self.client.setblocking(False)
        if text:
            self.client.sendall(f"${text}#{sum(text.encode()) % 256:02x}".encode())
        while not (match := re.match(rb"\+?\$(.*?)#..", self.heard)):
            if not GLib.MainContext.default().iteration(False):
                time.sleep(0.001)
            try:
                self.heard += self.client.recv(65536)
            except BlockingIOError:
                pass
        self.heard = self.heard[match.end():]
        return match[1].decode()

    def runner_runs(self):
        self.runner.run_async(None, self.keep)
        return self.runner.run_finish(self.get_result())

    def vcpu_runs(self):
        self.vcpu.run_async(None, self.keep)
        return self.vcpu.run_finish(self.get_result())

    def dumped_exits(self):
        return sum(line.startswith("  port write") or line.startswith("  MMIO write")
                   for line in self.vcpu.dump().split("last exits")[-1].splitlines())

    def mode_of(self, rflags=2, long=0, tr=11, **values):
        """What a dump says of it."""
        regs = self.vcpu.x86_get_regs()[1]
        regs.rflags = rflags
        self.vcpu.x86_set_regs(regs)
        sregs = self.vcpu.x86_get_sregs()[1]
        for name, value in values.items():
            setattr(sregs, name, value)
        sregs.cs.l = long
        sregs.tr.type, sregs.tr.s, sregs.tr.present = tr, 0, 1
        self.vcpu.x86_set_sregs(sregs)
        return self.vcpu.dump()

    def two_slots(self):
        """What a log says of two slots, the higher one first."""
        for address in 0x310000, 0x300000:
            self.vm.add_memory(address, Kvm.Memory.new(0x8000), Kvm.MemorySlotFlags.LOG_DIRTY_PAGES)
        self.log.collect()
        return self.ranges

    def differences(self, **values):
        state = self.pc_vcpu.save_state()
        return Kvm.state_compare(state, self.changed(state, **values))

    def count_changes(self):
        """Of the list of slots, while one comes and goes."""
        slots, changes = self.vm.list_memory_slots(), []
        slots.connect("items-changed", lambda _, *change: changes.append(change))
        slot = self.vm.add_memory(1 << 20, Kvm.Memory.new(0x1000), Kvm.MemorySlotFlags.NONE)
        for n in 1, 2:
            while len(changes) < n:
                GLib.MainContext.default().iteration(True)
            if n == 1:
                slot.remove()
        return changes

    def rings(self, it, fd):
        """How often its source calls when its eventfd is signalled."""
        rings = []
        source = it.create_source()
        source.set_callback(lambda *_: rings.append(1) or True)
        source.attach(None)
        if fd != -1:
            os.eventfd_write(fd, 1)
        while GLib.MainContext.default().iteration(False):
            pass
        source.destroy()
        return len(rings)

    def boot(self, vm):
        layout = self.layout.copy()
        layout.protocol = 99
        return vm.create_vcpu(0).setup_boot(layout)

    def evaluate(self, call):
        return eval(call, {"Gio": Gio, "GLib": GLib, "Kvm": Kvm, "END": END, "BOTH": BOTH, **{
            name: getattr(self, name) for name in dir(self)
            if not name.startswith("__") and (name != "ranges" or name in call)}})


def try_group(name):
    """In a process of its own, for the null KVM looks at its variables once."""
    problems = 0
    world = World()
    for call, *expected in GROUPS[name][1]:
        try:
            if len(expected) == 2:
                code, text = expected
                check_raises(lambda: world.evaluate(call), error=code, text=text)
            else:
                every.check_outcome(world.evaluate(call), expected[0], call)
        except Exception as problem:
            print(f"{call}: {type(problem).__name__} {problem}", file=sys.stderr)
            problems += 1
    return problems


def try_child():
    world = World()
    child = os.fork()
    if child == 0:
        problems = 0
        for call in IN_CHILD:
            try:
                result = world.evaluate(call)
            except GLib.Error as error:
                if error.matches(Kvm.error_quark(), Kvm.Error.WRONG_PROCESS):
                    continue
                result = error
            print(f"{call} in a child: {result!r}", file=sys.stderr)
            problems += 1
        return problems
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def add_group(name, variables):
    def run():
        check(subprocess.run([sys.executable, __file__, name],
                             env={**os.environ, **variables}).returncode, 0)  # fmt: skip

    tap.add(name, run)


if len(sys.argv) > 1:
    sys.exit(try_child() if sys.argv[1] == "child" else try_group(sys.argv[1]))
tap._tests.clear()
for name, (variables, _) in GROUPS.items():
    add_group(name, variables)
add_group("child", {})
tap.run()
