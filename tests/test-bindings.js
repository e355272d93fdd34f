#!/usr/bin/gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later
// What the C tests show, from JavaScript, on real KVM (x86).

import GIRepository from 'gi://GIRepository?version=2.0';
import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import Kvm from 'gi://Kvm?version=1.0';
import System from 'system';
import {check, checkThrows, countFds, run, test} from './tap.js';

// In 16-bit real mode; test-bindings.py says what they do.
const HELLO = 'baf803 00d8 0430 ee b00a ee f4';
const HALT = 'f4 ebfd';
const SPIN = 'ebfe';
const STEPS = '40 40 40 f4';
const ECHO = 'e560 e761 f4';
const STRING = 'ba6100 be0018 b90500 fc f36e f4';
const MMIO = '66c706008078563412 a10480 e761 f4';
const RING = 'ba1005 ee e661 ebf8';
const INTERRUPT = 'bc0040 c70694004710 c70696000000 b011e620e6a0 b020e621 b028e6a1 b004e621' +
    'b002e6a1 b001e621e6a1 b0dfe621 bad004a00020ee fb 803e012000 7506 30c0e661 ebf3 f4 ebf0' +
    '50 b001e661 b020e620 b002e661 58 cf';

Gio._promisify(Kvm.Vcpu.prototype, 'run_async', 'run_finish');
Gio._promisify(Kvm.Runner.prototype, 'run_async', 'run_finish');

const ENTRY = 0x1000;
const BIG = 0xffffffff81000000n;
const MAX = 0xffffffffffffffffn;

function fromHex(hex) {
    return Uint8Array.from(hex.replaceAll(' ', '').match(/../g), byte => parseInt(byte, 16));
}

function fromText(text) {
    return new TextEncoder().encode(text);
}

// The 64-bit number at an offset of a GBytes, exactly.
function exact(bytes, offset) {
    const array = bytes.toArray();
    return new DataView(array.buffer, array.byteOffset).getBigUint64(offset, true);
}

// A virtual machine with 32 KiB of memory at 0 and one vCPU that is about to run code.
class Guest {
    constructor(code, irqchip = false) {
        this.system = Kvm.System.new();
        this.vm = this.system.create_vm();
        if (irqchip)
            this.vm.create_irqchip();
        this.memory = Kvm.Memory.new(0x8000);
        this.slot = this.vm.add_memory(0, this.memory, Kvm.MemorySlotFlags.NONE);
        this.memory.write(ENTRY, fromHex(code));
        this.vcpu = this.vm.create_vcpu(0);
        this.vcpu.x86_setup_real_mode(ENTRY);
        this.exit = this.vcpu.get_exit();
    }

    run(expected) {
        check(this.vcpu.run(null), expected, this.exit.to_string());
    }
}

test('hello', () => {
    const guest = new Guest(HELLO);
    const [, regs] = guest.vcpu.x86_get_regs();
    regs.rax = regs.rbx = 2;
    guest.vcpu.x86_set_regs(regs);
    let output = '', reason;
    while ((reason = guest.vcpu.run(null)) === Kvm.ExitReason.IO) {
        check(guest.exit.get_address(), 0x3f8);
        check(guest.exit.is_write(), true);
        output += String.fromCharCode(guest.exit.get_value());
    }
    check(reason, Kvm.ExitReason.HLT);
    check(output, '4\n');
});

test('answers reach the guest', () => {
    const guest = new Guest(ECHO);
    guest.run(Kvm.ExitReason.IO);
    check(guest.exit.is_write(), false);
    guest.exit.set_value(0xffffffffcafebeefn);
    guest.run(Kvm.ExitReason.IO);
    check(guest.exit.get_value(), 0xbeef);
    check(guest.exit.get_data(), fromHex('efbe'));
    guest.run(Kvm.ExitReason.HLT);
});

test('string instruction', () => {
    const guest = new Guest(STRING);
    guest.memory.write(0x1800, 'Hello');
    let output = '';
    while (guest.vcpu.run(null) === Kvm.ExitReason.IO) {
        for (let i = 0; i < guest.exit.get_count(); i++)
            output += String.fromCharCode(guest.exit.get_element(i));
    }
    check(output, 'Hello');
});

test('memory-mapped I/O', () => {
    const guest = new Guest(MMIO);
    guest.run(Kvm.ExitReason.MMIO);
    check(guest.exit.to_string(), 'MMIO write of 4 bytes at 0x00008000: 0x12345678');
    checkThrows(() => guest.exit.set_data('1234'), Kvm.Error.INVALID, 'writes');
    guest.run(Kvm.ExitReason.MMIO);
    checkThrows(() => guest.exit.set_data([1, 2, 3]), Kvm.Error.INVALID, '1 × 2 bytes');
    guest.exit.set_data([0x21, 0x43]);
    guest.run(Kvm.ExitReason.IO);
    check(guest.exit.get_value(), 0x4321);
});

test('copy of an exit', () => {
    const guest = new Guest(HELLO);
    guest.run(Kvm.ExitReason.IO);
    const copy = guest.exit.copy();
    guest.run(Kvm.ExitReason.IO);
    guest.run(Kvm.ExitReason.HLT);
    check(copy.get_reason(), Kvm.ExitReason.IO);
    check(copy.get_value(), '0'.charCodeAt(0));
});

test('registers of 64 bits', () => {
    const guest = new Guest(HALT);
    const names = ['rax', 'rbx', 'rcx', 'rdx', 'rsi', 'rdi', 'rsp', 'rbp', 'r8', 'r9', 'r10', 'r11',
        'r12', 'r13', 'r14', 'r15', 'rip'];
    const regs = new Kvm.X86Regs();
    names.forEach((name, i) => (regs[name] = BIG + BigInt(i) * 0x010101n));
    regs.rax = MAX;
    regs.rflags = 2;
    guest.vcpu.x86_set_regs(regs);
    const [works, got] = guest.vcpu.x86_get_regs();
    check(works, true);
    check(exact(got.to_bytes(), 0), MAX);
    for (let i = 1; i < names.length; i++)
        check(exact(got.to_bytes(), 8 * i), BIG + BigInt(i) * 0x010101n, names[i]);
    check(got.rflags, 2);
    check(got.rip, Number(BIG + 16n * 0x010101n)); // rounded

    const again = Kvm.X86Regs.new_from_bytes(got.to_bytes());
    check(exact(again.to_bytes(), 0), MAX);
    checkThrows(() => Kvm.X86Regs.new_from_bytes(new GLib.Bytes([1])), Kvm.Error.INVALID);
    const copy = got.copy();
    copy.rax = 1;
    check(exact(got.to_bytes(), 0), MAX);
    check(new Kvm.X86Regs({rip: 5}).rip, 5);
});

