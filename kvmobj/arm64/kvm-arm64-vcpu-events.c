/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "kvm-error.h"
#include "kvm-value-private.h"
#include "arm64/kvm-arm64-vcpu-events.h"

G_STATIC_ASSERT (sizeof (KvmArm64VcpuEvents) == 64);

G_DEFINE_BOXED_TYPE (KvmArm64VcpuEvents, kvm_arm64_vcpu_events, kvm_arm64_vcpu_events_copy,
                     kvm_arm64_vcpu_events_free)

/**
 * kvm_arm64_vcpu_events_new:
 *
 * Makes a set of events in which nothing is pending.
 *
 * Returns: (transfer full): the events
 *
 * Since: 0.1
 */
KvmArm64VcpuEvents *
kvm_arm64_vcpu_events_new (void)
{
  return g_new0 (KvmArm64VcpuEvents, 1);
}

/**
 * kvm_arm64_vcpu_events_new_from_bytes:
 * @bytes: what [method@Kvm.Arm64VcpuEvents.to_bytes] gave: 64 bytes
 * @error: return location for an error
 *
 * Makes a set of events from their bytes.
 *
 * Fails with %KVM_ERROR_INVALID if there are more or fewer bytes.
 *
 * Returns: (transfer full): the events
 *
 * Since: 0.1
 */
KvmArm64VcpuEvents *
kvm_arm64_vcpu_events_new_from_bytes (GBytes *bytes, GError **error)
{
  g_return_val_if_fail (bytes != NULL, NULL);

  return _kvm_value_from_bytes (bytes, sizeof (KvmArm64VcpuEvents), "Events", error);
}

/**
 * kvm_arm64_vcpu_events_copy:
 * @self: a set of events
 *
 * Copies the events.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 0.1
 */
KvmArm64VcpuEvents *
kvm_arm64_vcpu_events_copy (const KvmArm64VcpuEvents *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * kvm_arm64_vcpu_events_free:
 * @self: (transfer full): a set of events
 *
 * Frees the events.
 *
 * Since: 0.1
 */
void
kvm_arm64_vcpu_events_free (KvmArm64VcpuEvents *self)
{
  g_free (self);
}

/**
 * kvm_arm64_vcpu_events_equal:
 * @self: a set of events
 * @other: another
 *
 * Compares two of them, byte by byte.
 *
 * Returns: %TRUE if they are the same
 *
 * Since: 0.1
 */
gboolean
kvm_arm64_vcpu_events_equal (const KvmArm64VcpuEvents *self, const KvmArm64VcpuEvents *other)
{
  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  return memcmp (self, other, sizeof *self) == 0;
}

/**
 * kvm_arm64_vcpu_events_to_bytes:
 * @self: a set of events
 *
 * Gets the events as the kernel lays them out, little-endian, in the order of the fields.
 *
 * Returns: (transfer full): 64 bytes
 *
 * Since: 0.1
 */
GBytes *
kvm_arm64_vcpu_events_to_bytes (const KvmArm64VcpuEvents *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_bytes_new (self, sizeof *self);
}

/**
 * kvm_arm64_vcpu_events_to_string:
 * @self: a set of events
 *
 * Writes the events down. The wording may change; it is for people, not for programs.
 *
 * Returns: (transfer full): the line
 *
 * Since: 0.1
 */
char *
kvm_arm64_vcpu_events_to_string (const KvmArm64VcpuEvents *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_strdup_printf (
      "serror pending=%u has_esr=%u esr=%06" G_GINT64_MODIFIER "x ext_dabt pending=%u",
      self->serror_pending, self->serror_has_esr, self->serror_esr, self->ext_dabt_pending);
}
