/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>

G_BEGIN_DECLS

#define KVM_TYPE_MEMORY_SNAPSHOT (kvm_memory_snapshot_get_type ())

KVMOBJ_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (KvmMemorySnapshot, kvm_memory_snapshot, KVM, MEMORY_SNAPSHOT, GObject)

KVMOBJ_AVAILABLE_IN_0_1
KvmMemorySnapshot *kvm_memory_create_snapshot (KvmMemory *memory, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_memory_reset_to (KvmMemory *memory, KvmMemorySnapshot *snapshot, guint64 *n_bytes,
                              GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_memory_mark_dirty (KvmMemory *memory, guint64 offset, guint64 length, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
KvmMemory *kvm_memory_snapshot_get_memory (KvmMemorySnapshot *self);

G_END_DECLS
