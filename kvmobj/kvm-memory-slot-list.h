/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>

G_BEGIN_DECLS

#define KVM_TYPE_MEMORY_SLOT_LIST (kvm_memory_slot_list_get_type ())

KVMOBJ_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (KvmMemorySlotList, kvm_memory_slot_list, KVM, MEMORY_SLOT_LIST, GObject)

KVMOBJ_AVAILABLE_IN_0_1
KvmMemorySlotList *kvm_vm_list_memory_slots (KvmVm *vm);

G_END_DECLS
