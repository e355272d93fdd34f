/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Tables made from other tables, and from and to bytes. */

#include "config.h"

#include <string.h>

#include "kvm-error.h"
#include "x86/kvm-x86-cpuid-private.h"

/* Whether both can be the answer to the same question. */
static gboolean
is_in_the_way (const KvmX86CpuidEntry *old, const KvmX86CpuidEntry *entry)
{
  return old->function == entry->function
         && (old->index == entry->index || !(old->flags & KVM_X86_CPUID_FLAGS_SIGNIFICANT_INDEX)
             || !(entry->flags & KVM_X86_CPUID_FLAGS_SIGNIFICANT_INDEX));
}

/**
 * kvm_x86_cpuid_with_entry:
 * @self: a table
 * @entry: the entry that it is to have
 * @error: return location for an error
 *
 * Makes a table that has the entry. It takes the place of those for the same leaf and subleaf; if
 * its flags do not have %KVM_X86_CPUID_FLAGS_SIGNIFICANT_INDEX, of all that are for the leaf.
 * Without any it is put at the end.
 *
 * Fails with %KVM_ERROR_INVALID if that were more entries than the kernel takes.
 *
 * Returns: (transfer full): the new table
 *
 * Since: 0.1
 */
KvmX86Cpuid *
kvm_x86_cpuid_with_entry (KvmX86Cpuid *self, const KvmX86CpuidEntry *entry, GError **error)
{
  g_autoptr (KvmX86Cpuid) result = NULL;
  gboolean is_placed = FALSE;
  guint n = 0;

  g_return_val_if_fail (self != NULL && entry != NULL, NULL);

  result = _kvm_x86_cpuid_alloc (self->abi.nent + 1);
  for (guint i = 0; i < self->abi.nent; i++)
    {
      const KvmX86CpuidEntry *old = &self->abi.entries[i];

      if (!is_in_the_way (old, entry))
        result->abi.entries[n++] = *old;
      else if (!is_placed)
        {
          result->abi.entries[n++] = *entry;
          is_placed = TRUE;
        }
    }
  if (!is_placed)
    result->abi.entries[n++] = *entry;

  if (!_kvm_x86_cpuid_check_length (n, error))
    return NULL;
  result->abi.nent = n;
  return g_steal_pointer (&result);
}

/**
 * kvm_x86_cpuid_without:
 * @self: a table
 * @function: the leaf that it is not to have
 *
 * Makes a table without a leaf, with all its subleaves. The guest may then get another one:
 * processors of Intel's answer a leaf above the last one as if it were the last.
 *
 * Returns: (transfer full): the new table
 *
 * Since: 0.1
 */
KvmX86Cpuid *
kvm_x86_cpuid_without (KvmX86Cpuid *self, guint32 function)
{
  KvmX86Cpuid *result;
  guint n = 0;

  g_return_val_if_fail (self != NULL, NULL);

  result = _kvm_x86_cpuid_alloc (self->abi.nent);
  for (guint i = 0; i < self->abi.nent; i++)
    if (self->abi.entries[i].function != function)
      result->abi.entries[n++] = self->abi.entries[i];
  result->abi.nent = n;
  return result;
}

/**
 * kvm_x86_cpuid_filter:
 * @self: a table
 * @func: (scope call) (closure user_data): which entries the new table has
 * @user_data: what @func gets, too
 *
 * Makes a table of those entries for which the function returns %TRUE. It is called for one after
 * the other.
 *
 * Returns: (transfer full): the new table
 *
 * Since: 0.1
 */
KvmX86Cpuid *
kvm_x86_cpuid_filter (KvmX86Cpuid *self, KvmX86CpuidFilterFunc func, gpointer user_data)
{
  g_autoptr (KvmX86Cpuid) kept = NULL; /* the caller may drop its own meanwhile */
  KvmX86Cpuid *result;
  guint n = 0;

  g_return_val_if_fail (self != NULL && func != NULL, NULL);

  kept = kvm_x86_cpuid_ref (self);
  result = _kvm_x86_cpuid_alloc (self->abi.nent);
  for (guint i = 0; i < self->abi.nent; i++)
    {
      KvmX86CpuidEntry entry = self->abi.entries[i];

      if (func (&entry, user_data))
        result->abi.entries[n++] = self->abi.entries[i];
    }
  result->abi.nent = n;
  return result;
}

