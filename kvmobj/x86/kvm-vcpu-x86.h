/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>
#include <kvmobj/x86/kvm-x86-cpuid.h>
#include <kvmobj/x86/kvm-x86-lapic.h>
#include <kvmobj/x86/kvm-x86-msrs.h>
#include <kvmobj/x86/kvm-x86-debug-regs.h>
#include <kvmobj/x86/kvm-x86-fpu.h>
#include <kvmobj/x86/kvm-x86-nested-state.h>
#include <kvmobj/x86/kvm-x86-regs.h>
#include <kvmobj/x86/kvm-x86-sregs.h>
#include <kvmobj/x86/kvm-x86-sregs2.h>
#include <kvmobj/x86/kvm-x86-vcpu-events.h>
#include <kvmobj/x86/kvm-x86-xcrs.h>
#include <kvmobj/x86/kvm-x86-xsave.h>
#include <kvmobj/x86/kvm-x86-mce.h>
#include <kvmobj/x86/kvm-x86-xen-attribute.h>

G_BEGIN_DECLS

/**
 * KvmX86TranslationFlags:
 * @KVM_X86_TRANSLATION_FLAGS_NONE: the guest's kernel may read there
 * @KVM_X86_TRANSLATION_FLAGS_WRITABLE: it may write, too
 * @KVM_X86_TRANSLATION_FLAGS_USER: the guest's user space may do so
 *
 * What the kernel says of a linear address besides where it leads.
 *
 * Since: 0.1
 */
typedef enum /*< flags >*/
{
  KVM_X86_TRANSLATION_FLAGS_NONE = 0,
  KVM_X86_TRANSLATION_FLAGS_WRITABLE = 1 << 0,
  KVM_X86_TRANSLATION_FLAGS_USER = 1 << 1,
} KvmX86TranslationFlags;

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
gboolean kvm_vcpu_x86_setup_protected_mode (KvmVcpu *vcpu, guint64 address, guint64 tables,
                                            GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_setup_long_mode (KvmVcpu *vcpu, guint64 address, guint64 tables,
                                       GError **error);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_get_fpu (KvmVcpu *vcpu, KvmX86Fpu *fpu, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_set_fpu (KvmVcpu *vcpu, const KvmX86Fpu *fpu, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Xsave *kvm_vcpu_x86_get_xsave (KvmVcpu *vcpu, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_set_xsave (KvmVcpu *vcpu, KvmX86Xsave *xsave, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Xcrs *kvm_vcpu_x86_get_xcrs (KvmVcpu *vcpu, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_set_xcrs (KvmVcpu *vcpu, const KvmX86Xcrs *xcrs, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_get_sregs2 (KvmVcpu *vcpu, KvmX86Sregs2 *sregs, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_set_sregs2 (KvmVcpu *vcpu, const KvmX86Sregs2 *sregs, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_get_debug_regs (KvmVcpu *vcpu, KvmX86DebugRegs *regs, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_set_debug_regs (KvmVcpu *vcpu, const KvmX86DebugRegs *regs, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_get_vcpu_events (KvmVcpu *vcpu, KvmX86VcpuEvents *events, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_set_vcpu_events (KvmVcpu *vcpu, const KvmX86VcpuEvents *events,
                                       GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86NestedState *kvm_vcpu_x86_get_nested_state (KvmVcpu *vcpu, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_set_nested_state (KvmVcpu *vcpu, KvmX86NestedState *state, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_translate (KvmVcpu *vcpu, guint64 linear_address, guint64 *physical_address,
                                 KvmX86TranslationFlags *flags, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_nmi (KvmVcpu *vcpu, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_smi (KvmVcpu *vcpu, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Lapic *kvm_vcpu_x86_get_lapic (KvmVcpu *vcpu, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_set_lapic (KvmVcpu *vcpu, const KvmX86Lapic *lapic, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_set_tpr_access_reporting (KvmVcpu *vcpu, gboolean enabled, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_set_vapic_address (KvmVcpu *vcpu, guint64 address, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_set_interrupt_window_requested (KvmVcpu *vcpu, gboolean requested,
                                                      GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_get_interrupt_window_requested (KvmVcpu *vcpu);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_set_cr8 (KvmVcpu *vcpu, guint64 cr8, GError **error);
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

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_kvmclock_ctrl (KvmVcpu *vcpu, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_get_tsc_khz (KvmVcpu *vcpu, guint *khz, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_set_tsc_khz (KvmVcpu *vcpu, guint khz, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_get_tsc_offset (KvmVcpu *vcpu, gint64 *offset, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_set_tsc_offset (KvmVcpu *vcpu, gint64 offset, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_setup_mce (KvmVcpu *vcpu, guint64 mcg_cap, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_set_mce (KvmVcpu *vcpu, const KvmX86Mce *mce, GError **error);

KVMOBJ_AVAILABLE_IN_0_1
KvmX86XenAttribute *kvm_vcpu_x86_get_xen_attribute (KvmVcpu *vcpu, KvmX86XenVcpuAttributeType type,
                                                    GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_vcpu_x86_set_xen_attribute (KvmVcpu *vcpu, const KvmX86XenAttribute *attribute,
                                         GError **error);

KVMOBJ_AVAILABLE_IN_0_1
GBytes *kvm_vcpu_x86_memory_encrypt_op (KvmVcpu *vcpu, GBytes *command, GError **error);

G_END_DECLS
