/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "kvm-error.h"
#include "kvm-value-private.h"
#include "x86/kvm-x86-fpu.h"

G_STATIC_ASSERT (sizeof (KvmX86Fpu) == 416);

G_DEFINE_BOXED_TYPE (KvmX86Fpu, kvm_x86_fpu, kvm_x86_fpu_copy, kvm_x86_fpu_free)

#define REGISTER_SIZE 16

static gboolean
check_number (const char *name, guint number, guint n_registers, GError **error)
{
  if (number < n_registers)
    return TRUE;

  g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID, "There are the registers %s0 to %s%u, not %s%u",
               name, name, n_registers - 1, name, number);
  return FALSE;
}

static guint8 *
get_register (const guint8 *registers, const char *name, guint number, guint n_registers,
              gsize *length, GError **error)
{
  if (!check_number (name, number, n_registers, error))
    return NULL;

  *length = REGISTER_SIZE;
  return g_memdup2 (registers + REGISTER_SIZE * number, REGISTER_SIZE);
}

static gboolean
set_register (guint8 *registers, const char *name, guint number, guint n_registers,
              const guint8 *data, gsize length, GError **error)
{
  if (!check_number (name, number, n_registers, error))
    return FALSE;

  if (length != REGISTER_SIZE)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "%s%u is set with 16 bytes, not %" G_GSIZE_FORMAT, name, number, length);
      return FALSE;
    }
  memcpy (registers + REGISTER_SIZE * number, data, length);
  return TRUE;
}

static void
append_registers (GString *string, const guint8 *registers, const char *name, guint n_registers,
                  guint size)
{
  for (guint i = 0; i < n_registers; i++)
    {
      g_string_append_printf (string, "%s%s%u=", i % 2 == 0 ? "\n" : " ", name, i);
      for (guint j = size; j > 0; j--)
        g_string_append_printf (string, "%02x", registers[REGISTER_SIZE * i + j - 1]);
    }
}

/**
 * kvm_x86_fpu_new:
 *
 * Makes a set of floating-point registers that are all zero. To change those of a vCPU, begin with
 * what [method@Kvm.Vcpu.x86_get_fpu] gets instead.
 *
 * Returns: (transfer full): the registers
 *
 * Since: 0.1
 */
KvmX86Fpu *
kvm_x86_fpu_new (void)
{
  return g_new0 (KvmX86Fpu, 1);
}

/**
 * kvm_x86_fpu_new_from_bytes:
 * @bytes: what [method@Kvm.X86Fpu.to_bytes] gave: 416 bytes
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
KvmX86Fpu *
kvm_x86_fpu_new_from_bytes (GBytes *bytes, GError **error)
{
  g_return_val_if_fail (bytes != NULL, NULL);

  return _kvm_value_from_bytes (bytes, sizeof (KvmX86Fpu), "Floating-point registers", error);
}

/**
 * kvm_x86_fpu_copy:
 * @self: a set of registers
 *
 * Copies the registers.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 0.1
 */
