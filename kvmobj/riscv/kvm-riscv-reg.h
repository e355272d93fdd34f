/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <glib-object.h>

#include <kvmobj/kvm-version-macros.h>

G_BEGIN_DECLS

/* An id is larger than what a number of JavaScript's holds exactly: write it as a BigInt there. */

/**
 * KVMOBJ_RISCV_REG_ISA:
 *
 * The id of the extensions that have one letter: bit 0 is A, bit 25 Z.
 * [method@Kvm.Vcpu.riscv_get_isa_extensions] has them all.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_ISA (G_GUINT64_CONSTANT (0x8030000001000000))

/**
 * KVMOBJ_RISCV_REG_ZICBOM_BLOCK_SIZE:
 *
 * The id of the bytes that a cache management instruction works on.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_ZICBOM_BLOCK_SIZE (G_GUINT64_CONSTANT (0x8030000001000001))

/**
 * KVMOBJ_RISCV_REG_MVENDORID:
 *
 * The id of the vendor that the guest sees.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_MVENDORID (G_GUINT64_CONSTANT (0x8030000001000002))

/**
 * KVMOBJ_RISCV_REG_MARCHID:
 *
 * The id of the microarchitecture that the guest sees.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_MARCHID (G_GUINT64_CONSTANT (0x8030000001000003))

/**
 * KVMOBJ_RISCV_REG_MIMPID:
 *
 * The id of the implementation that the guest sees.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_MIMPID (G_GUINT64_CONSTANT (0x8030000001000004))

/**
 * KVMOBJ_RISCV_REG_ZICBOZ_BLOCK_SIZE:
 *
 * The id of the bytes that a cache zero instruction works on.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_ZICBOZ_BLOCK_SIZE (G_GUINT64_CONSTANT (0x8030000001000005))

/**
 * KVMOBJ_RISCV_REG_SATP_MODE:
 *
 * The id of the largest mode of paging that the guest can use: 8 is Sv39, 9 Sv48, 10 Sv57.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_SATP_MODE (G_GUINT64_CONSTANT (0x8030000001000006))

/**
 * KVMOBJ_RISCV_REG_ZICBOP_BLOCK_SIZE:
 *
 * The id of the bytes that a cache prefetch instruction works on.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_ZICBOP_BLOCK_SIZE (G_GUINT64_CONSTANT (0x8030000001000007))

/**
 * KVMOBJ_RISCV_REG_PC:
 *
 * The id of the program counter.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_PC (G_GUINT64_CONSTANT (0x8030000002000000))

/**
 * KVMOBJ_RISCV_REG_RA:
 *
 * The id of the general register ra, which is x1: the return address.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_RA (G_GUINT64_CONSTANT (0x8030000002000001))

/**
 * KVMOBJ_RISCV_REG_SP:
 *
 * The id of the general register sp, which is x2: the stack pointer.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_SP (G_GUINT64_CONSTANT (0x8030000002000002))

/**
 * KVMOBJ_RISCV_REG_GP:
 *
 * The id of the general register gp, which is x3: the global pointer.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_GP (G_GUINT64_CONSTANT (0x8030000002000003))

/**
 * KVMOBJ_RISCV_REG_TP:
 *
 * The id of the general register tp, which is x4: the thread pointer.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_TP (G_GUINT64_CONSTANT (0x8030000002000004))

/**
 * KVMOBJ_RISCV_REG_T0:
 *
 * The id of the general register t0, which is x5.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_T0 (G_GUINT64_CONSTANT (0x8030000002000005))

/**
 * KVMOBJ_RISCV_REG_T1:
 *
 * The id of the general register t1, which is x6.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_T1 (G_GUINT64_CONSTANT (0x8030000002000006))

/**
 * KVMOBJ_RISCV_REG_T2:
 *
 * The id of the general register t2, which is x7.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_T2 (G_GUINT64_CONSTANT (0x8030000002000007))

/**
 * KVMOBJ_RISCV_REG_S0:
 *
 * The id of the general register s0, which is x8.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_S0 (G_GUINT64_CONSTANT (0x8030000002000008))

/**
 * KVMOBJ_RISCV_REG_S1:
 *
 * The id of the general register s1, which is x9.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_S1 (G_GUINT64_CONSTANT (0x8030000002000009))

/**
 * KVMOBJ_RISCV_REG_A0:
 *
 * The id of the general register a0, which is x10.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_A0 (G_GUINT64_CONSTANT (0x803000000200000a))

/**
 * KVMOBJ_RISCV_REG_A1:
 *
 * The id of the general register a1, which is x11.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_A1 (G_GUINT64_CONSTANT (0x803000000200000b))

/**
 * KVMOBJ_RISCV_REG_A2:
 *
 * The id of the general register a2, which is x12.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_A2 (G_GUINT64_CONSTANT (0x803000000200000c))

/**
 * KVMOBJ_RISCV_REG_A3:
 *
 * The id of the general register a3, which is x13.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_A3 (G_GUINT64_CONSTANT (0x803000000200000d))

/**
 * KVMOBJ_RISCV_REG_A4:
 *
 * The id of the general register a4, which is x14.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_A4 (G_GUINT64_CONSTANT (0x803000000200000e))

/**
 * KVMOBJ_RISCV_REG_A5:
 *
 * The id of the general register a5, which is x15.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_A5 (G_GUINT64_CONSTANT (0x803000000200000f))

/**
 * KVMOBJ_RISCV_REG_A6:
 *
 * The id of the general register a6, which is x16.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_A6 (G_GUINT64_CONSTANT (0x8030000002000010))

/**
 * KVMOBJ_RISCV_REG_A7:
 *
 * The id of the general register a7, which is x17.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_A7 (G_GUINT64_CONSTANT (0x8030000002000011))

/**
 * KVMOBJ_RISCV_REG_S2:
 *
 * The id of the general register s2, which is x18.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_S2 (G_GUINT64_CONSTANT (0x8030000002000012))

/**
 * KVMOBJ_RISCV_REG_S3:
 *
 * The id of the general register s3, which is x19.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_S3 (G_GUINT64_CONSTANT (0x8030000002000013))

/**
 * KVMOBJ_RISCV_REG_S4:
 *
 * The id of the general register s4, which is x20.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_S4 (G_GUINT64_CONSTANT (0x8030000002000014))

/**
 * KVMOBJ_RISCV_REG_S5:
 *
 * The id of the general register s5, which is x21.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_S5 (G_GUINT64_CONSTANT (0x8030000002000015))

/**
 * KVMOBJ_RISCV_REG_S6:
 *
 * The id of the general register s6, which is x22.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_S6 (G_GUINT64_CONSTANT (0x8030000002000016))

/**
 * KVMOBJ_RISCV_REG_S7:
 *
 * The id of the general register s7, which is x23.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_S7 (G_GUINT64_CONSTANT (0x8030000002000017))

/**
 * KVMOBJ_RISCV_REG_S8:
 *
 * The id of the general register s8, which is x24.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_S8 (G_GUINT64_CONSTANT (0x8030000002000018))

/**
 * KVMOBJ_RISCV_REG_S9:
 *
 * The id of the general register s9, which is x25.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_S9 (G_GUINT64_CONSTANT (0x8030000002000019))

/**
 * KVMOBJ_RISCV_REG_S10:
 *
 * The id of the general register s10, which is x26.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_S10 (G_GUINT64_CONSTANT (0x803000000200001a))

/**
 * KVMOBJ_RISCV_REG_S11:
 *
 * The id of the general register s11, which is x27.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_S11 (G_GUINT64_CONSTANT (0x803000000200001b))

/**
 * KVMOBJ_RISCV_REG_T3:
 *
 * The id of the general register t3, which is x28.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_T3 (G_GUINT64_CONSTANT (0x803000000200001c))

/**
 * KVMOBJ_RISCV_REG_T4:
 *
 * The id of the general register t4, which is x29.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_T4 (G_GUINT64_CONSTANT (0x803000000200001d))

/**
 * KVMOBJ_RISCV_REG_T5:
 *
 * The id of the general register t5, which is x30.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_T5 (G_GUINT64_CONSTANT (0x803000000200001e))

/**
 * KVMOBJ_RISCV_REG_T6:
 *
 * The id of the general register t6, which is x31.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_T6 (G_GUINT64_CONSTANT (0x803000000200001f))

/**
 * KVMOBJ_RISCV_REG_MODE:
 *
 * The id of the privilege mode: 0 is user mode, 1 supervisor mode.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_MODE (G_GUINT64_CONSTANT (0x8030000002000020))

/**
 * KVMOBJ_RISCV_REG_SSTATUS:
 *
 * The id of the status of supervisor mode.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_SSTATUS (G_GUINT64_CONSTANT (0x8030000003000000))

/**
 * KVMOBJ_RISCV_REG_SIE:
 *
 * The id of which interrupts are enabled.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_SIE (G_GUINT64_CONSTANT (0x8030000003000001))

/**
 * KVMOBJ_RISCV_REG_STVEC:
 *
 * The id of where traps go.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_STVEC (G_GUINT64_CONSTANT (0x8030000003000002))

/**
 * KVMOBJ_RISCV_REG_SSCRATCH:
 *
 * The id of the scratch register of supervisor mode.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_SSCRATCH (G_GUINT64_CONSTANT (0x8030000003000003))

/**
 * KVMOBJ_RISCV_REG_SEPC:
 *
 * The id of the program counter of the last trap.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_SEPC (G_GUINT64_CONSTANT (0x8030000003000004))

/**
 * KVMOBJ_RISCV_REG_SCAUSE:
 *
 * The id of the cause of the last trap.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_SCAUSE (G_GUINT64_CONSTANT (0x8030000003000005))

/**
 * KVMOBJ_RISCV_REG_STVAL:
 *
 * The id of the value that goes with the last trap, such as an address.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_STVAL (G_GUINT64_CONSTANT (0x8030000003000006))

/**
 * KVMOBJ_RISCV_REG_SIP:
 *
 * The id of which interrupts are pending.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_SIP (G_GUINT64_CONSTANT (0x8030000003000007))

/**
 * KVMOBJ_RISCV_REG_SATP:
 *
 * The id of the root and the mode of paging.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_SATP (G_GUINT64_CONSTANT (0x8030000003000008))

/**
 * KVMOBJ_RISCV_REG_SCOUNTEREN:
 *
 * The id of which counters user mode can read.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_SCOUNTEREN (G_GUINT64_CONSTANT (0x8030000003000009))

/**
 * KVMOBJ_RISCV_REG_SENVCFG:
 *
 * The id of what user mode may do.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_SENVCFG (G_GUINT64_CONSTANT (0x803000000300000a))

/**
 * KVMOBJ_RISCV_REG_SISELECT:
 *
 * The id of which register sireg stands for. It is there with %KVM_RISCV_ISA_EXTENSION_SSAIA.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_SISELECT (G_GUINT64_CONSTANT (0x8030000003010000))

/**
 * KVMOBJ_RISCV_REG_IPRIO1:
 *
 * The id of the priorities of the major interrupts 0 to 7. It is there with
 * %KVM_RISCV_ISA_EXTENSION_SSAIA.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_IPRIO1 (G_GUINT64_CONSTANT (0x8030000003010001))

/**
 * KVMOBJ_RISCV_REG_IPRIO2:
 *
 * The id of the priorities of the major interrupts 8 to 15. It is there with
 * %KVM_RISCV_ISA_EXTENSION_SSAIA.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_IPRIO2 (G_GUINT64_CONSTANT (0x8030000003010002))

/**
 * KVMOBJ_RISCV_REG_SIEH:
 *
 * The id of the upper half of sie on 32-bit hosts. It is there with %KVM_RISCV_ISA_EXTENSION_SSAIA.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_SIEH (G_GUINT64_CONSTANT (0x8030000003010003))

/**
 * KVMOBJ_RISCV_REG_SIPH:
 *
 * The id of the upper half of sip on 32-bit hosts. It is there with %KVM_RISCV_ISA_EXTENSION_SSAIA.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_SIPH (G_GUINT64_CONSTANT (0x8030000003010004))

/**
 * KVMOBJ_RISCV_REG_IPRIO1H:
 *
 * The id of the upper half of iprio1 on 32-bit hosts. It is there with
 * %KVM_RISCV_ISA_EXTENSION_SSAIA.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_IPRIO1H (G_GUINT64_CONSTANT (0x8030000003010005))

/**
 * KVMOBJ_RISCV_REG_IPRIO2H:
 *
 * The id of the upper half of iprio2 on 32-bit hosts. It is there with
 * %KVM_RISCV_ISA_EXTENSION_SSAIA.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_IPRIO2H (G_GUINT64_CONSTANT (0x8030000003010006))

/**
 * KVMOBJ_RISCV_REG_SSTATEEN0:
 *
 * The id of what user mode may use of the state of extensions. It is there with
 * %KVM_RISCV_ISA_EXTENSION_SMSTATEEN.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_SSTATEEN0 (G_GUINT64_CONSTANT (0x8030000003020000))

/**
 * KVMOBJ_RISCV_REG_TIMER_FREQUENCY:
 *
 * The id of how fast the time runs, in Hz. It can only be set to what it is.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_TIMER_FREQUENCY (G_GUINT64_CONSTANT (0x8030000004000000))

/**
 * KVMOBJ_RISCV_REG_TIMER_TIME:
 *
 * The id of the time, which is that of the whole virtual machine.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_TIMER_TIME (G_GUINT64_CONSTANT (0x8030000004000001))

/**
 * KVMOBJ_RISCV_REG_TIMER_COMPARE:
 *
 * The id of when the timer's interrupt comes.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_TIMER_COMPARE (G_GUINT64_CONSTANT (0x8030000004000002))

/**
 * KVMOBJ_RISCV_REG_TIMER_STATE:
 *
 * The id of whether the timer is on: 0 or 1. To set it to 1 starts the timer, so
 * %KVMOBJ_RISCV_REG_TIMER_COMPARE comes first.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_TIMER_STATE (G_GUINT64_CONSTANT (0x8030000004000003))

/**
 * KVMOBJ_RISCV_REG_FP_F_FCSR:
 *
 * The id of fcsr, of 32 bits, on a vCPU with %KVM_RISCV_ISA_EXTENSION_F.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_FP_F_FCSR (G_GUINT64_CONSTANT (0x8020000005000020))

/**
 * KVMOBJ_RISCV_REG_FP_D_FCSR:
 *
 * The id of fcsr, of 32 bits, on a vCPU with %KVM_RISCV_ISA_EXTENSION_D.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_FP_D_FCSR (G_GUINT64_CONSTANT (0x8020000006000020))

/**
 * KVMOBJ_RISCV_REG_VSTART:
 *
 * The id of the element that a vector instruction begins with. It is there with
 * %KVM_RISCV_ISA_EXTENSION_V.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_VSTART (G_GUINT64_CONSTANT (0x8030000009000000))

/**
 * KVMOBJ_RISCV_REG_VL:
 *
 * The id of the number of elements. It is there with %KVM_RISCV_ISA_EXTENSION_V.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_VL (G_GUINT64_CONSTANT (0x8030000009000001))

/**
 * KVMOBJ_RISCV_REG_VTYPE:
 *
 * The id of the type of the elements. It is there with %KVM_RISCV_ISA_EXTENSION_V.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_VTYPE (G_GUINT64_CONSTANT (0x8030000009000002))

/**
 * KVMOBJ_RISCV_REG_VCSR:
 *
 * The id of the rounding mode and the saturation flag of vector instructions. It is there with
 * %KVM_RISCV_ISA_EXTENSION_V.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_VCSR (G_GUINT64_CONSTANT (0x8030000009000003))

/**
 * KVMOBJ_RISCV_REG_VLENB:
 *
 * The id of the bytes of a vector register. It can only be set to what it is. It is there with
 * %KVM_RISCV_ISA_EXTENSION_V.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_VLENB (G_GUINT64_CONSTANT (0x8030000009000004))

/**
 * KVMOBJ_RISCV_REG_SBI_STA_SHMEM_LO:
 *
 * The id of the address where the guest finds the time that was stolen from it; all ones if it
 * asked for none. It is there with %KVM_RISCV_SBI_EXTENSION_STA.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_SBI_STA_SHMEM_LO (G_GUINT64_CONSTANT (0x803000000a000000))

/**
 * KVMOBJ_RISCV_REG_SBI_STA_SHMEM_HI:
 *
 * The id of the upper half of %KVMOBJ_RISCV_REG_SBI_STA_SHMEM_LO.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_SBI_STA_SHMEM_HI (G_GUINT64_CONSTANT (0x803000000a000001))

/**
 * KVMOBJ_RISCV_REG_SBI_FWFT_MISALIGNED_DELEG_ENABLE:
 *
 * The id of whether the guest may choose whether misaligned accesses trap into the guest. It is
 * there with %KVM_RISCV_SBI_EXTENSION_FWFT.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_SBI_FWFT_MISALIGNED_DELEG_ENABLE (G_GUINT64_CONSTANT (0x803000000a010000))

/**
 * KVMOBJ_RISCV_REG_SBI_FWFT_MISALIGNED_DELEG_FLAGS:
 *
 * The id of whether that choice is locked.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_SBI_FWFT_MISALIGNED_DELEG_FLAGS (G_GUINT64_CONSTANT (0x803000000a010001))

/**
 * KVMOBJ_RISCV_REG_SBI_FWFT_MISALIGNED_DELEG_VALUE:
 *
 * The id of that choice.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_SBI_FWFT_MISALIGNED_DELEG_VALUE (G_GUINT64_CONSTANT (0x803000000a010002))

/**
 * KVMOBJ_RISCV_REG_SBI_FWFT_POINTER_MASKING_ENABLE:
 *
 * The id of whether the guest may choose whether the upper bits of a pointer are ignored, and how
 * many. It is there with %KVM_RISCV_SBI_EXTENSION_FWFT.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_SBI_FWFT_POINTER_MASKING_ENABLE (G_GUINT64_CONSTANT (0x803000000a010003))

/**
 * KVMOBJ_RISCV_REG_SBI_FWFT_POINTER_MASKING_FLAGS:
 *
 * The id of whether that choice is locked.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_SBI_FWFT_POINTER_MASKING_FLAGS (G_GUINT64_CONSTANT (0x803000000a010004))

/**
 * KVMOBJ_RISCV_REG_SBI_FWFT_POINTER_MASKING_VALUE:
 *
 * The id of that choice.
 *
 * Since: 0.1
 */
#define KVMOBJ_RISCV_REG_SBI_FWFT_POINTER_MASKING_VALUE (G_GUINT64_CONSTANT (0x803000000a010005))

KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_riscv_reg_x (guint number);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_riscv_reg_f (guint number);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_riscv_reg_d (guint number);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_riscv_reg_v (guint number, guint vlenb);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_riscv_reg_isa_ext (guint extension);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_riscv_reg_isa_multi_en (guint number);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_riscv_reg_isa_multi_dis (guint number);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_riscv_reg_sbi_ext (guint extension);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_riscv_reg_sbi_multi_en (guint number);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_riscv_reg_sbi_multi_dis (guint number);
KVMOBJ_AVAILABLE_IN_0_1
char *kvm_riscv_reg_to_string (guint64 id);

G_END_DECLS
