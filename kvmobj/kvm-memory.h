/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>

G_BEGIN_DECLS

#define KVM_TYPE_MEMORY (kvm_memory_get_type ())

KVMOBJ_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (KvmMemory, kvm_memory, KVM, MEMORY, GObject)

KVMOBJ_AVAILABLE_IN_0_1
KvmMemory *kvm_memory_new (guint64 size, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmMemory *kvm_memory_new_memfd (guint64 size, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_memory_get_size (KvmMemory *self);
KVMOBJ_AVAILABLE_IN_0_1
int kvm_memory_get_fd (KvmMemory *self);
KVMOBJ_AVAILABLE_IN_0_1
gpointer kvm_memory_get_pointer (KvmMemory *self);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_memory_read (KvmMemory *self, guint64 offset, gpointer buffer, gsize length,
                          GError **error);
KVMOBJ_AVAILABLE_IN_0_1
guint8 *kvm_memory_read_bytes (KvmMemory *self, guint64 offset, gsize size, gsize *length,
                               GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_memory_write (KvmMemory *self, guint64 offset, const guint8 *data, gsize length,
                           GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_memory_fill (KvmMemory *self, guint64 offset, guint64 length, guint8 value,
                          GError **error);

G_END_DECLS
