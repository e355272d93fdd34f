/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-memory.h"
#include "kvm-memory-snapshot.h"

G_BEGIN_DECLS

struct _KvmMemory
{
  GObject parent_instance;
  guint8 *data;        /* where it is mapped; NULL until it is made, and of what is not mapped */
  guint64 size;        /* 0 until it is made */
  gpointer reserved;   /* owned mapping: the memory, and on both sides what nothing may touch */
  gsize reserved_size; /* of the mapping */
  int fd;              /* owned; -1 of anonymous memory */
  guint generation;    /* _kvm_fork_generation of the process that has the mapping */
  gboolean is_guest_memfd;
  gboolean may_fault; /* whether pages may be missing: only the kernel can try to copy them */

  GMutex lock;          /* for what follows; it is taken after a VM's */
  GPtrArray *slots;     /* of KvmSlot, not owned: those that it is in */
  GPtrArray *snapshots; /* of KvmMemorySnapshot, not owned */
  gint n_snapshots;     /* so many; any thread may look */
};

extern GTypeClass *_kvm_memory_class G_GNUC_INTERNAL;

/* KVM_IS_MEMORY () without the call: the class is final. */
static inline gboolean
_kvm_is_memory (gpointer instance)
{
  return instance != NULL && ((GTypeInstance *) instance)->g_class == _kvm_memory_class;
}

/* Takes @fd, also on failure. */
KvmMemory *_kvm_memory_new_guest_memfd (guint64 size, int fd, gboolean is_mapped,
                                        gboolean may_fault, GError **error);

/* Whether the mapping is there, else the reason as an error. */
gboolean _kvm_memory_check (KvmMemory *self, GError **error);

/* Copies what was checked to be within the memory. */
gboolean _kvm_memory_copy_out (KvmMemory *self, guint64 offset, gpointer buffer, gsize length,
                               GError **error);
gboolean _kvm_memory_copy_in (KvmMemory *self, guint64 offset, gconstpointer data, gsize length,
                              GError **error);

/* For who tells the snapshots by himself. */
gboolean _kvm_memory_copy_in_unnoted (KvmMemory *self, guint64 offset, gconstpointer data,
                                      gsize length, GError **error);

/* Something was written to: all snapshots but one are told. It comes after the writing, so that a
 * reset which comes in between does not forget it. */
void _kvm_memory_tell_snapshots (KvmMemory *self, guint64 offset, guint64 length,
                                 KvmMemorySnapshot *except);

static inline void
_kvm_memory_note_write (KvmMemory *self, guint64 offset, guint64 length, KvmMemorySnapshot *except)
{
  if (G_UNLIKELY (g_atomic_int_get (&self->n_snapshots) != 0))
    _kvm_memory_tell_snapshots (self, offset, length, except);
}

/* Whether there are such bytes, else an error. */
gboolean _kvm_memory_check_range (KvmMemory *self, guint64 offset, guint64 length, GError **error);

G_END_DECLS
