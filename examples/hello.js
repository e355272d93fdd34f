#!/usr/bin/gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later
// A guest adds two numbers, prints the sum through a port, and halts.

import Kvm from 'gi://Kvm?version=1.0';
import System from 'system';

// mov $0x3f8,%dx; add %bl,%al; add $'0',%al; out %al,(%dx); mov $'\n',%al; out %al,(%dx); hlt
const CODE = Uint8Array.of(
    0xba, 0xf8, 0x03, 0x00, 0xd8, 0x04, 0x30, 0xee, 0xb0, 0x0a, 0xee, 0xf4);

try {
    if (ARGV.length)
        throw new Error('Usage: hello.js');
    const vm = Kvm.System.new().create_vm();
    const memory = Kvm.Memory.new(0x1000);
    vm.add_memory(0x1000, memory, Kvm.MemorySlotFlags.NONE);
    memory.write(0, CODE);

    const vcpu = vm.create_vcpu(0);
    vcpu.x86_setup_real_mode(0x1000);
    vcpu.x86_set_regs(new Kvm.X86Regs({rip: 0x1000, rflags: 2, rax: 2, rbx: 2}));
    const exit = vcpu.get_exit();
    let output = '';
    while (vcpu.run(null) === Kvm.ExitReason.IO)
        output += String.fromCharCode(exit.get_value());
    print(output.trimEnd());
    if (exit.get_reason() !== Kvm.ExitReason.HLT)
        throw new Error(`The guest stopped: ${exit.to_string()}`);
} catch (error) {
    printerr(error.message);
    System.exit(1);
}
