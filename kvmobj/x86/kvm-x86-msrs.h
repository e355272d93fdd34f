/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <glib-object.h>

#include <kvmobj/kvm-version-macros.h>

G_BEGIN_DECLS

#define KVM_TYPE_X86_MSRS (kvm_x86_msrs_get_type ())

/**
 * KvmX86Msrs:
 *
 * Model-specific registers and their values, as [method@Kvm.Vcpu.x86_get_msrs] gets them and
 * [method@Kvm.Vcpu.x86_set_msrs] sets them. Each register is there once. They stay in the order in
 * which they came, which is that in which they are set.
 *
 * In JavaScript a value above 2^53 is rounded when it is read; [method@Kvm.X86Msrs.to_bytes] has
 * all of them exactly.
 *
 * Since: 0.1
 */
typedef struct _KvmX86Msrs KvmX86Msrs;

KVMOBJ_AVAILABLE_IN_0_1
GType kvm_x86_msrs_get_type (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Msrs *kvm_x86_msrs_new (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Msrs *kvm_x86_msrs_new_from_bytes (GBytes *bytes, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Msrs *kvm_x86_msrs_copy (const KvmX86Msrs *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_x86_msrs_free (KvmX86Msrs *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_x86_msrs_set (KvmX86Msrs *self, guint32 index, guint64 value);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_msrs_lookup (const KvmX86Msrs *self, guint32 index, guint64 *value);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_x86_msrs_get_n_entries (const KvmX86Msrs *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_msrs_get_entry (const KvmX86Msrs *self, guint position, guint32 *index,
                                 guint64 *value);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_msrs_equal (const KvmX86Msrs *self, const KvmX86Msrs *other);
KVMOBJ_AVAILABLE_IN_0_1
GBytes *kvm_x86_msrs_to_bytes (const KvmX86Msrs *self);
KVMOBJ_AVAILABLE_IN_0_1
char *kvm_x86_msrs_to_string (const KvmX86Msrs *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KvmX86Msrs, kvm_x86_msrs_free)

G_END_DECLS
