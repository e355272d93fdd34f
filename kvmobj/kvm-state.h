/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>

G_BEGIN_DECLS

KVMOBJ_AVAILABLE_IN_0_1
GVariant *kvm_vcpu_save_state (KvmVcpu *self, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_restore_state (KvmVcpu *self, GVariant *state, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
GVariant *kvm_vm_save_state (KvmVm *self, GCancellable *cancellable, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_vm_save_state_async (KvmVm *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data);
KVMOBJ_AVAILABLE_IN_0_1
GVariant *kvm_vm_save_state_finish (KvmVm *self, GAsyncResult *result, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_restore_state (KvmVm *self, GVariant *state, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
GBytes *kvm_state_to_bytes (GVariant *state);
KVMOBJ_AVAILABLE_IN_0_1
GVariant *kvm_state_from_bytes (GBytes *bytes, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
char **kvm_state_compare (GVariant *state, GVariant *other);

G_END_DECLS
