/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-ioctl-private.h"

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

/* A copy of @n_entries of them. */
KvmX86Cpuid *_kvm_x86_cpuid_copy_entries (const KvmX86CpuidEntry *entries, guint n_entries);

/* Whether a table may have so many entries, else an error. */
gboolean _kvm_x86_cpuid_check_length (gsize n_entries, GError **error);

/* What the kernel answers to one of the KVM_GET_…CPUID requests, whose argument all is the same. */
#define kvm_ioctl_get_cpuid(handle, request, error)                                                \
  _kvm_x86_cpuid_fetch (                                                                           \
      (handle),                                                                                    \
      _##request + 0 * sizeof (char[_IOC_SIZE (_##request) == sizeof (KvmAbiCpuid2) ? 1 : -1]),    \
      #request, (error))
KvmX86Cpuid *_kvm_x86_cpuid_fetch (KvmHandle *handle, gulong request, const char *name,
                                   GError **error);

G_END_DECLS
