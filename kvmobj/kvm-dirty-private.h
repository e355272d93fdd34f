/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-abi-private.h"
#include "kvm-fork-private.h"
#include "kvm-memory-map-private.h"
#include "kvm-page-set-private.h"

G_BEGIN_DECLS

/* How the kernel's notes on dirty pages get to who wants them. The kernel tells each page once, to
 * whoever asks first; so what it tells is given to everybody: a slot has a list of sinks, one for
 * each dirty log of its VM and each snapshot of its memory. To harvest is to ask the kernel, in
 * whichever way this VM has, and to pass on what it says. */

typedef struct
{
  KvmPageSet *pages; /* not owned */
  gsize first_page;  /* in there, of the slot's first */
  gboolean is_whole; /* whether the set is the slot's alone, and only touched with the lock */
  gboolean is_stale; /* what stands in such a set means nothing */
} KvmDirtySink;

/* The kernel's list of what one vCPU has written to. */
typedef struct
{
  KvmAbiDirtyGfn *entries; /* owned mapping; NULL if there is none */
  guint32 n_entries;       /* a power of 2 */
  guint32 next;            /* where the next entry will be; all numbers come in turn */
  KvmForkMapping fork_mapping;
} KvmDirtyRing;

/* Maps the ring of a new vCPU, if the VM has rings. */
gboolean _kvm_dirty_ring_map (KvmVm *vm, KvmDirtyRing *ring, int vcpu_fd, GError **error);

/* All of these are called with the VM's lock held. */

/* Passes on what is left in it, and unmaps it. */
void _kvm_dirty_ring_unmap (KvmVm *vm, KvmDirtyRing *ring);

void _kvm_slot_add_sink (KvmSlot *slot, KvmDirtySink *sink);
/* This without the VM's lock, too: nothing is given to the sink any more when it returns. */
void _kvm_slot_remove_sink (KvmSlot *slot, KvmDirtySink *sink);

/* Gives pages to all sinks of a slot but one; the set's first page is @first of the slot. */
void _kvm_slot_pass_on (KvmSlot *slot, const KvmPageSet *pages, gsize first,
                        const KvmDirtySink *except);

/* Passes on what is dirty. With @keep the kernel goes on saying so until it is told to clear it, as
 * it can where the log is protected manually. */
gboolean _kvm_vm_harvest (KvmVm *vm, gboolean keep, GError **error);
gboolean _kvm_vm_harvest_slot (KvmVm *vm, KvmSlot *slot, GError **error);

/* Tells the kernel to note the pages of the set again, from a whole number of words on. */
gboolean _kvm_vm_clear_dirty (KvmVm *vm, KvmSlot *slot, guint64 *words, gsize first_page,
                              gsize n_pages, GError **error);

/* A slot is there, or has other flags, or is about to go. */
void _kvm_vm_track_slot (KvmVm *vm, KvmSlot *slot);
void _kvm_vm_untrack_slot (KvmVm *vm, KvmSlot *slot);

G_END_DECLS
