/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "kvm-abi-private.h"
#include "kvm-error.h"
#include "kvm-value-private.h"

G_DEFINE_BOXED_TYPE (KvmX86Lapic, kvm_x86_lapic, kvm_x86_lapic_copy, kvm_x86_lapic_free)

/**
 * kvm_x86_lapic_new_from_bytes:
 * @bytes: what [method@Kvm.X86Lapic.to_bytes] gave: 1024 bytes
 * @error: return location for an error
 *
 * Makes the registers of a local APIC from their bytes.
 *
 * Fails with %KVM_ERROR_INVALID if there are more or fewer bytes.
 *
 * Returns: (transfer full): the registers
 *
 * Since: 0.1
 */
KvmX86Lapic *
kvm_x86_lapic_new_from_bytes (GBytes *bytes, GError **error)
{
  g_return_val_if_fail (bytes != NULL, NULL);

  return _kvm_value_from_bytes (bytes, sizeof (KvmX86Lapic), "The registers of a local APIC",
                                error);
}

/**
 * kvm_x86_lapic_copy:
 * @self: the registers of a local APIC
 *
 * Copies the registers.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 0.1
 */
KvmX86Lapic *
kvm_x86_lapic_copy (const KvmX86Lapic *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * kvm_x86_lapic_free:
 * @self: (transfer full): the registers of a local APIC
 *
 * Frees the registers.
 *
 * Since: 0.1
 */
void
kvm_x86_lapic_free (KvmX86Lapic *self)
{
  g_free (self);
}

/**
 * kvm_x86_lapic_equal:
 * @self: the registers of a local APIC
 * @other: another
 *
 * Compares the two, byte by byte.
 *
 * Returns: %TRUE if they are the same
 *
 * Since: 0.1
 */
gboolean
kvm_x86_lapic_equal (const KvmX86Lapic *self, const KvmX86Lapic *other)
{
  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  return memcmp (self, other, sizeof *self) == 0;
}

/**
 * kvm_x86_lapic_to_bytes:
 * @self: the registers of a local APIC
 *
 * Gets the registers as the kernel lays them out, little-endian.
 *
 * Returns: (transfer full): 1024 bytes
 *
 * Since: 0.1
 */
GBytes *
kvm_x86_lapic_to_bytes (const KvmX86Lapic *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_bytes_new (self, sizeof *self);
}

static guint32
load (const KvmX86Lapic *self, guint offset)
{
  guint32 value;

  memcpy (&value, self->regs + offset, sizeof value);
  return value;
}

/* 256 bits in eight registers, the lowest first, as the numbers of those that are set. */
static void
append_vectors (GString *string, const char *name, const KvmX86Lapic *self, guint offset)
{
  g_string_append_printf (string, " %s=[", name);
  for (guint vector = 0; vector < 256; vector++)
    if (load (self, offset + vector / 32 * 16) >> vector % 32 & 1)
      g_string_append_printf (string, "%s%02x", string->str[string->len - 1] == '[' ? "" : " ",
                              vector);
  g_string_append_c (string, ']');
}

/**
 * kvm_x86_lapic_to_string:
 * @self: the registers of a local APIC
 *
 * Writes the most used registers down, and the vectors that are in service and requested. The
 * wording may change; it is for people, not for programs.
 *
 * Returns: (transfer full): the lines, the last without a line end
 *
 * Since: 0.1
 */
char *
kvm_x86_lapic_to_string (const KvmX86Lapic *self)
{
  static const struct
  {
    const char *name;
    guint offset;
  } registers[] = {
    { "id", 0x20 },         { " version", 0x30 },  { " tpr", 0x80 },     { " ppr", 0xa0 },
    { " ldr", 0xd0 },       { " dfr", 0xe0 },      { " svr", 0xf0 },     { "\nesr", 0x280 },
    { " icr", 0x300 },      { " icr2", 0x310 },    { " timer", 0x320 },  { " thermal", 0x330 },
    { " perf", 0x340 },     { " lint0", 0x350 },   { " lint1", 0x360 },  { " error", 0x370 },
    { "\ninitial", 0x380 }, { " current", 0x390 }, { " divide", 0x3e0 },
  };
  GString *string;

  g_return_val_if_fail (self != NULL, NULL);

  string = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (registers); i++)
    g_string_append_printf (string, "%s=%08x", registers[i].name, load (self, registers[i].offset));
  append_vectors (string, "isr", self, 0x100);
  append_vectors (string, "irr", self, 0x200);
  return g_string_free (string, FALSE);
}

static gboolean
check_has_register (const KvmX86Lapic *self, guint offset, GError **error)
{
  if (offset < sizeof self->regs && offset % 16 == 0)
    return TRUE;

  g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
               "A local APIC has registers at the multiples of 0x10 up to 0x%x, not at 0x%x",
               (guint) sizeof self->regs - 16, offset);
  return FALSE;
}

/**
 * kvm_x86_lapic_get_register:
 * @self: the registers of a local APIC
 * @offset: a multiple of 16 below 1024
 * @value: (out): the register
 * @error: return location for an error
 *
 * Gets one register.
 *
 * Fails with %KVM_ERROR_INVALID if there can be no register.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_x86_lapic_get_register (const KvmX86Lapic *self, guint offset, guint32 *value, GError **error)
{
  g_return_val_if_fail (value != NULL, FALSE);
  *value = 0;
  g_return_val_if_fail (self != NULL, FALSE);

  if (!check_has_register (self, offset, error))
    return FALSE;
  *value = load (self, offset);
  return TRUE;
}

/**
 * kvm_x86_lapic_set_register:
 * @self: the registers of a local APIC
 * @offset: a multiple of 16 below 1024
 * @value: the register
 * @error: return location for an error
 *
 * Changes one register.
 *
 * Fails with %KVM_ERROR_INVALID if there can be no register.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_x86_lapic_set_register (KvmX86Lapic *self, guint offset, guint32 value, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (!check_has_register (self, offset, error))
    return FALSE;
  memcpy (self->regs + offset, &value, sizeof value);
  return TRUE;
}
