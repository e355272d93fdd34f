/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>
#include <kvmobj/x86/kvm-x86-cpuid.h>
#include <kvmobj/x86/kvm-x86-msrs.h>

G_BEGIN_DECLS

KVMOBJ_AVAILABLE_IN_0_1
KvmX86Cpuid *kvm_system_x86_get_supported_cpuid (KvmSystem *system, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Cpuid *kvm_system_x86_get_emulated_cpuid (KvmSystem *system, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Cpuid *kvm_system_x86_get_supported_hv_cpuid (KvmSystem *system, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_system_x86_refresh_cpuid (KvmSystem *system);

KVMOBJ_AVAILABLE_IN_0_1
guint32 *kvm_system_x86_get_msr_index_list (KvmSystem *system, gsize *n_indexes, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
guint32 *kvm_system_x86_get_msr_feature_index_list (KvmSystem *system, gsize *n_indexes,
                                                    GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Msrs *kvm_system_x86_get_feature_msrs (KvmSystem *system, const guint32 *indexes,
                                             gsize n_indexes, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Msrs *kvm_system_x86_get_readable_feature_msrs (KvmSystem *system, const guint32 *indexes,
                                                      gsize n_indexes, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_system_x86_get_supported_mce_cap (KvmSystem *system, guint64 *mcg_cap, GError **error);

G_END_DECLS