test('special registers', () => {
    const guest = new Guest(HALT);
    const [, sregs] = guest.vcpu.x86_get_sregs();
    sregs.cr2 = MAX;
    sregs.fs.base = 0x12340;
    sregs.fs.selector = 0x1234;
    sregs.gdt.base = BIG;
    sregs.gdt.limit = 0x8182;
    guest.vcpu.x86_set_sregs(sregs);
    const [, got] = guest.vcpu.x86_get_sregs();
    check(got.fs.base, 0x12340);
    check(got.fs.selector, 0x1234);
    check(got.gdt.limit, 0x8182);
    const gdt = 8 * 24; // after eight segments
    check(exact(got.to_bytes(), gdt), BIG);
    check(exact(got.to_bytes(), gdt + 40), MAX); // two tables, cr0, cr2
    check(exact(Kvm.X86Sregs.new_from_bytes(got.to_bytes()).to_bytes(), gdt), BIG);
    sregs.cr0 = 0x80000000;
    checkThrows(() => guest.vcpu.x86_set_sregs(sregs), Kvm.Error.INVALID_ARGUMENT, 'CR0.PE');
});

test('other registers', () => {
    const guest = new Guest(HALT);
    const [, fpu] = guest.vcpu.x86_get_fpu();
    const xmm = new Uint8Array(16).fill(0x5a);
    fpu.fcw = 0x27f;
    fpu.set_xmm(15, xmm);
    guest.vcpu.x86_set_fpu(fpu);
    const [, gotFpu] = guest.vcpu.x86_get_fpu();
    check(gotFpu.fcw, 0x27f);
    check(gotFpu.get_xmm(15).join(), xmm.join());
    check(gotFpu.equal(fpu), true);
    check(guest.vcpu.x86_get_xsave().get_xstate_bv() & 3, 3);
    checkThrows(() => Kvm.X86Xsave.new_from_bytes(new GLib.Bytes([1])), Kvm.Error.INVALID);

    const [, debug] = guest.vcpu.x86_get_debug_regs();
    debug.dr3 = BIG;
    guest.vcpu.x86_set_debug_regs(debug);
    check(exact(guest.vcpu.x86_get_debug_regs()[1].to_bytes(), 24), BIG);
    const [, events] = guest.vcpu.x86_get_vcpu_events();
    events.nmi_pending = 1;
    events.flags = Kvm.X86VcpuEventFlags.NMI_PENDING;
    guest.vcpu.x86_set_vcpu_events(events);
    check(guest.vcpu.x86_get_vcpu_events()[1].nmi_pending, 1);
    const [, sregs] = guest.vcpu.x86_get_sregs2();
    sregs.cr2 = MAX;
    guest.vcpu.x86_set_sregs2(sregs);
    check(exact(guest.vcpu.x86_get_sregs2()[1].to_bytes(), 8 * 24 + 2 * 16 + 8), MAX);
    check(guest.vcpu.x86_get_xcrs().get_xcr(0).join(), 'true,1');
    check(guest.vcpu.x86_translate(0x1234).join(), `true,4660,${Kvm.X86TranslationFlags.WRITABLE}`);
});

test('interrupt bitmap', () => {
    const sregs = new Kvm.X86Sregs();
    const at = 8 * 24 + 2 * 16 + 7 * 8;
    for (const words of [[1, BIG, MAX, 1n << 63n], new BigUint64Array([1n, BIG, MAX, 1n << 63n])]) {
        sregs.set_interrupt_bitmap([0, 0, 0, 0]);
        check(sregs.interrupt_bitmap, [0, 0, 0, 0]);
        sregs.set_interrupt_bitmap(words);
        for (let i = 0; i < 4; i++)
            check(exact(sregs.to_bytes(), at + 8 * i), BigInt(words[i]));
    }
    checkThrows(() => sregs.set_interrupt_bitmap([1, 2, 3]), Kvm.Error.INVALID);
});

test('system', () => {
    const system = Kvm.System.new();
    check(system.get_api_version(), 12);
    check(system.check_extension(Kvm.Capability.USER_MEMORY), 1);
    check(system.check_extension(1000000), 0);
    check(system.get_max_vcpus() > 0, true);
    check(system.get_vcpu_mmap_size() % 4096, 0);
    check(Kvm.System.new_for_path('/dev/kvm').get_api_version(), 12);
});

test('errors', () => {
    const guest = new Guest(HALT);
    const {system, vm, vcpu} = guest;
    checkThrows(() => Kvm.System.new_for_path('/nonexistent'), Kvm.Error.NOT_FOUND);
    checkThrows(() => Kvm.System.new_for_path('/dev/null'), Kvm.Error.INVALID);
    checkThrows(() => vm.create_vcpu(0), Kvm.Error.EXISTS, 'KVM_CREATE_VCPU');
    checkThrows(() => system.create_vm_with_type(0x7fff), Kvm.Error.INVALID_ARGUMENT);
    checkThrows(() => vm.create_device(12345), Kvm.Error.NO_DEVICE);
    checkThrows(() => vcpu.x86_setup_real_mode(0x10000), Kvm.Error.INVALID);
    checkThrows(() => vcpu.enable_capability(1, [0, 0, 0, 0, 0]), Kvm.Error.INVALID);
    checkThrows(() => Kvm.set_kick_signal(9), Kvm.Error.INVALID);
    const error = checkThrows(() => vm.create_vcpu(0), Kvm.Error.EXISTS);
    check(error instanceof Kvm.Error, true);
    check(error.code, 17);
    check(error.domain, Kvm.error_quark());
    check(error.matches(Kvm.Error, Kvm.Error.CLOSED), false);
});

