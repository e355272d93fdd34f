/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>
#include <kvmobj/x86/kvm-x86-cpuid.h>
#include <kvmobj/x86/kvm-x86-msrs.h>
#include <kvmobj/x86/kvm-x86-regs.h>
#include <kvmobj/x86/kvm-x86-sregs.h>

G_BEGIN_DECLS

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_get_regs (KvmVcpu *vcpu, KvmX86Regs *regs, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_set_regs (KvmVcpu *vcpu, const KvmX86Regs *regs, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_get_sregs (KvmVcpu *vcpu, KvmX86Sregs *sregs, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_set_sregs (KvmVcpu *vcpu, const KvmX86Sregs *sregs, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Cpuid *kvm_vcpu_x86_get_cpuid (KvmVcpu *vcpu, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_set_cpuid (KvmVcpu *vcpu, KvmX86Cpuid *cpuid, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Cpuid *kvm_vcpu_x86_get_supported_hv_cpuid (KvmVcpu *vcpu, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_setup_real_mode (KvmVcpu *vcpu, guint64 address, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_get_msr (KvmVcpu *vcpu, guint32 index, guint64 *value, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_set_msr (KvmVcpu *vcpu, guint32 index, guint64 value, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Msrs *kvm_vcpu_x86_get_msrs (KvmVcpu *vcpu, const guint32 *indexes, gsize n_indexes,
                                   GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Msrs *kvm_vcpu_x86_get_readable_msrs (KvmVcpu *vcpu, const guint32 *indexes, gsize n_indexes,
                                            GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_set_msrs (KvmVcpu *vcpu, const KvmX86Msrs *msrs, GError **error);

G_END_DECLS
