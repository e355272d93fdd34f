#!/usr/bin/gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later
// A guest sorts bytes in its memory, while the main loop is free: sort.js NUMBER NUMBER…
//
// It uses nothing but what the README and the manual tell. What it ran into: the module has to be
// imported from where it is, and nothing said where that is in a build directory; and what C returns
// through a pointer comes behind a `true`, so that the registers are the second of two. Languages.md now
// tells both.
// With a single number the guest ran over its own code; "internal error: emulation failed at rip
// 0x1008" led straight to the loop that begins with 0.

import GLib from 'gi://GLib';
import Kvm, {exact} from 'file:///usr/share/kvmobj-1.0/kvm.js';
import System from 'system';

const [CODE, NUMBERS, TIME_LIMIT] = [0x1000, 0x2000, 5000];

// Bubble sort of bytes; %di counts how often it swaps.
function compile(count) {
    return [
        0xb9, count - 1, 0, // outer: mov $count-1,%cx
        0xbe, 0x00, 0x20,   //        mov $0x2000,%si
        0x30, 0xdb,         //        xor %bl,%bl
        0xac,               // inner: lodsb
        0x3a, 0x04,         //        cmp (%si),%al
        0x76, 0x08,         //        jbe 1f
        0x86, 0x04,         //        xchg %al,(%si)
        0x88, 0x44, 0xff,   //        mov %al,-1(%si)
        0xfe, 0xc3,         //        inc %bl
        0x47,               //        inc %di
        0xe2, 0xf1,         // 1:     loop inner
        0x84, 0xdb,         //        test %bl,%bl
        0x75, 0xe5,         //        jnz outer
        0xf4,               //        hlt
    ];
}

async function sort(numbers) {
    const vm = Kvm.System.new().create_vm();
    vm.add_memory(0, Kvm.Memory.new(0x10000), Kvm.MemorySlotFlags.NONE);
    vm.write_memory(CODE, compile(numbers.length));
    vm.write_memory(NUMBERS, numbers);
    const vcpu = vm.create_vcpu(0);
    vcpu.x86_setup_real_mode(CODE);

    const timer = GLib.timeout_add(GLib.PRIORITY_DEFAULT, TIME_LIMIT, () => vcpu.kick());
    const reason = await vcpu.run_async(null);
    GLib.source_remove(timer);
    if (reason !== Kvm.ExitReason.HLT)
        throw new Error(vcpu.get_exit().to_string());
    print(...vm.read_memory(NUMBERS, numbers.length), `(${exact(vcpu.x86_get_regs()[1]).rdi} swaps)`);
}

try {
    const numbers = System.programArgs.map(Number);
    if (numbers.length < 2 || !numbers.every(number => number >= 0 && number < 256))
        throw new Error('sort.js NUMBER NUMBER…, each from 0 to 255');
    await sort(numbers);
} catch (error) {
    printerr(error.message);
    System.exit(1);
}
