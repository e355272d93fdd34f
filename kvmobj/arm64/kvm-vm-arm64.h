/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>
#include <kvmobj/arm64/kvm-arm64-reg-masks.h>
#include <kvmobj/arm64/kvm-arm64-vcpu-init.h>

G_BEGIN_DECLS

/**
 * KvmArm64IrqKind:
 * @KVM_ARM64_IRQ_KIND_CPU: an input of the vCPU itself, for an interrupt controller in the process
 * @KVM_ARM64_IRQ_KIND_SPI: an interrupt that all vCPUs share, of the interrupt controller in the
 *   kernel
 * @KVM_ARM64_IRQ_KIND_PPI: an interrupt of one vCPU's own, of the interrupt controller in the
 * kernel
 *
 * What kind of line an interrupt comes by. The numbers are the kernel's `KVM_ARM_IRQ_TYPE_…`.
 *
 * Since: 0.1
 */
typedef enum
{
  KVM_ARM64_IRQ_KIND_CPU = 0,
  KVM_ARM64_IRQ_KIND_SPI = 1,
  KVM_ARM64_IRQ_KIND_PPI = 2,
} KvmArm64IrqKind;

/**
 * KvmArm64SmcccFilterAction:
 * @KVM_ARM64_SMCCC_FILTER_ACTION_HANDLE: the kernel serves the call, or tells the guest that it
 * does not know it
 * @KVM_ARM64_SMCCC_FILTER_ACTION_DENY: the guest is told that the call is not known
 * @KVM_ARM64_SMCCC_FILTER_ACTION_FORWARD: the vCPU stops with %KVM_EXIT_REASON_HYPERCALL
 *
 * What becomes of a call of the guest's to the firmware. The numbers are the kernel's
 * `KVM_SMCCC_FILTER_…`.
 *
 * Since: 0.1
 */
typedef enum
{
  KVM_ARM64_SMCCC_FILTER_ACTION_HANDLE = 0,
  KVM_ARM64_SMCCC_FILTER_ACTION_DENY = 1,
  KVM_ARM64_SMCCC_FILTER_ACTION_FORWARD = 2,
} KvmArm64SmcccFilterAction;

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_arm64_get_preferred_target (KvmVm *vm, KvmArm64VcpuInit *init, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmArm64RegMasks *kvm_vm_arm64_get_reg_writable_masks (KvmVm *vm, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_arm64_set_counter_offset (KvmVm *vm, guint64 offset, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
guint8 *kvm_vm_arm64_get_mte_tags (KvmVm *vm, guint64 guest_address, gsize size, gsize *n_tags,
                                   GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_arm64_set_mte_tags (KvmVm *vm, guint64 guest_address, const guint8 *tags,
                                    gsize n_tags, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_arm64_set_smccc_filter (KvmVm *vm, guint32 function, guint32 n_functions,
                                        KvmArm64SmcccFilterAction action, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_arm64_set_irq_line (KvmVm *vm, KvmArm64IrqKind kind, guint vcpu_index, guint irq,
                                    gboolean level, GError **error);

G_END_DECLS
