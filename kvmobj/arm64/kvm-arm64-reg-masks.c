/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "kvm-abi-private.h"
#include "kvm-error.h"
#include "kvm-value-private.h"
#include "arm64/kvm-arm64-reg-masks.h"
#include "arm64/kvm-arm64-reg.h"

G_DEFINE_BOXED_TYPE (KvmArm64RegMasks, kvm_arm64_reg_masks, kvm_arm64_reg_masks_copy,
                     kvm_arm64_reg_masks_free)

/**
 * kvm_arm64_reg_masks_new_from_bytes:
 * @bytes: what [method@Kvm.Arm64RegMasks.to_bytes] gave: 1536 bytes
 * @error: return location for an error
 *
 * Makes masks from their bytes.
 *
 * Fails with %KVM_ERROR_INVALID if there are more or fewer bytes.
 *
 * Returns: (transfer full): the masks
 *
 * Since: 0.1
 */
KvmArm64RegMasks *
kvm_arm64_reg_masks_new_from_bytes (GBytes *bytes, GError **error)
{
  g_return_val_if_fail (bytes != NULL, NULL);

  return _kvm_value_from_bytes (bytes, sizeof (KvmArm64RegMasks), "Masks", error);
}

/**
 * kvm_arm64_reg_masks_copy:
 * @self: masks of registers
 *
 * Copies the masks.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 0.1
 */
KvmArm64RegMasks *
kvm_arm64_reg_masks_copy (const KvmArm64RegMasks *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * kvm_arm64_reg_masks_free:
 * @self: (transfer full): masks of registers
 *
 * Frees the masks.
 *
 * Since: 0.1
 */
void
kvm_arm64_reg_masks_free (KvmArm64RegMasks *self)
{
  g_free (self);
}

/**
 * kvm_arm64_reg_masks_get_mask:
 * @self: masks of registers
 * @id: the id of a register; see [func@Kvm.arm64_reg_sysreg]
 * @mask: (out): the bits of it that may be set to another value; 0 if none
 *
 * Gets the mask of a register.
 *
 * Returns: %FALSE if the register is not one of those that have masks
 *
 * Since: 0.1
 */
gboolean
kvm_arm64_reg_masks_get_mask (const KvmArm64RegMasks *self, guint64 id, guint64 *mask)
{
  guint op1 = id >> 11 & 7, crm = id >> 3 & 15, op2 = id & 7;

  g_return_val_if_fail (mask != NULL, FALSE);
  *mask = 0;
  g_return_val_if_fail (self != NULL, FALSE);

  if (id != kvm_arm64_reg_sysreg (3, op1, 0, crm, op2) || op1 > 3 || op1 == 2 || crm > 7)
    return FALSE;
  *mask = self->masks[(op1 == 3 ? 2 : op1) << 6 | crm << 3 | op2];
  return TRUE;
}

/**
 * kvm_arm64_reg_masks_to_bytes:
 * @self: masks of registers
 *
 * Gets the masks as the kernel lays them out: 8 bytes each, little-endian, by op1 (0, 1, 3), CRm
 * and op2.
 *
 * Returns: (transfer full): 1536 bytes
 *
 * Since: 0.1
 */
GBytes *
kvm_arm64_reg_masks_to_bytes (const KvmArm64RegMasks *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_bytes_new (self, sizeof *self);
}
