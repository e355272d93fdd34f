/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <glib-object.h>

#include <kvmobj/kvm-version-macros.h>

G_BEGIN_DECLS

#define KVM_TYPE_ARM64_REG_MASKS (kvm_arm64_reg_masks_get_type ())

/**
 * KvmArm64RegMasks:
 *
 * Which bits of the registers that describe the processor may be set, as
 * [method@Kvm.Vm.arm64_get_reg_writable_masks] gets them. They are the system registers with op0 3,
 * op1 0, 1 or 3, CRn 0 and CRm up to 7: ID_AA64PFR0_EL1 and its like.
 *
 * Since: 0.1
 */
typedef struct _KvmArm64RegMasks KvmArm64RegMasks;

KVMOBJ_AVAILABLE_IN_0_1
GType kvm_arm64_reg_masks_get_type (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmArm64RegMasks *kvm_arm64_reg_masks_new_from_bytes (GBytes *bytes, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
KvmArm64RegMasks *kvm_arm64_reg_masks_copy (const KvmArm64RegMasks *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_arm64_reg_masks_free (KvmArm64RegMasks *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_arm64_reg_masks_get_mask (const KvmArm64RegMasks *self, guint64 id, guint64 *mask);
KVMOBJ_AVAILABLE_IN_0_1
GBytes *kvm_arm64_reg_masks_to_bytes (const KvmArm64RegMasks *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KvmArm64RegMasks, kvm_arm64_reg_masks_free)

G_END_DECLS