KvmX86Fpu *
kvm_x86_fpu_copy (const KvmX86Fpu *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * kvm_x86_fpu_free:
 * @self: (transfer full): a set of registers
 *
 * Frees the registers.
 *
 * Since: 0.1
 */
void
kvm_x86_fpu_free (KvmX86Fpu *self)
{
  g_free (self);
}

/**
 * kvm_x86_fpu_equal:
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
kvm_x86_fpu_equal (const KvmX86Fpu *self, const KvmX86Fpu *other)
{
  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  return memcmp (self, other, sizeof *self) == 0;
}

/**
 * kvm_x86_fpu_to_bytes:
 * @self: a set of registers
 *
 * Gets the registers as the kernel lays them out, little-endian, in the order of the fields.
 *
 * Returns: (transfer full): 416 bytes
 *
 * Since: 0.1
 */
GBytes *
kvm_x86_fpu_to_bytes (const KvmX86Fpu *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_bytes_new (self, sizeof *self);
}

/**
 * kvm_x86_fpu_to_string:
 * @self: a set of registers
 *
 * Writes the registers down, the control words first, then two registers a line. The wording may
 * change; it is for people, not for programs.
 *
 * Returns: (transfer full): the lines, the last without a line end
 *
 * Since: 0.1
 */
char *
kvm_x86_fpu_to_string (const KvmX86Fpu *self)
{
  GString *string;

  g_return_val_if_fail (self != NULL, NULL);

  string = g_string_new (NULL);
  g_string_append_printf (string,
                          "fcw=%04x fsw=%04x ftw=%02x mxcsr=%08x\nopcode=%04x "
                          "ip=%016" G_GINT64_MODIFIER "x dp=%016" G_GINT64_MODIFIER "x",
                          self->fcw, self->fsw, self->ftwx, self->mxcsr, self->last_opcode,
                          self->last_ip, self->last_dp);
  append_registers (string, self->fpr, "st", 8, 10);
  append_registers (string, self->xmm, "xmm", 16, 16);
  return g_string_free (string, FALSE);
}

/**
 * kvm_x86_fpu_get_fpr:
 * @self: a set of registers
 * @number: which register, 0 to 7
 * @length: (out): the length of the result: 16
 * @error: return location for an error
 *
 * Gets a register of x87, counted from the top of its stack: 10 bytes, and 6 of nothing; the last 2
 * of the 10 are sign and exponent.
 *
 * Fails with %KVM_ERROR_INVALID if there is no such register.
 *
 * Returns: (array length=length) (transfer full): the register, little-endian
 *
 * Since: 0.1
 */
guint8 *
kvm_x86_fpu_get_fpr (const KvmX86Fpu *self, guint number, gsize *length, GError **error)
{
  g_return_val_if_fail (length != NULL, NULL);
  *length = 0;
  g_return_val_if_fail (self != NULL, NULL);

  return get_register (self->fpr, "st", number, 8, length, error);
}

/**
 * kvm_x86_fpu_set_fpr:
 * @self: a set of registers
 * @number: which register, 0 to 7
 * @data: (array length=length): the register, little-endian
 * @length: the number of bytes: 16
 * @error: return location for an error
 *
 * Sets a register of x87, counted from the top of its stack: 10 bytes, and 6 of nothing; the last 2
 * of the 10 are sign and exponent.
 *
 * Fails with %KVM_ERROR_INVALID if there is no such register or there are not 16 bytes.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_x86_fpu_set_fpr (KvmX86Fpu *self, guint number, const guint8 *data, gsize length,
                     GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  return set_register (self->fpr, "st", number, 8, data, length, error);
}

/**
 * kvm_x86_fpu_get_xmm:
 * @self: a set of registers
 * @number: which register, 0 to 15
 * @length: (out): the length of the result: 16
 * @error: return location for an error
 *
 * Gets the lower 128 bits of a register of SSE.
 *
 * Fails with %KVM_ERROR_INVALID if there is no such register.
 *
 * Returns: (array length=length) (transfer full): the register, little-endian
 *
 * Since: 0.1
 */
guint8 *
kvm_x86_fpu_get_xmm (const KvmX86Fpu *self, guint number, gsize *length, GError **error)
{
  g_return_val_if_fail (length != NULL, NULL);
  *length = 0;
  g_return_val_if_fail (self != NULL, NULL);

  return get_register (self->xmm, "xmm", number, 16, length, error);
}

/**
 * kvm_x86_fpu_set_xmm:
 * @self: a set of registers
 * @number: which register, 0 to 15
 * @data: (array length=length): the register, little-endian
 * @length: the number of bytes: 16
 * @error: return location for an error
 *
 * Sets the lower 128 bits of a register of SSE.
 *
 * Fails with %KVM_ERROR_INVALID if there is no such register or there are not 16 bytes.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_x86_fpu_set_xmm (KvmX86Fpu *self, guint number, const guint8 *data, gsize length,
                     GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  return set_register (self->xmm, "xmm", number, 16, data, length, error);
}
