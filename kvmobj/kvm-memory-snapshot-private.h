/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-dirty-private.h"
#include "kvm-memory-snapshot.h"

G_BEGIN_DECLS

/* The memory is in a slot, or in one whose flags have changed; or it is about to be taken out, and
 * whether it is known what was written to there. Called with the VM's lock held. */
void _kvm_memory_track_slot (KvmMemory *memory, KvmVm *vm, KvmSlot *slot);
void _kvm_memory_untrack_slot (KvmMemory *memory, KvmSlot *slot, gboolean is_known);

G_END_DECLS