/**
 * kvm_x86_cpuid_equal:
 * @self: a table
 * @other: another one
 *
 * Compares two tables.
 *
 * Returns: whether they have the same entries in the same order
 *
 * Since: 0.1
 */
gboolean
kvm_x86_cpuid_equal (KvmX86Cpuid *self, KvmX86Cpuid *other)
{
  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  return self->abi.nent == other->abi.nent
         && memcmp (self->abi.entries, other->abi.entries,
                    self->abi.nent * sizeof (KvmX86CpuidEntry))
                == 0;
}

/**
 * kvm_x86_cpuid_to_bytes:
 * @self: a table
 *
 * Gets the entries as the kernel lays them out: 40 bytes each, little-endian, in the order of the
 * fields of [struct@Kvm.X86CpuidEntry].
 *
 * Returns: (transfer full): the bytes
 *
 * Since: 0.1
 */
GBytes *
kvm_x86_cpuid_to_bytes (KvmX86Cpuid *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_bytes_new (self->abi.entries, self->abi.nent * sizeof (KvmX86CpuidEntry));
}

/**
 * kvm_x86_cpuid_new_from_bytes:
 * @bytes: what [method@Kvm.X86Cpuid.to_bytes] gave: 40 bytes for each entry
 * @error: return location for an error
 *
 * Makes a table from its bytes.
 *
 * Fails with %KVM_ERROR_INVALID if there is part of an entry, or more entries than the kernel
 * takes.
 *
 * Returns: (transfer full): the table
 *
 * Since: 0.1
 */
KvmX86Cpuid *
kvm_x86_cpuid_new_from_bytes (GBytes *bytes, GError **error)
{
  KvmX86Cpuid *self;
  gconstpointer data;
  gsize size;

  g_return_val_if_fail (bytes != NULL, NULL);

  data = g_bytes_get_data (bytes, &size);
  if (size % sizeof (KvmX86CpuidEntry) != 0)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "A CPUID entry is %" G_GSIZE_FORMAT " bytes; %" G_GSIZE_FORMAT
                   " bytes are no whole number of them",
                   sizeof (KvmX86CpuidEntry), size);
      return NULL;
    }
  if (!_kvm_x86_cpuid_check_length (size / sizeof (KvmX86CpuidEntry), error))
    return NULL;

  self = _kvm_x86_cpuid_alloc (size / sizeof (KvmX86CpuidEntry));
  if (size != 0)
    memcpy (self->abi.entries, data, size);
  return self;
}

/**
 * kvm_x86_cpuid_to_string:
 * @self: a table
 *
 * Writes the table down, a line for each entry. The wording may change; it is for people, not for
 * programs.
 *
 * Returns: (transfer full): the lines, each with a line end
 *
 * Since: 0.1
 */
char *
kvm_x86_cpuid_to_string (KvmX86Cpuid *self)
{
  GString *string;

  g_return_val_if_fail (self != NULL, NULL);

  string = g_string_new (NULL);
  for (guint i = 0; i < self->abi.nent; i++)
    {
      const KvmX86CpuidEntry *entry = &self->abi.entries[i];

      g_string_append_printf (string, "0x%08x", entry->function);
      if (entry->flags & KVM_X86_CPUID_FLAGS_SIGNIFICANT_INDEX)
        g_string_append_printf (string, " 0x%02x", entry->index);
      g_string_append_printf (string, ": eax=%08x ebx=%08x ecx=%08x edx=%08x\n", entry->eax,
                              entry->ebx, entry->ecx, entry->edx);
    }
  return g_string_free (string, FALSE);
}
