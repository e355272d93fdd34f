/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>

G_BEGIN_DECLS

/**
 * KvmMemoryFlags:
 * @KVM_MEMORY_FLAGS_NONE: nothing special
 * @KVM_MEMORY_FLAGS_MEMFD: has a file descriptor, see [ctor@Kvm.Memory.new_memfd]
 * @KVM_MEMORY_FLAGS_HUGE_PAGES: is of the huge pages that the host has set aside; it has a file
 *   descriptor, too
 * @KVM_MEMORY_FLAGS_TRANSPARENT_HUGE_PAGES: the host may use huge pages when it has some
 *   (`MADV_HUGEPAGE`)
 * @KVM_MEMORY_FLAGS_PREFAULT: the host gives all pages at once, and not when they are first touched
 *   (`MADV_POPULATE_WRITE`)
 * @KVM_MEMORY_FLAGS_MERGEABLE: the host may merge pages with the same content
 *   (`MADV_MERGEABLE`); for memory without a file descriptor
 * @KVM_MEMORY_FLAGS_NO_DUMP: is left out of core dumps (`MADV_DONTDUMP`)
 * @KVM_MEMORY_FLAGS_COPY_ON_WRITE: of a file: what is written does not reach the file
 *
 * How memory is made.
 *
 * Since: 0.1
 */
typedef enum /*< flags >*/
{
  KVM_MEMORY_FLAGS_NONE = 0,
  KVM_MEMORY_FLAGS_MEMFD = 1 << 0,
  KVM_MEMORY_FLAGS_HUGE_PAGES = 1 << 1,
  KVM_MEMORY_FLAGS_TRANSPARENT_HUGE_PAGES = 1 << 2,
  KVM_MEMORY_FLAGS_PREFAULT = 1 << 3,
  KVM_MEMORY_FLAGS_MERGEABLE = 1 << 4,
  KVM_MEMORY_FLAGS_NO_DUMP = 1 << 5,
  KVM_MEMORY_FLAGS_COPY_ON_WRITE = 1 << 6,
} KvmMemoryFlags;

#define KVM_TYPE_MEMORY (kvm_memory_get_type ())

KVMOBJ_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (KvmMemory, kvm_memory, KVM, MEMORY, GObject)

KVMOBJ_AVAILABLE_IN_0_1
KvmMemory *kvm_memory_new (guint64 size, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmMemory *kvm_memory_new_memfd (guint64 size, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmMemory *kvm_memory_new_full (guint64 size, KvmMemoryFlags flags, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmMemory *kvm_memory_new_from_fd (int fd, guint64 offset, guint64 size, KvmMemoryFlags flags,
                                   GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmMemory *kvm_memory_new_from_file (GFile *file, guint64 offset, guint64 size,
                                     KvmMemoryFlags flags, GError **error);

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
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_memory_search (KvmMemory *self, guint64 offset, guint64 length, const guint8 *pattern,
                            gsize pattern_length, guint64 *found, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_memory_read_u8 (KvmMemory *self, guint64 offset, guint8 *value, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_memory_write_u8 (KvmMemory *self, guint64 offset, guint8 value, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_memory_read_u16_le (KvmMemory *self, guint64 offset, guint16 *value, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_memory_write_u16_le (KvmMemory *self, guint64 offset, guint16 value, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_memory_read_u16_be (KvmMemory *self, guint64 offset, guint16 *value, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_memory_write_u16_be (KvmMemory *self, guint64 offset, guint16 value, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_memory_read_u32_le (KvmMemory *self, guint64 offset, guint32 *value, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_memory_write_u32_le (KvmMemory *self, guint64 offset, guint32 value, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_memory_read_u32_be (KvmMemory *self, guint64 offset, guint32 *value, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_memory_write_u32_be (KvmMemory *self, guint64 offset, guint32 value, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_memory_read_u64_le (KvmMemory *self, guint64 offset, guint64 *value, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_memory_write_u64_le (KvmMemory *self, guint64 offset, guint64 value, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_memory_read_u64_be (KvmMemory *self, guint64 offset, guint64 *value, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_memory_write_u64_be (KvmMemory *self, guint64 offset, guint64 value, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_memory_load_file (KvmMemory *self, guint64 offset, GFile *file,
                               GCancellable *cancellable, guint64 *n_bytes, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_memory_load_file_async (KvmMemory *self, guint64 offset, GFile *file, int io_priority,
                                 GCancellable *cancellable, GAsyncReadyCallback callback,
                                 gpointer user_data);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_memory_load_file_finish (KvmMemory *self, GAsyncResult *result, guint64 *n_bytes,
                                      GError **error);

G_END_DECLS
