/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <glib.h>

#include <kvmobj/kvm-version-macros.h>

G_BEGIN_DECLS

/**
 * KvmCapability:
 * @KVM_CAPABILITY_IRQCHIP: an interrupt controller emulated in the kernel
 * @KVM_CAPABILITY_HLT: the guest can halt with the `HLT` instruction (x86)
 * @KVM_CAPABILITY_MMU_SHADOW_CACHE_CONTROL: the number of pages for shadow page tables can be set:
 *   `KVM_SET_NR_MMU_PAGES` (x86)
 * @KVM_CAPABILITY_USER_MEMORY: guest memory is memory of the process: `KVM_SET_USER_MEMORY_REGION`
 * @KVM_CAPABILITY_SET_TSS_ADDR: the place of the real-mode task segment that Intel CPUs need can be
 *   set: `KVM_SET_TSS_ADDR` (x86)
 * @KVM_CAPABILITY_VAPIC: guest accesses to the APIC's task priority can be reported and sped up:
 *   `KVM_SET_VAPIC_ADDR` (x86)
 * @KVM_CAPABILITY_EXT_CPUID: CPUID leaves can be asked for and set with their subleaves:
 *   `KVM_SET_CPUID2` (x86)
 * @KVM_CAPABILITY_CLOCKSOURCE: the paravirtual clock kvmclock (x86)
 * @KVM_CAPABILITY_NR_VCPUS: the number of vCPUs recommended as the most for a VM
 * @KVM_CAPABILITY_NR_MEMSLOTS: the number of memory slots of a VM
 * @KVM_CAPABILITY_PIT: an interval timer (i8254) in the kernel: `KVM_CREATE_PIT`, superseded by
 *   %KVM_CAPABILITY_PIT2 (x86)
 * @KVM_CAPABILITY_NOP_IO_DELAY: guests can be told that I/O ports need no delays (x86)
 * @KVM_CAPABILITY_PV_MMU: obsolete paravirtual page tables: always 0 (x86)
 * @KVM_CAPABILITY_MP_STATE: a vCPU's running state can be read and set: `KVM_GET_MP_STATE`
 * @KVM_CAPABILITY_COALESCED_MMIO: MMIO writes can be collected in a ring; the number is the ring's
 *   page in the vCPU's mapping
 * @KVM_CAPABILITY_SYNC_MMU: the guest follows when the host remaps, swaps or replaces pages of
 *   guest memory
 * @KVM_CAPABILITY_IOMMU: legacy assignment of PCI devices through an IOMMU (not answered by Linux
 *   7.1)
 * @KVM_CAPABILITY_DESTROY_MEMORY_REGION_WORKS: deleting memory slots works
 * @KVM_CAPABILITY_USER_NMI: a non-maskable interrupt can be injected: `KVM_NMI` (x86)
 * @KVM_CAPABILITY_SET_GUEST_DEBUG: the guest can be debugged from outside: `KVM_SET_GUEST_DEBUG`
 * @KVM_CAPABILITY_REINJECT_CONTROL: the interval timer can be told whether to make up for lost
 *   ticks: `KVM_REINJECT_CONTROL` (x86)
 * @KVM_CAPABILITY_IRQ_ROUTING: interrupts can be routed (`KVM_SET_GSI_ROUTING`); the number is the
 *   most routes
 * @KVM_CAPABILITY_IRQ_INJECT_STATUS: raising an interrupt line can report whether it was delivered:
 *   `KVM_IRQ_LINE_STATUS` (x86)
 * @KVM_CAPABILITY_ASSIGN_DEV_IRQ: legacy interrupts of assigned PCI devices (not answered by Linux
 *   7.1)
 * @KVM_CAPABILITY_JOIN_MEMORY_REGIONS_WORKS: several adjacent memory slots can be replaced by one
 * @KVM_CAPABILITY_MCE: machine checks can be emulated; the number is the most banks (x86)
 * @KVM_CAPABILITY_IRQFD: an eventfd can raise an interrupt: `KVM_IRQFD`
 * @KVM_CAPABILITY_PIT2: an interval timer (i8254) in the kernel, with options: `KVM_CREATE_PIT2`
 *   (x86)
 * @KVM_CAPABILITY_SET_BOOT_CPU_ID: the vCPU that boots can be chosen: `KVM_SET_BOOT_CPU_ID` (x86)
 * @KVM_CAPABILITY_PIT_STATE2: the whole state of the interval timer can be read and set:
 *   `KVM_GET_PIT2` (x86)
 * @KVM_CAPABILITY_IOEVENTFD: a guest write can signal an eventfd instead of an exit:
 *   `KVM_IOEVENTFD`
 * @KVM_CAPABILITY_SET_IDENTITY_MAP_ADDR: the place of the real-mode page table can be set:
 *   `KVM_SET_IDENTITY_MAP_ADDR` (x86)
 * @KVM_CAPABILITY_XEN_HVM: Xen guests can be hosted; a bit mask of the features (x86)
 * @KVM_CAPABILITY_ADJUST_CLOCK: the VM's kvmclock can be read and set (`KVM_GET_CLOCK`); a bit mask
 *   of flags (x86)
 * @KVM_CAPABILITY_INTERNAL_ERROR_DATA: an internal-error exit carries data about its cause
 * @KVM_CAPABILITY_VCPU_EVENTS: pending exceptions and interrupts can be read and set:
 *   `KVM_GET_VCPU_EVENTS` (x86, arm64)
 * @KVM_CAPABILITY_S390_PSW: the program status word is in the run page (s390)
 * @KVM_CAPABILITY_PPC_SEGSTATE: the special registers include the segment state (ppc)
 * @KVM_CAPABILITY_HYPERV: the basic Hyper-V interfaces for guests (x86)
 * @KVM_CAPABILITY_HYPERV_VAPIC: Hyper-V's MSRs for faster APIC access (x86)
 * @KVM_CAPABILITY_HYPERV_SPIN: Hyper-V's notice of long spin waits (x86)
 * @KVM_CAPABILITY_PCI_SEGMENT: a PCI segment can be named in legacy device assignment (x86)
 * @KVM_CAPABILITY_PPC_PAIRED_SINGLES: paired-single instructions are emulated (ppc)
 * @KVM_CAPABILITY_INTR_SHADOW: interrupt shadows are part of a vCPU's events (not answered by Linux
 *   7.1)
 * @KVM_CAPABILITY_DEBUGREGS: the debug registers can be read and set: `KVM_GET_DEBUGREGS` (x86)
 * @KVM_CAPABILITY_X86_ROBUST_SINGLESTEP: single-stepping the guest survives emulation and any order
 *   of calls (x86)
 * @KVM_CAPABILITY_PPC_OSI: hypercalls of Mac-on-Linux can exit (ppc); can be enabled on the vCPU
 * @KVM_CAPABILITY_PPC_UNSET_IRQ: a queued external interrupt can be withdrawn (ppc)
 * @KVM_CAPABILITY_ENABLE_CAP: capabilities can be enabled on a vCPU: `KVM_ENABLE_CAP` (x86,
 *   loongarch, s390, ppc, mips)
 * @KVM_CAPABILITY_XSAVE: extended processor state can be read and set: `KVM_GET_XSAVE` (x86)
 * @KVM_CAPABILITY_XCRS: extended control registers can be read and set: `KVM_GET_XCRS` (x86)
 * @KVM_CAPABILITY_PPC_GET_PVINFO: the hypercall instructions for a guest can be asked for:
 *   `KVM_PPC_GET_PVINFO` (ppc)
 * @KVM_CAPABILITY_PPC_IRQ_LEVEL: an external interrupt can be level-triggered (ppc)
 * @KVM_CAPABILITY_ASYNC_PF: the guest can go on with other work while the host fetches a page (x86,
 *   s390)
 * @KVM_CAPABILITY_TSC_CONTROL: the hardware can run a guest's time-stamp counter at another
 *   frequency (x86)
 * @KVM_CAPABILITY_GET_TSC_KHZ: the time-stamp counter's frequency can be read: `KVM_GET_TSC_KHZ`
 *   (x86)
 * @KVM_CAPABILITY_PPC_BOOKE_SREGS: the special registers of BookE CPUs can be read and set (ppc)
 * @KVM_CAPABILITY_SPAPR_TCE: DMA translation tables of pSeries guests in the kernel:
 *   `KVM_CREATE_SPAPR_TCE` (ppc)
 * @KVM_CAPABILITY_PPC_SMT: the number of vCPUs per virtual core (ppc); can be enabled on the VM
 * @KVM_CAPABILITY_PPC_RMA: a contiguous real-mode area can be had for the guest: `KVM_ALLOCATE_RMA`
 *   (not answered by Linux 7.1)
 * @KVM_CAPABILITY_MAX_VCPUS: the most vCPUs that a VM can have
 * @KVM_CAPABILITY_PPC_HIOR: HIOR, the base of the interrupt vectors, can be set (ppc)
 * @KVM_CAPABILITY_PPC_PAPR: hypercalls of pSeries guests can exit (ppc); can be enabled on the vCPU
 * @KVM_CAPABILITY_SW_TLB: the guest's TLB can be shared with the process (ppc); can be enabled on
 *   the vCPU
 * @KVM_CAPABILITY_ONE_REG: single registers can be read and set: `KVM_GET_ONE_REG`
 * @KVM_CAPABILITY_S390_GMAP: memory slots can map any process address that is aligned to 1 MiB
 *   (s390)
 * @KVM_CAPABILITY_TSC_DEADLINE_TIMER: the APIC timer has the TSC-deadline mode (x86)
 * @KVM_CAPABILITY_S390_UCONTROL: a VM's address space can be controlled by the process (s390)
 * @KVM_CAPABILITY_SYNC_REGS: registers can be exchanged through the run page; on x86 a bit mask of
 *   the sets (x86, s390)
 * @KVM_CAPABILITY_PCI_2_3: legacy assignment of PCI 2.3 devices whose interrupt can be masked (not
 *   answered by Linux 7.1)
 * @KVM_CAPABILITY_KVMCLOCK_CTRL: the guest can be told that its vCPU was paused:
 *   `KVM_KVMCLOCK_CTRL` (x86)
 * @KVM_CAPABILITY_SIGNAL_MSI: a message-signalled interrupt can be sent directly: `KVM_SIGNAL_MSI`
 * @KVM_CAPABILITY_PPC_GET_SMMU_INFO: the page sizes of the MMU can be asked for:
 *   `KVM_PPC_GET_SMMU_INFO` (ppc)
 * @KVM_CAPABILITY_S390_COW: guest memory can be copy-on-write, its dirty pages tracked by write
 *   protection (s390)
 * @KVM_CAPABILITY_PPC_ALLOC_HTAB: the guest's hash page table can be allocated or reset:
 *   `KVM_PPC_ALLOCATE_HTAB` (ppc)
 * @KVM_CAPABILITY_READONLY_MEM: memory slots can be read-only: guest writes exit as MMIO
 * @KVM_CAPABILITY_IRQFD_RESAMPLE: an irqfd can signal the end of a level-triggered interrupt (x86,
 *   arm64, s390, ppc)
 * @KVM_CAPABILITY_PPC_BOOKE_WATCHDOG: the guest's watchdog can exit (ppc); can be enabled on the
 *   vCPU
 * @KVM_CAPABILITY_PPC_HTAB_FD: the hash page table can be saved and restored through an fd:
 *   `KVM_PPC_GET_HTAB_FD` (ppc)
 * @KVM_CAPABILITY_S390_CSS_SUPPORT: channel I/O instructions can be handled by the process (s390);
 *   can be enabled on the vCPU
 * @KVM_CAPABILITY_PPC_EPR: interrupt vectors can be delivered by external proxy (ppc); can be
 *   enabled on the vCPU
 * @KVM_CAPABILITY_ARM_PSCI: a vCPU can offer PSCI 0.1, for starting and stopping vCPUs, to the
 *   guest (arm64)
 * @KVM_CAPABILITY_ARM_SET_DEVICE_ADDR: the interrupt controller's addresses can be set in a
 *   deprecated way (arm64)
 * @KVM_CAPABILITY_DEVICE_CTRL: devices in the kernel, each with an fd: `KVM_CREATE_DEVICE`
 * @KVM_CAPABILITY_IRQ_MPIC: a vCPU can be connected to an MPIC interrupt controller (ppc); can be
 *   enabled on the vCPU
 * @KVM_CAPABILITY_PPC_RTAS: RTAS firmware calls can be handled in the kernel:
 *   `KVM_PPC_RTAS_DEFINE_TOKEN` (ppc)
 * @KVM_CAPABILITY_IRQ_XICS: a vCPU can be connected to an XICS interrupt controller (ppc); can be
 *   enabled on the vCPU
 * @KVM_CAPABILITY_ARM_EL1_32BIT: a vCPU can run 32-bit guest kernels (arm64)
 * @KVM_CAPABILITY_SPAPR_MULTITCE: hypercalls for many DMA translations at once are handled in the
 *   kernel (ppc)
 * @KVM_CAPABILITY_EXT_EMUL_CPUID: CPUID bits of what KVM emulates can be asked for:
 *   `KVM_GET_EMULATED_CPUID` (x86)
 * @KVM_CAPABILITY_HYPERV_TIME: Hyper-V's reference time (x86)
 * @KVM_CAPABILITY_IOAPIC_POLARITY_IGNORED: the I/O APIC ignores the polarity bit of its pins (x86)
 * @KVM_CAPABILITY_ENABLE_CAP_VM: capabilities can be enabled on a VM: `KVM_ENABLE_CAP`
 * @KVM_CAPABILITY_S390_IRQCHIP: an interrupt controller in the kernel (s390); can be enabled on the
 *   VM
 * @KVM_CAPABILITY_IOEVENTFD_NO_LENGTH: an ioeventfd of length 0 on MMIO matches a write of any
 *   length (x86)
 * @KVM_CAPABILITY_VM_ATTRIBUTES: a VM has device attributes: `KVM_SET_DEVICE_ATTR` (s390)
 * @KVM_CAPABILITY_ARM_PSCI_0_2: a vCPU can offer PSCI 0.2 or later to the guest (arm64)
 * @KVM_CAPABILITY_PPC_FIXUP_HCALL: known bugs that made KVM's hypercalls unsafe for guests are
 *   worked around (ppc)
 * @KVM_CAPABILITY_PPC_ENABLE_HCALL: single hypercalls can be handled in the kernel or left to the
 *   process (ppc); can be enabled on the VM
 * @KVM_CAPABILITY_CHECK_EXTENSION_VM: capabilities can be asked of a VM: `KVM_CHECK_EXTENSION`
 * @KVM_CAPABILITY_S390_USER_SIGP: most orders of `SIGP` can be left to the process (s390); can be
 *   enabled on the VM
 * @KVM_CAPABILITY_S390_VECTOR_REGISTERS: the guest can use vector registers (s390); can be enabled
 *   on the VM
 * @KVM_CAPABILITY_S390_MEM_OP: guest memory can be accessed by logical address; the number is the
 *   most bytes at once (s390)
 * @KVM_CAPABILITY_S390_USER_STSI: the process can add to what `STSI` tells the guest (s390); can be
 *   enabled on the VM
 * @KVM_CAPABILITY_S390_SKEYS: the guest's storage keys can be read and set: `KVM_S390_GET_SKEYS`
 *   (s390)
 * @KVM_CAPABILITY_MIPS_FPU: the guest can use the floating-point unit (mips); can be enabled on the
 *   vCPU
 * @KVM_CAPABILITY_MIPS_MSA: the guest can use the SIMD instructions of MSA (mips); can be enabled
 *   on the vCPU
 * @KVM_CAPABILITY_S390_INJECT_IRQ: interrupts can be injected with all their data: `KVM_S390_IRQ`
 *   (s390)
 * @KVM_CAPABILITY_S390_IRQ_STATE: a vCPU's pending interrupts can be saved and restored:
 *   `KVM_S390_GET_IRQ_STATE` (s390)
 * @KVM_CAPABILITY_PPC_HWRNG: the random-number hypercall can be backed by hardware (ppc)
 * @KVM_CAPABILITY_DISABLE_QUIRKS: quirks of KVM can be turned off; superseded by
 *   %KVM_CAPABILITY_DISABLE_QUIRKS2 (x86); can be enabled on the VM
 * @KVM_CAPABILITY_X86_SMM: system-management mode is emulated: `KVM_SMI` (x86)
 * @KVM_CAPABILITY_MULTI_ADDRESS_SPACE: the number of guest address spaces (x86)
 * @KVM_CAPABILITY_GUEST_DEBUG_HW_BPS: the number of hardware breakpoints for debugging the guest
 *   (arm64)
 * @KVM_CAPABILITY_GUEST_DEBUG_HW_WPS: the number of hardware watchpoints for debugging the guest
 *   (arm64)
 * @KVM_CAPABILITY_SPLIT_IRQCHIP: local APICs in the kernel, the I/O APIC and PIC in the process
 *   (x86); can be enabled on the VM
 * @KVM_CAPABILITY_IOEVENTFD_ANY_LENGTH: an ioeventfd of length 0 matches a write of any length
 * @KVM_CAPABILITY_HYPERV_SYNIC: Hyper-V's synthetic interrupt controller (x86); can be enabled on
 *   the vCPU
 * @KVM_CAPABILITY_S390_RI: the guest can use runtime instrumentation (s390); can be enabled on the
 *   VM
 * @KVM_CAPABILITY_SPAPR_TCE_64: DMA translation tables in the kernel with 64-bit windows:
 *   `KVM_CREATE_SPAPR_TCE_64` (ppc)
 * @KVM_CAPABILITY_ARM_PMU_V3: a vCPU can have the performance counters of PMUv3 (arm64)
 * @KVM_CAPABILITY_VCPU_ATTRIBUTES: a vCPU has device attributes: `KVM_SET_DEVICE_ATTR` (x86, arm64)
 * @KVM_CAPABILITY_MAX_VCPU_ID: the bound that vCPU ids stay below (x86, arm64, loongarch, s390,
 *   ppc, mips); can be enabled on the VM on x86
 * @KVM_CAPABILITY_X2APIC_API: APIC ids can have 32 bits; a bit mask of the flags that can be
 *   enabled (x86); can be enabled on the VM
 * @KVM_CAPABILITY_S390_USER_INSTR0: the instruction 0x0000 can exit, as a software breakpoint
 *   (s390); can be enabled on the VM
 * @KVM_CAPABILITY_MSI_DEVID: whether message-signalled interrupts need a device id; only a VM
 *   answers (arm64)
 * @KVM_CAPABILITY_PPC_HTM: the guest can use transactional memory (ppc)
 * @KVM_CAPABILITY_SPAPR_RESIZE_HPT: the guest can resize its hash page table (ppc)
 * @KVM_CAPABILITY_PPC_MMU_RADIX: guests can use the radix MMU of POWER9 (ppc)
 * @KVM_CAPABILITY_PPC_MMU_HASH_V3: guests can use the hash MMU of POWER9 (ppc)
 * @KVM_CAPABILITY_IMMEDIATE_EXIT: `KVM_RUN` can be made to return at once through the run page's
 *   `immediate_exit`
 * @KVM_CAPABILITY_MIPS_VZ: which kind of hardware virtualization: 1 is the VZ extension (mips)
 * @KVM_CAPABILITY_MIPS_TE: VMs by trap and emulate (not answered by Linux 7.1)
 * @KVM_CAPABILITY_MIPS_64BIT: the guest's width: 0 for 32 bits, 1 for 64-bit registers, 2 for
 *   64-bit addresses too (mips)
 * @KVM_CAPABILITY_S390_GS: the guest can use guarded storage (s390); can be enabled on the VM
 * @KVM_CAPABILITY_S390_AIS: the guest can use adapter-interruption suppression (s390); can be
 *   enabled on the VM
 * @KVM_CAPABILITY_SPAPR_TCE_VFIO: DMA translations of VFIO devices are handled in the kernel (ppc)
 * @KVM_CAPABILITY_X86_DISABLE_EXITS: instructions such as `HLT` can be run without exits; a bit
 *   mask of which (x86); can be enabled on the VM
 * @KVM_CAPABILITY_ARM_USER_IRQ: without an interrupt controller, timer and PMU lines are in the run
 *   page; a version number (arm64)
 * @KVM_CAPABILITY_S390_CMMA_MIGRATION: the state of collaborative memory management can be
 *   migrated: `KVM_S390_GET_CMMA_BITS` (s390)
 * @KVM_CAPABILITY_PPC_FWNMI: a machine check in the guest can exit as an NMI (ppc); can be enabled
 *   on the vCPU
 * @KVM_CAPABILITY_PPC_SMT_POSSIBLE: the modes for %KVM_CAPABILITY_PPC_SMT: bit n stands for 2^n
 *   vCPUs per core (ppc)
 * @KVM_CAPABILITY_HYPERV_SYNIC2: as %KVM_CAPABILITY_HYPERV_SYNIC, but the guest's pages are not
 *   cleared (x86); can be enabled on the vCPU
 * @KVM_CAPABILITY_HYPERV_VP_INDEX: Hyper-V's index of a vCPU can be set (x86)
 * @KVM_CAPABILITY_S390_AIS_MIGRATION: the state of adapter-interruption suppression can be migrated
 *   (s390)
 * @KVM_CAPABILITY_PPC_GET_CPU_CHAR: how the CPU stands to speculation attacks can be asked for:
 *   `KVM_PPC_GET_CPU_CHAR` (ppc)
 * @KVM_CAPABILITY_S390_BPB: the guest can use branch-prediction blocking (s390)
 * @KVM_CAPABILITY_GET_MSR_FEATURES: MSRs that describe features can be read from the system:
 *   `KVM_GET_MSRS` (x86)
 * @KVM_CAPABILITY_HYPERV_EVENTFD: a Hyper-V event hypercall can signal an eventfd:
 *   `KVM_HYPERV_EVENTFD` (x86)
 * @KVM_CAPABILITY_HYPERV_TLBFLUSH: Hyper-V's hypercalls for TLB flushes (x86)
 * @KVM_CAPABILITY_S390_HPAGE_1M: guest memory can have huge pages of 1 MiB (s390); can be enabled
 *   on the VM
 * @KVM_CAPABILITY_NESTED_STATE: the state of nested virtualization can be read and set; the number
 *   is the most bytes of it (x86)
 * @KVM_CAPABILITY_ARM_INJECT_SERROR_ESR: an injected SError can have a syndrome (arm64)
 * @KVM_CAPABILITY_MSR_PLATFORM_INFO: whether the guest can read `MSR_PLATFORM_INFO` can be chosen
 *   (x86); can be enabled on the VM
 * @KVM_CAPABILITY_PPC_NESTED_HV: a guest can run guests of its own (ppc); can be enabled on the VM
 * @KVM_CAPABILITY_HYPERV_SEND_IPI: Hyper-V's hypercalls for interrupts between vCPUs (x86)
 * @KVM_CAPABILITY_COALESCED_PIO: I/O port writes can join the ring of
 *   %KVM_CAPABILITY_COALESCED_MMIO
 * @KVM_CAPABILITY_HYPERV_ENLIGHTENED_VMCS: Hyper-V's enlightened VMCS, for faster nesting on Intel
 *   (x86); can be enabled on the vCPU
 * @KVM_CAPABILITY_EXCEPTION_PAYLOAD: a pending exception has its payload apart from CR2 and DR6
 *   (x86); can be enabled on the VM
 * @KVM_CAPABILITY_ARM_VM_IPA_SIZE: the most bits that a VM's physical addresses can have (arm64)
 * @KVM_CAPABILITY_MANUAL_DIRTY_LOG_PROTECT: a broken predecessor of
 *   %KVM_CAPABILITY_MANUAL_DIRTY_LOG_PROTECT2 (not answered by Linux 7.1)
 * @KVM_CAPABILITY_HYPERV_CPUID: Hyper-V's CPUID leaves can be asked of a vCPU:
 *   `KVM_GET_SUPPORTED_HV_CPUID` (x86)
 * @KVM_CAPABILITY_MANUAL_DIRTY_LOG_PROTECT2: dirty pages can be read without clearing them
 *   (`KVM_CLEAR_DIRTY_LOG`); a bit mask; can be enabled on the VM
 * @KVM_CAPABILITY_PPC_IRQ_XIVE: a vCPU can be connected to a XIVE interrupt controller (ppc); can
 *   be enabled on the vCPU
 * @KVM_CAPABILITY_ARM_SVE: a vCPU can have SVE, the scalable vectors (arm64)
 * @KVM_CAPABILITY_ARM_PTRAUTH_ADDRESS: a vCPU can have pointer authentication by address keys
 *   (arm64)
 * @KVM_CAPABILITY_ARM_PTRAUTH_GENERIC: a vCPU can have pointer authentication by the generic key
 *   (arm64)
 * @KVM_CAPABILITY_PMU_EVENT_FILTER: the events that the guest can count can be restricted:
 *   `KVM_SET_PMU_EVENT_FILTER` (x86)
 * @KVM_CAPABILITY_ARM_IRQ_LINE_LAYOUT_2: `KVM_IRQ_LINE` can name vCPUs above 255 (arm64)
 * @KVM_CAPABILITY_HYPERV_DIRECT_TLBFLUSH: on a host that runs on Hyper-V, guests' TLB flushes can
 *   go straight there (x86); can be enabled on the vCPU
 * @KVM_CAPABILITY_PPC_GUEST_DEBUG_SSTEP: the guest can be single-stepped (ppc)
 * @KVM_CAPABILITY_ARM_NISV_TO_USER: MMIO that the kernel cannot decode can exit (arm64); can be
 *   enabled on the VM
 * @KVM_CAPABILITY_ARM_INJECT_EXT_DABT: an external data abort can be injected:
 *   `KVM_SET_VCPU_EVENTS` (arm64)
 * @KVM_CAPABILITY_S390_VCPU_RESETS: a vCPU can have normal and clear resets:
 *   `KVM_S390_NORMAL_RESET` (s390)
 * @KVM_CAPABILITY_S390_PROTECTED: protected VMs: `KVM_S390_PV_COMMAND` (s390)
 * @KVM_CAPABILITY_PPC_SECURE_GUEST: a guest can become secure (ppc); can be enabled on the VM
 * @KVM_CAPABILITY_HALT_POLL: how long the host polls for a halted vCPU can be limited; can be
 *   enabled on the VM
 * @KVM_CAPABILITY_ASYNC_PF_INT: asynchronous page faults can announce a fetched page by an
 *   interrupt (x86)
 * @KVM_CAPABILITY_LAST_CPU: failure exits name the host CPU that the vCPU last ran on (x86)
 * @KVM_CAPABILITY_SMALLER_MAXPHYADDR: the guest can have fewer physical address bits than the host
 *   (x86)
 * @KVM_CAPABILITY_S390_DIAG318: the guest's kind and version, as told by `DIAGNOSE` 0x318, can be
 *   read and set (s390)
 * @KVM_CAPABILITY_STEAL_TIME: the guest can be told how long its vCPUs had to wait for a CPU (x86,
 *   arm64)
 * @KVM_CAPABILITY_X86_USER_SPACE_MSR: MSR accesses that would fault can exit (x86); can be enabled
 *   on the VM
 * @KVM_CAPABILITY_X86_MSR_FILTER: guest accesses to MSRs can be denied by range:
 *   `KVM_X86_SET_MSR_FILTER` (x86)
 * @KVM_CAPABILITY_ENFORCE_PV_FEATURE_CPUID: KVM features not in the guest's CPUID can be refused
 *   (x86); can be enabled on the vCPU
 * @KVM_CAPABILITY_SYS_HYPERV_CPUID: Hyper-V's CPUID leaves can be asked of the system:
 *   `KVM_GET_SUPPORTED_HV_CPUID` (x86)
 * @KVM_CAPABILITY_DIRTY_LOG_RING: dirty pages can be listed in a ring per vCPU; the number is the
 *   most bytes of a ring (x86); can be enabled on the VM
 * @KVM_CAPABILITY_X86_BUS_LOCK_EXIT: bus locks by the guest can exit; a bit mask of the modes
 *   (x86); can be enabled on the VM
 * @KVM_CAPABILITY_PPC_DAWR1: the guest can have the second data watchpoint of POWER10 (ppc); can be
 *   enabled on the VM
 * @KVM_CAPABILITY_SET_GUEST_DEBUG2: a bit mask of the control flags that `KVM_SET_GUEST_DEBUG`
 *   takes (x86, arm64, s390)
 * @KVM_CAPABILITY_SGX_ATTRIBUTE: the VM can be allowed privileged attributes of SGX enclaves (x86);
 *   can be enabled on the VM
 * @KVM_CAPABILITY_VM_COPY_ENC_CONTEXT_FROM: the VM can share the SEV encryption context of another
 *   VM (x86); can be enabled on the VM
 * @KVM_CAPABILITY_PTP_KVM: the guest can ask for the host's time by the PTP hypercall (arm64)
 * @KVM_CAPABILITY_HYPERV_ENFORCE_CPUID: Hyper-V features not in the guest's CPUID can be refused
 *   (x86); can be enabled on the vCPU
 * @KVM_CAPABILITY_SREGS2: special registers with the page-directory pointers can be read and set:
 *   `KVM_GET_SREGS2` (x86)
 * @KVM_CAPABILITY_EXIT_HYPERCALL: hypercalls of KVM can exit; a bit mask of which (x86); can be
 *   enabled on the VM
 * @KVM_CAPABILITY_PPC_RPT_INVALIDATE: the hypercall for invalidating translations
 *   (`H_RPT_INVALIDATE`) is handled (ppc)
 * @KVM_CAPABILITY_BINARY_STATS_FD: statistics can be read from an fd: `KVM_GET_STATS_FD`
 * @KVM_CAPABILITY_EXIT_ON_EMULATION_FAILURE: every failed emulation can exit, with the
 *   instruction's bytes (x86); can be enabled on the VM
 * @KVM_CAPABILITY_ARM_MTE: the guest can use MTE, memory tagging (arm64); can be enabled on the VM
 * @KVM_CAPABILITY_VM_MOVE_ENC_CONTEXT_FROM: the VM can take over the SEV encryption context of
 *   another VM (x86); can be enabled on the VM
 * @KVM_CAPABILITY_VM_GPA_BITS: the number of bits of guest physical addresses (riscv); can be
 *   enabled on the VM
 * @KVM_CAPABILITY_XSAVE2: the bytes that `KVM_GET_XSAVE2` needs (x86)
 * @KVM_CAPABILITY_SYS_ATTRIBUTES: the system has device attributes: `KVM_GET_DEVICE_ATTR` (x86)
 * @KVM_CAPABILITY_PPC_AIL_MODE_3: the guest can take interrupts with address translation on (ppc)
 * @KVM_CAPABILITY_S390_MEM_OP_EXTENSION: memory operations on a VM and with storage keys; a bit
 *   mask of the extensions (s390)
 * @KVM_CAPABILITY_PMU_CAPABILITY: parts of the virtual PMU can be turned off; a bit mask of which
 *   (x86); can be enabled on the VM
 * @KVM_CAPABILITY_DISABLE_QUIRKS2: quirks of KVM can be turned off; a bit mask of which (x86); can
 *   be enabled on the VM
 * @KVM_CAPABILITY_VM_TSC_CONTROL: the frequency of time-stamp counters can be set for the whole VM:
 *   `KVM_SET_TSC_KHZ` (x86)
 * @KVM_CAPABILITY_SYSTEM_EVENT_DATA: a system-event exit carries data words
 * @KVM_CAPABILITY_ARM_SYSTEM_SUSPEND: the guest's suspend request can exit (arm64); can be enabled
 *   on the VM
 * @KVM_CAPABILITY_S390_PROTECTED_DUMP: protected guests can be dumped (s390)
 * @KVM_CAPABILITY_X86_TRIPLE_FAULT_EVENT: a pending triple fault can be part of a vCPU's events
 *   (x86); can be enabled on the VM
 * @KVM_CAPABILITY_X86_NOTIFY_VMEXIT: a guest that blocks events for too long can be made to leave
 *   guest mode (x86); can be enabled on the VM
 * @KVM_CAPABILITY_VM_DISABLE_NX_HUGE_PAGES: the VM can do without the host's defence against iTLB
 *   multihit (x86); can be enabled on the VM
 * @KVM_CAPABILITY_S390_ZPCI_OP: PCI devices passed through can be interpreted by hardware:
 *   `KVM_S390_ZPCI_OP` (s390)
 * @KVM_CAPABILITY_S390_CPU_TOPOLOGY: the guest can see the CPU topology (s390); can be enabled on
 *   the VM
 * @KVM_CAPABILITY_DIRTY_LOG_RING_ACQ_REL: as %KVM_CAPABILITY_DIRTY_LOG_RING, with flags to be
 *   accessed in acquire-release order; can be enabled on the VM
 * @KVM_CAPABILITY_S390_PROTECTED_ASYNC_DISABLE: a protected VM can be torn down asynchronously
 *   (s390)
 * @KVM_CAPABILITY_DIRTY_LOG_RING_WITH_BITMAP: pages dirtied outside of vCPUs go to a bitmap next to
 *   the dirty ring (arm64); can be enabled on the VM
 * @KVM_CAPABILITY_PMU_EVENT_MASKED_EVENTS: the filter of %KVM_CAPABILITY_PMU_EVENT_FILTER can have
 *   masked entries (x86)
 * @KVM_CAPABILITY_COUNTER_OFFSET: the VM's counters can have an offset:
 *   `KVM_ARM_SET_COUNTER_OFFSET` (arm64)
 * @KVM_CAPABILITY_ARM_EAGER_SPLIT_CHUNK_SIZE: the bytes in which huge pages are split ahead for
 *   dirty logging; 0 is off (arm64); can be enabled on the VM
 * @KVM_CAPABILITY_ARM_SUPPORTED_BLOCK_SIZES: a bit mask of the block sizes, in bytes, that stage-2
 *   page tables can have (arm64)
 * @KVM_CAPABILITY_ARM_SUPPORTED_REG_MASK_RANGES: a bit mask of the register ranges for
 *   `KVM_ARM_GET_REG_WRITABLE_MASKS` (arm64)
 * @KVM_CAPABILITY_USER_MEMORY2: memory slots can be set with a guest_memfd:
 *   `KVM_SET_USER_MEMORY_REGION2`
 * @KVM_CAPABILITY_MEMORY_FAULT_INFO: a failed `KVM_RUN` tells which guest memory could not be
 *   reached (x86)
 * @KVM_CAPABILITY_MEMORY_ATTRIBUTES: pages can have attributes (`KVM_SET_MEMORY_ATTRIBUTES`); a bit
 *   mask of which (x86)
 * @KVM_CAPABILITY_GUEST_MEMFD: guest memory can be made apart from the process:
 *   `KVM_CREATE_GUEST_MEMFD` (x86, arm64)
 * @KVM_CAPABILITY_VM_TYPES: a bit mask of the types of VM that can be created (x86)
 * @KVM_CAPABILITY_PRE_FAULT_MEMORY: guest memory can be mapped before it is touched:
 *   `KVM_PRE_FAULT_MEMORY` (x86)
 * @KVM_CAPABILITY_X86_APIC_BUS_CYCLES_NS: the default length of an APIC bus cycle, in nanoseconds
 *   (x86); can be enabled on the VM
 * @KVM_CAPABILITY_X86_GUEST_MODE: exits tell whether a nested guest was running (x86)
 * @KVM_CAPABILITY_ARM_WRITABLE_IMP_ID_REGS: the registers that identify the CPU's implementation
 *   can be set (arm64); can be enabled on the VM
 * @KVM_CAPABILITY_ARM_EL2: a vCPU can have EL2, for nested virtualization (arm64)
 * @KVM_CAPABILITY_ARM_EL2_E2H0: a vCPU with EL2 can be without VHE, with `HCR_EL2.E2H` 0 (arm64)
 * @KVM_CAPABILITY_RISCV_MP_STATE_RESET: setting a vCPU's state to init-received resets it; the
 *   answer is always 0 (riscv); can be enabled on the VM
 * @KVM_CAPABILITY_ARM_CACHEABLE_PFNMAP_SUPPORTED: PFNMAP memory can be mapped cacheable for the
 *   guest; only a VM answers (arm64)
 * @KVM_CAPABILITY_GUEST_MEMFD_FLAGS: a bit mask of the flags that `KVM_CREATE_GUEST_MEMFD` takes
 *   (x86, arm64)
 * @KVM_CAPABILITY_ARM_SEA_TO_USER: a guest access that hits bad memory can exit (arm64); can be
 *   enabled on the VM
 * @KVM_CAPABILITY_S390_USER_OPEREXEC: instructions that the kernel does not know can exit (s390);
 *   can be enabled on the VM
 * @KVM_CAPABILITY_S390_KEYOP: the storage key of a guest address can be operated on:
 *   `KVM_S390_KEYOP` (s390)
 * @KVM_CAPABILITY_S390_VSIE_ESAMODE: nested guests can start in ESA mode (s390); can be enabled on
 *   the VM
 *
 * A feature of KVM that the kernel can be asked about and that some kernels lack.
 *
 * A value is the kernel's own number of the capability. Ask for it with
 * [method@Kvm.System.check_extension] or, better once there is a virtual machine, with
 * [method@Kvm.Vm.check_extension], whose answer is about that machine and can differ. The answer is
 * 0 if the kernel does not offer the capability, and else nonzero: a plain yes, unless the list
 * calls it a number or a bit mask.
 *
 * In parentheses stand the architectures whose Linux 7.1 answers at all, where these are not all of
 * x86, arm64 and riscv; elsewhere the answer is 0. What can be enabled (`KVM_ENABLE_CAP`) changes
 * nothing before it is.
 *
 * These are the capabilities of Linux 7.1, of every architecture. A later kernel may know more:
 * every method that takes a capability takes a plain `guint`, so a number that has no name here can
 * be given as well.
 *
 * Since: 0.1
 */
