/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-abi-private.h"

G_BEGIN_DECLS

/* As many entries as the kernel takes at most (its KVM_MAX_CPUID_ENTRIES). */
#define KVMOBJ_MAX_CPUID_ENTRIES 256

struct _KvmX86Cpuid
{
  gatomicrefcount ref_count;
  KvmAbiCpuid2 abi; /* with its entries behind it */
};

/* A table with room for @n_entries, filled by the caller before anybody else sees it. */
KvmX86Cpuid *_kvm_x86_cpuid_alloc (guint n_entries);

G_END_DECLS
