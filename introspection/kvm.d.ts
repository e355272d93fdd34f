// SPDX-License-Identifier: LGPL-2.1-or-later
// The types of kvm.js. Those of the library itself are made from its GIR:
//
//     ts-for-gir generate Kvm-1.0 -o types

import type GLib from 'gi://GLib';
import Kvm from 'gi://Kvm?version=1.0';

declare module 'gi://Kvm?version=1.0' {
    namespace Kvm {
        interface Vcpu {
            [Symbol.iterator](): IterableIterator<Exit>;
            [Symbol.asyncIterator](): AsyncIterableIterator<Exit>;
        }
        // ts-for-gir leaves out structs in structs.
        interface X86Segments {
            cs: X86Segment;
            ds: X86Segment;
            es: X86Segment;
            fs: X86Segment;
            gs: X86Segment;
            ss: X86Segment;
            tr: X86Segment;
            ldt: X86Segment;
            gdt: X86Dtable;
            idt: X86Dtable;
        }
        interface X86Sregs extends X86Segments {}
        interface X86Sregs2 extends X86Segments {}
        interface X86Msrs {
            [Symbol.iterator](): IterableIterator<[number, bigint]>;
        }
        interface X86Cpuid {
            [Symbol.iterator](): IterableIterator<X86CpuidEntry>;
        }
    }
}

/** The fields of a struct, each number a BigInt. */
export type Exact<T> = {
    [K in keyof T as T[K] extends (...args: never[]) => unknown ? never : K]:
        T[K] extends number ? bigint : T[K] extends number[] ? bigint[] : Exact<T[K]>;
};

/** What has a to_bytes () with the layout of its fields. */
interface Struct {
    to_bytes(): GLib.Bytes;
}

/** A constant of Kvm, by its name: Kvm.RISCV_REG_A0 is rounded. */
export function exact(constant: string): bigint;
export function exact(bytes: Uint8Array): bigint;
export function exact(bytes: GLib.Bytes): bigint[];
export function exact(msrs: Kvm.X86Msrs): Map<number, bigint>;
export function exact(stat: Kvm.Stat): bigint[];
export function exact(exit: Kvm.Exit): bigint;
export function exact<T extends Struct>(struct: T): Exact<T>;

export default Kvm;
