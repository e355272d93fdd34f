/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-abi-private.h"
#include "kvm-coalesced-zone.h"
#include "kvm-fork-private.h"
#include "kvm-handle-private.h"

G_BEGIN_DECLS

/* What a VM has of coalesced zones, under the VM's lock. The ring is mapped as soon as there are a
 * zone and a vCPU, for it is a page of every vCPU's file; the mapping keeps the kernel's vCPU, and
 * with it the kernel's VM, so it must go when the VM is closed. */
typedef struct
{
  GArray *zones; /* owned; of KvmAbiCoalescedZone; NULL until there was one */
  KvmAbiCoalescedRing *ring;
  gsize ring_size;
  KvmForkMapping fork_mapping; /* of the ring */

  gboolean is_used; /* atomic: whether there ever was a zone */

  /* Made when it is used. Whoever takes writes out of the ring holds this, also while it gives them
   * to devices: nobody else gives one a later write, or an access that came after them. */
  GRecMutex taking;
  GArray *left; /* owned; of KvmAbiCoalescedWrite: what was for no device, the oldest first */
} KvmCoalescing;

/* There is one more vCPU, which is not a child yet. */
gboolean _kvm_vm_map_coalesced_ring (KvmVm *vm, int vcpu_fd, GError **error);

/* With the VM's lock held: the ring is mapped if there are a zone and a vCPU. */
gboolean _kvm_coalescing_map_ring (KvmVm *vm, GError **error);

/* Gives the devices on the bus what was written for them. FALSE if something is left that only
 * another thread can give to its device: then that thread has to deal with what came after it, too.
 * @stop is set if a device wants the guest to stop. */
gboolean _kvm_vm_deliver_coalesced_slow (KvmVm *vm, gboolean *stop);

/* For a VM that ends, with the VM's lock held if it can be had. */
void _kvm_coalescing_clear (KvmCoalescing *self);

/* For a VM that is freed. */
void _kvm_coalescing_free (KvmCoalescing *self, guint generation);

G_END_DECLS
