/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "kvm-abi-private.h"
#include "kvm-error.h"

G_DEFINE_BOXED_TYPE (KvmX86PicState, kvm_x86_pic_state, kvm_x86_pic_state_copy,
                     kvm_x86_pic_state_free)
G_DEFINE_BOXED_TYPE (KvmX86Irqchip, kvm_x86_irqchip, kvm_x86_irqchip_copy, kvm_x86_irqchip_free)

/**
 * kvm_x86_pic_state_new:
 *
 * Makes the state of a PIC that is all zero.
 *
 * Returns: (transfer full): the state
 *
 * Since: 0.1
 */
KvmX86PicState *
kvm_x86_pic_state_new (void)
{
  return g_new0 (KvmX86PicState, 1);
}

/**
 * kvm_x86_pic_state_copy:
 * @self: the state of a PIC
 *
 * Copies the state.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 0.1
 */
KvmX86PicState *
kvm_x86_pic_state_copy (const KvmX86PicState *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * kvm_x86_pic_state_free:
 * @self: (transfer full): the state of a PIC
 *
 * Frees the state.
 *
 * Since: 0.1
 */
void
kvm_x86_pic_state_free (KvmX86PicState *self)
{
  g_free (self);
}

/**
 * kvm_x86_irqchip_new_from_bytes:
 * @bytes: what [method@Kvm.X86Irqchip.to_bytes] gave: 520 bytes
 * @error: return location for an error
 *
 * Makes the state of an interrupt controller from its bytes.
 *
 * Fails with %KVM_ERROR_INVALID if there are more or fewer bytes, or they
 * are not of one of the three controllers.
 *
 * Returns: (transfer full): the state
 *
 * Since: 0.1
 */
KvmX86Irqchip *
kvm_x86_irqchip_new_from_bytes (GBytes *bytes, GError **error)
{
  KvmX86Irqchip irqchip;
  gconstpointer data;
  gsize size;

  g_return_val_if_fail (bytes != NULL, NULL);

  data = g_bytes_get_data (bytes, &size);
  if (size != sizeof irqchip)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "The state of an interrupt controller is %" G_GSIZE_FORMAT
                   " bytes, not %" G_GSIZE_FORMAT,
                   sizeof irqchip, size);
      return NULL;
    }
  memcpy (&irqchip, data, sizeof irqchip); /* which may be anywhere */
  if (irqchip.chip_id > KVM_X86_IRQCHIP_ID_IOAPIC)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID, "There is no interrupt controller %u",
                   irqchip.chip_id);
      return NULL;
    }
  return g_memdup2 (&irqchip, sizeof irqchip);
}

/**
 * kvm_x86_irqchip_copy:
 * @self: the state of an interrupt controller
 *
 * Copies the state.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 0.1
 */
