/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-memory-map-private.h"

G_BEGIN_DECLS

/* A handle on a slot of the VM's. */
KvmMemorySlot *_kvm_memory_slot_new (KvmVm *vm, KvmSlot *slot);

gboolean _kvm_memory_slot_is (KvmMemorySlot *self, KvmSlot *slot);

/* Notifies what is another since the handle notified it last. */
void _kvm_memory_slot_notify_changes (KvmMemorySlot *self);

G_END_DECLS
