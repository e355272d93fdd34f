/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-abi-private.h"
#include "kvm-vcpu-private.h"

G_BEGIN_DECLS

typedef struct
{
  guint64 bit;
  const char *name;
} KvmDumpFlag;

/* Where an address of the guest's is in its memory. */
typedef gboolean (*KvmDumpTranslate) (KvmVcpu *self, guint64 address, guint64 *physical);

/* " [NAME NAME]" of the bits that are set. */
void _kvm_dump_add_flags (GString *string, guint64 value, const KvmDumpFlag *flags, guint n_flags);

/* A line with the bytes around the address. */
void _kvm_dump_add_code (KvmVcpu *self, GString *string, guint64 address,
                         KvmDumpTranslate translate);

/* Lines with the exits that the vCPU remembers. */
void _kvm_dump_add_history (KvmVcpu *self, GString *string);

gboolean _kvm_vcpu_x86_dump (KvmVcpu *self, GString *string, GError **error);

G_END_DECLS