test('coalesced zones', () => {
    const guest = new Guest(RING);
    const writes = [];
    guest.vm.add_coalesced_zone(Kvm.IoSpace.PORT, 0x510, 1);
    for (let i = 0; i < 3; i++) {
        guest.run(Kvm.ExitReason.IO);
        check(guest.exit.get_address(), 0x61);
    }
    check(guest.vm.drain_coalesced((...write) => writes.push(write)), 3);
    check(writes, Array(3).fill([Kvm.IoSpace.PORT, 0x510, 1, 0]));
    guest.vm.remove_coalesced_zone(Kvm.IoSpace.PORT, 0x510, 1);
    guest.run(Kvm.ExitReason.IO);
    check(guest.exit.get_address(), 0x510);
});

test('time, machine checks, and Xen', () => {
    const guest = new Guest(HALT);
    const clock = new Kvm.X86Clock({clock: 10n ** 18n});
    guest.vm.x86_set_clock(clock);
    const [ok, got] = guest.vm.x86_get_clock();
    check(ok && exact(got.to_bytes(), 0) > 10n ** 18n, true);
    guest.vcpu.x86_set_tsc_offset(-5);

    const mce = new Kvm.X86Mce({status: (1n << 63n) | 5n, bank: 3});
    guest.vcpu.x86_setup_mce(4);
    guest.vcpu.x86_set_mce(mce);
    mce.bank = 4;
    checkThrows(() => guest.vcpu.x86_set_mce(mce), Kvm.Error.INVALID_ARGUMENT);

    const times = Kvm.X86XenAttribute.new_runstate_data(1, 10, 1, 2, 3, 4);
    check(times.get_runstate(), [true, 10, 1, 2, 3, 4]);
    if (guest.vm.check_extension(Kvm.Capability.XEN_HVM) === 0)
        checkThrows(() => guest.vcpu.x86_set_xen_attribute(times), Kvm.Error.NOT_SUPPORTED);
    checkThrows(() => guest.vm.x86_set_xen_attribute(times), Kvm.Error.INVALID);
});

test('never opened', () => {
    const throws = call => checkThrows(call, Kvm.Error.CLOSED, 'never');
    const system = new Kvm.System();
    check(system.get_fd(), -1);
    throws(() => system.create_vm());
    throws(() => system.get_api_version());
    system.close();
    const vm = new Kvm.Vm();
    throws(() => vm.create_vcpu(0));
    throws(() => vm.add_memory(0, Kvm.Memory.new(0x1000), 0));
    vm.close();
    const vcpu = new Kvm.Vcpu();
    check(vcpu.get_vm(), null);
    check(vcpu.get_exit().get_reason(), Kvm.ExitReason.UNKNOWN);
    throws(() => vcpu.run(null));
    throws(() => vcpu.x86_get_regs());
    vcpu.kick();
    vcpu.close();
    throws(() => new Kvm.Device().has_attribute(0, 0));
    throws(() => new Kvm.Memory().read(0, 1));
    checkThrows(() => new Kvm.MemorySlot().remove(), Kvm.Error.CLOSED);
    check(new Kvm.Exit().to_bytes().get_size(), 256);
});

test('close', () => {
    const guest = new Guest(HELLO);
    guest.run(Kvm.ExitReason.IO);
    const {vcpu, vm, system} = guest;
    const throws = call => checkThrows(call, Kvm.Error.CLOSED, 'closed');
    vcpu.close();
    vcpu.close();
    throws(() => vcpu.run(null));
    throws(() => vcpu.x86_get_regs());
    throws(() => vcpu.dup_fd());
    vm.close();
    vm.close();
    throws(() => vm.create_vcpu(1));
    throws(() => vm.check_extension(0));
    system.close();
    system.close();
    throws(() => system.create_vm());
    throws(() => system.get_max_vcpus());
    vcpu.kick();
    check(guest.exit.get_value(), '0'.charCodeAt(0));
    check(guest.memory.read(ENTRY, 3), fromHex('baf803'));
});

test('memory', () => {
    const memory = Kvm.Memory.new(0x2000);
    check(memory.get_size(), 0x2000);
    for (const data of [fromText('bytes'), [...fromText('array')], 'texts']) {
        memory.write(0x800, data);
        check(memory.read(0x800, 5), data instanceof Uint8Array ? data
            : typeof data === 'string' ? fromText(data) : Uint8Array.from(data));
    }
    memory.fill(0x800, 3, 0xff);
    check(memory.read(0x7ff, 6), Uint8Array.of(0, 255, 255, 255, 't'.charCodeAt(0), 115));
    check(memory.read(0x2000, 0), new Uint8Array());
    checkThrows(() => memory.write(0x1fff, [1, 2]), Kvm.Error.INVALID);
    checkThrows(() => memory.read(MAX, 2), Kvm.Error.INVALID);
    checkThrows(() => memory.read(0, MAX), Kvm.Error.INVALID);
    checkThrows(() => memory.fill(0, 0x2001, 0), Kvm.Error.INVALID);
});

test('memory in a file', () => {
    const memory = Kvm.Memory.new_memfd(0x1000);
    memory.write(0x10, 'seen');
    const file = Gio.File.new_for_path(`/proc/self/fd/${memory.get_fd()}`);
    check(file.load_contents(null)[1].slice(0x10, 0x14), fromText('seen'));
});

test('memory slots', () => {
    const guest = new Guest(HALT);
    const memory = Kvm.Memory.new(0x3000);
    const slot = guest.vm.add_memory_full(0x10000, memory, 0x1000, 0x2000,
        Kvm.MemorySlotFlags.LOG_DIRTY_PAGES, 0, null, 0);
    check(slot.get_guest_address(), 0x10000);
    check(slot.get_offset(), 0x1000);
    check(slot.get_length(), 0x2000);
    check(slot.get_number(), 1);
    check(slot.get_flags(), Kvm.MemorySlotFlags.LOG_DIRTY_PAGES);
    check(slot.get_memory() === memory && slot.get_vm() === guest.vm, true);
    checkThrows(() => guest.vm.add_memory(0x11000, memory, 0), Kvm.Error.OVERLAP,
        'overlaps slot 1, which is at 0x10000 to 0x11fff');
    slot.remove();
    checkThrows(() => slot.remove(), Kvm.Error.CLOSED);
    guest.vm.add_memory(0x11000, memory, Kvm.MemorySlotFlags.READ_ONLY);
});

