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
 * KVMOBJ_ARM64_REG_X0:
 *
 * The id of the general register X0.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_X0 (G_GUINT64_CONSTANT (0x6030000000100000))

/**
 * KVMOBJ_ARM64_REG_X1:
 *
 * The id of the general register X1.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_X1 (G_GUINT64_CONSTANT (0x6030000000100002))

/**
 * KVMOBJ_ARM64_REG_X2:
 *
 * The id of the general register X2.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_X2 (G_GUINT64_CONSTANT (0x6030000000100004))

/**
 * KVMOBJ_ARM64_REG_X3:
 *
 * The id of the general register X3.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_X3 (G_GUINT64_CONSTANT (0x6030000000100006))

/**
 * KVMOBJ_ARM64_REG_X4:
 *
 * The id of the general register X4.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_X4 (G_GUINT64_CONSTANT (0x6030000000100008))

/**
 * KVMOBJ_ARM64_REG_X5:
 *
 * The id of the general register X5.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_X5 (G_GUINT64_CONSTANT (0x603000000010000a))

/**
 * KVMOBJ_ARM64_REG_X6:
 *
 * The id of the general register X6.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_X6 (G_GUINT64_CONSTANT (0x603000000010000c))

/**
 * KVMOBJ_ARM64_REG_X7:
 *
 * The id of the general register X7.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_X7 (G_GUINT64_CONSTANT (0x603000000010000e))

/**
 * KVMOBJ_ARM64_REG_X8:
 *
 * The id of the general register X8.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_X8 (G_GUINT64_CONSTANT (0x6030000000100010))

/**
 * KVMOBJ_ARM64_REG_X9:
 *
 * The id of the general register X9.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_X9 (G_GUINT64_CONSTANT (0x6030000000100012))

/**
 * KVMOBJ_ARM64_REG_X10:
 *
 * The id of the general register X10.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_X10 (G_GUINT64_CONSTANT (0x6030000000100014))

/**
 * KVMOBJ_ARM64_REG_X11:
 *
 * The id of the general register X11.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_X11 (G_GUINT64_CONSTANT (0x6030000000100016))

/**
 * KVMOBJ_ARM64_REG_X12:
 *
 * The id of the general register X12.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_X12 (G_GUINT64_CONSTANT (0x6030000000100018))

/**
 * KVMOBJ_ARM64_REG_X13:
 *
 * The id of the general register X13.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_X13 (G_GUINT64_CONSTANT (0x603000000010001a))

/**
 * KVMOBJ_ARM64_REG_X14:
 *
 * The id of the general register X14.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_X14 (G_GUINT64_CONSTANT (0x603000000010001c))

/**
 * KVMOBJ_ARM64_REG_X15:
 *
 * The id of the general register X15.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_X15 (G_GUINT64_CONSTANT (0x603000000010001e))

/**
 * KVMOBJ_ARM64_REG_X16:
 *
 * The id of the general register X16.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_X16 (G_GUINT64_CONSTANT (0x6030000000100020))

/**
 * KVMOBJ_ARM64_REG_X17:
 *
 * The id of the general register X17.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_X17 (G_GUINT64_CONSTANT (0x6030000000100022))

/**
 * KVMOBJ_ARM64_REG_X18:
 *
 * The id of the general register X18.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_X18 (G_GUINT64_CONSTANT (0x6030000000100024))

/**
 * KVMOBJ_ARM64_REG_X19:
 *
 * The id of the general register X19.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_X19 (G_GUINT64_CONSTANT (0x6030000000100026))

/**
 * KVMOBJ_ARM64_REG_X20:
 *
 * The id of the general register X20.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_X20 (G_GUINT64_CONSTANT (0x6030000000100028))

/**
 * KVMOBJ_ARM64_REG_X21:
 *
 * The id of the general register X21.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_X21 (G_GUINT64_CONSTANT (0x603000000010002a))

/**
 * KVMOBJ_ARM64_REG_X22:
 *
 * The id of the general register X22.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_X22 (G_GUINT64_CONSTANT (0x603000000010002c))

/**
 * KVMOBJ_ARM64_REG_X23:
 *
 * The id of the general register X23.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_X23 (G_GUINT64_CONSTANT (0x603000000010002e))

/**
 * KVMOBJ_ARM64_REG_X24:
 *
 * The id of the general register X24.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_X24 (G_GUINT64_CONSTANT (0x6030000000100030))

/**
 * KVMOBJ_ARM64_REG_X25:
 *
 * The id of the general register X25.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_X25 (G_GUINT64_CONSTANT (0x6030000000100032))

/**
 * KVMOBJ_ARM64_REG_X26:
 *
 * The id of the general register X26.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_X26 (G_GUINT64_CONSTANT (0x6030000000100034))

/**
 * KVMOBJ_ARM64_REG_X27:
 *
 * The id of the general register X27.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_X27 (G_GUINT64_CONSTANT (0x6030000000100036))

/**
 * KVMOBJ_ARM64_REG_X28:
 *
 * The id of the general register X28.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_X28 (G_GUINT64_CONSTANT (0x6030000000100038))

/**
 * KVMOBJ_ARM64_REG_X29:
 *
 * The id of the general register X29.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_X29 (G_GUINT64_CONSTANT (0x603000000010003a))

/**
 * KVMOBJ_ARM64_REG_X30:
 *
 * The id of the general register X30.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_X30 (G_GUINT64_CONSTANT (0x603000000010003c))

/**
 * KVMOBJ_ARM64_REG_SP:
 *
 * The id of the stack pointer of EL0, SP_EL0. At EL1 the guest mostly uses
 * %KVMOBJ_ARM64_REG_SP_EL1.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_SP (G_GUINT64_CONSTANT (0x603000000010003e))

/**
 * KVMOBJ_ARM64_REG_PC:
 *
 * The id of the program counter.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_PC (G_GUINT64_CONSTANT (0x6030000000100040))

/**
 * KVMOBJ_ARM64_REG_PSTATE:
 *
 * The id of the processor's state: flags, masks and the exception level.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_PSTATE (G_GUINT64_CONSTANT (0x6030000000100042))

/**
 * KVMOBJ_ARM64_REG_SP_EL1:
 *
 * The id of the stack pointer of EL1.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_SP_EL1 (G_GUINT64_CONSTANT (0x6030000000100044))

/**
 * KVMOBJ_ARM64_REG_ELR_EL1:
 *
 * The id of the exception link register of EL1.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_ELR_EL1 (G_GUINT64_CONSTANT (0x6030000000100046))

/**
 * KVMOBJ_ARM64_REG_SPSR_EL1:
 *
 * The id of the saved state of EL1, in AArch32 SPSR_svc.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_SPSR_EL1 (G_GUINT64_CONSTANT (0x6030000000100048))

/**
 * KVMOBJ_ARM64_REG_SPSR_ABT:
 *
 * The id of SPSR_abt, of AArch32.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_SPSR_ABT (G_GUINT64_CONSTANT (0x603000000010004a))

/**
 * KVMOBJ_ARM64_REG_SPSR_UND:
 *
 * The id of SPSR_und, of AArch32.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_SPSR_UND (G_GUINT64_CONSTANT (0x603000000010004c))

/**
 * KVMOBJ_ARM64_REG_SPSR_IRQ:
 *
 * The id of SPSR_irq, of AArch32.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_SPSR_IRQ (G_GUINT64_CONSTANT (0x603000000010004e))

/**
 * KVMOBJ_ARM64_REG_SPSR_FIQ:
 *
 * The id of SPSR_fiq, of AArch32.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_SPSR_FIQ (G_GUINT64_CONSTANT (0x6030000000100050))

/**
 * KVMOBJ_ARM64_REG_FPSR:
 *
 * The id of the floating-point status register, of 32 bits.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_FPSR (G_GUINT64_CONSTANT (0x60200000001000d4))

/**
 * KVMOBJ_ARM64_REG_FPCR:
 *
 * The id of the floating-point control register, of 32 bits.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_FPCR (G_GUINT64_CONSTANT (0x60200000001000d5))

/**
 * KVMOBJ_ARM64_REG_TIMER_CTL:
 *
 * The id of the control register of the virtual timer, CNTV_CTL_EL0.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_TIMER_CTL (G_GUINT64_CONSTANT (0x603000000013df19))

/**
 * KVMOBJ_ARM64_REG_TIMER_CVAL:
 *
 * The id of the compare value of the virtual timer, CNTV_CVAL_EL0. The kernel has it and
 * %KVMOBJ_ARM64_REG_TIMER_CNT under each other's encoding, so [func@Kvm.arm64_reg_sysreg] with that
 * of the architecture gives the other one.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_TIMER_CVAL (G_GUINT64_CONSTANT (0x603000000013df02))

/**
 * KVMOBJ_ARM64_REG_TIMER_CNT:
 *
 * The id of the counter of the virtual timer, CNTVCT_EL0. See %KVMOBJ_ARM64_REG_TIMER_CVAL.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_TIMER_CNT (G_GUINT64_CONSTANT (0x603000000013df1a))

/**
 * KVMOBJ_ARM64_REG_PTIMER_CTL:
 *
 * The id of the control register of the physical timer, CNTP_CTL_EL0,
 * since Linux 6.4.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_PTIMER_CTL (G_GUINT64_CONSTANT (0x603000000013df11))

/**
 * KVMOBJ_ARM64_REG_PTIMER_CVAL:
 *
 * The id of the compare value of the physical timer, CNTP_CVAL_EL0,
 * since Linux 6.4.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_PTIMER_CVAL (G_GUINT64_CONSTANT (0x603000000013df12))

/**
 * KVMOBJ_ARM64_REG_PTIMER_CNT:
 *
 * The id of the counter of the physical timer, CNTPCT_EL0,
 * since Linux 6.4.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_PTIMER_CNT (G_GUINT64_CONSTANT (0x603000000013df01))

/**
 * KVMOBJ_ARM64_REG_PSCI_VERSION:
 *
 * The id of the version of the firmware's power interface: the major number in the upper half of 32
 * bits. It is there with %KVM_ARM64_VCPU_FEATURES_PSCI_0_2.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_PSCI_VERSION (G_GUINT64_CONSTANT (0x6030000000140000))

/**
 * KVMOBJ_ARM64_REG_SMCCC_ARCH_WORKAROUND_1:
 *
 * The id of what the firmware says of the workaround for CVE-2017-5715: 0 not available, 1
 * available, 2 not required.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_SMCCC_ARCH_WORKAROUND_1 (G_GUINT64_CONSTANT (0x6030000000140001))

/**
 * KVMOBJ_ARM64_REG_SMCCC_ARCH_WORKAROUND_2:
 *
 * The id of what the firmware says of the workaround for CVE-2018-3639: 0 not available, 1 unknown,
 * 2 available, 3 not required.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_SMCCC_ARCH_WORKAROUND_2 (G_GUINT64_CONSTANT (0x6030000000140002))

/**
 * KVMOBJ_ARM64_REG_SMCCC_ARCH_WORKAROUND_3:
 *
 * The id of what the firmware says of the workaround for CVE-2022-23960: 0 not available, 1
 * available, 2 not required.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_SMCCC_ARCH_WORKAROUND_3 (G_GUINT64_CONSTANT (0x6030000000140003))

/**
 * KVMOBJ_ARM64_REG_STD_BMAP:
 *
 * The id of the bit map of the firmware's standard secure services. Bit 0 is the true random number
 * generator.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_STD_BMAP (G_GUINT64_CONSTANT (0x6030000000160000))

/**
 * KVMOBJ_ARM64_REG_STD_HYP_BMAP:
 *
 * The id of the bit map of the firmware's standard hypervisor services. Bit 0 is the stolen time.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_STD_HYP_BMAP (G_GUINT64_CONSTANT (0x6030000000160001))

/**
 * KVMOBJ_ARM64_REG_VENDOR_HYP_BMAP:
 *
 * The id of the bit map of the hypervisor services that are the kernel's own. Bit 0 is the
 * discovery of functions, bit 1 the precision time protocol.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_VENDOR_HYP_BMAP (G_GUINT64_CONSTANT (0x6030000000160002))

/**
 * KVMOBJ_ARM64_REG_VENDOR_HYP_BMAP_2:
 *
 * The id of a second bit map of the hypervisor services that are the kernel's own.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_VENDOR_HYP_BMAP_2 (G_GUINT64_CONSTANT (0x6030000000160003))

/**
 * KVMOBJ_ARM64_REG_SVE_VLS:
 *
 * The id of the set of vector lengths of SVE, of 512 bits. [method@Kvm.Vcpu.arm64_get_sve_lengths]
 * and [method@Kvm.Vcpu.arm64_set_sve_lengths] have it as a list.
 *
 * Since: 0.1
 */
#define KVMOBJ_ARM64_REG_SVE_VLS (G_GUINT64_CONSTANT (0x606000000015ffff))

KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_arm64_reg_x (guint number);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_arm64_reg_v (guint number);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_arm64_reg_sysreg (guint op0, guint op1, guint crn, guint crm, guint op2);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_arm64_reg_ccsidr (guint cache);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_arm64_reg_sve_z (guint number, guint slice);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_arm64_reg_sve_p (guint number, guint slice);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_arm64_reg_sve_ffr (guint slice);
KVMOBJ_AVAILABLE_IN_0_1
char *kvm_arm64_reg_to_string (guint64 id);

G_END_DECLS
