/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "kvm-error.h"
#include "kvm-value-private.h"
#include "x86/kvm-x86-xcrs-private.h"

G_STATIC_ASSERT (sizeof (KvmX86Xcrs) == 392);

G_DEFINE_BOXED_TYPE (KvmX86Xcrs, kvm_x86_xcrs, kvm_x86_xcrs_copy, kvm_x86_xcrs_free)

/**
 * kvm_x86_xcrs_new:
 *
 * Makes a set without any register in it.
 *
 * Returns: (transfer full): the registers
 *
 * Since: 0.1
 */
KvmX86Xcrs *
kvm_x86_xcrs_new (void)
{
  return g_new0 (KvmX86Xcrs, 1);
}

/**
 * kvm_x86_xcrs_new_from_bytes:
 * @bytes: what [method@Kvm.X86Xcrs.to_bytes] gave: 392 bytes
 * @error: return location for an error
 *
 * Makes a set of extended control registers from their bytes.
 *
 * Fails with %KVM_ERROR_INVALID if there are more or fewer bytes, or if they have more than 16
 * registers.
 *
 * Returns: (transfer full): the registers
 *
 * Since: 0.1
 */
KvmX86Xcrs *
kvm_x86_xcrs_new_from_bytes (GBytes *bytes, GError **error)
{
  KvmX86Xcrs *self;

  g_return_val_if_fail (bytes != NULL, NULL);

  self = _kvm_value_from_bytes (bytes, sizeof *self, "Extended control registers", error);
  if (self != NULL && self->nr_xcrs > G_N_ELEMENTS (self->xcrs))
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "There are at most 16 extended control registers, not %u", self->nr_xcrs);
      g_clear_pointer (&self, kvm_x86_xcrs_free);
    }
  return self;
}

/**
 * kvm_x86_xcrs_copy:
 * @self: a set of extended control registers
 *
 * Copies the registers.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 0.1
 */
KvmX86Xcrs *
kvm_x86_xcrs_copy (const KvmX86Xcrs *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * kvm_x86_xcrs_free:
 * @self: (transfer full): a set of extended control registers
 *
 * Frees the registers.
 *
 * Since: 0.1
 */
void
kvm_x86_xcrs_free (KvmX86Xcrs *self)
{
  g_free (self);
}

/**
 * kvm_x86_xcrs_equal:
 * @self: a set of extended control registers
 * @other: another
 *
 * Compares two of them, byte by byte.
 *
 * Returns: %TRUE if they are the same
 *
 * Since: 0.1
 */
gboolean
kvm_x86_xcrs_equal (const KvmX86Xcrs *self, const KvmX86Xcrs *other)
{
  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  return memcmp (self, other, sizeof *self) == 0;
}

/**
 * kvm_x86_xcrs_to_bytes:
 * @self: a set of extended control registers
 *
 * Gets the registers as the kernel lays them out, little-endian.
 *
 * Returns: (transfer full): 392 bytes
 *
 * Since: 0.1
 */
GBytes *
kvm_x86_xcrs_to_bytes (const KvmX86Xcrs *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_bytes_new (self, sizeof *self);
}

/**
 * kvm_x86_xcrs_to_string:
 * @self: a set of extended control registers
 *
 * Writes the registers down, one a line. The wording may change; it is for people, not for
 * programs.
 *
 * Returns: (transfer full): the lines, the last without a line end
 *
 * Since: 0.1
 */
char *
kvm_x86_xcrs_to_string (const KvmX86Xcrs *self)
{
  GString *string;

  g_return_val_if_fail (self != NULL, NULL);

  string = g_string_new (NULL);
  for (guint i = 0; i < self->nr_xcrs; i++)
    g_string_append_printf (string, "%sxcr%u=%016" G_GINT64_MODIFIER "x", i == 0 ? "" : "\n",
                            self->xcrs[i].xcr, self->xcrs[i].value);
  return g_string_free (string, FALSE);
}

/**
 * kvm_x86_xcrs_get_numbers:
 * @self: a set of extended control registers
 * @n_numbers: (out): the length of the result
 *
 * Gets which registers there are.
 *
 * Returns: (array length=n_numbers) (transfer full): their numbers, in the kernel's order
 *
 * Since: 0.1
 */
guint32 *
kvm_x86_xcrs_get_numbers (const KvmX86Xcrs *self, gsize *n_numbers)
{
  guint32 *numbers;

  g_return_val_if_fail (n_numbers != NULL, NULL);
  *n_numbers = 0;
  g_return_val_if_fail (self != NULL, NULL);

  numbers = g_new (guint32, G_N_ELEMENTS (self->xcrs));
  for (guint i = 0; i < self->nr_xcrs; i++)
    numbers[i] = self->xcrs[i].xcr;
  *n_numbers = self->nr_xcrs;
  return numbers;
}

/**
 * kvm_x86_xcrs_get_xcr:
 * @self: a set of extended control registers
 * @number: the number of a register
 * @value: (out): its value
 *
 * Gets one of the registers.
 *
 * Returns: %TRUE if there is such a register; if not, @value is 0
 *
 * Since: 0.1
 */
gboolean
kvm_x86_xcrs_get_xcr (const KvmX86Xcrs *self, guint32 number, guint64 *value)
{
  g_return_val_if_fail (value != NULL, FALSE);
  *value = 0;
  g_return_val_if_fail (self != NULL, FALSE);

  for (guint i = 0; i < self->nr_xcrs; i++)
    if (self->xcrs[i].xcr == number)
      {
        *value = self->xcrs[i].value;
        return TRUE;
      }
  return FALSE;
}

/**
 * kvm_x86_xcrs_set_xcr:
 * @self: a set of extended control registers
 * @number: the number of a register
 * @value: its new value
 * @error: return location for an error
 *
 * Sets one of the registers, which is added if it is not there.
 *
 * Fails with %KVM_ERROR_INVALID if it is not there and there are 16 already.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_x86_xcrs_set_xcr (KvmX86Xcrs *self, guint32 number, guint64 value, GError **error)
{
  guint i = 0;

  g_return_val_if_fail (self != NULL, FALSE);

  while (i < self->nr_xcrs && self->xcrs[i].xcr != number)
    i++;
  if (i == G_N_ELEMENTS (self->xcrs))
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "There is no room for extended control register %u beside 16 others", number);
      return FALSE;
    }
  self->xcrs[i].xcr = number;
  self->xcrs[i].value = value;
  self->nr_xcrs = MAX (self->nr_xcrs, i + 1);
  return TRUE;
}
