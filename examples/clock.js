#!/usr/bin/gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later
// A guest counts seconds by the interrupts of its timer, and sleeps in between; the program is in a
// main loop, which Ctrl-C ends.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Kvm from 'gi://Kvm?version=1.0';
import System from 'system';

Gio._promisify(Kvm.Runner.prototype, 'run_async', 'run_finish');

// What clock.c explains: it sets up the interrupt controller and the timer, and at every hundredth
// interrupt writes one more to port 0x10.
const CODE = `
    b011e620 b020e621 b004e621 b001e621 b0fee621 b034e643 b09ce640 b02ee640
    c70680003210 c70682000000 b164 fb f4 ebfd
    fec9 7507 b164 43 89d8 e710 b020e620 cf`;

let system;
try {
    if (ARGV.length)
        throw new Error('Usage: clock.js');
    system = Kvm.System.new();
} catch (error) {
    printerr(error.message);
    System.exit(1);
}
const vm = system.create_vm();
const memory = Kvm.Memory.new(0x10000);
vm.add_memory(0, memory, Kvm.MemorySlotFlags.NONE);
memory.write(0x1000, Uint8Array.from(CODE.replace(/\s/g, '').match(/../g),
    byte => parseInt(byte, 16)));
vm.create_irqchip();
vm.x86_create_pit(0);
const vcpu = vm.create_vcpu(0);
vcpu.x86_setup_real_mode(0x1000);

const loop = new GLib.MainLoop(null, false);
const runner = Kvm.Runner.new(vm);
runner.add_vcpu(vcpu);

// In this thread, while the vCPU waits in its own.
runner.connect('exit', (_, exit) => {
    const details = exit.get_exit();
    if (details.get_reason() !== Kvm.ExitReason.IO)
        return false;
    print(`${details.get_value()} s`);
    exit.complete();
    return true;
});
const SIGINT = 2;
GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, SIGINT, () => {
    runner.stop();
    return GLib.SOURCE_CONTINUE;
});

runner.run_async(null)
    .then(ended => ended && printerr(ended.to_string()), e => printerr(e.message))
    .finally(() => loop.quit());
loop.run();
