// SPDX-License-Identifier: LGPL-2.1-or-later
// What makes libkvmobj feel at home in JavaScript (GJS). It adds to the classes of the typelib:
//
//     import Kvm, {exact} from 'file:///usr/share/kvmobj-1.0/kvm.js';
//
//     for (const exit of vcpu) …              // for await, not to block the main loop
//     for (const [index, value] of msrs) …    // and for (const entry of cpuid) …
//     const reason = await vcpu.run_async(null);
//     exact(regs).rip                         // a BigInt: GJS rounds above 2^53
//     exact('RISCV_REG_A0')                   // a constant: Kvm.RISCV_REG_A0 is another register
//
// A BigInt goes in exactly everywhere, without this module.

import GIRepository from 'gi://GIRepository?version=2.0';
import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Kvm from 'gi://Kvm?version=1.0';

const repository = GIRepository.Repository.get_default();

// --- Promises ---

// Each method …_async () without a callback gives a promise.
for (let i = 0; i < repository.get_n_infos('Kvm'); i++) {
    const info = repository.get_info('Kvm', i);
    if (info.get_type() !== GIRepository.InfoType.OBJECT)
        continue;
    for (let j = 0; j < GIRepository.object_info_get_n_methods(info); j++) {
        const name = GIRepository.object_info_get_method(info, j).get_name();
        if (name.endsWith('_async'))
            Gio._promisify(Kvm[info.get_name()].prototype, name, name.replace(/_async$/, '_finish'));
    }
}

// --- Exact numbers ---

function toNumber(array) {
    return array.reduceRight((number, byte) => number << 8n | BigInt(byte), 0n);
}

function toArray(bytes) {
    return bytes instanceof GLib.Bytes ? bytes.toArray() : bytes;
}

function toNumbers(bytes) {
    return [...new BigUint64Array(toArray(bytes).slice().buffer)];
}

const SIZES = {
    [GIRepository.TypeTag.INT8]: 1, [GIRepository.TypeTag.UINT8]: 1,
    [GIRepository.TypeTag.INT16]: 2, [GIRepository.TypeTag.UINT16]: 2,
    [GIRepository.TypeTag.INT32]: 4, [GIRepository.TypeTag.UINT32]: 4,
    [GIRepository.TypeTag.INT64]: 8, [GIRepository.TypeTag.UINT64]: 8,
};

// An object with the integers of a struct, each a BigInt, and with those of structs in it.
function readStruct(info, array) {
    const fields = {};
    for (let i = 0; i < GIRepository.struct_info_get_n_fields(info); i++) {
        const field = GIRepository.struct_info_get_field(info, i);
        const type = GIRepository.field_info_get_type(field);
        const rest = array.subarray(GIRepository.field_info_get_offset(field));
        const tag = GIRepository.type_info_get_tag(type);
        if (tag === GIRepository.TypeTag.INTERFACE) {
            const inner = GIRepository.type_info_get_interface(type);
            fields[field.get_name()] = readStruct(inner, rest);
        } else if (tag === GIRepository.TypeTag.ARRAY) {
            const size = SIZES[GIRepository.type_info_get_tag(
                GIRepository.type_info_get_param_type(type, 0))];
            const length = GIRepository.type_info_get_array_fixed_size(type);
            fields[field.get_name()] = Array.from({length},
                (_, j) => toNumber(rest.subarray(j * size, (j + 1) * size)));
        } else {
            fields[field.get_name()] = toNumber(rest.subarray(0, SIZES[tag]));
        }
    }
    return fields;
}

// The integer constants, from the typelib's file: what GJS and libgirepository give is rounded already.
// (Its format is described by gitypelib-internal.h of gobject-introspection.)
let constants;

function readConstants() {
    const [, bytes] = GLib.file_get_contents(repository.get_typelib_path('Kvm'));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const [u16, u32] = ['getUint16', 'getUint32'].map(get => at => view[get](at, true));
    const u64 = at => view.getBigUint64(at, true);
    const [MAJOR, N_LOCAL_ENTRIES, DIRECTORY, ENTRY_SIZE, CONSTANT] = [16, 22, 24, 12, 9];
    if (view.getUint8(MAJOR) !== 4)
        throw new Error('This typelib has a format that kvm.js does not know');
    const found = new Map();
    for (let i = 0; i < u16(N_LOCAL_ENTRIES); i++) {
        const entry = u32(DIRECTORY) + i * ENTRY_SIZE;
        const blob = u32(entry + 8);
        if (u16(entry) !== CONSTANT)
            continue;
        const [name, size, value] = [4, 12, 16].map(offset => u32(blob + offset));
        const text = new TextDecoder().decode(bytes.subarray(name, bytes.indexOf(0, name)));
        if (size === 4 || size === 8)
            found.set(text, size === 8 ? u64(value) : BigInt(u32(value)));
    }
    return found;
}