test('attributes', () => {
    const guest = new Guest(HALT);
    check(guest.system.has_attribute(0, 0), true);
    check(guest.system.has_attribute(12345, 0), false);
    check(guest.system.get_attribute(0, 0, 8).length, 8);
    checkThrows(() => guest.system.get_attribute(0, 0, 4), Kvm.Error.FAULT);
    checkThrows(() => guest.system.get_attribute(9, 6, 8), Kvm.Error.NO_SUCH_ATTRIBUTE);
    check(guest.vcpu.has_attribute(0, 0), true);
    guest.vcpu.set_attribute(0, 0, guest.vcpu.get_attribute(0, 0, 8));
    checkThrows(() => guest.vcpu.set_attribute(0, 0, '1234567'), Kvm.Error.FAULT);
    checkThrows(() => guest.vm.get_attribute(1, 2, 4), Kvm.Error.NOT_SUPPORTED);
});

test('device', () => {
    const guest = new Guest(HALT);
    check(guest.vm.test_device(Kvm.DeviceType.VFIO), true);
    const device = guest.vm.create_device(Kvm.DeviceType.VFIO);
    check(device.get_device_type(), Kvm.DeviceType.VFIO);
    check(device.has_attribute(1, 1), true);
    checkThrows(() => device.set_attribute(7, MAX, null), Kvm.Error.NO_SUCH_ATTRIBUTE,
        'attribute 0xffffffffffffffff');
    device.close();
    checkThrows(() => device.has_attribute(1, 1), Kvm.Error.CLOSED);
});

test('registers by id', () => {
    const guest = new Guest(HALT);
    let ids = [];
    try {
        ids = guest.vcpu.get_reg_list();
    } catch (e) { // old kernels have none on x86
        check(e.matches(Kvm.Error, Kvm.Error.NOT_SUPPORTED), true, `${e}`);
    }
    for (const id of ids)
        check(Math.floor(id / 2 ** 60), 2); // rounded, so it cannot be used
    if (ids.length > 0) {
        const bytes = guest.vcpu.get_reg_list_bytes().toArray().slice();
        for (const id of new BigUint64Array(bytes.buffer)) { // exact
            const [works, value] = guest.vcpu.get_one_reg(id);
            check(works, true);
            guest.vcpu.set_one_reg(id, value);
        }
    }
    for (const call of ['get_one_reg', 'get_one_reg_bytes']) {
        try {
            guest.vcpu[call](0x2030000000001234n);
        } catch (e) {
            check(e instanceof Kvm.Error && e.message.includes('0x2030000000001234'), true);
            continue;
        }
        throw new Error('there is such a register');
    }
    checkThrows(() => guest.vcpu.set_one_reg(0x2020000000000000n, 1n << 32n), Kvm.Error.INVALID,
        'has 4 bytes, and 0x100000000 has more');
    checkThrows(() => guest.vcpu.set_one_reg_bytes(0x2030000000001234n, '1234'), Kvm.Error.INVALID,
        'has 8 bytes, not 4');
});

test('CPUID', () => {
    const guest = new Guest(HALT);
    const supported = guest.system.x86_get_supported_cpuid();
    const n = supported.get_n_entries();
    check(n > 4, true);
    check(supported.get_entry(n)[0], false);
    check(supported.find(0, 0)[0], true);
    check(supported.find(0x12345678, 0)[0], false);
    const entries = [];
    for (let i = 0; i < n; i++) {
        const [, entry] = supported.get_entry(i);
        if (entry.function < 0x40000000)
            entries.push(entry);
    }
    entries.push(new Kvm.X86CpuidEntry({function: 0x40000000, ebx: 0x81828384, edx: 0xffffffff}));
    const table = Kvm.X86Cpuid.new(entries);
    check(table.get_n_entries(), entries.length);
    entries.forEach((entry, i) => check(table.get_entry(i)[1].function, entry.function));
    guest.vcpu.x86_set_cpuid(table);
    check(guest.vcpu.x86_get_cpuid().find(0x40000000, 0)[1].edx, 0xffffffff);
    check(Kvm.X86Cpuid.new([]).get_n_entries(), 0);
    // mov $0x40000000,%eax; cpuid; mov %ebx,%eax; out %eax,$0x61
    guest.memory.write(ENTRY, fromHex('66b800000040 0fa2 6689d8 66e761'));
    guest.run(Kvm.ExitReason.IO);
    check(guest.exit.get_value(), 0x81828384);
});

test('interrupts', () => {
    const guest = new Guest(INTERRUPT, true);
    guest.run(Kvm.ExitReason.IO);
    const routing = Kvm.IrqRouting.new();
    routing.add_irqchip(100, Kvm.X86IrqchipId.PIC_MASTER, 5);
    checkThrows(() => routing.add_msi(100, 0xfee00000, 0x25, Kvm.MsiFlags.NONE, 0),
        Kvm.Error.EXISTS, 'GSI 100 to pin 5');
    guest.vm.set_irq_routing(routing);
    check(guest.vm.set_irq_line_status(100, true)[1], 1);
    guest.vm.set_irq_line(100, false);
    do
        guest.run(Kvm.ExitReason.IO);
    while (guest.exit.get_value() === 0);
    check(guest.exit.get_value(), 1);

    const pic = guest.vm.x86_get_irqchip(Kvm.X86IrqchipId.PIC_MASTER).get_pic()[1];
    check(pic.irq_base, 0x20);
    check(pic.isr, 1 << 5);
    const ioapic = guest.vm.x86_get_irqchip(Kvm.X86IrqchipId.IOAPIC);
    ioapic.set_redirection(23, 0x0300000000018834n);
    guest.vm.x86_set_irqchip(ioapic);
    const got = guest.vm.x86_get_irqchip(Kvm.X86IrqchipId.IOAPIC);
    check(exact(got.to_bytes(), 32 + 8 * 23), 0x0300000000018834n);
    check(guest.vcpu.x86_get_lapic().get_register(0x80)[1], 0);
    guest.vcpu.set_signal_mask(MAX);
    guest.vcpu.kick();
    guest.run(Kvm.ExitReason.INTERRUPTED);
});

