/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>

G_BEGIN_DECLS

#define KVM_TYPE_DOORBELL (kvm_doorbell_get_type ())

KVMOBJ_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (KvmDoorbell, kvm_doorbell, KVM, DOORBELL, GObject)

KVMOBJ_AVAILABLE_IN_0_1
KvmDoorbell *kvm_vm_add_doorbell (KvmVm *vm, KvmIoSpace space, guint64 address, guint length,
                                  GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmDoorbell *kvm_vm_add_doorbell_for_value (KvmVm *vm, KvmIoSpace space, guint64 address,
                                            guint length, guint64 value, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_doorbell_remove (KvmDoorbell *self, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmIoSpace kvm_doorbell_get_space (KvmDoorbell *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_doorbell_get_address (KvmDoorbell *self);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_doorbell_get_length (KvmDoorbell *self);
KVMOBJ_AVAILABLE_IN_0_1
int kvm_doorbell_get_fd (KvmDoorbell *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_doorbell_get_count (KvmDoorbell *self);
KVMOBJ_AVAILABLE_IN_0_1
GSource *kvm_doorbell_create_source (KvmDoorbell *self);

G_END_DECLS
