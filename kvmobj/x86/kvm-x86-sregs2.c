/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "kvm-error.h"
#include "kvm-value-private.h"
#include "x86/kvm-x86-text-private.h"
#include "x86/kvm-x86-sregs2.h"

G_STATIC_ASSERT (sizeof (KvmX86Sregs2) == 320);

G_DEFINE_BOXED_TYPE (KvmX86Sregs2, kvm_x86_sregs2, kvm_x86_sregs2_copy, kvm_x86_sregs2_free)

/* The two forms have the same beginning. */
G_STATIC_ASSERT (G_STRUCT_OFFSET (KvmX86Sregs2, apic_base)
                 == G_STRUCT_OFFSET (KvmX86Sregs, apic_base));

/**
 * kvm_x86_sregs2_new:
 *
 * Makes a set of special registers that are all zero. To change those of a vCPU, begin with what
 * [method@Kvm.Vcpu.x86_get_sregs2] gets instead.
 *
 * Returns: (transfer full): the registers
 *
 * Since: 0.1
 */
KvmX86Sregs2 *
kvm_x86_sregs2_new (void)
{
  return g_new0 (KvmX86Sregs2, 1);
}

/**
 * kvm_x86_sregs2_new_from_bytes:
 * @bytes: what [method@Kvm.X86Sregs2.to_bytes] gave: 320 bytes
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
KvmX86Sregs2 *
kvm_x86_sregs2_new_from_bytes (GBytes *bytes, GError **error)
{
  g_return_val_if_fail (bytes != NULL, NULL);

  return _kvm_value_from_bytes (bytes, sizeof (KvmX86Sregs2), "Special registers, second form,",
                                error);
}

/**
 * kvm_x86_sregs2_copy:
 * @self: a set of special registers
 *
 * Copies the registers.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 0.1
 */
KvmX86Sregs2 *
kvm_x86_sregs2_copy (const KvmX86Sregs2 *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * kvm_x86_sregs2_free:
 * @self: (transfer full): a set of special registers
 *
 * Frees the registers.
 *
 * Since: 0.1
 */
void
kvm_x86_sregs2_free (KvmX86Sregs2 *self)
{
  g_free (self);
}

/**
 * kvm_x86_sregs2_equal:
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
kvm_x86_sregs2_equal (const KvmX86Sregs2 *self, const KvmX86Sregs2 *other)
{
  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  return memcmp (self, other, sizeof *self) == 0;
}

/**
 * kvm_x86_sregs2_to_bytes:
 * @self: a set of special registers
 *
 * Gets the registers as the kernel lays them out, little-endian, in the order of the fields.
 *
 * Returns: (transfer full): 320 bytes
 *
 * Since: 0.1
 */
GBytes *
kvm_x86_sregs2_to_bytes (const KvmX86Sregs2 *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_bytes_new (self, sizeof *self);
}

/**
 * kvm_x86_sregs2_to_string:
 * @self: a set of special registers
 *
 * Writes the registers down, the control registers with the names of their bits, then the segments
 * and tables, then the PDPTRs if they count. The wording may change; it is for people, not for
 * programs.
 *
 * Returns: (transfer full): the lines, the last without a line end
 *
 * Since: 0.1
 */
char *
kvm_x86_sregs2_to_string (const KvmX86Sregs2 *self)
{
  KvmX86Sregs sregs = { 0 };
  GString *string;

  g_return_val_if_fail (self != NULL, NULL);

  memcpy (&sregs, self, G_STRUCT_OFFSET (KvmX86Sregs2, flags));
  string = g_string_new (NULL);
  _kvm_x86_sregs_append (string, &sregs);
  if (self->flags & KVM_X86_SREGS2_FLAGS_PDPTRS_VALID)
    g_string_append_printf (string,
                            "\npdptr0=%016" G_GINT64_MODIFIER "x pdptr1=%016" G_GINT64_MODIFIER
                            "x pdptr2=%016" G_GINT64_MODIFIER "x pdptr3=%016" G_GINT64_MODIFIER "x",
                            self->pdptr0, self->pdptr1, self->pdptr2, self->pdptr3);
  return g_string_free (string, FALSE);
}
