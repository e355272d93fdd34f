/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-irq.h>

G_BEGIN_DECLS

#define KVM_TYPE_IRQ_ROUTING (kvm_irq_routing_get_type ())

KVMOBJ_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (KvmIrqRouting, kvm_irq_routing, KVM, IRQ_ROUTING, GObject)

KVMOBJ_AVAILABLE_IN_0_1
KvmIrqRouting *kvm_irq_routing_new (void);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_irq_routing_add_irqchip (KvmIrqRouting *self, guint gsi, guint irqchip, guint pin,
                                      GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_irq_routing_add_msi (KvmIrqRouting *self, guint gsi, guint64 address, guint32 data,
                                  KvmMsiFlags flags, guint32 device_id, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_irq_routing_add_hyperv_sint (KvmIrqRouting *self, guint gsi, guint vcpu, guint sint,
                                          GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_irq_routing_add_xen_event_channel (KvmIrqRouting *self, guint gsi, guint port,
                                                guint vcpu, guint32 priority, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_irq_routing_remove (KvmIrqRouting *self, guint gsi);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_irq_routing_get_n_routes (KvmIrqRouting *self);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_set_irq_routing (KvmVm *vm, KvmIrqRouting *routing, GError **error);

G_END_DECLS