test('CPUID, edited', () => {
    const supported = new Guest(HALT).system.x86_get_supported_cpuid();
    const [, entry] = supported.find(0x80000002, 0);
    entry.ebx = 0x81828384;
    const table = supported.with_entry(entry);
    check(table.find(0x80000002, 0)[1].ebx, 0x81828384);
    check(table.equal(supported), false);
    check(table.without(0x80000002).find(0x80000002, 0)[0], false);
    const low = table.filter(candidate => candidate.function < 2);
    check(low.get_n_entries(), 2);
    check(Kvm.X86Cpuid.new_from_bytes(low.to_bytes()).equal(low), true);
});

test('MSRs', () => {
    const guest = new Guest(HALT);
    check(guest.system.x86_get_msr_index_list().includes(0xc0000081), true);
    const value = 0xffffffff81234567n;
    guest.vcpu.x86_set_msr(0xc0000102, value);
    const bytes = guest.vcpu.x86_get_msrs([0xc0000102]).to_bytes().toArray();
    check(new DataView(bytes.slice().buffer).getBigUint64(8, true), value);
    const msrs = new Kvm.X86Msrs();
    msrs.set(0xc0000102, value + 1n);
    msrs.set(0xdeadbeef, 1);
    check(msrs.lookup(0xdeadbeef).join(), 'true,1');
    check(msrs.get_entry(1).join(), `true,${0xdeadbeef},1`);
    checkThrows(() => guest.vcpu.x86_set_msrs(msrs), Kvm.Error.PARTIAL, 'entry 2 of 2');
    const readable = guest.vcpu.x86_get_readable_msrs([0xdeadbeef, 0xc0000102]);
    check(readable.get_n_entries(), 1);
    check(readable.to_string(), '0xc0000102=ffffffff81234568\n');
    checkThrows(() => guest.vcpu.x86_get_msr(0xdeadbeef), Kvm.Error.NOT_FOUND, '0xdeadbeef');
});

test('MSR filter', () => {
    const guest = new Guest('0f32 66e761'); // rdmsr; out %eax,$0x61
    const filter = Kvm.X86MsrFilter.new(Kvm.X86MsrFilterFlags.NONE);
    filter.add_bitmap(Kvm.X86MsrAccesses.READ, 0, 9, [0xfe, 0x01]);
    guest.vm.x86_set_msr_filter(filter);
    guest.vm.x86_set_msr_exits(Kvm.X86MsrExitReasons.FILTERED);
    guest.run(Kvm.ExitReason.X86_RDMSR);
    check(guest.exit.x86_get_msr_index(), 0);
    guest.exit.set_value(0xcafebabe);
    guest.run(Kvm.ExitReason.IO);
    check(guest.exit.get_value(), 0xcafebabe);
});

test('guest debug', () => {
    const guest = new Guest(STEPS);
    const flags = Kvm.GuestDebugFlags.ENABLE | Kvm.GuestDebugFlags.HARDWARE_BREAKPOINTS;
    const registers = [ENTRY + 2, 0, 0, 0, 0, 0, 0, 0x401];
    checkThrows(() => guest.vcpu.set_guest_debug(flags, registers.slice(1)), Kvm.Error.INVALID);
    guest.vcpu.set_guest_debug(flags, registers);
    guest.run(Kvm.ExitReason.DEBUG);
    check(guest.exit.x86_get_debug_pc(), ENTRY + 2);
    guest.vcpu.set_guest_debug(Kvm.GuestDebugFlags.ENABLE | Kvm.GuestDebugFlags.SINGLE_STEP, null);
    guest.run(Kvm.ExitReason.DEBUG);
    check(guest.exit.x86_get_debug_pc(), ENTRY + 3);
    guest.vcpu.set_guest_debug(Kvm.GuestDebugFlags.NONE, null);
    guest.run(Kvm.ExitReason.HLT);
});

test('multiprocessing state', () => {
    const guest = new Guest(HALT);
    check(guest.vcpu.get_mp_state()[1], Kvm.VcpuState.RUNNABLE);
    check(guest.vcpu.get_raw_mp_state()[1], 0);
    checkThrows(() => guest.vcpu.set_mp_state(12345), Kvm.Error.INVALID_ARGUMENT);
});

test('what a PC needs', () => {
    const vm = Kvm.System.new().create_vm();
    vm.x86_set_tss_address(0xfffbd000);
    vm.create_irqchip();
    vm.x86_create_pit(0);
    vm.enable_capability(Kvm.Capability.HALT_POLL, [0]);
    checkThrows(() => vm.create_irqchip(), Kvm.Error.EXISTS);
    check(vm.create_vcpu(3).get_id(), 3);
});

test('descriptors of others', () => {
    const guest = new Guest(HELLO);
    const fd = guest.vm.dup_fd();
    const vm = Kvm.Vm.new_take_fd(guest.system, fd);
    check(vm.get_fd(), fd);
    const vcpu = Kvm.Vcpu.new_take_fd(vm, 0, guest.vcpu.dup_fd());
    check(vcpu.run(null), Kvm.ExitReason.IO);
    checkThrows(() => Kvm.Vm.new_take_fd(guest.system, guest.vcpu.get_fd()), Kvm.Error.INVALID);
    checkThrows(() => Kvm.Vcpu.new_take_fd(vm, 0, fd), Kvm.Error.INVALID);
});

test('a kick is sticky', () => {
    const guest = new Guest(SPIN);
    guest.vcpu.kick();
    guest.vcpu.kick();
    guest.run(Kvm.ExitReason.INTERRUPTED);
    check(guest.exit.get_interruption(), Kvm.Interruption.KICK);
    guest.memory.write(ENTRY, fromHex(HALT));
    guest.run(Kvm.ExitReason.HLT);
    check(guest.exit.get_interruption(), Kvm.Interruption.NONE);
});