function toConstant(name) {
    constants ??= readConstants();
    if (!constants.has(name))
        throw new Error(`There is no constant Kvm.${name}`);
    return constants.get(name);
}

function isForMsr(exit) {
    return [Kvm.ExitReason.X86_RDMSR, Kvm.ExitReason.X86_WRMSR].includes(exit.get_reason());
}

// What has numbers, with all of them as BigInt: of registers an object by their names, of MSRs a Map
// by their indexes, of a statistic or of the bytes of an exit an array, of an exit the value that the
// guest wrote, of an array of bytes one number, and of the name of a constant its value.
export function exact(value) {
    if (typeof value === 'string')
        return toConstant(value);
    if (value instanceof Uint8Array)
        return toNumber(value);
    if (value instanceof GLib.Bytes)
        return toNumbers(value);
    if (value instanceof Kvm.X86Msrs)
        return new Map(value);
    if (value instanceof Kvm.Stat)
        return toNumbers(value.to_bytes());
    if (value instanceof Kvm.Exit)
        return isForMsr(value) ? toNumbers(value.to_bytes())[2] : toNumber(value.get_data());
    const name = value.constructor.$gtype.name.replace(/^Kvm/, '');
    return readStruct(repository.find_by_name('Kvm', name), toArray(value.to_bytes()));
}

// --- Iteration ---

const ENDS = [Kvm.ExitReason.HLT, Kvm.ExitReason.SHUTDOWN, Kvm.ExitReason.SYSTEM_EVENT];
const FAILURES = [
    Kvm.ExitReason.UNKNOWN, Kvm.ExitReason.FAIL_ENTRY, Kvm.ExitReason.INTERNAL_ERROR,
];

// Whether the loop's body gets the exit; it throws if the guest cannot go on.
function isForLoop(exit, reason) {
    if (FAILURES.includes(reason)) {
        throw new Kvm.Error({
            code: Kvm.Error.INVALID,
            message: `The guest cannot go on: ${exit.to_string()}`,
        });
    }
    return !ENDS.includes(reason) && reason !== Kvm.ExitReason.INTERRUPTED;
}

function wasDisturbed(exit, reason) {
    return reason === Kvm.ExitReason.INTERRUPTED &&
        exit.get_interruption() === Kvm.Interruption.SIGNAL;
}

// Runs the guest from exit to exit: what the loop's body answers, the guest goes on with. It ends
// when the guest halts, shuts down or has an event for the whole system, and when it is stopped with
// kick (); vcpu.get_exit () then says which.
Kvm.Vcpu.prototype[Symbol.iterator] = function* () {
    const exit = this.get_exit();
    for (;;) {
        const reason = this.run(null);
        if (wasDisturbed(exit, reason))
            continue;
        if (!isForLoop(exit, reason))
            return;
        yield exit;
    }
};

Kvm.Vcpu.prototype[Symbol.asyncIterator] = async function* () {
    const exit = this.get_exit();
    for (;;) {
        const reason = await this.run_async(null); // eslint-disable-line no-await-in-loop
        if (wasDisturbed(exit, reason))
            continue;
        if (!isForLoop(exit, reason))
            return;
        yield exit;
    }
};

// An entry is the index, 4 bytes of nothing, and the value.
Kvm.X86Msrs.prototype[Symbol.iterator] = function* () {
    const entries = toNumbers(this.to_bytes());
    for (let i = 0; i < entries.length; i += 2)
        yield [Number(entries[i] & 0xffffffffn), entries[i + 1]];
};

Kvm.X86Cpuid.prototype[Symbol.iterator] = function* () {
    for (let i = 0; i < this.get_n_entries(); i++)
        yield this.get_entry(i)[1];
};

export default Kvm;
