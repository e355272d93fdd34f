/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "kvm-error.h"
#include "x86/kvm-x86-msrs-private.h"

G_DEFINE_BOXED_TYPE (KvmX86Msrs, kvm_x86_msrs, kvm_x86_msrs_copy, kvm_x86_msrs_free)

static const KvmAbiMsrEntry *
get_entry (const KvmX86Msrs *self, guint position)
{
  return &g_array_index (self->entries, KvmAbiMsrEntry, position);
}

/**
 * kvm_x86_msrs_new:
 *
 * Makes a list without registers.
 *
 * Returns: (transfer full): the list
 *
 * Since: 0.1
 */
KvmX86Msrs *
kvm_x86_msrs_new (void)
{
  KvmX86Msrs *self = g_new0 (KvmX86Msrs, 1);

  self->entries = g_array_new (FALSE, FALSE, sizeof (KvmAbiMsrEntry));
  self->positions = g_hash_table_new (NULL, NULL);
  return self;
}

/**
 * kvm_x86_msrs_new_from_bytes:
 * @bytes: what [method@Kvm.X86Msrs.to_bytes] gave: 16 bytes for each register
 * @error: return location for an error
 *
 * Makes a list from its bytes.
 *
 * Fails with %KVM_ERROR_INVALID if there is part of a register, a register twice, or more than
 * 65536.
 *
 * Returns: (transfer full): the list
 *
 * Since: 0.1
 */
KvmX86Msrs *
kvm_x86_msrs_new_from_bytes (GBytes *bytes, GError **error)
{
  g_autoptr (KvmX86Msrs) self = NULL;
  const guint8 *data;
  gsize size;

  g_return_val_if_fail (bytes != NULL, NULL);

  data = g_bytes_get_data (bytes, &size);
  if (size % sizeof (KvmAbiMsrEntry) != 0 || size / sizeof (KvmAbiMsrEntry) > KVMOBJ_MAX_MSRS)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "MSRs are %" G_GSIZE_FORMAT " bytes each and at most %d; %" G_GSIZE_FORMAT
                   " bytes are not",
                   sizeof (KvmAbiMsrEntry), KVMOBJ_MAX_MSRS, size);
      return NULL;
    }

  self = kvm_x86_msrs_new ();
  for (gsize at = 0; at < size; at += sizeof (KvmAbiMsrEntry))
    {
      KvmAbiMsrEntry entry;

      memcpy (&entry, data + at, sizeof entry);
      kvm_x86_msrs_set (self, entry.index, entry.data);
      if (self->entries->len != at / sizeof entry + 1)
        {
          g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                       "MSR 0x%08x is there twice, at last as entry %" G_GSIZE_FORMAT, entry.index,
                       at / sizeof entry + 1);
          return NULL;
        }
    }
  return g_steal_pointer (&self);
}

/**
 * kvm_x86_msrs_copy:
 * @self: a list of registers
 *
 * Copies the list.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 0.1
 */
KvmX86Msrs *
kvm_x86_msrs_copy (const KvmX86Msrs *self)
{
  KvmX86Msrs *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = kvm_x86_msrs_new ();
  for (guint i = 0; i < self->entries->len; i++)
    kvm_x86_msrs_set (copy, get_entry (self, i)->index, get_entry (self, i)->data);
  return copy;
}

/**
 * kvm_x86_msrs_free:
 * @self: (transfer full): a list of registers
 *
 * Frees the list.
 *
 * Since: 0.1
 */
void
kvm_x86_msrs_free (KvmX86Msrs *self)
{
  g_return_if_fail (self != NULL);

  g_array_unref (self->entries);
  g_hash_table_unref (self->positions);
  g_free (self);
}

/**
 * kvm_x86_msrs_set:
 * @self: a list of registers
 * @index: the number of the MSR
 * @value: its value
 *
 * Gives a register of the list another value; if it is not there, puts it at the end.
 *
 * Since: 0.1
 */
void
kvm_x86_msrs_set (KvmX86Msrs *self, guint32 index, guint64 value)
{
  const KvmAbiMsrEntry entry = { .index = index, .data = value };
  gpointer position;

  g_return_if_fail (self != NULL);

  if (g_hash_table_lookup_extended (self->positions, GUINT_TO_POINTER (index), NULL, &position))
    {
      g_array_index (self->entries, KvmAbiMsrEntry, GPOINTER_TO_UINT (position)) = entry;
      return;
    }
  g_hash_table_insert (self->positions, GUINT_TO_POINTER (index),
                       GUINT_TO_POINTER (self->entries->len));
  g_array_append_val (self->entries, entry);
}

