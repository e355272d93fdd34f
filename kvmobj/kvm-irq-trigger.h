/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>

G_BEGIN_DECLS

/**
 * KvmIrqTriggerFlags:
 * @KVM_IRQ_TRIGGER_FLAGS_NONE: an edge: the line goes up and at once down again
 * @KVM_IRQ_TRIGGER_FLAGS_RESAMPLE: a level: the line stays up until the guest has ended the
 *   interrupt, which the program is told (%KVM_CAPABILITY_IRQFD_RESAMPLE)
 *
 * How an interrupt is raised.
 *
 * Since: 0.1
 */
typedef enum /*< flags >*/
{
  KVM_IRQ_TRIGGER_FLAGS_NONE = 0,
  KVM_IRQ_TRIGGER_FLAGS_RESAMPLE = 1 << 1,
} KvmIrqTriggerFlags;

#define KVM_TYPE_IRQ_TRIGGER (kvm_irq_trigger_get_type ())

KVMOBJ_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (KvmIrqTrigger, kvm_irq_trigger, KVM, IRQ_TRIGGER, GObject)

KVMOBJ_AVAILABLE_IN_0_1
KvmIrqTrigger *kvm_vm_add_irq_trigger (KvmVm *vm, guint gsi, KvmIrqTriggerFlags flags,
                                       GError **error);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_irq_trigger_raise (KvmIrqTrigger *self, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_irq_trigger_remove (KvmIrqTrigger *self, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_irq_trigger_get_gsi (KvmIrqTrigger *self);
KVMOBJ_AVAILABLE_IN_0_1
KvmIrqTriggerFlags kvm_irq_trigger_get_flags (KvmIrqTrigger *self);
KVMOBJ_AVAILABLE_IN_0_1
int kvm_irq_trigger_get_fd (KvmIrqTrigger *self);
KVMOBJ_AVAILABLE_IN_0_1
GSource *kvm_irq_trigger_create_source (KvmIrqTrigger *self);

G_END_DECLS
