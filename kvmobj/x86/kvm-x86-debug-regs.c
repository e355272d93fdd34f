/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "kvm-error.h"
#include "kvm-value-private.h"
#include "x86/kvm-x86-debug-regs.h"

G_STATIC_ASSERT (sizeof (KvmX86DebugRegs) == 128);

G_DEFINE_BOXED_TYPE (KvmX86DebugRegs, kvm_x86_debug_regs, kvm_x86_debug_regs_copy,
                     kvm_x86_debug_regs_free)

/**
 * kvm_x86_debug_regs_new:
 *
 * Makes a set of debug registers that are all zero.
 *
 * Returns: (transfer full): the registers
 *
 * Since: 0.1
 */
KvmX86DebugRegs *
kvm_x86_debug_regs_new (void)
{
  return g_new0 (KvmX86DebugRegs, 1);
}

/**
 * kvm_x86_debug_regs_new_from_bytes:
 * @bytes: what [method@Kvm.X86DebugRegs.to_bytes] gave: 128 bytes
 * @error: return location for an error
 *
 * Makes a set of debug registers from their bytes.
 *
 * Fails with %KVM_ERROR_INVALID if there are more or fewer bytes.
 *
 * Returns: (transfer full): the registers
 *
 * Since: 0.1
 */
KvmX86DebugRegs *
kvm_x86_debug_regs_new_from_bytes (GBytes *bytes, GError **error)
{
  g_return_val_if_fail (bytes != NULL, NULL);

  return _kvm_value_from_bytes (bytes, sizeof (KvmX86DebugRegs), "Debug registers", error);
}

/**
 * kvm_x86_debug_regs_copy:
 * @self: a set of debug registers
 *
 * Copies the registers.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 0.1
 */
KvmX86DebugRegs *
kvm_x86_debug_regs_copy (const KvmX86DebugRegs *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * kvm_x86_debug_regs_free:
 * @self: (transfer full): a set of debug registers
 *
 * Frees the registers.
 *
 * Since: 0.1
 */
void
kvm_x86_debug_regs_free (KvmX86DebugRegs *self)
{
  g_free (self);
}

/**
 * kvm_x86_debug_regs_equal:
 * @self: a set of debug registers
 * @other: another
 *
 * Compares two of them, byte by byte.
 *
 * Returns: %TRUE if they are the same
 *
 * Since: 0.1
 */
gboolean
kvm_x86_debug_regs_equal (const KvmX86DebugRegs *self, const KvmX86DebugRegs *other)
{
  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  return memcmp (self, other, sizeof *self) == 0;
}

/**
 * kvm_x86_debug_regs_to_bytes:
 * @self: a set of debug registers
 *
 * Gets the registers as the kernel lays them out, little-endian, in the order of the fields.
 *
 * Returns: (transfer full): 128 bytes
 *
 * Since: 0.1
 */
GBytes *
kvm_x86_debug_regs_to_bytes (const KvmX86DebugRegs *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_bytes_new (self, sizeof *self);
}

/**
 * kvm_x86_debug_regs_to_string:
 * @self: a set of debug registers
 *
 * Writes the registers down, the addresses first. The wording may change; it is for people, not for
 * programs.
 *
 * Returns: (transfer full): the lines, the last without a line end
 *
 * Since: 0.1
 */
char *
kvm_x86_debug_regs_to_string (const KvmX86DebugRegs *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_strdup_printf ("dr0=%016" G_GINT64_MODIFIER "x dr1=%016" G_GINT64_MODIFIER
                          "x dr2=%016" G_GINT64_MODIFIER "x dr3=%016" G_GINT64_MODIFIER
                          "x\ndr6=%016" G_GINT64_MODIFIER "x dr7=%016" G_GINT64_MODIFIER "x",
                          self->dr0, self->dr1, self->dr2, self->dr3, self->dr6, self->dr7);
}
