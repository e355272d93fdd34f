/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-memory-slot-list.h"

G_BEGIN_DECLS

/* The VM has other slots. Called with its lock held, in any thread. */
void _kvm_memory_slot_list_note_change (KvmMemorySlotList *self);

G_END_DECLS
