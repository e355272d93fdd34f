/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "x86/kvm-x86-sregs.h"

G_BEGIN_DECLS

typedef struct
{
  guint bit;
  const char *name;
} KvmX86BitName;

/* Appends the names of the bits that are set, as " [PG|PE]"; nothing if there is none. */
void _kvm_x86_append_bits (GString *string, guint64 value, const KvmX86BitName *names,
                           guint n_names);

/* All but the interrupt bitmap, without a line end. */
void _kvm_x86_sregs_append (GString *string, const KvmX86Sregs *sregs);

G_END_DECLS
