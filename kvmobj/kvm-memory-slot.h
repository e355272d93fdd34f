/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>

G_BEGIN_DECLS

/**
 * KvmMemorySlotFlags:
 * @KVM_MEMORY_SLOT_FLAGS_NONE: plain memory
 * @KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES: the kernel notes which pages the guest writes to
 * @KVM_MEMORY_SLOT_FLAGS_READ_ONLY: the guest reads memory, but what it writes is an exit,
 *   %KVM_EXIT_REASON_MMIO
 *
 * What kind of memory a guest sees.
 *
 * Since: 0.1
 */
typedef enum /*< flags >*/
{
  KVM_MEMORY_SLOT_FLAGS_NONE = 0,
  KVM_MEMORY_SLOT_FLAGS_LOG_DIRTY_PAGES = 1 << 0,
  KVM_MEMORY_SLOT_FLAGS_READ_ONLY = 1 << 1,
} KvmMemorySlotFlags;

#define KVM_TYPE_MEMORY_SLOT (kvm_memory_slot_get_type ())

KVMOBJ_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (KvmMemorySlot, kvm_memory_slot, KVM, MEMORY_SLOT, GObject)

KVMOBJ_AVAILABLE_IN_0_1
KvmMemorySlot *kvm_vm_add_memory (KvmVm *vm, guint64 guest_address, KvmMemory *memory,
                                  KvmMemorySlotFlags flags, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmMemorySlot *kvm_vm_add_memory_full (KvmVm *vm, guint64 guest_address, KvmMemory *memory,
                                       guint64 offset, guint64 length, KvmMemorySlotFlags flags,
                                       guint address_space, KvmMemory *guest_memfd,
                                       guint64 guest_memfd_offset, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_memory_slot_remove (KvmMemorySlot *self, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_memory_slot_move (KvmMemorySlot *self, guint64 guest_address, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_memory_slot_set_flags (KvmMemorySlot *self, KvmMemorySlotFlags flags, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmVm *kvm_memory_slot_get_vm (KvmMemorySlot *self);
KVMOBJ_AVAILABLE_IN_0_1
KvmMemory *kvm_memory_slot_get_memory (KvmMemorySlot *self);
KVMOBJ_AVAILABLE_IN_0_1
KvmMemory *kvm_memory_slot_get_guest_memfd (KvmMemorySlot *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_memory_slot_get_guest_address (KvmMemorySlot *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_memory_slot_get_offset (KvmMemorySlot *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_memory_slot_get_length (KvmMemorySlot *self);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_memory_slot_get_number (KvmMemorySlot *self);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_memory_slot_get_address_space (KvmMemorySlot *self);
KVMOBJ_AVAILABLE_IN_0_1
KvmMemorySlotFlags kvm_memory_slot_get_flags (KvmMemorySlot *self);

G_END_DECLS
