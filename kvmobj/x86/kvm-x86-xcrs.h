/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <glib-object.h>

#include <kvmobj/kvm-version-macros.h>

G_BEGIN_DECLS

#define KVM_TYPE_X86_XCRS (kvm_x86_xcrs_get_type ())

/**
 * KvmX86Xcrs:
 *
 * The extended control registers of an x86 vCPU, as [method@Kvm.Vcpu.x86_get_xcrs] gets them and
 * [method@Kvm.Vcpu.x86_set_xcrs] sets them: at most 16, each with its number. XCR0 has a bit for
 * each part of the state that XSAVE may save.
 *
 * Since: 0.1
 */
typedef struct _KvmX86Xcrs KvmX86Xcrs;

KVMOBJ_AVAILABLE_IN_0_1
GType kvm_x86_xcrs_get_type (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Xcrs *kvm_x86_xcrs_new (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Xcrs *kvm_x86_xcrs_new_from_bytes (GBytes *bytes, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Xcrs *kvm_x86_xcrs_copy (const KvmX86Xcrs *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_x86_xcrs_free (KvmX86Xcrs *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_xcrs_equal (const KvmX86Xcrs *self, const KvmX86Xcrs *other);
KVMOBJ_AVAILABLE_IN_0_1
GBytes *kvm_x86_xcrs_to_bytes (const KvmX86Xcrs *self);
KVMOBJ_AVAILABLE_IN_0_1
char *kvm_x86_xcrs_to_string (const KvmX86Xcrs *self);
KVMOBJ_AVAILABLE_IN_0_1
guint32 *kvm_x86_xcrs_get_numbers (const KvmX86Xcrs *self, gsize *n_numbers);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_xcrs_get_xcr (const KvmX86Xcrs *self, guint32 number, guint64 *value);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_xcrs_set_xcr (KvmX86Xcrs *self, guint32 number, guint64 value, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KvmX86Xcrs, kvm_x86_xcrs_free)

G_END_DECLS
