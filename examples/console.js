#!/usr/bin/gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later
// A guest whose serial port is the terminal. It says everything in capitals, sleeps in between, and
// ends at a dot.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Kvm from 'gi://Kvm?version=1.0';
import System from 'system';

Gio._promisify(Kvm.Runner.prototype, 'run_async', 'run_finish');

// What console.c explains: it sets up the interrupt controller and the serial port, and answers what
// comes through that when it is interrupted.
const CODE = `
    b011e620 b020e621 b004e621 b001e621 b0efe621 c70690002a10 c70692000000 baf903b001ee fb f4 ebfd
    bafd03ec a8017415 baf803ec 3c2e7412 3c617206 3c7a7702 2c20 ee ebe3 b020e620 cf e6f4`;
const START = 0x1000;

function createMachine() {
    const vm = Kvm.System.new().create_vm();
    const memory = Kvm.Memory.new(0x10000);
    vm.add_memory(0, memory, Kvm.MemorySlotFlags.NONE);
    memory.write(START, Uint8Array.from(CODE.replace(/\s/g, '').match(/../g),
        byte => parseInt(byte, 16)));
    vm.create_irqchip();
    return vm;
}

async function run() {
    const vm = createMachine();
    const vcpu = vm.create_vcpu(0);
    vcpu.x86_setup_real_mode(START);

    // The port is served in the vCPU's thread, in C: no JavaScript runs there.
    const serial = Kvm.Serial.new(Gio.SimpleIOStream.new(
        Gio.UnixInputStream.new(0, false), Gio.UnixOutputStream.new(1, false)));
    serial.set_interrupt_trigger(vm.add_irq_trigger(4, Kvm.IrqTriggerFlags.NONE));
    vm.get_io_bus().add_device(Kvm.IoSpace.PORT, 0x3f8, 8, serial, Kvm.IoDeviceFlags.NONE);

    const runner = Kvm.Runner.new(vm);
    runner.add_vcpu(vcpu);
    await runner.run_async(null); // until the guest writes to a port where there is nothing
    serial.flush(null);
}

const loop = new GLib.MainLoop(null, false);
let status = 1;
if (ARGV.length) {
    printerr('Usage: console.js');
} else {
    run().then(() => (status = 0), error => printerr(error.message)).finally(() => loop.quit());
    loop.run();
}
System.exit(status);
