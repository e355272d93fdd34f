/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>

G_BEGIN_DECLS

#define KVM_TYPE_VM (kvm_vm_get_type ())

KVMOBJ_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (KvmVm, kvm_vm, KVM, VM, GObject)

KVMOBJ_AVAILABLE_IN_0_1
KvmVm *kvm_vm_new_take_fd (KvmSystem *system, int fd, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
void kvm_vm_close (KvmVm *self);
KVMOBJ_AVAILABLE_IN_0_1
int kvm_vm_get_fd (KvmVm *self);
KVMOBJ_AVAILABLE_IN_0_1
int kvm_vm_dup_fd (KvmVm *self, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmSystem *kvm_vm_get_system (KvmVm *self);

KVMOBJ_AVAILABLE_IN_0_1
int kvm_vm_check_extension (KvmVm *self, guint capability, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_enable_capability (KvmVm *self, guint capability, const guint64 *arguments,
                                   gsize n_arguments, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
KvmVcpu *kvm_vm_create_vcpu (KvmVm *self, guint id, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_create_irqchip (KvmVm *self, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmIoBus *kvm_vm_get_io_bus (KvmVm *self);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_has_attribute (KvmVm *self, guint group, guint64 attribute, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
guint8 *kvm_vm_get_attribute (KvmVm *self, guint group, guint64 attribute, gsize size,
                              gsize *length, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_set_attribute (KvmVm *self, guint group, guint64 attribute, const guint8 *data,
                               gsize length, GError **error);

G_END_DECLS
