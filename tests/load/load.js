#!/usr/bin/gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later

// load.js [CYCLES]: makes, runs and drops virtual machines, and leaves them to the collector, which
// is told from time to time that there is something to do: it does not see what a VM takes.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Kvm from 'gi://Kvm?version=1.0';
import System from 'system';

const N_WARM_UP = 200;
const N_BETWEEN_COLLECTIONS = 50;
const RSS_SLACK = 16 * 1024 * 1024;
const CODE = new Uint8Array([0xf4]); // hlt

const nCycles = ARGV.length > 0 ? Number(ARGV[0]) : 10000;

function cycle() {
    const system = Kvm.System.new();
    const vm = system.create_vm();
    const memory = Kvm.Memory.new(0x2000);
    vm.add_memory(0, memory, 0);
    memory.write(0x1000, CODE);
    const vcpu = vm.create_vcpu(0);
    vcpu.x86_setup_real_mode(0x1000);
    if (vcpu.run(null) !== Kvm.ExitReason.HLT)
        throw new Error(vcpu.get_exit().to_string());
    // A circle, which only the collector takes apart.
    vcpu.keeper = [vcpu, vm, memory];
}

function run(n) {
    for (let i = 1; i <= n; i++) {
        cycle();
        if (i % N_BETWEEN_COLLECTIONS === 0)
            collect();
    }
    collect();
}

// What the collector drops is dropped when the main context has a moment.
function collect() {
    System.gc();
    while (GLib.MainContext.default().iteration(false))
        ;
}

function count(path) {
    const children = Gio.File.new_for_path(path).enumerate_children('standard::name',
        Gio.FileQueryInfoFlags.NONE, null);
    let n = 0;
    while (children.next_file(null) !== null)
        n++;
    children.close(null);
    return n;
}

function read(path) {
    return new TextDecoder().decode(GLib.file_get_contents(path)[1]);
}

function footprint() {
    return {
        fds: count('/proc/self/fd'),
        mappings: read('/proc/self/maps').split('\n').length,
        threads: count('/proc/self/task'),
        rss: Number(read('/proc/self/statm').split(' ')[1]) * 4096,
    };
}

run(N_WARM_UP);
const before = footprint();
const begun = GLib.get_monotonic_time();
run(nCycles);
const took = (GLib.get_monotonic_time() - begun) / 1e6;
const after = footprint();
print(`JavaScript: ${nCycles} cycles in ${took.toFixed(1)} s; before ${JSON.stringify(before)}, ` +
    `after ${JSON.stringify(after)}`);
if (after.fds !== before.fds || after.threads > before.threads ||
    after.mappings > before.mappings + 64 || after.rss > before.rss + RSS_SLACK)
    throw new Error('It holds more than before');
