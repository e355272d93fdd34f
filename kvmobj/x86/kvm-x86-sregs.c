/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "kvm-error.h"
#include "kvm-value-private.h"
#include "x86/kvm-x86-sregs.h"
#include "x86/kvm-x86-text-private.h"

G_DEFINE_BOXED_TYPE (KvmX86Segment, kvm_x86_segment, kvm_x86_segment_copy, kvm_x86_segment_free)
G_DEFINE_BOXED_TYPE (KvmX86Dtable, kvm_x86_dtable, kvm_x86_dtable_copy, kvm_x86_dtable_free)
G_DEFINE_BOXED_TYPE (KvmX86Sregs, kvm_x86_sregs, kvm_x86_sregs_copy, kvm_x86_sregs_free)

/**
 * kvm_x86_segment_new:
 *
 * Makes a segment register that is all zero.
 *
 * Returns: (transfer full): the segment register
 *
 * Since: 0.1
 */
KvmX86Segment *
kvm_x86_segment_new (void)
{
  return g_new0 (KvmX86Segment, 1);
}

/**
 * kvm_x86_segment_copy:
 * @self: a segment register
 *
 * Copies the segment register.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 0.1
 */
KvmX86Segment *
kvm_x86_segment_copy (const KvmX86Segment *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * kvm_x86_segment_free:
 * @self: (transfer full): a segment register
 *
 * Frees the segment register.
 *
 * Since: 0.1
 */
void
kvm_x86_segment_free (KvmX86Segment *self)
{
  g_free (self);
}

/**
 * kvm_x86_dtable_new:
 *
 * Makes the register of a descriptor table, all zero.
 *
 * Returns: (transfer full): the register
 *
 * Since: 0.1
 */
KvmX86Dtable *
kvm_x86_dtable_new (void)
{
  return g_new0 (KvmX86Dtable, 1);
}

/**
 * kvm_x86_dtable_copy:
 * @self: the register of a descriptor table
 *
 * Copies the register.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 0.1
 */
KvmX86Dtable *
kvm_x86_dtable_copy (const KvmX86Dtable *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * kvm_x86_dtable_free:
 * @self: (transfer full): the register of a descriptor table
 *
 * Frees the register.
 *
 * Since: 0.1
 */
void
kvm_x86_dtable_free (KvmX86Dtable *self)
{
  g_free (self);
}

/**
 * kvm_x86_sregs_new:
 *
 * Makes a set of special registers that are all zero. To change those of a vCPU, begin with what
 * [method@Kvm.Vcpu.x86_get_sregs] gets instead: all zeros is no state that a processor can be in.
 *
 * Returns: (transfer full): the registers
 *
 * Since: 0.1
 */
KvmX86Sregs *
kvm_x86_sregs_new (void)
{
  return g_new0 (KvmX86Sregs, 1);
}

/**
 * kvm_x86_sregs_new_from_bytes:
 * @bytes: what [method@Kvm.X86Sregs.to_bytes] gave: 312 bytes
 * @error: return location for an error
 *
 * Makes a set of special registers from their bytes.
 *
 * Fails with %KVM_ERROR_INVALID if there are more or fewer bytes.
 *
 * Returns: (transfer full): the registers
 *
 * Since: 0.1
 */
KvmX86Sregs *
kvm_x86_sregs_new_from_bytes (GBytes *bytes, GError **error)
{
  g_return_val_if_fail (bytes != NULL, NULL);

  return _kvm_value_from_bytes (bytes, sizeof (KvmX86Sregs), "Special registers", error);
}

/**
 * kvm_x86_sregs_copy:
 * @self: a set of special registers
 *
 * Copies the registers.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 0.1
 */
KvmX86Sregs *
kvm_x86_sregs_copy (const KvmX86Sregs *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * kvm_x86_sregs_free:
 * @self: (transfer full): a set of special registers
 *
 * Frees the registers.
 *
 * Since: 0.1
 */
void
kvm_x86_sregs_free (KvmX86Sregs *self)
{
  g_free (self);
}

/**
 * kvm_x86_sregs_equal:
 * @self: a set of special registers
 * @other: another
 *
 * Compares two of them, byte by byte.
 *
 * Returns: %TRUE if they are the same
 *
 * Since: 0.1
 */
gboolean
kvm_x86_sregs_equal (const KvmX86Sregs *self, const KvmX86Sregs *other)
{
  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  return memcmp (self, other, sizeof *self) == 0;
}

/**
 * kvm_x86_sregs_to_bytes:
 * @self: a set of special registers
 *
 * Gets the registers as the kernel lays them out, little-endian, in the order of the fields.
 *
 * Returns: (transfer full): 312 bytes
 *
 * Since: 0.1
 */
GBytes *
kvm_x86_sregs_to_bytes (const KvmX86Sregs *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_bytes_new (self, sizeof *self);
}

/**
 * kvm_x86_sregs_to_string:
 * @self: a set of special registers
 *
 * Writes the registers down: the control registers with the names of their bits, as in
 * `cr0=0000000080000011 [PG|ET|PE]`, then the segments and tables, one a line, then the interrupt
 * that is pending, if any. The wording may change; it is for people, not for programs.
 *
 * Returns: (transfer full): the lines, the last without a line end
 *
 * Since: 0.1
 */
char *
kvm_x86_sregs_to_string (const KvmX86Sregs *self)
{
  GString *string;

  g_return_val_if_fail (self != NULL, NULL);

  string = g_string_new (NULL);
  _kvm_x86_sregs_append (string, self);
  for (guint i = 0; i < 256; i++)
    if (self->interrupt_bitmap[i / 64] >> i % 64 & 1)
      g_string_append_printf (string, "\ninterrupt=%02x", i);
  return g_string_free (string, FALSE);
}

/**
 * kvm_x86_sregs_set_interrupt_bitmap:
 * @self: a set of special registers
 * @words: (array length=n_words): one bit a vector, the lowest first
 * @n_words: the number of words, 4
 * @error: return location for an error
 *
 * Sets which external interrupt is pending; at most one bit may be set.
 *
 * Fails with %KVM_ERROR_INVALID if there are not 4 words.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_x86_sregs_set_interrupt_bitmap (KvmX86Sregs *self, const guint64 *words, gsize n_words,
                                    GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (words != NULL || n_words == 0, FALSE);

  if (n_words != G_N_ELEMENTS (self->interrupt_bitmap))
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "The interrupt bitmap has 4 words, not %" G_GSIZE_FORMAT, n_words);
      return FALSE;
    }
  memcpy (self->interrupt_bitmap, words, sizeof self->interrupt_bitmap);
  return TRUE;
}
