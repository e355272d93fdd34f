/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>

G_BEGIN_DECLS

/**
 * KvmMsiFlags:
 * @KVM_MSI_FLAGS_NONE: the message tells all that there is to know
 * @KVM_MSI_FLAGS_VALID_DEVICE_ID: it comes with the id of the device, which the interrupt
 *   controllers of some arm64 virtual machines need (%KVM_CAPABILITY_MSI_DEVID)
 *
 * What comes with a message-signalled interrupt.
 *
 * Since: 0.1
 */
typedef enum /*< flags >*/
{
  KVM_MSI_FLAGS_NONE = 0,
  KVM_MSI_FLAGS_VALID_DEVICE_ID = 1 << 0,
} KvmMsiFlags;

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_set_irq_line (KvmVm *vm, guint32 irq, gboolean level, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_set_irq_line_status (KvmVm *vm, guint32 irq, gboolean level, int *status,
                                     GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_signal_msi (KvmVm *vm, guint64 address, guint32 data, KvmMsiFlags flags,
                            guint32 device_id, guint *n_delivered, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_interrupt (KvmVcpu *vcpu, guint32 irq, GError **error);

G_END_DECLS
