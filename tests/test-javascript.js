#!/usr/bin/gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later
// What kvm.js adds in JavaScript, on real KVM (x86).

import GLib from 'gi://GLib';
import Kvm, {exact} from '../introspection/kvm.js';
import {check, run, test} from './tap.js';

// In 16-bit real mode; test-bindings.py says what they do.
const HELLO = 'baf803 00d8 0430 ee b00a ee f4';
const ECHO = 'e560 e761 f4';
const SPIN = 'ebfe';
const WRMSR = '66b974010000 66b8efbeadde 66ba78563412 0f30 f4'; // of 0x174

const ENTRY = 0x1000;
const BIG = 0xffffffff81000000n;

function makeGuest(code) {
    const vm = Kvm.System.new().create_vm();
    const memory = Kvm.Memory.new(0x8000);
    vm.add_memory(0, memory, Kvm.MemorySlotFlags.NONE);
    const bytes = code.replaceAll(' ', '').match(/../g).map(byte => parseInt(byte, 16));
    memory.write(ENTRY, Uint8Array.from(bytes));
    const vcpu = vm.create_vcpu(0);
    vcpu.x86_setup_real_mode(ENTRY);
    return vcpu;
}

function setSum(vcpu) {
    const [, regs] = vcpu.x86_get_regs();
    regs.rax = regs.rbx = 2;
    vcpu.x86_set_regs(regs);
}

test('registers are exact', () => {
    const vcpu = makeGuest(HELLO);
    const [, regs] = vcpu.x86_get_regs();
    const names = ['rax', 'rbx', 'rcx', 'rdx', 'rsi', 'rdi', 'rsp', 'rbp', 'r8', 'r9', 'r10', 'r11',
        'r12', 'r13', 'r14', 'r15'];
    names.forEach((name, i) => (regs[name] = BIG + BigInt(i)));
    vcpu.x86_set_regs(regs);
    const got = exact(vcpu.x86_get_regs()[1]);
    names.forEach((name, i) => check(got[name], BIG + BigInt(i), name));
    check([got.rip, got.rflags], [0x1000n, 2n]);
    check(Object.keys(got).length, 18);
});

test('constants are exact', () => {
    const directory = GLib.getenv('GI_TYPELIB_PATH');
    const [, gir] = GLib.file_get_contents(`${directory}/Kvm-1.0.gir`);
    const pattern = /<constant name="(\w+)"\s+value="(\d+)"/g;
    const constants = [...new TextDecoder().decode(gir).matchAll(pattern)];
    constants.forEach(([, name, value]) => check(exact(name), BigInt(value), name));
    check(constants.filter(([, , value]) => BigInt(value) > 2n ** 53n).length > 100, true);
    check(exact('RISCV_REG_A0'), 0x803000000200000an);
    check(exact('ARM64_REG_X1'), 0x6030000000100002n);
    let thrown;
    try {
        exact('RISCV_REG_A9');
    } catch (error) {
        thrown = error;
    }
    check(thrown?.message, 'There is no constant Kvm.RISCV_REG_A9');
});

test('structs in structs and arrays are exact', () => {
    const sregs = new Kvm.X86Sregs();
    sregs.gs.base = BIG;
    sregs.gs.limit = 0xfffffffe;
    sregs.idt.base = BIG + 1n;
    sregs.cr3 = 2n ** 63n;
    sregs.set_interrupt_bitmap([1, BIG, 0, 2n ** 64n - 1n]);
    const got = exact(sregs);
    check([got.gs.base, got.gs.limit, got.idt.base, got.cr3],
        [BIG, 0xfffffffen, BIG + 1n, 2n ** 63n]);
    check(got.interrupt_bitmap, [1n, BIG, 0n, 2n ** 64n - 1n]);
    check([got.cs.base, got.fs.base], [0n, 0n]);
});

test('every flat struct can be read', () => {
    for (const name of ['X86Regs', 'X86Sregs', 'X86Sregs2', 'X86Fpu', 'X86DebugRegs',
        'X86VcpuEvents', 'X86Clock', 'X86Mce'])
        check(Object.keys(exact(new Kvm[name]())).length > 1, true, name);
});

