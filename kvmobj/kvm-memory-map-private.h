/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-memory-slot.h"
#include "kvm-vm-private.h"

G_BEGIN_DECLS

/* Which memory a VM has where: what stands behind the handles that are KvmMemorySlot. */

/* What the VM owns. What may change is guarded by the VM's lock; the address and the flags are read
 * without it, too. */
typedef struct
{
  gatomicrefcount ref_count;
  gboolean vm_has_it;
  KvmMemory *memory;      /* owned; NULL once the slot is removed */
  KvmMemory *guest_memfd; /* owned, likewise; NULL also if there is none */
  guint64 guest_memfd_offset;
  guint64 guest_address;
  guint64 offset;
  guint64 length;
  guint number;
  guint address_space;
  KvmMemorySlotFlags flags;
  GWeakRef vm;      /* for those who come from the memory */
  guint generation; /* _kvm_fork_generation of the process that made it */
  GMutex lock;      /* for what follows, and what it leads to; taken last, with _kvm_slot_lock () */
  GPtrArray *sinks; /* of KvmDirtySink, not owned: who is told what is dirty; NULL while none */
} KvmSlot;

/* With a reference; it is in no VM yet. */
KvmSlot *_kvm_slot_new (void);

/* FALSE in a forked child that can never have the lock. */
static inline gboolean
_kvm_slot_lock (KvmSlot *slot)
{
  return _kvm_fork_lock (&slot->lock, slot->generation);
}

/* How the kernel calls it. */
static inline guint32
_kvm_slot_get_id (const KvmSlot *slot)
{
  return slot->number | slot->address_space << 16;
}

KvmSlot *_kvm_slot_ref (KvmSlot *slot);
void _kvm_slot_unref (KvmSlot *slot);

/* The slot, whose number is chosen here, becomes a part of the VM; or an error says what is wrong
 * with it or in its way. */
gboolean _kvm_vm_add_slot (KvmVm *vm, KvmSlot *slot, GError **error);
gboolean _kvm_vm_remove_slot (KvmVm *vm, KvmSlot *slot, GError **error);

gboolean _kvm_vm_move_slot (KvmVm *vm, KvmSlot *slot, guint64 guest_address, GError **error);
gboolean _kvm_vm_set_slot_flags (KvmVm *vm, KvmSlot *slot, KvmMemorySlotFlags flags,
                                 GError **error);

/* The slot that an address is in; NULL if there is none. Called with the VM's lock held. */
KvmSlot *_kvm_vm_find_slot (KvmVm *vm, guint address_space, guint64 guest_address);

/* Takes the memory out of the VM, with the slots deleted in the kernel unless the kernel's VM is
 * sure to end before the memory does. Called with the VM's lock held. */
GPtrArray *_kvm_vm_steal_memory (KvmVm *vm, gboolean delete_slots);

G_END_DECLS
