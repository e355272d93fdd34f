/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "kvm-value-private.h"
#include "x86/kvm-x86-mce.h"

G_STATIC_ASSERT (sizeof (KvmX86Mce) == 64);

G_DEFINE_BOXED_TYPE (KvmX86Mce, kvm_x86_mce, kvm_x86_mce_copy, kvm_x86_mce_free)

/**
 * kvm_x86_mce_new:
 *
 * Makes a machine check that is all zero.
 *
 * Returns: (transfer full): the machine check
 *
 * Since: 0.1
 */
KvmX86Mce *
kvm_x86_mce_new (void)
{
  return g_new0 (KvmX86Mce, 1);
}

/**
 * kvm_x86_mce_new_from_bytes:
 * @bytes: what [method@Kvm.X86Mce.to_bytes] gave: 64 bytes
 * @error: return location for an error
 *
 * Makes a machine check from its bytes.
 *
 * Fails with %KVM_ERROR_INVALID if there are more or fewer bytes.
 *
 * Returns: (transfer full): the machine check
 *
 * Since: 0.1
 */
KvmX86Mce *
kvm_x86_mce_new_from_bytes (GBytes *bytes, GError **error)
{
  g_return_val_if_fail (bytes != NULL, NULL);

  return _kvm_value_from_bytes (bytes, sizeof (KvmX86Mce), "The fields of a machine check", error);
}

/**
 * kvm_x86_mce_copy:
 * @self: a machine check
 *
 * Copies the machine check.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 0.1
 */
KvmX86Mce *
kvm_x86_mce_copy (const KvmX86Mce *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * kvm_x86_mce_free:
 * @self: (transfer full): a machine check
 *
 * Frees the machine check.
 *
 * Since: 0.1
 */
void
kvm_x86_mce_free (KvmX86Mce *self)
{
  g_free (self);
}

/**
 * kvm_x86_mce_equal:
 * @self: a machine check
 * @other: another
 *
 * Compares two of them, byte by byte.
 *
 * Returns: whether they are the same
 *
 * Since: 0.1
 */
gboolean
kvm_x86_mce_equal (const KvmX86Mce *self, const KvmX86Mce *other)
{
  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  return memcmp (self, other, sizeof *self) == 0;
}

/**
 * kvm_x86_mce_to_bytes:
 * @self: a machine check
 *
 * Gets the machine check as the kernel lays it out, little-endian, in the order of the fields.
 *
 * Returns: (transfer full): 64 bytes
 *
 * Since: 0.1
 */
GBytes *
kvm_x86_mce_to_bytes (const KvmX86Mce *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_bytes_new (self, sizeof *self);
}

/**
 * kvm_x86_mce_to_string:
 * @self: a machine check
 *
 * Writes the machine check down in one line. The wording may change; it is for people, not for
 * programs.
 *
 * Returns: (transfer full): the line
 *
 * Since: 0.1
 */
char *
kvm_x86_mce_to_string (const KvmX86Mce *self)
{
  static const struct
  {
    guint bit;
    const char *name;
  } bits[] = { { 63, "VAL" },   { 62, "OVER" },  { 61, "UC" }, { 60, "EN" },
               { 59, "MISCV" }, { 58, "ADDRV" }, { 57, "PCC" } };
  GString *string;
  const char *separator = " [";

  g_return_val_if_fail (self != NULL, NULL);

  string = g_string_new (NULL);
  g_string_printf (string, "bank=%u status=%016" G_GINT64_MODIFIER "x", self->bank, self->status);
  for (guint i = 0; i < G_N_ELEMENTS (bits); i++)
    if (self->status >> bits[i].bit & 1)
      {
        g_string_append_printf (string, "%s%s", separator, bits[i].name);
        separator = " ";
      }
  g_string_append_printf (string,
                          "%s addr=%016" G_GINT64_MODIFIER "x misc=%016" G_GINT64_MODIFIER
                          "x mcg_status=%" G_GINT64_MODIFIER "x",
                          *separator == ' ' && separator[1] == '\0' ? "]" : "", self->addr,
                          self->misc, self->mcg_status);
  return g_string_free (string, FALSE);
}
