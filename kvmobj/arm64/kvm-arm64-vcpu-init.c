/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "kvm-enum-types.h"
#include "arm64/kvm-arm64-vcpu-init.h"

G_STATIC_ASSERT (sizeof (KvmArm64VcpuInit) == 32);

G_DEFINE_BOXED_TYPE (KvmArm64VcpuInit, kvm_arm64_vcpu_init, kvm_arm64_vcpu_init_copy,
                     kvm_arm64_vcpu_init_free)

/**
 * kvm_arm64_vcpu_init_new:
 *
 * Makes one that asks for target 0 and no features.
 *
 * Returns: (transfer full): what a vCPU is to be
 *
 * Since: 0.1
 */
KvmArm64VcpuInit *
kvm_arm64_vcpu_init_new (void)
{
  return g_new0 (KvmArm64VcpuInit, 1);
}

/**
 * kvm_arm64_vcpu_init_copy:
 * @self: what a vCPU is to be
 *
 * Copies it.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 0.1
 */
KvmArm64VcpuInit *
kvm_arm64_vcpu_init_copy (const KvmArm64VcpuInit *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * kvm_arm64_vcpu_init_free:
 * @self: (transfer full): what a vCPU is to be
 *
 * Frees it.
 *
 * Since: 0.1
 */
void
kvm_arm64_vcpu_init_free (KvmArm64VcpuInit *self)
{
  g_free (self);
}

/**
 * kvm_arm64_vcpu_init_equal:
 * @self: what a vCPU is to be
 * @other: another
 *
 * Compares two of them.
 *
 * Returns: %TRUE if they are the same
 *
 * Since: 0.1
 */
gboolean
kvm_arm64_vcpu_init_equal (const KvmArm64VcpuInit *self, const KvmArm64VcpuInit *other)
{
  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  return memcmp (self, other, sizeof *self) == 0;
}

/**
 * kvm_arm64_vcpu_init_to_string:
 * @self: what a vCPU is to be
 *
 * Writes it down: "target 5, features 0x4 [PSCI_0_2]". The wording may change; it is for people,
 * not for programs.
 *
 * Returns: (transfer full): the line
 *
 * Since: 0.1
 */
char *
kvm_arm64_vcpu_init_to_string (const KvmArm64VcpuInit *self)
{
  g_autoptr (GFlagsClass) klass = NULL;
  const char *before = " [";
  GString *string;

  g_return_val_if_fail (self != NULL, NULL);

  klass = g_type_class_ref (KVM_TYPE_ARM64_VCPU_FEATURES);
  string = g_string_new (NULL);
  g_string_printf (string, "target %u, features 0x%x", self->target, self->features);
  for (guint i = 0; i < klass->n_values; i++)
    if (klass->values[i].value & self->features)
      {
        g_string_append (string, before);
        g_string_append (string, klass->values[i].value_name + strlen ("KVM_ARM64_VCPU_FEATURES_"));
        before = "|";
      }
  if (*before == '|')
    g_string_append_c (string, ']');
  return g_string_free (string, FALSE);
}
