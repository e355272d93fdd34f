/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-abi-private.h"
#include "kvm-stat.h"

G_BEGIN_DECLS

/* @name need not end in a zero byte within @name_size. NULL if there is no memory for the values.
 */
KvmStat *_kvm_stat_new (const KvmAbiStatsDesc *desc, const char *name, gsize name_size);

/* Where the values end in a block of data. */
guint64 _kvm_stat_get_end (KvmStat *self);

/* Takes the values from a block of data that goes that far, and notifies of a change. */
void _kvm_stat_take (KvmStat *self, const guint8 *data);

G_END_DECLS
