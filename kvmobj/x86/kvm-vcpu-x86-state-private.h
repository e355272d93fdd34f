/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-state-private.h"
#include "x86/kvm-x86-cpuid-private.h"
#include "x86/kvm-x86-msrs-private.h"

G_BEGIN_DECLS

#define KVMOBJ_MSR_TSC 0x10u
#define KVMOBJ_MSR_TSC_DEADLINE 0x6e0u

/* What the kernel has; asked for once. NULL on failure. */
KvmX86StateFacts *_kvm_vcpu_x86_get_state_facts (KvmVcpu *self, GError **error);

/* The indexes in the order in which they are to be restored, and without those that need not be
 * saved. */
guint32 *_kvm_x86_state_sort_msrs (const guint32 *indexes, gsize n_indexes, guint *n_sorted);

gboolean _kvm_vcpu_x86_save_msrs (KvmVcpu *self, const KvmX86StateFacts *facts, KvmX86Cpuid *cpuid,
                                  KvmStateBuilder *builder, const KvmStateItem *item,
                                  GError **error);
gboolean _kvm_vcpu_x86_check_msrs (const KvmX86StateFacts *facts, const KvmStateSlice *msrs,
                                   const char *name, GError **error);
gboolean _kvm_vcpu_x86_restore_msrs (KvmVcpu *self, const KvmX86StateFacts *facts,
                                     const KvmStateSlice *msrs, gboolean with_tsc, GError **error);
gboolean _kvm_x86_msrs_find (const KvmStateSlice *msrs, guint32 index, guint64 *value);

gboolean _kvm_vcpu_x86_save_cpuid (KvmX86Cpuid *cpuid, KvmStateBuilder *builder,
                                   const KvmStateItem *item, GError **error);
/* Whether the host can give a guest this CPUID. Says which components of the extended state the
 * host has. */
gboolean _kvm_vcpu_x86_check_cpuid (KvmVcpu *self, KvmX86StateFacts *facts,
                                    const KvmStateSlice *value, const char *name, guint64 *xcr0,
                                    GError **error);
gboolean _kvm_vcpu_x86_restore_cpuid (KvmVcpu *self, const KvmStateSlice *value, GError **error);

G_END_DECLS
