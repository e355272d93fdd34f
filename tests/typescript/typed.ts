// SPDX-License-Identifier: LGPL-2.1-or-later
// It is compiled, not run: the types of kvm.js and of the library, and what they must refuse.

import Kvm, {exact} from '../../introspection/kvm.js';

export async function useAll(): Promise<void> {
    const system: Kvm.System = Kvm.System.new();
    const vm = system.create_vm();
    const vcpu = vm.create_vcpu(0);
    const [, regs] = vcpu.x86_get_regs();
    const rip: bigint = exact(regs).rip;
    const [, sregs] = vcpu.x86_get_sregs();
    const base: bigint = exact(sregs).cs.base;
    const bitmap: bigint[] = exact(sregs).interrupt_bitmap;
    const register: bigint = exact('RISCV_REG_A0');

    const reason: Kvm.ExitReason = await vcpu.run_async(null);
    for (const exit of vcpu)
        print(exit.to_string(), exact(exit) === rip + base, reason === exit.get_reason());
    for await (const exit of vcpu)
        exit.set_value(5);

    const msrs = vcpu.x86_get_msrs([0x174]);
    for (const [index, value] of msrs)
        print(index + 1, value + 1n);
    const value: bigint | undefined = exact(msrs).get(0x174);
    for (const entry of system.x86_get_supported_cpuid())
        print(entry.eax, value, bitmap.length);
    const stat = vcpu.get_stats().find('exits');
    const counts: bigint[] = stat ? exact(stat) : [];
    const found: Kvm.Diagnosis = Kvm.System.diagnose();
    print(counts.length, found.get_status() === Kvm.DiagnosisStatus.USABLE);

    // @ts-expect-error: a BigInt is no Number
    const wrong: number = exact(regs).rip;
    // @ts-expect-error: there is no such register
    print(exact(regs).eip, wrong);
    // @ts-expect-error: methods are no fields
    print(exact(regs).to_bytes);
    // @ts-expect-error: what is no number
    exact(true);
    // @ts-expect-error: there is no such method
    vcpu.walk();
}
