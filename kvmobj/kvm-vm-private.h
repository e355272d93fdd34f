/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-coalesced-zone-private.h"
#include "kvm-handle-private.h"
#include "kvm-page-set-private.h"
#include "kvm-vm.h"

G_BEGIN_DECLS

typedef struct _KvmEventfdTable KvmEventfdTable;

struct _KvmVm
{
  GObject parent_instance;
  KvmHandle handle;
  KvmSystem *system;   /* owned */
  guint generation;    /* _kvm_fork_generation of the process that made it */
  GMutex lock;         /* for what follows; taken with _kvm_vm_lock () */
  GPtrArray *children; /* of KvmHandle, not owned, in the order in which they were made: vCPUs,
                          devices and statistics that live */
  GPtrArray *slots;    /* of KvmSlot, owned, by address space and guest address; NULL while none */
  guint n_numbered;    /* how many numbers were ever given to slots */
  guint last_number;   /* of an adopted VM: numbers are counted down from here; else 0 */
  KvmIoBus *io_bus;    /* owned; NULL until it is asked for, then for ever the same */
  GPtrArray *slot_lists; /* of KvmMemorySlotList, not owned; NULL while none */
  GArray *free_slots;    /* of guint: numbers that are free again; NULL while none */
  KvmCoalescing coalescing;

  GPtrArray *dirty_logs;  /* of KvmDirtyLog, not owned; NULL while none */
  KvmPageSet dirty_pages; /* what the kernel last told of one slot */
  guint n_ring_entries;   /* of each vCPU's ring of dirty pages; 0 if there are none */
  gboolean has_ring_and_bitmap;
  gboolean is_reset_due;  /* whether entries were taken out of rings since the last reset */
  gboolean is_log_manual; /* whether pages are dirty until the kernel is told to clear them */

  KvmEventfdTable *eventfds; /* owned; has a lock of its own */
  gpointer x86_state_facts;  /* owned; KvmX86StateFacts, NULL until a state is saved or restored */
};

KvmVm *_kvm_vm_new_take_fd (KvmSystem *system, int fd);

/* FALSE in a forked child that can never have the lock. */
static inline gboolean
_kvm_vm_lock (KvmVm *self)
{
  return _kvm_fork_lock (&self->lock, self->generation);
}

/* Where accesses are served: what was coalesced comes before. */
static inline gboolean
_kvm_vm_deliver_coalesced (KvmVm *self, gboolean *stop)
{
  return G_LIKELY (!g_atomic_int_get (&self->coalescing.is_used))
         || _kvm_vm_deliver_coalesced_slow (self, stop);
}

/* A VM that is closed closes what was made from it. */
void _kvm_vm_add_child (KvmVm *self, KvmHandle *child);
void _kvm_vm_remove_child (KvmVm *self, KvmHandle *child);

/* The vCPUs, sorted by their ids; they live for as long as the array. */
GPtrArray *_kvm_vm_get_vcpus (KvmVm *self);

/* The bus has another table. Adds to @tables what the vCPUs that are not running had of the old
 * one.
 */
void _kvm_vm_note_bus_change (KvmVm *self, GPtrArray *tables);

gboolean _kvm_handle_enable_capability (KvmHandle *self, guint capability, const guint64 *arguments,
                                        gsize n_arguments, GError **error);

G_END_DECLS