/**
 * kvm_x86_msrs_lookup:
 * @self: a list of registers
 * @index: the number of an MSR
 * @value: (out): its value; 0 if it is not there
 *
 * Looks a register up.
 *
 * Returns: whether it is in the list
 *
 * Since: 0.1
 */
gboolean
kvm_x86_msrs_lookup (const KvmX86Msrs *self, guint32 index, guint64 *value)
{
  gpointer position;

  g_return_val_if_fail (value != NULL, FALSE);
  *value = 0;
  g_return_val_if_fail (self != NULL, FALSE);

  if (!g_hash_table_lookup_extended (self->positions, GUINT_TO_POINTER (index), NULL, &position))
    return FALSE;
  *value = get_entry (self, GPOINTER_TO_UINT (position))->data;
  return TRUE;
}

/**
 * kvm_x86_msrs_get_n_entries:
 * @self: a list of registers
 *
 * Gets how many registers there are.
 *
 * Returns: their number
 *
 * Since: 0.1
 */
guint
kvm_x86_msrs_get_n_entries (const KvmX86Msrs *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->entries->len;
}

/**
 * kvm_x86_msrs_get_entry:
 * @self: a list of registers
 * @position: which of them, from 0
 * @index: (out): the number of the MSR
 * @value: (out): its value
 *
 * Gets one register.
 *
 * Returns: whether there is one at this position; if not, @index and @value are 0
 *
 * Since: 0.1
 */
gboolean
kvm_x86_msrs_get_entry (const KvmX86Msrs *self, guint position, guint32 *index, guint64 *value)
{
  g_return_val_if_fail (index != NULL && value != NULL, FALSE);
  *index = 0;
  *value = 0;
  g_return_val_if_fail (self != NULL, FALSE);

  if (position >= self->entries->len)
    return FALSE;
  *index = get_entry (self, position)->index;
  *value = get_entry (self, position)->data;
  return TRUE;
}

/**
 * kvm_x86_msrs_equal:
 * @self: a list of registers
 * @other: another one
 *
 * Compares two lists.
 *
 * Returns: whether they have the same registers with the same values, in the same order
 *
 * Since: 0.1
 */
gboolean
kvm_x86_msrs_equal (const KvmX86Msrs *self, const KvmX86Msrs *other)
{
  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  if (self->entries->len != other->entries->len)
    return FALSE;
  for (guint i = 0; i < self->entries->len; i++)
    if (get_entry (self, i)->index != get_entry (other, i)->index
        || get_entry (self, i)->data != get_entry (other, i)->data)
      return FALSE;
  return TRUE;
}

/**
 * kvm_x86_msrs_to_bytes:
 * @self: a list of registers
 *
 * Gets the registers as the kernel lays them out: 16 bytes each, little-endian: 4 for the number of
 * the MSR, 4 that are 0, and 8 for the value.
 *
 * ```js
 * const view = new DataView(msrs.to_bytes().toArray().slice().buffer);
 * const value = view.getBigUint64(16 * position + 8, true);
 * ```
 *
 * Returns: (transfer full): the bytes
 *
 * Since: 0.1
 */
GBytes *
kvm_x86_msrs_to_bytes (const KvmX86Msrs *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_bytes_new (self->entries->data, self->entries->len * sizeof (KvmAbiMsrEntry));
}

/**
 * kvm_x86_msrs_to_string:
 * @self: a list of registers
 *
 * Writes the registers down, a line for each. The wording may change; it is for people, not for
 * programs.
 *
 * Returns: (transfer full): the lines, each with a line end
 *
 * Since: 0.1
 */
char *
kvm_x86_msrs_to_string (const KvmX86Msrs *self)
{
  GString *string;

  g_return_val_if_fail (self != NULL, NULL);

  string = g_string_new (NULL);
  for (guint i = 0; i < self->entries->len; i++)
    g_string_append_printf (string, "0x%08x=%016" G_GINT64_MODIFIER "x\n",
                            get_entry (self, i)->index, get_entry (self, i)->data);
  return g_string_free (string, FALSE);
}