test('cancellable', () => {
    const guest = new Guest(SPIN);
    const cancellable = new Gio.Cancellable();
    cancellable.cancel();
    for (let i = 0; i < 2; i++) {
        check(guest.vcpu.run(cancellable), Kvm.ExitReason.INTERRUPTED);
        check(guest.exit.get_interruption(), Kvm.Interruption.CANCELLED);
    }
    guest.memory.write(ENTRY, fromHex(HALT));
    check(guest.vcpu.run(null), Kvm.ExitReason.HLT);
    cancellable.reset();
    check(guest.vcpu.run(cancellable), Kvm.ExitReason.HLT);
});

// An async operation must fail with this code of a domain.
async function checkRejects(promise, domain, code, text = '') {
    try {
        await promise;
    } catch (e) {
        if (!(e instanceof GLib.Error) || !e.matches(domain, code) || !e.message.includes(text))
            throw new Error(`${e}, not code ${code} “${text}”`);
        return;
    }
    throw new Error('no error');
}

// The next turn of the main loop.
function nextTurn() {
    return new Promise(resolve => GLib.idle_add(GLib.PRIORITY_DEFAULT_IDLE, () => {
        resolve();
        return GLib.SOURCE_REMOVE;
    }));
}

test('a run in the background', async () => {
    const guest = new Guest(ECHO);
    check(await guest.vcpu.run_async(null), Kvm.ExitReason.IO);
    guest.exit.set_value(0xbeef);
    check(await guest.vcpu.run_async(null), Kvm.ExitReason.IO);
    check(guest.exit.get_value(), 0xbeef);
    check(await guest.vcpu.run_async(null), Kvm.ExitReason.HLT);
});

test('stopping it', async () => {
    const guest = new Guest(SPIN);
    const cancellable = new Gio.Cancellable();
    let promise = guest.vcpu.run_async(cancellable);
    await checkRejects(guest.vcpu.run_async(null), Kvm.Error, Kvm.Error.RUNNING, 'background');
    await nextTurn();
    cancellable.cancel();
    await checkRejects(promise, Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED);
    await checkRejects(guest.vcpu.run_async(cancellable), Gio.IOErrorEnum,
        Gio.IOErrorEnum.CANCELLED);
    promise = guest.vcpu.run_async(null);
    guest.vcpu.kick();
    check(await promise, Kvm.ExitReason.INTERRUPTED);
    promise = guest.vcpu.run_async(null);
    guest.vcpu.close();
    await checkRejects(promise, Kvm.Error, Kvm.Error.CLOSED);
});

// A guest with a runner, and its states as they were notified.
class Machine extends Guest {
    constructor(code) {
        super(code);
        this.runner = Kvm.Runner.new(this.vm);
        this.runner.add_vcpu(this.vcpu);
        this.states = [];
        this.runner.connect('notify::state', runner => this.states.push(runner.state));
    }
}

test('runner', async () => {
    const machine = new Machine(HELLO);
    let output = 0;
    machine.runner.connect('exit', (runner, token) => {
        const exit = token.get_exit();
        check(runner === machine.runner && token.get_vcpu() === machine.vcpu, true);
        if (exit.get_reason() !== Kvm.ExitReason.IO)
            return false;
        check(exit.get_address(), 0x3f8);
        output++;
        token.complete();
        checkThrows(() => token.complete(), Kvm.Error.INVALID, 'completed already');
        return true;
    });
    const exit = await machine.runner.run_async(null);
    check(exit.get_reason(), Kvm.ExitReason.HLT);
    check(machine.runner.get_ended_vcpu() === machine.vcpu, true);
    check(output, 2);
    check(machine.states, [Kvm.RunnerState.RUNNING, Kvm.RunnerState.STOPPED]);
});

test('a handler that awaits', async () => {
    const machine = new Machine(ECHO);
    const values = [];
    const failures = [];
    machine.runner.connect('exit', (runner, token) => {
        const exit = token.get_exit();
        if (exit.get_reason() === Kvm.ExitReason.HLT)
            return false;
        (async () => {
            await nextTurn();
            if (exit.is_write())
                values.push(exit.get_value());
            else
                exit.set_value(0x1234);
            token.complete();
        })().catch(e => failures.push(e));
        return true;
    });
    check((await machine.runner.run_async(null)).get_reason(), Kvm.ExitReason.HLT);
    check(values, [0x1234]);
    check(failures, []);

    // An async function returns a promise, which is true.
    const other = new Machine(HELLO);
    let turns = 0;
    other.runner.connect('exit', async (runner, token) => {
        await nextTurn();
        if (++turns < 3)
            token.complete();
        else
            runner.stop();
    });
    check(await other.runner.run_async(null), null);
    check(turns, 3);
});

test('a runner pauses and stops', async () => {
    const machine = new Machine(SPIN);
    const rips = [];
    machine.runner.connect('notify::state', runner => {
        if (runner.state !== Kvm.RunnerState.PAUSED)
            return;
        rips.push(machine.vcpu.x86_get_regs()[1].rip);
        if (rips.length < 3) {
            runner.resume();
            runner.pause();
        } else {
            runner.stop();
        }
    });
    const promise = machine.runner.run_async(null);
    await nextTurn();
    machine.runner.pause();
    check(await promise, null);
    check(rips, [ENTRY, ENTRY, ENTRY]);
    check(machine.runner.get_ended_vcpu(), null);
    check(machine.runner.get_state(), Kvm.RunnerState.STOPPED);
});

test('a runner fails', async () => {
    const machine = new Machine(HALT);
    checkThrows(() => machine.runner.add_vcpu(machine.vcpu), Kvm.Error.EXISTS);
    checkThrows(() => machine.runner.add_vcpu(new Guest(HALT).vcpu), Kvm.Error.INVALID);
    await checkRejects(new Kvm.Runner().run_async(null), Kvm.Error, Kvm.Error.INVALID);
    checkThrows(() => new Kvm.RunnerExit().complete(), Kvm.Error.CLOSED);
    const cancellable = new Gio.Cancellable();
    machine.runner.connect('exit', () => {
        cancellable.cancel();
        return true;
    });
    await checkRejects(machine.runner.run_async(cancellable), Gio.IOErrorEnum,
        Gio.IOErrorEnum.CANCELLED);
    machine.runner.get_vm().close();
    await checkRejects(machine.runner.run_async(null), Kvm.Error, Kvm.Error.CLOSED);
});

