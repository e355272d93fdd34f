/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>

G_BEGIN_DECLS

#define KVM_TYPE_SYSTEM (kvm_system_get_type ())

KVMOBJ_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (KvmSystem, kvm_system, KVM, SYSTEM, GObject)

KVMOBJ_AVAILABLE_IN_0_1
KvmSystem *kvm_system_new (GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmSystem *kvm_system_new_for_path (const char *path, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmSystem *kvm_system_new_take_fd (int fd, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
void kvm_system_close (KvmSystem *self);
KVMOBJ_AVAILABLE_IN_0_1
int kvm_system_get_fd (KvmSystem *self);
KVMOBJ_AVAILABLE_IN_0_1
int kvm_system_dup_fd (KvmSystem *self, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
int kvm_system_get_api_version (KvmSystem *self, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
int kvm_system_check_extension (KvmSystem *self, guint capability, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
int kvm_system_get_recommended_vcpus (KvmSystem *self, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
int kvm_system_get_max_vcpus (KvmSystem *self, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
int kvm_system_get_max_vcpu_id (KvmSystem *self, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
int kvm_system_get_max_memory_slots (KvmSystem *self, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
int kvm_system_get_vcpu_mmap_size (KvmSystem *self, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
KvmVm *kvm_system_create_vm (KvmSystem *self, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmVm *kvm_system_create_vm_with_type (KvmSystem *self, guint64 vm_type, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_system_has_attribute (KvmSystem *self, guint group, guint64 attribute, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
guint8 *kvm_system_get_attribute (KvmSystem *self, guint group, guint64 attribute, gsize size,
                                  gsize *length, GError **error);

G_END_DECLS
