/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "kvm-value-private.h"
#include "x86/kvm-x86-clock.h"

G_STATIC_ASSERT (sizeof (KvmX86Clock) == 48);

G_DEFINE_BOXED_TYPE (KvmX86Clock, kvm_x86_clock, kvm_x86_clock_copy, kvm_x86_clock_free)

/**
 * kvm_x86_clock_new:
 *
 * Makes a clock that shows 0, without flags.
 *
 * Returns: (transfer full): the clock
 *
 * Since: 0.1
 */
KvmX86Clock *
kvm_x86_clock_new (void)
{
  return g_new0 (KvmX86Clock, 1);
}

/**
 * kvm_x86_clock_new_from_bytes:
 * @bytes: what [method@Kvm.X86Clock.to_bytes] gave: 48 bytes
 * @error: return location for an error
 *
 * Makes a clock from its bytes.
 *
 * Fails with %KVM_ERROR_INVALID if there are more or fewer bytes.
 *
 * Returns: (transfer full): the clock
 *
 * Since: 0.1
 */
KvmX86Clock *
kvm_x86_clock_new_from_bytes (GBytes *bytes, GError **error)
{
  g_return_val_if_fail (bytes != NULL, NULL);

  return _kvm_value_from_bytes (bytes, sizeof (KvmX86Clock), "The fields of a clock", error);
}

/**
 * kvm_x86_clock_copy:
 * @self: a clock
 *
 * Copies the clock.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 0.1
 */
KvmX86Clock *
kvm_x86_clock_copy (const KvmX86Clock *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * kvm_x86_clock_free:
 * @self: (transfer full): a clock
 *
 * Frees the clock.
 *
 * Since: 0.1
 */
void
kvm_x86_clock_free (KvmX86Clock *self)
{
  g_free (self);
}

/**
 * kvm_x86_clock_equal:
 * @self: a clock
 * @other: another
 *
 * Compares two of them, byte by byte.
 *
 * Returns: whether they are the same
 *
 * Since: 0.1
 */
gboolean
kvm_x86_clock_equal (const KvmX86Clock *self, const KvmX86Clock *other)
{
  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  return memcmp (self, other, sizeof *self) == 0;
}

/**
 * kvm_x86_clock_to_bytes:
 * @self: a clock
 *
 * Gets the clock as the kernel lays it out, little-endian, in the order of the fields.
 *
 * Returns: (transfer full): 48 bytes
 *
 * Since: 0.1
 */
GBytes *
kvm_x86_clock_to_bytes (const KvmX86Clock *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_bytes_new (self, sizeof *self);
}

/**
 * kvm_x86_clock_to_string:
 * @self: a clock
 *
 * Writes the clock down in one line. The wording may change; it is for people, not for programs.
 *
 * Returns: (transfer full): the line
 *
 * Since: 0.1
 */
char *
kvm_x86_clock_to_string (const KvmX86Clock *self)
{
  GString *string;

  g_return_val_if_fail (self != NULL, NULL);

  string = g_string_new (NULL);
  g_string_printf (string, "clock=%" G_GUINT64_FORMAT, self->clock);
  if (self->flags & KVM_X86_CLOCK_FLAGS_REALTIME)
    g_string_append_printf (string, " realtime=%" G_GUINT64_FORMAT, self->realtime);
  if (self->flags & KVM_X86_CLOCK_FLAGS_HOST_TSC)
    g_string_append_printf (string, " host_tsc=%" G_GUINT64_FORMAT, self->host_tsc);
  if (self->flags & KVM_X86_CLOCK_FLAGS_TSC_STABLE)
    g_string_append (string, " [stable]");
  return g_string_free (string, FALSE);
}
