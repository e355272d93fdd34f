/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "kvm-error.h"
#include "x86/kvm-x86-cpuid-private.h"

/* Where it gives up on a kernel that wants ever more room. */
#define MAX_FETCHED_ENTRIES 4096

G_DEFINE_BOXED_TYPE (KvmX86CpuidEntry, kvm_x86_cpuid_entry, kvm_x86_cpuid_entry_copy,
                     kvm_x86_cpuid_entry_free)
G_DEFINE_BOXED_TYPE (KvmX86Cpuid, kvm_x86_cpuid, kvm_x86_cpuid_ref, kvm_x86_cpuid_unref)

/**
 * kvm_x86_cpuid_entry_new:
 *
 * Makes an entry that is all zero.
 *
 * Returns: (transfer full): the entry
 *
 * Since: 0.1
 */
KvmX86CpuidEntry *
kvm_x86_cpuid_entry_new (void)
{
  return g_new0 (KvmX86CpuidEntry, 1);
}

/**
 * kvm_x86_cpuid_entry_copy:
 * @self: an entry
 *
 * Copies the entry.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 0.1
 */
KvmX86CpuidEntry *
kvm_x86_cpuid_entry_copy (const KvmX86CpuidEntry *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * kvm_x86_cpuid_entry_free:
 * @self: (transfer full): an entry
 *
 * Frees the entry.
 *
 * Since: 0.1
 */
void
kvm_x86_cpuid_entry_free (KvmX86CpuidEntry *self)
{
  g_free (self);
}

KvmX86Cpuid *
_kvm_x86_cpuid_alloc (guint n_entries)
{
  KvmX86Cpuid *self = g_malloc0 (sizeof *self + n_entries * sizeof (KvmX86CpuidEntry));

  g_atomic_ref_count_init (&self->ref_count);
  self->abi.nent = n_entries;
  return self;
}

KvmX86Cpuid *
_kvm_x86_cpuid_copy_entries (const KvmX86CpuidEntry *entries, guint n_entries)
{
  KvmX86Cpuid *self = _kvm_x86_cpuid_alloc (n_entries);

  if (n_entries != 0)
    memcpy (self->abi.entries, entries, n_entries * sizeof *entries);
  return self;
}

gboolean
_kvm_x86_cpuid_check_length (gsize n_entries, GError **error)
{
  if (n_entries <= KVMOBJ_MAX_CPUID_ENTRIES)
    return TRUE;

  g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
               "The kernel takes at most %d CPUID entries, not %" G_GSIZE_FORMAT,
               KVMOBJ_MAX_CPUID_ENTRIES, n_entries);
  return FALSE;
}

/* The kernel takes only a table with enough room, and does not say how much that is. So it begins
 * with as much as all kernels so far can need; what is kept is as long as it needs to be. */
KvmX86Cpuid *
_kvm_x86_cpuid_fetch (KvmHandle *handle, gulong request, const char *name, GError **error)
{
  for (guint n_entries = KVMOBJ_MAX_CPUID_ENTRIES;; n_entries *= 2)
    {
      g_autoptr (KvmX86Cpuid) large = _kvm_x86_cpuid_alloc (n_entries);
      g_autoptr (GError) local = NULL;

      if (_kvm_ioctl (handle, request, name, (gulong) &large->abi, &local) != -1)
        return _kvm_x86_cpuid_copy_entries (large->abi.entries, MIN (large->abi.nent, n_entries));
      if (local->code != KVM_ERROR_TOO_BIG || n_entries >= MAX_FETCHED_ENTRIES)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
    }
}

/**
 * kvm_x86_cpuid_new:
 * @entries: (array length=n_entries): the entries
 * @n_entries: how many there are, at most 256
 * @error: return location for an error
 *
 * Makes a table.
 *
 * Fails with %KVM_ERROR_INVALID if there are more entries than the kernel takes.
 *
 * Returns: (transfer full): the table
 *
 * Since: 0.1
 */
KvmX86Cpuid *
kvm_x86_cpuid_new (const KvmX86CpuidEntry *entries, gsize n_entries, GError **error)
{
  g_return_val_if_fail (entries != NULL || n_entries == 0, NULL);

  if (!_kvm_x86_cpuid_check_length (n_entries, error))
    return NULL;
  return _kvm_x86_cpuid_copy_entries (entries, n_entries);
}

/**
 * kvm_x86_cpuid_ref:
 * @self: a table
 *
 * Adds a reference.
 *
 * Returns: (transfer full): the table
 *
 * Since: 0.1
 */
KvmX86Cpuid *
kvm_x86_cpuid_ref (KvmX86Cpuid *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * kvm_x86_cpuid_unref:
 * @self: (transfer full): a table
 *
 * Drops a reference; the last one frees the table.
 *
 * Since: 0.1
 */
void
kvm_x86_cpuid_unref (KvmX86Cpuid *self)
{
  g_return_if_fail (self != NULL);

  if (g_atomic_ref_count_dec (&self->ref_count))
    g_free (self);
}

/**
 * kvm_x86_cpuid_get_n_entries:
 * @self: a table
 *
 * Gets how many entries there are.
 *
 * Returns: the number of entries
 *
 * Since: 0.1
 */
guint
kvm_x86_cpuid_get_n_entries (KvmX86Cpuid *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->abi.nent;
}

/**
 * kvm_x86_cpuid_get_entry:
 * @self: a table
 * @position: which entry, from 0
 * @entry: (out caller-allocates): the entry
 *
 * Gets one entry.
 *
 * Returns: %TRUE if there is such an entry; if not, @entry is all zero
 *
 * Since: 0.1
 */
gboolean
kvm_x86_cpuid_get_entry (KvmX86Cpuid *self, guint position, KvmX86CpuidEntry *entry)
{
  g_return_val_if_fail (entry != NULL, FALSE);
  *entry = (KvmX86CpuidEntry){ 0 };
  g_return_val_if_fail (self != NULL, FALSE);

  if (position >= self->abi.nent)
    return FALSE;
  *entry = self->abi.entries[position];
  return TRUE;
}

/**
 * kvm_x86_cpuid_find:
 * @self: a table
 * @function: the leaf, what a guest has in EAX
 * @index: the subleaf, what a guest has in ECX; it does not matter for a leaf without subleaves
 * @entry: (out caller-allocates): the entry
 *
 * Finds what the CPUID instruction would say to a guest with this table.
 *
 * Returns: %TRUE if there is such an entry; if not, @entry is all zero
 *
 * Since: 0.1
 */
gboolean
kvm_x86_cpuid_find (KvmX86Cpuid *self, guint32 function, guint32 index, KvmX86CpuidEntry *entry)
{
  g_return_val_if_fail (entry != NULL, FALSE);
  *entry = (KvmX86CpuidEntry){ 0 };
  g_return_val_if_fail (self != NULL, FALSE);

  for (guint i = 0; i < self->abi.nent; i++)
    {
      const KvmX86CpuidEntry *candidate = &self->abi.entries[i];

      if (candidate->function == function
          && (candidate->index == index
              || !(candidate->flags & KVM_X86_CPUID_FLAGS_SIGNIFICANT_INDEX)))
        {
          *entry = *candidate;
          return TRUE;
        }
    }
  return FALSE;
}
