/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "kvm-error.h"
#include "kvm-abi-private.h"
#include "x86/kvm-x86-xsave.h"

#define OFFSET_FCW 0
#define OFFSET_FSW 2
#define OFFSET_MXCSR 24

/* An extended state is nothing but its bytes, and has no struct of its own. */
#define BYTES(self) ((GBytes *) (self))

G_DEFINE_BOXED_TYPE (KvmX86Xsave, kvm_x86_xsave, kvm_x86_xsave_ref, kvm_x86_xsave_unref)

/**
 * kvm_x86_xsave_new_from_bytes:
 * @bytes: what [method@Kvm.X86Xsave.to_bytes] gave, or the like: at least 4096 bytes
 * @error: return location for an error
 *
 * Makes an extended state from its bytes, which are kept as they are.
 *
 * Fails with %KVM_ERROR_INVALID if there are fewer than 4096 bytes.
 *
 * Returns: (transfer full): the state
 *
 * Since: 0.1
 */
KvmX86Xsave *
kvm_x86_xsave_new_from_bytes (GBytes *bytes, GError **error)
{

  g_return_val_if_fail (bytes != NULL, NULL);

  if (g_bytes_get_size (bytes) < KVMOBJ_XSAVE_SIZE)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "An extended state is at least %d bytes, not %" G_GSIZE_FORMAT,
                   KVMOBJ_XSAVE_SIZE, g_bytes_get_size (bytes));
      return NULL;
    }

  return (KvmX86Xsave *) g_bytes_ref (bytes);
}

/**
 * kvm_x86_xsave_ref:
 * @self: an extended state
 *
 * Adds a reference.
 *
 * Returns: (transfer full): the state
 *
 * Since: 0.1
 */
KvmX86Xsave *
kvm_x86_xsave_ref (KvmX86Xsave *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (KvmX86Xsave *) g_bytes_ref (BYTES (self));
}

/**
 * kvm_x86_xsave_unref:
 * @self: (transfer full): an extended state
 *
 * Drops a reference; the last one frees the state.
 *
 * Since: 0.1
 */
void
kvm_x86_xsave_unref (KvmX86Xsave *self)
{
  g_return_if_fail (self != NULL);

  g_bytes_unref (BYTES (self));
}

/**
 * kvm_x86_xsave_equal:
 * @self: an extended state
 * @other: another
 *
 * Compares two of them, byte by byte.
 *
 * Returns: %TRUE if they are the same
 *
 * Since: 0.1
 */
gboolean
kvm_x86_xsave_equal (KvmX86Xsave *self, KvmX86Xsave *other)
{
  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  return g_bytes_equal (BYTES (self), BYTES (other));
}

/**
 * kvm_x86_xsave_to_bytes:
 * @self: an extended state
 *
 * Gets the state as the kernel lays it out.
 *
 * Returns: (transfer full): the bytes
 *
 * Since: 0.1
 */
GBytes *
kvm_x86_xsave_to_bytes (KvmX86Xsave *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_bytes_ref (BYTES (self));
}

/**
 * kvm_x86_xsave_to_string:
 * @self: an extended state
 *
 * Writes down what is at the beginning. The wording may change; it is for people, not for programs.
 *
 * Returns: (transfer full): the line, without a line end
 *
 * Since: 0.1
 */
char *
kvm_x86_xsave_to_string (KvmX86Xsave *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_strdup_printf (
      "fcw=%04x fsw=%04x mxcsr=%08x xstate_bv=%016" G_GINT64_MODIFIER "x size=%" G_GSIZE_FORMAT,
      kvm_x86_xsave_get_fcw (self), kvm_x86_xsave_get_fsw (self), kvm_x86_xsave_get_mxcsr (self),
      kvm_x86_xsave_get_xstate_bv (self), kvm_x86_xsave_get_size (self));
}

static guint64
read_number (KvmX86Xsave *self, gsize offset, gsize size)
{
  const guint8 *data = g_bytes_get_data (BYTES (self), NULL);
  guint64 value = 0;

  memcpy (&value, data + offset, size);
  return GUINT64_FROM_LE (value);
}

/**
 * kvm_x86_xsave_get_size:
 * @self: an extended state
 *
 * Gets how long the state is.
 *
 * Returns: the number of bytes, at least 4096
 *
 * Since: 0.1
 */
gsize
kvm_x86_xsave_get_size (KvmX86Xsave *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return g_bytes_get_size (BYTES (self));
}

/**
 * kvm_x86_xsave_get_fcw:
 * @self: an extended state
 *
 * Gets the control word of the x87.
 *
 * Returns: the control word
 *
 * Since: 0.1
 */
guint16
kvm_x86_xsave_get_fcw (KvmX86Xsave *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return read_number (self, OFFSET_FCW, 2);
}

/**
 * kvm_x86_xsave_get_fsw:
 * @self: an extended state
 *
 * Gets the status word of the x87.
 *
 * Returns: the status word
 *
 * Since: 0.1
 */
guint16
kvm_x86_xsave_get_fsw (KvmX86Xsave *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return read_number (self, OFFSET_FSW, 2);
}

/**
 * kvm_x86_xsave_get_mxcsr:
 * @self: an extended state
 *
 * Gets control and status of SSE.
 *
 * Returns: the register MXCSR
 *
 * Since: 0.1
 */
guint32
kvm_x86_xsave_get_mxcsr (KvmX86Xsave *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return read_number (self, OFFSET_MXCSR, 4);
}

/**
 * kvm_x86_xsave_get_xstate_bv:
 * @self: an extended state
 *
 * Gets which components are not as they are after a reset.
 *
 * Returns: one bit a component
 *
 * Since: 0.1
 */
guint64
kvm_x86_xsave_get_xstate_bv (KvmX86Xsave *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return read_number (self, KVMOBJ_XSAVE_OFFSET_XSTATE_BV, 8);
}

/**
 * kvm_x86_xsave_get_component:
 * @self: an extended state
 * @cpuid: what the host has, as [method@Kvm.System.x86_get_supported_cpuid] gets it: its leaf 0xd
 *   says where the components are
 * @number: which component, from 2 on: 2 is the upper halves of the registers YMM, 16 bytes each
 * @error: return location for an error
 *
 * Gets a component of the state. Components 0 and 1, x87 and SSE, are the first 512 bytes, which
 * [struct@Kvm.X86Fpu] has by name.
 *
 * Fails with %KVM_ERROR_INVALID if the number is 0 or 1, and with %KVM_ERROR_NOT_FOUND if there is
 * no such component.
 *
 * Returns: (transfer full): the component
 *
 * Since: 0.1
 */
GBytes *
kvm_x86_xsave_get_component (KvmX86Xsave *self, KvmX86Cpuid *cpuid, guint number, GError **error)
{
  KvmX86CpuidEntry entry;

  g_return_val_if_fail (self != NULL && cpuid != NULL, NULL);

  if (number < 2)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "Component %u is in the first 512 bytes; components begin with 2", number);
      return NULL;
    }

  /* EAX is how long it is, EBX where it begins. */
  if (number > 62 || !kvm_x86_cpuid_find (cpuid, 0xd, number, &entry) || entry.eax == 0
      || (guint64) entry.ebx + entry.eax > g_bytes_get_size (BYTES (self)))
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_NOT_FOUND,
                   "There is no component %u in an extended state of %" G_GSIZE_FORMAT
                   " bytes with this CPUID",
                   number, g_bytes_get_size (BYTES (self)));
      return NULL;
    }
  return g_bytes_new_from_bytes (BYTES (self), entry.ebx, entry.eax);
}
