/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-exit.h>

G_BEGIN_DECLS

/**
 * KvmArm64HypercallFlags:
 * @KVM_ARM64_HYPERCALL_FLAGS_NONE: the call came by an HVC instruction of 32 bits
 * @KVM_ARM64_HYPERCALL_FLAGS_SMC: it came by an SMC instruction
 * @KVM_ARM64_HYPERCALL_FLAGS_NARROW: the instruction has 16 bits, as in AArch32
 *
 * What [method@Kvm.Exit.get_hypercall_flags] says on arm64, where
 * [method@Kvm.Vm.arm64_set_smccc_filter] asked for the call. The numbers are the kernel's
 * `KVM_HYPERCALL_EXIT_…`.
 *
 * Since: 0.1
 */
typedef enum /*< flags >*/
{
  KVM_ARM64_HYPERCALL_FLAGS_NONE = 0,
  KVM_ARM64_HYPERCALL_FLAGS_SMC = 1 << 0,
  KVM_ARM64_HYPERCALL_FLAGS_NARROW = 1 << 1,
} KvmArm64HypercallFlags;

/**
 * KvmArm64DeviceIrqLevels:
 * @KVM_ARM64_DEVICE_IRQ_LEVELS_NONE: none is up
 * @KVM_ARM64_DEVICE_IRQ_LEVELS_VIRTUAL_TIMER: that of the virtual timer
 * @KVM_ARM64_DEVICE_IRQ_LEVELS_PHYSICAL_TIMER: that of the physical timer
 * @KVM_ARM64_DEVICE_IRQ_LEVELS_PMU: that of the performance counters
 *
 * Which interrupt lines of the vCPU's own devices are up, for an interrupt controller in the
 * process. The numbers are the kernel's `KVM_ARM_DEV_…`.
 *
 * Since: 0.1
 */
typedef enum /*< flags >*/
{
  KVM_ARM64_DEVICE_IRQ_LEVELS_NONE = 0,
  KVM_ARM64_DEVICE_IRQ_LEVELS_VIRTUAL_TIMER = 1 << 0,
  KVM_ARM64_DEVICE_IRQ_LEVELS_PHYSICAL_TIMER = 1 << 1,
  KVM_ARM64_DEVICE_IRQ_LEVELS_PMU = 1 << 2,
} KvmArm64DeviceIrqLevels;

KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_arm64_get_debug_hsr (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_arm64_get_debug_far (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
KvmArm64DeviceIrqLevels kvm_exit_arm64_get_device_irq_levels (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_arm64_get_iss (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_arm64_get_fault_address (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_arm64_get_sea_flags (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_arm64_get_sea_esr (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_arm64_get_sea_virtual_address (KvmExit *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_exit_arm64_get_sea_physical_address (KvmExit *self);

G_END_DECLS
