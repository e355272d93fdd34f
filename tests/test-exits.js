#!/usr/bin/gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads and answers every exit of exits.json through the typelib, under the null KVM.
//
// A getter rounds what is above 2^53; the bytes of the payload are exact.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Kvm from 'gi://Kvm?version=1.0';
import * as tap from './tap.js';

const table = JSON.parse(new TextDecoder().decode(GLib.file_get_contents(
    GLib.filename_from_uri(import.meta.url.replace(/[^/]*$/, 'exits.json'))[0])[1]));
const isX86 = Gio.File.new_for_path('/lib64/ld-linux-x86-64.so.2').query_exists(null);

function fromHex(hex) {
    return Uint8Array.from(hex.match(/../g) ?? [], byte => parseInt(byte, 16));
}

function payloadOf(exit) {
    return fromHex((exit.payload + 'ee'.repeat(256)).slice(0, 512));
}

// A value of the table as the typelib gives it.
function result(value) {
    if (Array.isArray(value))
        return value.map(result);
    if (value.bytes !== undefined)
        return fromHex(value.bytes);
    if (value.enum !== undefined) {
        const [type, name] = value.enum.split('.');
        return Kvm[type][name];
    }
    return typeof value === 'string' ? Number(BigInt(value)) : value;
}

// The same, as it is given to the typelib, which takes a BigInt for 64-bit arguments only.
function argument(value) {
    const isLarge = typeof value === 'string' && !Number.isSafeInteger(Number(value));
    return isLarge ? BigInt(value) : result(value);
}

// A name may have the arguments in it, as in get_element(3).
function call(exit, name, ...args) {
    const [method, rest] = name.replace(')', '').split('(');
    if (rest)
        args.push(...rest.split(','));
    return exit[method](...args.map(argument));
}

// A vCPU that makes all the exits of the table, each of them followed by a halt.
const items = [];
for (const exit of table.exits) {
    const payload = [...payloadOf(exit)].map(b => b.toString(16).padStart(2, '0')).join('');
    items.push(...exit.before ?? [], `${exit.kind}:${exit.number}:${payload}`, 'raw:5:');
}
const [log] = Gio.File.new_tmp('kvmobj-XXXXXX');
GLib.setenv('NULL_KVM_EXITS', items.join(','), true);
GLib.setenv('NULL_KVM_LOG', log.get_path(), true);
const vcpu = Kvm.System.new().create_vm().create_vcpu(0);
if (isX86) {
    const regs = new Kvm.X86Regs();
    regs.rip = BigInt(table.rip);
    vcpu.x86_set_regs(regs);
}

// What the kernel found in the page when it ran the vCPU.
function lastPayload() {
    const lines = new TextDecoder().decode(log.load_contents(null)[1]).split('\n');
    const last = lines.filter(line => line.includes(' KVM_RUN ')).pop();
    return fromHex(last.split(' ')[3]);
}

function readPages(offset, length) {
    const stream = Gio.File.new_for_path(`/proc/self/fd/${vcpu.get_fd()}`).read(null);
    stream.seek(offset, GLib.SeekType.SET, null);
    const bytes = stream.read_bytes(length, null);
    stream.close(null);
    return bytes.toArray();
}

function checkExit(exit, entry) {
    tap.check(exit.get_reason(), Kvm.ExitReason[entry.reason], 'reason');
    if (!entry.error)
        tap.check(exit.get_raw_reason(), entry.number, 'raw reason');
    for (const name in entry.expect)
        tap.check(call(exit, name), result(entry.expect[name]), name);
    if (entry.string || isX86)
        tap.check(exit.to_string(), entry.string ?? entry.string_x86, 'string');
    tap.check(exit.to_bytes().toArray(), payloadOf(entry), 'payload');
}

function answer(exit, entry) {
    for (const [name, ...args] of entry.refused ?? [])
        tap.checkThrows(() => call(exit, name, ...args), Kvm.Error.INVALID);
    for (const [name, ...args] of entry.answers ?? [])
        call(exit, name, ...args);
    for (const name in entry.after ?? {})
        tap.check(call(exit, name), result(entry.after[name]), `${name} after the answers`);
    for (const offset in entry.data_after ?? {}) {
        const data = fromHex(entry.data_after[offset]);
        tap.check(readPages(Number(offset), data.length), data, 'data');
    }
}

function checkEntry(entry) {
    const exit = vcpu.get_exit();
    let reason = Kvm.ExitReason.ERROR, halt;

    if (entry.error)
        tap.checkThrows(() => vcpu.run(null), Kvm.Error[entry.error]);
    else
        reason = vcpu.run(null);
    const copy = exit.copy();
    try {
        tap.check(reason, Kvm.ExitReason[entry.reason], 'run ()');
        checkExit(exit, entry);
        answer(exit, entry);
    } finally {
        halt = vcpu.run(null);
    }

    const expected = payloadOf(entry);
    for (const offset in entry.payload_after ?? {})
        expected.set(fromHex(entry.payload_after[offset]), Number(offset));
    tap.check(halt, Kvm.ExitReason.HLT, 'run () after it');
    tap.check(lastPayload(), expected, 'answer');
    checkExit(copy, entry);
}

for (const entry of table.exits)
    tap.test(entry.name, () => checkEntry(entry));
tap.test('the log is removed', () => log.delete(null));
tap.run();
