/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/x86/kvm-x86-cpuid.h>

G_BEGIN_DECLS

#define KVM_TYPE_X86_XSAVE (kvm_x86_xsave_get_type ())

/**
 * KvmX86Xsave:
 *
 * The extended state of an x86 vCPU, as [method@Kvm.Vcpu.x86_get_xsave] gets it and
 * [method@Kvm.Vcpu.x86_set_xsave] sets it: what the XSAVE instruction saves, in its standard form.
 * Its size depends on the host, and on what the process may let guests use. It does not change once
 * it is made, and may be used from any thread; to change a state, change its bytes and make another
 * from them.
 *
 * Since: 0.1
 */
typedef struct _KvmX86Xsave KvmX86Xsave;

KVMOBJ_AVAILABLE_IN_0_1
GType kvm_x86_xsave_get_type (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Xsave *kvm_x86_xsave_new_from_bytes (GBytes *bytes, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Xsave *kvm_x86_xsave_ref (KvmX86Xsave *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_x86_xsave_unref (KvmX86Xsave *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_xsave_equal (KvmX86Xsave *self, KvmX86Xsave *other);
KVMOBJ_AVAILABLE_IN_0_1
GBytes *kvm_x86_xsave_to_bytes (KvmX86Xsave *self);
KVMOBJ_AVAILABLE_IN_0_1
char *kvm_x86_xsave_to_string (KvmX86Xsave *self);
KVMOBJ_AVAILABLE_IN_0_1
gsize kvm_x86_xsave_get_size (KvmX86Xsave *self);
KVMOBJ_AVAILABLE_IN_0_1
guint16 kvm_x86_xsave_get_fcw (KvmX86Xsave *self);
KVMOBJ_AVAILABLE_IN_0_1
guint16 kvm_x86_xsave_get_fsw (KvmX86Xsave *self);
KVMOBJ_AVAILABLE_IN_0_1
guint32 kvm_x86_xsave_get_mxcsr (KvmX86Xsave *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_x86_xsave_get_xstate_bv (KvmX86Xsave *self);
KVMOBJ_AVAILABLE_IN_0_1
GBytes *kvm_x86_xsave_get_component (KvmX86Xsave *self, KvmX86Cpuid *cpuid, guint number,
                                     GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KvmX86Xsave, kvm_x86_xsave_unref)

G_END_DECLS