KvmX86Irqchip *
kvm_x86_irqchip_copy (const KvmX86Irqchip *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * kvm_x86_irqchip_free:
 * @self: (transfer full): the state of an interrupt controller
 *
 * Frees the state.
 *
 * Since: 0.1
 */
void
kvm_x86_irqchip_free (KvmX86Irqchip *self)
{
  g_free (self);
}

/**
 * kvm_x86_irqchip_equal:
 * @self: the state of an interrupt controller
 * @other: another
 *
 * Compares the two, byte by byte.
 *
 * Returns: %TRUE if they are the same
 *
 * Since: 0.1
 */
gboolean
kvm_x86_irqchip_equal (const KvmX86Irqchip *self, const KvmX86Irqchip *other)
{
  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  return memcmp (self, other, sizeof *self) == 0;
}

/**
 * kvm_x86_irqchip_to_bytes:
 * @self: the state of an interrupt controller
 *
 * Gets the state as the kernel lays it out, little-endian.
 *
 * Returns: (transfer full): 520 bytes
 *
 * Since: 0.1
 */
GBytes *
kvm_x86_irqchip_to_bytes (const KvmX86Irqchip *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_bytes_new (self, sizeof *self);
}

/**
 * kvm_x86_irqchip_to_string:
 * @self: the state of an interrupt controller
 *
 * Writes the state down: a PIC in one line, the I/O APIC with a line for each pin. The wording may
 * change; it is for people, not for programs.
 *
 * Returns: (transfer full): the lines, the last without a line end
 *
 * Since: 0.1
 */
char *
kvm_x86_irqchip_to_string (const KvmX86Irqchip *self)
{
  static const char *const modes[]
      = { "fixed", "lowest", "SMI", "mode 3", "NMI", "INIT", "mode 6", "ExtINT" };
  GString *string;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->chip_id != KVM_X86_IRQCHIP_ID_IOAPIC)
    return g_strdup_printf ("%s PIC: irr=%02x imr=%02x isr=%02x base=%02x elcr=%02x",
                            self->chip_id == KVM_X86_IRQCHIP_ID_PIC_MASTER ? "master" : "slave",
                            self->pic.irr, self->pic.imr, self->pic.isr, self->pic.irq_base,
                            self->pic.elcr);

  string = g_string_new (NULL);
  g_string_append_printf (string, "I/O APIC: id=%02x irr=%06x at %08" G_GINT64_MODIFIER "x",
                          self->ioapic.id, self->ioapic.irr, self->ioapic.base_address);
  for (guint pin = 0; pin < KVMOBJ_IOAPIC_N_PINS; pin++)
    {
      guint64 entry = self->ioapic.redirtbl[pin];

      g_string_append_printf (string, "\npin %2u: vector=%02x %s %s to %s%02x%s%s%s", pin,
                              (guint) entry & 0xff, modes[entry >> 8 & 7],
                              entry & 1 << 15 ? "level" : "edge", entry & 1 << 11 ? "logical " : "",
                              (guint) (entry >> 56), entry & 1 << 13 ? " low" : "",
                              entry & 1 << 14 ? " irr" : "", entry & 1 << 16 ? " masked" : "");
    }
  return g_string_free (string, FALSE);
}

/**
 * kvm_x86_irqchip_get_id:
 * @self: the state of an interrupt controller
 *
 * Gets which controller this is.
 *
 * Returns: the controller
 *
 * Since: 0.1
 */
KvmX86IrqchipId
kvm_x86_irqchip_get_id (const KvmX86Irqchip *self)
{
  g_return_val_if_fail (self != NULL, KVM_X86_IRQCHIP_ID_PIC_MASTER);

  return self->chip_id;
}

static gboolean
check_is_pic (const KvmX86Irqchip *self, GError **error)
{
  if (self->chip_id != KVM_X86_IRQCHIP_ID_IOAPIC)
    return TRUE;

  g_set_error_literal (error, KVM_ERROR, KVM_ERROR_INVALID,
                       "This is the state of the I/O APIC, not of a PIC");
  return FALSE;
}

/**
 * kvm_x86_irqchip_get_pic:
 * @self: the state of a PIC
 * @pic: (out caller-allocates): its fields
 * @error: return location for an error
 *
 * Gets what the state of a PIC consists of.
 *
 * Fails with %KVM_ERROR_INVALID if it is the state of the I/O APIC.
 *
 * Returns: %TRUE on success; if not, @pic is all zero
 *
 * Since: 0.1
 */
gboolean
kvm_x86_irqchip_get_pic (const KvmX86Irqchip *self, KvmX86PicState *pic, GError **error)
{
  g_return_val_if_fail (pic != NULL, FALSE);
  *pic = (KvmX86PicState){ 0 };
  g_return_val_if_fail (self != NULL, FALSE);

  if (!check_is_pic (self, error))
    return FALSE;
  *pic = self->pic;
  return TRUE;
}

/**
 * kvm_x86_irqchip_set_pic:
 * @self: the state of a PIC
 * @pic: its fields
 * @error: return location for an error
 *
 * Changes the state of a PIC.
 *
 * Fails with %KVM_ERROR_INVALID if it is the state of the I/O APIC.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_x86_irqchip_set_pic (KvmX86Irqchip *self, const KvmX86PicState *pic, GError **error)
{
  g_return_val_if_fail (self != NULL && pic != NULL, FALSE);

  if (!check_is_pic (self, error))
    return FALSE;
  self->pic = *pic;
  return TRUE;
}

/**
 * kvm_x86_irqchip_get_ioapic_address:
 * @self: the state of the I/O APIC
 *
 * Gets where the guest finds the I/O APIC.
 *
 * Returns: a guest-physical address
 *
 * Since: 0.1
 */
