#!/usr/bin/gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later
// A guest that counts moves into another virtual machine, and hardly notices: its memory is copied while
// it runs, and then once more what it has written to meanwhile.
//
// It uses nothing but what the manual tells. What it ran into: only the page of the class tells how to
// know that a runner has paused; threads.md and the cookbook now do, too.

import GLib from 'gi://GLib';
import Kvm from 'file:///usr/share/kvmobj-1.0/kvm.js';
import System from 'system';

const [CODE, COUNT, SIZE, ROUNDS] = [0x1000, 0x2000, 0x10000, 5];

const PROGRAM = [
    0xff, 0x06, 0x00, 0x20, // 1: incw 0x2000
    0x75, 0x04,             //    jnz 2f
    0xff, 0x06, 0x02, 0x20, //    incw 0x2002
    0x8b, 0x1e, 0x00, 0x20, // 2: mov 0x2000,%bx
    0x81, 0xe3, 0x00, 0x70, //    and $0x7000,%bx
    0xfe, 0x87, 0x00, 0x30, //    incb 0x3000(%bx)
    0xeb, 0xe8,             //    jmp 1b
];

function createMachine(system) {
    const vm = system.create_vm();
    const memory = Kvm.Memory.new(SIZE);
    vm.add_memory(0, memory, Kvm.MemorySlotFlags.LOG_DIRTY_PAGES);
    const vcpu = vm.create_vcpu(0);
    const runner = Kvm.Runner.new(vm);
    runner.add_vcpu(vcpu);
    return {vm, memory, vcpu, runner, count: () => memory.read_u32_le(COUNT)[1]};
}

function pass(condition) {
    return new Promise(resolve => GLib.timeout_add(GLib.PRIORITY_DEFAULT, 1, () => {
        if (!condition())
            return GLib.SOURCE_CONTINUE;
        resolve();
        return GLib.SOURCE_REMOVE;
    }));
}

function copy(log, from, to) {
    log.collect();
    for (const {guest_address: address, length} of log.get_ranges())
        to.write(address, from.read(address, length));
}

async function migrate() {
    const system = Kvm.System.new();
    const [from, to] = [createMachine(system), createMachine(system)];
    from.memory.write(CODE, PROGRAM);
    from.vcpu.x86_setup_real_mode(CODE);
    const log = from.vm.create_dirty_log();
    const ended = from.runner.run_async(null);

    to.memory.write(0, from.memory.read(0, SIZE));
    for (let round = 0; round < ROUNDS; round++) {
        const before = from.count();
        await pass(() => from.count() !== before);
        copy(log, from.memory, to.memory);
    }
    from.runner.pause();
    await pass(() => from.runner.state === Kvm.RunnerState.PAUSED);
    const state = Kvm.state_to_bytes(from.vm.save_state(null));
    copy(log, from.memory, to.memory);
    to.vm.restore_state(Kvm.state_from_bytes(state));
    const there = to.memory.read(0, SIZE);
    if (!from.memory.read(0, SIZE).every((byte, i) => byte === there[i]))
        throw new Error('The copy is not the same');
    from.runner.stop();
    await ended;
    from.vm.close();

    const arrived = to.count();
    const endedThere = to.runner.run_async(null);
    await pass(() => to.count() > arrived);
    to.runner.stop();
    await endedThere;
    print(`It goes on after ${ROUNDS} rounds`);
}

try {
    if (System.programArgs.length)
        throw new Error('migrate.js takes nothing');
    await migrate();
} catch (error) {
    printerr(error.message);
    System.exit(1);
}
