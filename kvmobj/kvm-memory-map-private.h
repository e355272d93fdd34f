/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-memory-slot.h"
#include "kvm-vm-private.h"

G_BEGIN_DECLS

/* Which memory a VM has where: what stands behind the handles that are KvmMemorySlot. */

/* What the VM owns. All but @vm_has_it and @memory stays as it was made; those two are guarded by
 * the VM's lock. */
typedef struct
{
  gatomicrefcount ref_count;
  gboolean vm_has_it;
  KvmMemory *memory; /* owned; NULL once the slot is removed */
  guint64 guest_address;
  guint64 offset;
  guint64 length;
  guint number;
  guint address_space;
  KvmMemorySlotFlags flags;
} KvmSlot;

KvmSlot *_kvm_slot_ref (KvmSlot *slot);
void _kvm_slot_unref (KvmSlot *slot);

/* The slot, whose number is chosen here, becomes a part of the VM; or an error says what is wrong
 * with it or in its way. */
gboolean _kvm_vm_add_slot (KvmVm *vm, KvmSlot *slot, GError **error);
gboolean _kvm_vm_remove_slot (KvmVm *vm, KvmSlot *slot, GError **error);

/* Takes the memory out of the VM, with the slots deleted in the kernel unless the kernel's VM is
 * sure to end before the memory does. Called with the VM's lock held. */
GPtrArray *_kvm_vm_steal_memory (KvmVm *vm, gboolean delete_slots);

G_END_DECLS