test('model-specific registers are exact', () => {
    const msrs = Kvm.X86Msrs.new();
    msrs.set(0x174, BIG);
    msrs.set(0xc0000102, 2n ** 64n - 1n);
    check([...msrs], [[0x174, BIG], [0xc0000102, 2n ** 64n - 1n]]);
    check(exact(msrs).get(0xc0000102), 2n ** 64n - 1n);
    check(exact(Kvm.X86Msrs.new()).size, 0);
    const vcpu = makeGuest(HELLO);
    msrs.set(0xc0000102, BIG);
    vcpu.x86_set_msrs(msrs);
    check(exact(vcpu.x86_get_msrs([0xc0000102])).get(0xc0000102), BIG);
});

test('CPUID is iterated', () => {
    const cpuid = Kvm.System.new().x86_get_supported_cpuid();
    const entries = [...cpuid];
    check(entries.length, cpuid.get_n_entries());
    check(entries.find(entry => entry.function === 0x40000000).ebx, 0x4b4d564b);
});

test('statistics and bytes are exact', () => {
    const vcpu = makeGuest(HELLO);
    check(exact(vcpu.get_stats().find('exits')).length, 1);
    check(exact(Uint8Array.of(0, 0, 0, 0x81, 0xff, 0xff, 0xff, 0xff)), BIG);
    check(exact(new Uint8Array()), 0n);
});

test('a loop over exits ends with the guest', () => {
    const vcpu = makeGuest(HELLO);
    setSum(vcpu);
    let output = '';
    for (const exit of vcpu)
        output += String.fromCharCode(exit.get_value());
    check(output, '4\n');
    check(vcpu.get_exit().get_reason(), Kvm.ExitReason.HLT);
});

test('a loop over exits answers', () => {
    const written = [];
    for (const exit of makeGuest(ECHO)) {
        if (exit.is_write())
            written.push(exact(exit));
        else
            exit.set_value(0xbeef);
    }
    check(written, [0xbeefn]);
});

test('what a guest writes to a register is exact', () => {
    const vcpu = makeGuest(WRMSR);
    const vm = vcpu.get_vm();
    vm.enable_capability(Kvm.Capability.X86_USER_SPACE_MSR, [4]); // denied by the filter
    const filter = Kvm.X86MsrFilter.new(Kvm.X86MsrFilterFlags.NONE);
    filter.deny(Kvm.X86MsrAccesses.WRITE, 0x174, 1);
    vm.x86_set_msr_filter(filter);
    const values = [];
    for (const exit of vcpu)
        values.push(exact(exit));
    check(values, [0x12345678deadbeefn]);
});

test('an asynchronous loop', async () => {
    const vcpu = makeGuest(HELLO);
    setSum(vcpu);
    let output = '';
    for await (const exit of vcpu)
        output += String.fromCharCode(exit.get_value());
    check(output, '4\n');
});

test('a kick ends an asynchronous loop', async () => {
    const vcpu = makeGuest(SPIN);
    vcpu.kick();
    const exits = [];
    for await (const exit of vcpu)
        exits.push(exit);
    check(exits.length, 0);
    check(vcpu.get_exit().get_interruption(), Kvm.Interruption.KICK);
});

test('asynchronous methods give promises', async () => {
    check(await makeGuest('f4').run_async(null), Kvm.ExitReason.HLT);
    const vcpu = makeGuest('f4');
    const runner = Kvm.Runner.new(vcpu.get_vm());
    runner.add_vcpu(vcpu);
    const ended = await runner.run_async(null);
    check(ended.get_reason(), Kvm.ExitReason.HLT);
});

test('a triple fault is a shutdown, an internal error thrown', () => {
    // ud2 and ud0, with no table of handlers; PVM, which emulates the guest, does not know ud0.
    const isPvm = GLib.file_test('/sys/module/kvm_pvm', GLib.FileTest.EXISTS);
    for (const [code, isError] of [['0f0b', false], ['0fffff', isPvm]]) {
        const vcpu = makeGuest(code);
        const [, sregs] = vcpu.x86_get_sregs();
        sregs.idt.limit = 0;
        vcpu.x86_set_sregs(sregs);
        let thrown = null;
        try {
            check([...vcpu].length, 0);
        } catch (error) {
            thrown = error;
            check(error.matches(Kvm.Error, Kvm.Error.INVALID), true);
            check(error.message.startsWith('The guest cannot go on: '), true, error.message);
        }
        check(thrown !== null, isError);
        check(vcpu.get_exit().get_reason(),
            isError ? Kvm.ExitReason.INTERNAL_ERROR : Kvm.ExitReason.SHUTDOWN);
    }
});

run();
