# SPDX-License-Identifier: LGPL-2.1-or-later
"""It is checked, not run: the types of the library in Python, and what they must refuse. A mistake
that is expected has a comment, and mypy complains of one too many."""

from gi.repository import GLib, Kvm


def use_all() -> None:
    with Kvm.System.new() as system, system.create_vm() as vm, vm.create_vcpu(0) as vcpu:
        memory: Kvm.Memory = Kvm.Memory.new(0x1000)
        slot: Kvm.MemorySlot = vm.add_memory(0, memory, Kvm.MemorySlotFlags.NONE)
        memory[0x10:0x13] = b"abc"
        memory[0] = memory[0x10] + len(memory)
        data: bytes = memory[:] + memory.read(0, 4)
        works, regs = vcpu.x86_get_regs()
        regs.rax = regs.rip + slot.get_guest_address()
        _, sregs = vcpu.x86_get_sregs()
        sregs.cs.base = 0
        for exit in vcpu:
            print(exit.to_string(), exit.get_reason() == Kvm.ExitReason.IO, data, works)
        flags: int = Kvm.MsiFlags.NONE | 1
        msrs = vcpu.x86_get_msrs([0x174])
        msrs[0x174] = sum(msrs.values()) + flags
        leaf: Kvm.X86CpuidEntry = system.x86_get_supported_cpuid()[7, 0]
        vcpu.x86_set_cpuid(system.x86_get_supported_cpuid().with_entry(leaf))
        module: str | None = Kvm.System.diagnose().get_module()
        print(module, len(vcpu.get_stats()))

        vcpu.walk()  # type: ignore[attr-defined]
        memory.write("0", b"")  # type: ignore[arg-type]
        memory[0:4] = 5  # type: ignore[call-overload]
        regs.eip = 0  # type: ignore[attr-defined]
        text: str = memory[0:4]  # type: ignore[assignment]
        Kvm.ExitReason.TEA  # type: ignore[attr-defined]
        system.create_vm(5)  # type: ignore[call-arg]
        module.upper()  # type: ignore[union-attr]
        print(text)


def catch() -> int:
    try:
        use_all()
    except Kvm.Error as error:
        other: GLib.Error = error
        print(error.name, error.message, other.code == Kvm.Error.PENDING)
        return error.code
    return 0