// Functions of JavaScript's cannot run in a vCPU's thread: the device says so.
const Port = GObject.registerClass({
    Implements: [Kvm.IoDevice],
}, class Port extends GObject.Object {
    vfunc_read(offset, _size) {
        check(offset, 0);
        return 0x1233 + 1;
    }

    vfunc_write(offset, size, value) {
        this.written = [offset, size, value];
        return false;
    }
});

test('a runner and a device in JavaScript', async () => {
    const machine = new Machine(ECHO);
    const port = new Port();
    machine.vm.get_io_bus().add_device(Kvm.IoSpace.PORT, 0x60, 4, port,
        Kvm.IoDeviceFlags.SAME_THREAD);
    check((await machine.runner.run_async(null)).get_reason(), Kvm.ExitReason.HLT);
    check(port.written, [1, 2, 0x1234]);
});

test('signal', () => {
    const guest = new Guest(SPIN);
    const SIGUSR1 = 10;
    let seen = false;
    const source = GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, SIGUSR1, () => {
        seen = true;
        return GLib.SOURCE_CONTINUE;
    });
    // Again and again: one may come before the guest runs.
    const child = Gio.Subprocess.new(['sh', '-c', 'while sleep 0.1; kill -USR1 $PPID; do :; done'],
        Gio.SubprocessFlags.NONE);
    do {
        guest.run(Kvm.ExitReason.INTERRUPTED);
        check(guest.exit.get_interruption(), Kvm.Interruption.SIGNAL);
        GLib.MainContext.default().iteration(false);
    } while (!seen);
    child.force_exit();
    child.wait(null);
    GLib.source_remove(source);
});

// The main loop runs until the source has gone, which it does without firing.
function waitUntilGone(source) {
    while (!source.is_destroyed())
        GLib.MainContext.default().iteration(true);
}

test('doorbell', () => {
    const guest = new Guest(RING);
    const doorbell = guest.vm.add_doorbell(Kvm.IoSpace.PORT, 0x510, 1);
    const loop = new GLib.MainLoop(null, false);
    let fired = 0;
    const source = doorbell.create_source();
    source.set_callback(() => {
        fired++;
        loop.quit();
        return GLib.SOURCE_CONTINUE;
    });
    source.attach(null);
    for (let i = 1; i <= 3; i++) {
        guest.run(Kvm.ExitReason.IO);
        check(guest.exit.get_address(), 0x61);
        check(doorbell.get_count(), i);
        loop.run();
        check(fired, i);
    }
    checkThrows(() => guest.vm.add_doorbell(Kvm.IoSpace.PORT, 0x510, 0), Kvm.Error.OVERLAP);
    const other = guest.vm.add_doorbell_for_value(Kvm.IoSpace.MMIO, 0x9000, 8, MAX);
    check(other.length, 8);
    doorbell.remove();
    waitUntilGone(source);
    check(fired, 3);
    checkThrows(() => doorbell.remove(), Kvm.Error.CLOSED);
    guest.run(Kvm.ExitReason.IO);
    check(guest.exit.get_address(), 0x510);
});

test('interrupt trigger', () => {
    const guest = new Guest(INTERRUPT, true);
    guest.memory.write(0x2000, [0x20]);
    const trigger = guest.vm.add_irq_trigger(5, Kvm.IrqTriggerFlags.RESAMPLE);
    const loop = new GLib.MainLoop(null, false);
    let fired = 0, taken = 0;
    const source = trigger.create_source();
    source.set_callback(() => {
        fired++;
        trigger.raise();
        loop.quit();
        return GLib.SOURCE_CONTINUE;
    });
    source.attach(null);
    guest.run(Kvm.ExitReason.IO);
    check(guest.exit.get_value(), 0);
    trigger.raise();
    for (let i = 1; i <= 3; i++) {
        do {
            guest.run(Kvm.ExitReason.IO);
            if (guest.exit.get_value() === 1)
                taken++;
        } while (guest.exit.get_value() !== 2);
        loop.run();
        check(fired, i);
        check(taken, i);
    }
    guest.vm.close();
    waitUntilGone(source);
    check(fired, 3);
    checkThrows(() => trigger.raise(), Kvm.Error.CLOSED);
});

const Echo = GObject.registerClass({
    Implements: [Kvm.IoDevice],
}, class Echo extends GObject.Object {
    accesses = [];

    vfunc_read(offset, size) {
        this.accesses.push(`read ${offset} ${size}`);
        return 0x1122334455667788n;
    }

    vfunc_write(offset, size, value) {
        this.accesses.push(`write ${offset} ${size} ${value}`);
        return value === 0x21;
    }
});

// In the main thread, where the run is.
test('a device on the bus', () => {
    const guest = new Guest('e410 e611 66a10080 66a30480 b021 e611 f4');
    const device = new Echo();
    const bus = guest.vm.get_io_bus();
    bus.add_device(Kvm.IoSpace.PORT, 0x10, 2, device, Kvm.IoDeviceFlags.SAME_THREAD);
    bus.add_device(Kvm.IoSpace.MMIO, 0x8000, 8, device,
        Kvm.IoDeviceFlags.SAME_THREAD | Kvm.IoDeviceFlags.HALVES);
    check(bus.find_device(Kvm.IoSpace.MMIO, 0x8007) === device, true);
    guest.run(Kvm.ExitReason.IO);
    check(device.accesses.join(), `read 0 1,write 1 1 136,read 0 4,write 4 4 ${0x55667788},` +
        'write 1 1 33');
    guest.run(Kvm.ExitReason.HLT);
    checkThrows(() => bus.add_device(Kvm.IoSpace.PORT, 0x11, 1, device, Kvm.IoDeviceFlags.NONE),
        Kvm.Error.OVERLAP);
    check(bus.remove_device(device), true);
});