typedef enum
{
  KVM_CAPABILITY_IRQCHIP = 0,
  KVM_CAPABILITY_HLT = 1,
  KVM_CAPABILITY_MMU_SHADOW_CACHE_CONTROL = 2,
  KVM_CAPABILITY_USER_MEMORY = 3,
  KVM_CAPABILITY_SET_TSS_ADDR = 4,
  KVM_CAPABILITY_VAPIC = 6,
  KVM_CAPABILITY_EXT_CPUID = 7,
  KVM_CAPABILITY_CLOCKSOURCE = 8,
  KVM_CAPABILITY_NR_VCPUS = 9,
  KVM_CAPABILITY_NR_MEMSLOTS = 10,
  KVM_CAPABILITY_PIT = 11,
  KVM_CAPABILITY_NOP_IO_DELAY = 12,
  KVM_CAPABILITY_PV_MMU = 13,
  KVM_CAPABILITY_MP_STATE = 14,
  KVM_CAPABILITY_COALESCED_MMIO = 15,
  KVM_CAPABILITY_SYNC_MMU = 16,
  KVM_CAPABILITY_IOMMU = 18,
  KVM_CAPABILITY_DESTROY_MEMORY_REGION_WORKS = 21,
  KVM_CAPABILITY_USER_NMI = 22,
  KVM_CAPABILITY_SET_GUEST_DEBUG = 23,
  KVM_CAPABILITY_REINJECT_CONTROL = 24,
  KVM_CAPABILITY_IRQ_ROUTING = 25,
  KVM_CAPABILITY_IRQ_INJECT_STATUS = 26,
  KVM_CAPABILITY_ASSIGN_DEV_IRQ = 29,
  KVM_CAPABILITY_JOIN_MEMORY_REGIONS_WORKS = 30,
  KVM_CAPABILITY_MCE = 31,
  KVM_CAPABILITY_IRQFD = 32,
  KVM_CAPABILITY_PIT2 = 33,
  KVM_CAPABILITY_SET_BOOT_CPU_ID = 34,
  KVM_CAPABILITY_PIT_STATE2 = 35,
  KVM_CAPABILITY_IOEVENTFD = 36,
  KVM_CAPABILITY_SET_IDENTITY_MAP_ADDR = 37,
  KVM_CAPABILITY_XEN_HVM = 38,
  KVM_CAPABILITY_ADJUST_CLOCK = 39,
  KVM_CAPABILITY_INTERNAL_ERROR_DATA = 40,
  KVM_CAPABILITY_VCPU_EVENTS = 41,
  KVM_CAPABILITY_S390_PSW = 42,
  KVM_CAPABILITY_PPC_SEGSTATE = 43,
  KVM_CAPABILITY_HYPERV = 44,
  KVM_CAPABILITY_HYPERV_VAPIC = 45,
  KVM_CAPABILITY_HYPERV_SPIN = 46,
  KVM_CAPABILITY_PCI_SEGMENT = 47,
  KVM_CAPABILITY_PPC_PAIRED_SINGLES = 48,
  KVM_CAPABILITY_INTR_SHADOW = 49,
  KVM_CAPABILITY_DEBUGREGS = 50,
  KVM_CAPABILITY_X86_ROBUST_SINGLESTEP = 51,
  KVM_CAPABILITY_PPC_OSI = 52,
  KVM_CAPABILITY_PPC_UNSET_IRQ = 53,
  KVM_CAPABILITY_ENABLE_CAP = 54,
  KVM_CAPABILITY_XSAVE = 55,
  KVM_CAPABILITY_XCRS = 56,
  KVM_CAPABILITY_PPC_GET_PVINFO = 57,
  KVM_CAPABILITY_PPC_IRQ_LEVEL = 58,
  KVM_CAPABILITY_ASYNC_PF = 59,
  KVM_CAPABILITY_TSC_CONTROL = 60,
  KVM_CAPABILITY_GET_TSC_KHZ = 61,
  KVM_CAPABILITY_PPC_BOOKE_SREGS = 62,
  KVM_CAPABILITY_SPAPR_TCE = 63,
  KVM_CAPABILITY_PPC_SMT = 64,
  KVM_CAPABILITY_PPC_RMA = 65,
  KVM_CAPABILITY_MAX_VCPUS = 66,
  KVM_CAPABILITY_PPC_HIOR = 67,
  KVM_CAPABILITY_PPC_PAPR = 68,
  KVM_CAPABILITY_SW_TLB = 69,
  KVM_CAPABILITY_ONE_REG = 70,
  KVM_CAPABILITY_S390_GMAP = 71,
  KVM_CAPABILITY_TSC_DEADLINE_TIMER = 72,
  KVM_CAPABILITY_S390_UCONTROL = 73,
  KVM_CAPABILITY_SYNC_REGS = 74,
  KVM_CAPABILITY_PCI_2_3 = 75,
  KVM_CAPABILITY_KVMCLOCK_CTRL = 76,
  KVM_CAPABILITY_SIGNAL_MSI = 77,
  KVM_CAPABILITY_PPC_GET_SMMU_INFO = 78,
  KVM_CAPABILITY_S390_COW = 79,
  KVM_CAPABILITY_PPC_ALLOC_HTAB = 80,
  KVM_CAPABILITY_READONLY_MEM = 81,
  KVM_CAPABILITY_IRQFD_RESAMPLE = 82,
  KVM_CAPABILITY_PPC_BOOKE_WATCHDOG = 83,
  KVM_CAPABILITY_PPC_HTAB_FD = 84,
  KVM_CAPABILITY_S390_CSS_SUPPORT = 85,
  KVM_CAPABILITY_PPC_EPR = 86,
  KVM_CAPABILITY_ARM_PSCI = 87,
  KVM_CAPABILITY_ARM_SET_DEVICE_ADDR = 88,
  KVM_CAPABILITY_DEVICE_CTRL = 89,
  KVM_CAPABILITY_IRQ_MPIC = 90,
  KVM_CAPABILITY_PPC_RTAS = 91,
  KVM_CAPABILITY_IRQ_XICS = 92,
  KVM_CAPABILITY_ARM_EL1_32BIT = 93,
  KVM_CAPABILITY_SPAPR_MULTITCE = 94,
  KVM_CAPABILITY_EXT_EMUL_CPUID = 95,
  KVM_CAPABILITY_HYPERV_TIME = 96,
  KVM_CAPABILITY_IOAPIC_POLARITY_IGNORED = 97,
  KVM_CAPABILITY_ENABLE_CAP_VM = 98,
  KVM_CAPABILITY_S390_IRQCHIP = 99,
  KVM_CAPABILITY_IOEVENTFD_NO_LENGTH = 100,
  KVM_CAPABILITY_VM_ATTRIBUTES = 101,
  KVM_CAPABILITY_ARM_PSCI_0_2 = 102,
  KVM_CAPABILITY_PPC_FIXUP_HCALL = 103,
  KVM_CAPABILITY_PPC_ENABLE_HCALL = 104,
  KVM_CAPABILITY_CHECK_EXTENSION_VM = 105,
  KVM_CAPABILITY_S390_USER_SIGP = 106,
  KVM_CAPABILITY_S390_VECTOR_REGISTERS = 107,
  KVM_CAPABILITY_S390_MEM_OP = 108,
  KVM_CAPABILITY_S390_USER_STSI = 109,
  KVM_CAPABILITY_S390_SKEYS = 110,
  KVM_CAPABILITY_MIPS_FPU = 111,
  KVM_CAPABILITY_MIPS_MSA = 112,
  KVM_CAPABILITY_S390_INJECT_IRQ = 113,
  KVM_CAPABILITY_S390_IRQ_STATE = 114,
  KVM_CAPABILITY_PPC_HWRNG = 115,
  KVM_CAPABILITY_DISABLE_QUIRKS = 116,
  KVM_CAPABILITY_X86_SMM = 117,
  KVM_CAPABILITY_MULTI_ADDRESS_SPACE = 118,
  KVM_CAPABILITY_GUEST_DEBUG_HW_BPS = 119,
  KVM_CAPABILITY_GUEST_DEBUG_HW_WPS = 120,
  KVM_CAPABILITY_SPLIT_IRQCHIP = 121,
  KVM_CAPABILITY_IOEVENTFD_ANY_LENGTH = 122,
  KVM_CAPABILITY_HYPERV_SYNIC = 123,
  KVM_CAPABILITY_S390_RI = 124,
  KVM_CAPABILITY_SPAPR_TCE_64 = 125,
  KVM_CAPABILITY_ARM_PMU_V3 = 126,
  KVM_CAPABILITY_VCPU_ATTRIBUTES = 127,
  KVM_CAPABILITY_MAX_VCPU_ID = 128,
  KVM_CAPABILITY_X2APIC_API = 129,
  KVM_CAPABILITY_S390_USER_INSTR0 = 130,
  KVM_CAPABILITY_MSI_DEVID = 131,
  KVM_CAPABILITY_PPC_HTM = 132,
  KVM_CAPABILITY_SPAPR_RESIZE_HPT = 133,
  KVM_CAPABILITY_PPC_MMU_RADIX = 134,
  KVM_CAPABILITY_PPC_MMU_HASH_V3 = 135,
  KVM_CAPABILITY_IMMEDIATE_EXIT = 136,
  KVM_CAPABILITY_MIPS_VZ = 137,
  KVM_CAPABILITY_MIPS_TE = 138,
  KVM_CAPABILITY_MIPS_64BIT = 139,
  KVM_CAPABILITY_S390_GS = 140,
  KVM_CAPABILITY_S390_AIS = 141,
  KVM_CAPABILITY_SPAPR_TCE_VFIO = 142,
  KVM_CAPABILITY_X86_DISABLE_EXITS = 143,
  KVM_CAPABILITY_ARM_USER_IRQ = 144,
  KVM_CAPABILITY_S390_CMMA_MIGRATION = 145,
  KVM_CAPABILITY_PPC_FWNMI = 146,
  KVM_CAPABILITY_PPC_SMT_POSSIBLE = 147,
  KVM_CAPABILITY_HYPERV_SYNIC2 = 148,
  KVM_CAPABILITY_HYPERV_VP_INDEX = 149,
  KVM_CAPABILITY_S390_AIS_MIGRATION = 150,
  KVM_CAPABILITY_PPC_GET_CPU_CHAR = 151,
  KVM_CAPABILITY_S390_BPB = 152,
  KVM_CAPABILITY_GET_MSR_FEATURES = 153,
  KVM_CAPABILITY_HYPERV_EVENTFD = 154,
  KVM_CAPABILITY_HYPERV_TLBFLUSH = 155,
  KVM_CAPABILITY_S390_HPAGE_1M = 156,
  KVM_CAPABILITY_NESTED_STATE = 157,
  KVM_CAPABILITY_ARM_INJECT_SERROR_ESR = 158,
  KVM_CAPABILITY_MSR_PLATFORM_INFO = 159,
  KVM_CAPABILITY_PPC_NESTED_HV = 160,
  KVM_CAPABILITY_HYPERV_SEND_IPI = 161,
  KVM_CAPABILITY_COALESCED_PIO = 162,
  KVM_CAPABILITY_HYPERV_ENLIGHTENED_VMCS = 163,
  KVM_CAPABILITY_EXCEPTION_PAYLOAD = 164,
  KVM_CAPABILITY_ARM_VM_IPA_SIZE = 165,
  KVM_CAPABILITY_MANUAL_DIRTY_LOG_PROTECT = 166,
  KVM_CAPABILITY_HYPERV_CPUID = 167,
  KVM_CAPABILITY_MANUAL_DIRTY_LOG_PROTECT2 = 168,
  KVM_CAPABILITY_PPC_IRQ_XIVE = 169,
  KVM_CAPABILITY_ARM_SVE = 170,
  KVM_CAPABILITY_ARM_PTRAUTH_ADDRESS = 171,
  KVM_CAPABILITY_ARM_PTRAUTH_GENERIC = 172,
  KVM_CAPABILITY_PMU_EVENT_FILTER = 173,
  KVM_CAPABILITY_ARM_IRQ_LINE_LAYOUT_2 = 174,
  KVM_CAPABILITY_HYPERV_DIRECT_TLBFLUSH = 175,
  KVM_CAPABILITY_PPC_GUEST_DEBUG_SSTEP = 176,
  KVM_CAPABILITY_ARM_NISV_TO_USER = 177,
  KVM_CAPABILITY_ARM_INJECT_EXT_DABT = 178,
  KVM_CAPABILITY_S390_VCPU_RESETS = 179,
  KVM_CAPABILITY_S390_PROTECTED = 180,
  KVM_CAPABILITY_PPC_SECURE_GUEST = 181,
  KVM_CAPABILITY_HALT_POLL = 182,
  KVM_CAPABILITY_ASYNC_PF_INT = 183,
  KVM_CAPABILITY_LAST_CPU = 184,
  KVM_CAPABILITY_SMALLER_MAXPHYADDR = 185,
  KVM_CAPABILITY_S390_DIAG318 = 186,
  KVM_CAPABILITY_STEAL_TIME = 187,
  KVM_CAPABILITY_X86_USER_SPACE_MSR = 188,
  KVM_CAPABILITY_X86_MSR_FILTER = 189,
  KVM_CAPABILITY_ENFORCE_PV_FEATURE_CPUID = 190,
  KVM_CAPABILITY_SYS_HYPERV_CPUID = 191,
  KVM_CAPABILITY_DIRTY_LOG_RING = 192,
  KVM_CAPABILITY_X86_BUS_LOCK_EXIT = 193,
  KVM_CAPABILITY_PPC_DAWR1 = 194,
  KVM_CAPABILITY_SET_GUEST_DEBUG2 = 195,
  KVM_CAPABILITY_SGX_ATTRIBUTE = 196,
  KVM_CAPABILITY_VM_COPY_ENC_CONTEXT_FROM = 197,
  KVM_CAPABILITY_PTP_KVM = 198,
  KVM_CAPABILITY_HYPERV_ENFORCE_CPUID = 199,
  KVM_CAPABILITY_SREGS2 = 200,
  KVM_CAPABILITY_EXIT_HYPERCALL = 201,
  KVM_CAPABILITY_PPC_RPT_INVALIDATE = 202,
  KVM_CAPABILITY_BINARY_STATS_FD = 203,
  KVM_CAPABILITY_EXIT_ON_EMULATION_FAILURE = 204,
  KVM_CAPABILITY_ARM_MTE = 205,
  KVM_CAPABILITY_VM_MOVE_ENC_CONTEXT_FROM = 206,
  KVM_CAPABILITY_VM_GPA_BITS = 207,
  KVM_CAPABILITY_XSAVE2 = 208,
  KVM_CAPABILITY_SYS_ATTRIBUTES = 209,
  KVM_CAPABILITY_PPC_AIL_MODE_3 = 210,
  KVM_CAPABILITY_S390_MEM_OP_EXTENSION = 211,
  KVM_CAPABILITY_PMU_CAPABILITY = 212,
  KVM_CAPABILITY_DISABLE_QUIRKS2 = 213,
  KVM_CAPABILITY_VM_TSC_CONTROL = 214,
  KVM_CAPABILITY_SYSTEM_EVENT_DATA = 215,
  KVM_CAPABILITY_ARM_SYSTEM_SUSPEND = 216,
  KVM_CAPABILITY_S390_PROTECTED_DUMP = 217,
  KVM_CAPABILITY_X86_TRIPLE_FAULT_EVENT = 218,
  KVM_CAPABILITY_X86_NOTIFY_VMEXIT = 219,
  KVM_CAPABILITY_VM_DISABLE_NX_HUGE_PAGES = 220,
  KVM_CAPABILITY_S390_ZPCI_OP = 221,
  KVM_CAPABILITY_S390_CPU_TOPOLOGY = 222,
  KVM_CAPABILITY_DIRTY_LOG_RING_ACQ_REL = 223,
  KVM_CAPABILITY_S390_PROTECTED_ASYNC_DISABLE = 224,
  KVM_CAPABILITY_DIRTY_LOG_RING_WITH_BITMAP = 225,
  KVM_CAPABILITY_PMU_EVENT_MASKED_EVENTS = 226,
  KVM_CAPABILITY_COUNTER_OFFSET = 227,
  KVM_CAPABILITY_ARM_EAGER_SPLIT_CHUNK_SIZE = 228,
  KVM_CAPABILITY_ARM_SUPPORTED_BLOCK_SIZES = 229,
  KVM_CAPABILITY_ARM_SUPPORTED_REG_MASK_RANGES = 230,
  KVM_CAPABILITY_USER_MEMORY2 = 231,
  KVM_CAPABILITY_MEMORY_FAULT_INFO = 232,
  KVM_CAPABILITY_MEMORY_ATTRIBUTES = 233,
  KVM_CAPABILITY_GUEST_MEMFD = 234,
  KVM_CAPABILITY_VM_TYPES = 235,
  KVM_CAPABILITY_PRE_FAULT_MEMORY = 236,
  KVM_CAPABILITY_X86_APIC_BUS_CYCLES_NS = 237,
  KVM_CAPABILITY_X86_GUEST_MODE = 238,
  KVM_CAPABILITY_ARM_WRITABLE_IMP_ID_REGS = 239,
  KVM_CAPABILITY_ARM_EL2 = 240,
  KVM_CAPABILITY_ARM_EL2_E2H0 = 241,
  KVM_CAPABILITY_RISCV_MP_STATE_RESET = 242,
  KVM_CAPABILITY_ARM_CACHEABLE_PFNMAP_SUPPORTED = 243,
  KVM_CAPABILITY_GUEST_MEMFD_FLAGS = 244,
  KVM_CAPABILITY_ARM_SEA_TO_USER = 245,
  KVM_CAPABILITY_S390_USER_OPEREXEC = 246,
  KVM_CAPABILITY_S390_KEYOP = 247,
  KVM_CAPABILITY_S390_VSIE_ESAMODE = 248
} KvmCapability;

G_END_DECLS
