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
} KvmCoalescing;

/* There is one more vCPU, which is not a child yet. */
gboolean _kvm_vm_map_coalesced_ring (KvmVm *vm, int vcpu_fd, GError **error);

/* For a VM that ends, with the VM's lock held if it can be had. */
void _kvm_coalescing_clear (KvmCoalescing *self);

G_END_DECLS