guint64
kvm_x86_irqchip_get_ioapic_address (const KvmX86Irqchip *self)
{
  g_return_val_if_fail (self != NULL && self->chip_id == KVM_X86_IRQCHIP_ID_IOAPIC, 0);

  return self->ioapic.base_address;
}

/**
 * kvm_x86_irqchip_get_ioapic_register:
 * @self: the state of the I/O APIC
 *
 * Gets which register the guest has selected.
 *
 * Returns: the number of the register
 *
 * Since: 0.1
 */
guint
kvm_x86_irqchip_get_ioapic_register (const KvmX86Irqchip *self)
{
  g_return_val_if_fail (self != NULL && self->chip_id == KVM_X86_IRQCHIP_ID_IOAPIC, 0);

  return self->ioapic.ioregsel;
}

/**
 * kvm_x86_irqchip_get_ioapic_id:
 * @self: the state of the I/O APIC
 *
 * Gets the id that the guest gave the I/O APIC.
 *
 * Returns: the id
 *
 * Since: 0.1
 */
guint
kvm_x86_irqchip_get_ioapic_id (const KvmX86Irqchip *self)
{
  g_return_val_if_fail (self != NULL && self->chip_id == KVM_X86_IRQCHIP_ID_IOAPIC, 0);

  return self->ioapic.id;
}

/**
 * kvm_x86_irqchip_get_ioapic_irr:
 * @self: the state of the I/O APIC
 *
 * Gets which interrupts are requested, one bit a pin.
 *
 * Returns: the bits
 *
 * Since: 0.1
 */
guint
kvm_x86_irqchip_get_ioapic_irr (const KvmX86Irqchip *self)
{
  g_return_val_if_fail (self != NULL && self->chip_id == KVM_X86_IRQCHIP_ID_IOAPIC, 0);

  return self->ioapic.irr;
}

static gboolean
check_has_pin (const KvmX86Irqchip *self, guint pin, GError **error)
{
  if (self->chip_id != KVM_X86_IRQCHIP_ID_IOAPIC)
    {
      g_set_error_literal (error, KVM_ERROR, KVM_ERROR_INVALID,
                           "This is the state of a PIC, not of the I/O APIC");
      return FALSE;
    }
  if (pin >= KVMOBJ_IOAPIC_N_PINS)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID, "The I/O APIC has pins 0 to %d, not %u",
                   KVMOBJ_IOAPIC_N_PINS - 1, pin);
      return FALSE;
    }
  return TRUE;
}

/**
 * kvm_x86_irqchip_get_redirection:
 * @self: the state of the I/O APIC
 * @pin: a pin, below 24
 * @entry: (out): its entry in the redirection table
 * @error: return location for an error
 *
 * Gets where an interrupt of the I/O APIC goes: from the lowest bit on, 8 bits of vector, 3 of
 * delivery mode, and one each of logical destination, delivery status, active low, remote IRR,
 * level trigger and mask; the destination is in the highest 8. In JavaScript
 * [method@Kvm.X86Irqchip.to_bytes] has it exactly, at offset 32 + 8 × pin.
 *
 * Fails with %KVM_ERROR_INVALID if it is the state of a PIC, or there is no such pin.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_x86_irqchip_get_redirection (const KvmX86Irqchip *self, guint pin, guint64 *entry,
                                 GError **error)
{
  g_return_val_if_fail (entry != NULL, FALSE);
  *entry = 0;
  g_return_val_if_fail (self != NULL, FALSE);

  if (!check_has_pin (self, pin, error))
    return FALSE;
  *entry = self->ioapic.redirtbl[pin];
  return TRUE;
}

/**
 * kvm_x86_irqchip_set_redirection:
 * @self: the state of the I/O APIC
 * @pin: a pin, below 24
 * @entry: its entry in the redirection table; see [method@Kvm.X86Irqchip.get_redirection]
 * @error: return location for an error
 *
 * Changes where an interrupt of the I/O APIC goes.
 *
 * Fails with %KVM_ERROR_INVALID if it is the state of a PIC, or there is no such pin.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_x86_irqchip_set_redirection (KvmX86Irqchip *self, guint pin, guint64 entry, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (!check_has_pin (self, pin, error))
    return FALSE;
  self->ioapic.redirtbl[pin] = entry;
  return TRUE;
}
