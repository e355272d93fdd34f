#!/usr/bin/gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later
// Boots Linux on a PC: boot-linux.js KERNEL [INITRD [MORE OF THE COMMAND LINE]].
//
// Its first serial port is the terminal. The program ends with the guest, which powers off by writing
// its exit status to port 0xf4; a reset is a status of 0.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Kvm from 'gi://Kvm?version=1.0';
import System from 'system';

Gio._promisify(Kvm.Runner.prototype, 'run_async', 'run_finish');

const COMMAND_LINE = 'console=ttyS0 reboot=k panic=-1 pci=off';
const TSC_DEADLINE = 1 << 24, HYPERVISOR = 1 << 31;
const loop = new GLib.MainLoop(null, false);

function load(path) {
    return path ? Gio.File.new_for_path(path).load_bytes(null)[0] : null;
}

function createMachine(system, size) {
    const vm = system.create_vm();
    vm.add_memory(0, Kvm.Memory.new(size), Kvm.MemorySlotFlags.NONE);
    vm.create_irqchip();
    vm.x86_create_pit(1); // with port 0x61
    return vm;
}

// The processor is what KVM offers, with a clock and a timer that need no calibration.
function createVcpu(system, vm, layout) {
    const cpuid = system.x86_get_supported_cpuid();
    const [, entry] = cpuid.find(1, 0);
    entry.ecx = (entry.ecx | TSC_DEADLINE | HYPERVISOR) >>> 0;
    const vcpu = vm.create_vcpu(0);
    vcpu.x86_set_cpuid(cpuid.with_entry(entry));
    vcpu.setup_boot(layout);
    return vcpu;
}

// Where there is no device, reads give all ones and writes are lost, as on a PC's bus.
function answerNothing(_runner, token) {
    const details = token.get_exit();
    if (details.get_reason() !== Kvm.ExitReason.IO)
        return false;
    if (!details.is_write())
        details.set_value(0xffffffff);
    return token.complete();
}

async function boot(kernel, initrd, ...words) {
    if (kernel === undefined)
        throw new Error('give a kernel');
    const system = Kvm.System.new();
    const vm = createMachine(system, 512 << 20);
    const layout = vm.load_kernel(load(kernel), load(initrd), [COMMAND_LINE, ...words].join(' '),
        null);
    const serial = Kvm.Serial.new(Gio.SimpleIOStream.new(
        Gio.UnixInputStream.new(0, false), Gio.UnixOutputStream.new(1, false)));
    const i8042 = new Kvm.I8042(), debugExit = new Kvm.DebugExit();
    serial.set_interrupt_trigger(vm.add_irq_trigger(4, Kvm.IrqTriggerFlags.NONE));
    for (const [port, length, device] of [[0x3f8, 8, serial], [0x60, 5, i8042],
        [0x70, 2, new Kvm.Rtc()], [0xf4, 1, debugExit]])
        vm.get_io_bus().add_device(Kvm.IoSpace.PORT, port, length, device, Kvm.IoDeviceFlags.NONE);

    const runner = Kvm.Runner.new(vm);
    runner.add_vcpu(createVcpu(system, vm, layout));
    runner.connect('exit', answerNothing);
    const ended = await runner.run_async(null);
    serial.flush(null);
    if (debugExit.get_has_value() || i8042.get_reset_requested())
        return debugExit.get_value();
    throw new Error(`the guest stopped: ${ended.to_string()}`);
}

// JavaScript has no call for it; and where there is no terminal, nothing happens.
function setTerminal(mode) {
    Gio.Subprocess.new(['stty', ...mode],
        Gio.SubprocessFlags.STDIN_INHERIT | Gio.SubprocessFlags.STDERR_SILENCE).wait(null);
}

let status = 1;
setTerminal(['raw', '-echo']);
boot(...ARGV)
    .then(result => {
        status = result;
    }, error => printerr(`boot-linux.js: ${error.message}`))
    .finally(() => loop.quit());
loop.run();
setTerminal(['sane']);
System.exit(status);
