/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-dirty-log.h"
#include "kvm-dirty-private.h"

G_BEGIN_DECLS

/* The log notes what is written to in a slot from now on, if it does not already. Called with the
 * VM's lock held. */
void _kvm_dirty_log_track (KvmDirtyLog *self, KvmSlot *slot);

G_END_DECLS
