/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "kvm-error.h"
#include "kvm-value-private.h"
#include "x86/kvm-x86-regs.h"
#include "x86/kvm-x86-text-private.h"

G_STATIC_ASSERT (sizeof (KvmX86Regs) == 18 * sizeof (guint64));

G_DEFINE_BOXED_TYPE (KvmX86Regs, kvm_x86_regs, kvm_x86_regs_copy, kvm_x86_regs_free)

/**
 * kvm_x86_regs_new:
 *
 * Makes a set of registers that are all zero.
 *
 * Returns: (transfer full): the registers
 *
 * Since: 0.1
 */
KvmX86Regs *
kvm_x86_regs_new (void)
{
  return g_new0 (KvmX86Regs, 1);
}

/**
 * kvm_x86_regs_new_from_bytes:
 * @bytes: what [method@Kvm.X86Regs.to_bytes] gave: 144 bytes
 * @error: return location for an error
 *
 * Makes a set of registers from their bytes.
 *
 * Fails with %KVM_ERROR_INVALID if there are more or fewer bytes.
 *
 * Returns: (transfer full): the registers
 *
 * Since: 0.1
 */
KvmX86Regs *
kvm_x86_regs_new_from_bytes (GBytes *bytes, GError **error)
{
  g_return_val_if_fail (bytes != NULL, NULL);

  return _kvm_value_from_bytes (bytes, sizeof (KvmX86Regs), "General registers", error);
}

/**
 * kvm_x86_regs_copy:
 * @self: a set of registers
 *
 * Copies the registers.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 0.1
 */
KvmX86Regs *
kvm_x86_regs_copy (const KvmX86Regs *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * kvm_x86_regs_free:
 * @self: (transfer full): a set of registers
 *
 * Frees the registers.
 *
 * Since: 0.1
 */
void
kvm_x86_regs_free (KvmX86Regs *self)
{
  g_free (self);
}

/**
 * kvm_x86_regs_equal:
 * @self: a set of registers
 * @other: another
 *
 * Compares two of them, byte by byte.
 *
 * Returns: %TRUE if they are the same
 *
 * Since: 0.1
 */
gboolean
kvm_x86_regs_equal (const KvmX86Regs *self, const KvmX86Regs *other)
{
  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  return memcmp (self, other, sizeof *self) == 0;
}

/**
 * kvm_x86_regs_to_bytes:
 * @self: a set of registers
 *
 * Gets the registers as the kernel lays them out: little-endian words of 8 bytes, in the order of
 * the fields.
 *
 * ```js
 * const view = new DataView(regs.to_bytes().toArray().slice().buffer);
 * const rip = view.getBigUint64(16 * 8, true); // exact, unlike regs.rip
 * ```
 *
 * Returns: (transfer full): 144 bytes
 *
 * Since: 0.1
 */
GBytes *
kvm_x86_regs_to_bytes (const KvmX86Regs *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_bytes_new (self, sizeof *self);
}

/**
 * kvm_x86_regs_to_string:
 * @self: a set of registers
 *
 * Writes the registers down, six lines of three, and after the last the names of the flags that are
 * set. The wording may change; it is for people, not for programs.
 *
 * Returns: (transfer full): the lines, the last without a line end
 *
 * Since: 0.1
 */
char *
kvm_x86_regs_to_string (const KvmX86Regs *self)
{
  static const char *const names[]
      = { "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rsp", "rbp", "r8",
          "r9",  "r10", "r11", "r12", "r13", "r14", "r15", "rip", "rflags" };
  static const KvmX86BitName flags[]
      = { { 21, "ID" }, { 20, "VIP" }, { 19, "VIF" }, { 18, "AC" }, { 17, "VM" }, { 16, "RF" },
          { 14, "NT" }, { 11, "OF" },  { 10, "DF" },  { 9, "IF" },  { 8, "TF" },  { 7, "SF" },
          { 6, "ZF" },  { 4, "AF" },   { 2, "PF" },   { 0, "CF" } };
  guint64 values[G_N_ELEMENTS (names)];
  GString *string;

  g_return_val_if_fail (self != NULL, NULL);

  memcpy (values, self, sizeof values);
  string = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_string_append_printf (string, "%s%s=%016" G_GINT64_MODIFIER "x",
                            i == 0       ? ""
                            : i % 3 == 0 ? "\n"
                                         : " ",
                            names[i], values[i]);
  _kvm_x86_append_bits (string, self->rflags, flags, G_N_ELEMENTS (flags));
  return g_string_free (string, FALSE);
}