test('what is pending', () => {
    const guest = new Guest('e410 f4');
    guest.run(Kvm.ExitReason.IO);
    checkThrows(() => guest.vcpu.complete_pending(), Kvm.Error.PENDING);
    guest.exit.set_value(0x5a);
    check(guest.vcpu.complete_pending(), Kvm.ExitReason.INTERRUPTED);
    check(guest.vcpu.x86_get_regs()[1].rax & 0xff, 0x5a);
});

test('children keep their parents', () => {
    const vcpu = (() => new Guest(HELLO).vcpu)();
    System.gc();
    check(vcpu.run(null), Kvm.ExitReason.IO);
    check(vcpu.get_vm().get_system().get_api_version(), 12);
});

function makeAndDrop(n) {
    for (let i = 0; i < n; i++) {
        const guest = new Guest(HELLO);
        guest.run(Kvm.ExitReason.IO);
        guest.loop = guest;
    }
    System.gc();
}

// The fds that are left when what is not used is gone.
function settle() {
    for (let i = 0; i < 3; i++) {
        System.gc();
        while (GLib.MainContext.default().iteration(false))
            continue;
    }
    return countFds();
}

test('nothing stays behind', () => {
    makeAndDrop(10);
    const before = settle();
    makeAndDrop(200);
    check(settle(), before, 'fds');
});

test('every property', () => {
    const guest = new Guest(HALT);
    const device = guest.vm.create_device(Kvm.DeviceType.VFIO);
    const expected = new Map([
        [guest.system, {path: null, fd: guest.system.get_fd()}],
        [guest.vm, {system: guest.system, ioBus: guest.vm.get_io_bus()}],
        [guest.vcpu, {vm: guest.vm, id: 0, exit: guest.exit, exitHistory: 0}],
        [device, {vm: guest.vm, deviceType: 4}],
        [guest.memory, {size: 0x8000}],
        [guest.slot, {vm: guest.vm, memory: guest.memory, guestAddress: 0, offset: 0,
            length: 0x8000, number: 0, addressSpace: 0, flags: Kvm.MemorySlotFlags.NONE}],
        [guest.exit, {}],
        [guest.vm.add_doorbell(Kvm.IoSpace.MMIO, 0x9000, 2),
            {space: Kvm.IoSpace.MMIO, address: 0x9000, length: 2}],
        [new Guest(HALT, true).vm.add_irq_trigger(5, Kvm.IrqTriggerFlags.NONE),
            {gsi: 5, flags: Kvm.IrqTriggerFlags.NONE}],
        [Kvm.Runner.new(guest.vm), {vm: guest.vm, state: Kvm.RunnerState.STOPPED}],
    ]);
    for (const [object, properties] of expected) {
        const specs = GObject.Object.list_properties.call(object.constructor.$gtype ?? object);
        check(specs.length, Object.keys(properties).length, `${object}`);
        for (const name in properties)
            check(object[name] === properties[name], true, `${object}.${name}`);
    }
});

test('statistics', () => {
    const guest = new Guest(HALT);
    const stats = guest.vcpu.get_stats();
    const halts = stats.find('halt_exits');
    const seen = [];
    halts.connect('notify::value', stat => seen.push(stat.value));
    guest.run(Kvm.ExitReason.HLT);
    guest.run(Kvm.ExitReason.HLT);
    check(stats.update(), true);
    check(seen.join(), '2');
    check(halts.get_values().join(), '2');
    // Exact, however large it is
    check(exact(halts.to_bytes(), 0), 2n);
    check(stats.get_n_items() > 10, true);
    check(stats.find(stats.get_item(3).name) === stats.get_item(3), true);
    check(stats.find('no_such_thing'), null);
    check(stats.vcpu === guest.vcpu && stats.vm === guest.vm, true);
    stats.close();
    checkThrows(() => stats.update(), Kvm.Error.CLOSED);
});

test('devices', () => {
    const memory = Gio.MemoryOutputStream.new_resizable();
    const serial = Kvm.Serial.new(Gio.SimpleIOStream.new(Gio.MemoryInputStream.new(), memory));
    const levels = [];
    serial.set_interrupt_func((port, level) => levels.push(level));
    serial.write(1, 1, 2);
    serial.write(0, 1, 'J'.charCodeAt(0));
    check(serial.flush(null), true);
    memory.close(null);
    check(new TextDecoder().decode(memory.steal_as_bytes().toArray()), 'J');
    check(levels.join(), 'true,false,true');
    serial.set_interrupt_func(null);

    const debugExit = Kvm.DebugExit.new();
    check(debugExit.write(0, 4, 7), true);
    check(debugExit.value, 7);
    const rtc = Kvm.Rtc.new();
    rtc.set_byte(0x40, 0xa5);
    check(rtc.get_byte(0x40), 0xa5);
    const i8042 = Kvm.I8042.new();
    check(i8042.write(4, 1, 0xfe), true);
    check(i8042.resetRequested, true);
});

test('every method is there', () => {
    const repository = GIRepository.Repository.get_default();
    const {InfoType} = GIRepository;
    let n = 0;

    function checkMethods(info, kind) {
        for (let i = 0; i < GIRepository[`${kind}_info_get_n_methods`](info); i++) {
            const name = GIRepository[`${kind}_info_get_method`](info, i).get_name();
            const owner = Kvm[info.get_name()];
            check(typeof (owner.prototype[name] ?? owner[name]), 'function',
                `${info.get_name()}.${name}`);
            n++;
        }
    }

    for (let i = 0; i < repository.get_n_infos('Kvm'); i++) {
        const info = repository.get_info('Kvm', i);
        switch (info.get_type()) {
        case InfoType.OBJECT:
            checkMethods(info, 'object');
            break;
        case InfoType.INTERFACE:
            checkMethods(info, 'interface');
            break;
        case InfoType.STRUCT:
            if (!GIRepository.struct_info_is_gtype_struct(info))
                checkMethods(info, 'struct');
            break;
        case InfoType.FUNCTION:
            check(typeof Kvm[info.get_name()], 'function', info.get_name());
        }
    }
    check(n > 200, true);
});

run();
