/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>

G_BEGIN_DECLS

/**
 * KvmGuestMemfdFlags:
 * @KVM_GUEST_MEMFD_FLAGS_NONE: the host does not see the memory
 * @KVM_GUEST_MEMFD_FLAGS_MMAP: the host can map the memory
 * @KVM_GUEST_MEMFD_FLAGS_INIT_SHARED: the memory begins as shared with the host, which needs this
 *   to touch it
 *
 * How a guest_memfd is made.
 *
 * Since: 0.1
 */
typedef enum /*< flags >*/
{
  KVM_GUEST_MEMFD_FLAGS_NONE = 0,
  KVM_GUEST_MEMFD_FLAGS_MMAP = 1 << 0,
  KVM_GUEST_MEMFD_FLAGS_INIT_SHARED = 1 << 1,
} KvmGuestMemfdFlags;

/**
 * KvmMemoryAttributes:
 * @KVM_MEMORY_ATTRIBUTES_NONE: the guest sees the memory that it shares with the host
 * @KVM_MEMORY_ATTRIBUTES_PRIVATE: the guest sees the memory of its guest_memfd
 *
 * What a guest-physical page is.
 *
 * Since: 0.1
 */
typedef enum /*< flags >*/
{
  KVM_MEMORY_ATTRIBUTES_NONE = 0,
  KVM_MEMORY_ATTRIBUTES_PRIVATE = 1 << 3,
} KvmMemoryAttributes;

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_read_memory (KvmVm *vm, guint64 guest_address, gpointer buffer, gsize length,
                             GError **error);
KVMOBJ_AVAILABLE_IN_0_1
guint8 *kvm_vm_read_memory_bytes (KvmVm *vm, guint64 guest_address, gsize size, gsize *length,
                                  GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_write_memory (KvmVm *vm, guint64 guest_address, const guint8 *data, gsize length,
                              GError **error);

KVMOBJ_AVAILABLE_IN_0_1
KvmMemory *kvm_vm_create_guest_memfd (KvmVm *vm, guint64 size, KvmGuestMemfdFlags flags,
                                      GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vm_set_memory_attributes (KvmVm *vm, guint64 guest_address, guint64 length,
                                       KvmMemoryAttributes attributes, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_pre_fault_memory (KvmVcpu *vcpu, guint64 guest_address, guint64 length,
                                    guint64 *n_bytes, GError **error);

G_END_DECLS
