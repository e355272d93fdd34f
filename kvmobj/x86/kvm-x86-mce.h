/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <glib-object.h>

#include <kvmobj/kvm-version-macros.h>

G_BEGIN_DECLS

#define KVM_TYPE_X86_MCE (kvm_x86_mce_get_type ())

typedef struct _KvmX86Mce KvmX86Mce;

/**
 * KvmX86Mce:
 * @status: what goes into the bank's status register; bit 63 (valid) must be set, and bit 61 tells
 *   an error that was not corrected
 * @addr: what goes into the bank's address register
 * @misc: what goes into the bank's register of miscellaneous information
 * @mcg_status: what goes into the processor's global status register
 * @bank: the bank of registers that reports the error
 * @padding1: nothing
 * @padding2: nothing
 *
 * A machine check, which [method@Kvm.Vcpu.x86_set_mce] lets a guest have. It has the layout of the
 * kernel's `struct kvm_x86_mce`.
 *
 * Since: 0.1
 */
struct _KvmX86Mce
{
  guint64 status;
  guint64 addr;
  guint64 misc;
  guint64 mcg_status;
  guint8 bank;
  guint8 padding1[7];
  guint64 padding2[3];
};

KVMOBJ_AVAILABLE_IN_0_1
GType kvm_x86_mce_get_type (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Mce *kvm_x86_mce_new (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Mce *kvm_x86_mce_new_from_bytes (GBytes *bytes, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86Mce *kvm_x86_mce_copy (const KvmX86Mce *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_x86_mce_free (KvmX86Mce *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_mce_equal (const KvmX86Mce *self, const KvmX86Mce *other);
KVMOBJ_AVAILABLE_IN_0_1
GBytes *kvm_x86_mce_to_bytes (const KvmX86Mce *self);
KVMOBJ_AVAILABLE_IN_0_1
char *kvm_x86_mce_to_string (const KvmX86Mce *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KvmX86Mce, kvm_x86_mce_free)

G_END_DECLS
