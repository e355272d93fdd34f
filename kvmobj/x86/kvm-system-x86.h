/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>
#include <kvmobj/x86/kvm-x86-cpuid.h>

G_BEGIN_DECLS

KVMOBJ_AVAILABLE_IN_0_1
KvmX86Cpuid *kvm_system_x86_get_supported_cpuid (KvmSystem *system, GError **error);

G_END_DECLS
