/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-ioctl-private.h"
#include "x86/kvm-x86-msrs.h"

G_BEGIN_DECLS

/* More than a processor has by far; a list that is longer is a mistake. */
#define KVMOBJ_MAX_MSRS 65536

struct _KvmX86Msrs
{
  GArray *entries;       /* owned; of KvmAbiMsrEntry */
  GHashTable *positions; /* owned; in it, by index */
};

/* @handle is a vCPU, or the system for feature MSRs. If @skip is not set, one that cannot be read
 * is an error. */
KvmX86Msrs *_kvm_x86_msrs_read (KvmHandle *handle, const guint32 *indexes, gsize n_indexes,
                                gboolean skip, GError **error);
gboolean _kvm_x86_msrs_write (KvmHandle *handle, const KvmX86Msrs *msrs, GError **error);

G_END_DECLS
