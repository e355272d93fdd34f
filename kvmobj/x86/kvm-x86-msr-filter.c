/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "kvm-error.h"
#include "x86/kvm-x86-msr-filter-private.h"

G_DEFINE_BOXED_TYPE (KvmX86MsrFilter, kvm_x86_msr_filter, kvm_x86_msr_filter_copy,
                     kvm_x86_msr_filter_free)

/* The kernel reads whole words. */
static gsize
bitmap_size (guint n_msrs)
{
  return (n_msrs + 63) / 64 * sizeof (guint64);
}

static gpointer
get_bitmap (const KvmAbiMsrFilterRange *range)
{
  return (gpointer) (gulong) range->bitmap;
}

/**
 * kvm_x86_msr_filter_new:
 * @flags: what is to be done about the MSRs that no range names
 *
 * Makes a filter without ranges.
 *
 * Returns: (transfer full): the filter
 *
 * Since: 0.1
 */
KvmX86MsrFilter *
kvm_x86_msr_filter_new (KvmX86MsrFilterFlags flags)
{
  KvmX86MsrFilter *self = g_new0 (KvmX86MsrFilter, 1);

  self->abi.flags = flags;
  return self;
}

/**
 * kvm_x86_msr_filter_copy:
 * @self: a filter
 *
 * Copies the filter.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 0.1
 */
KvmX86MsrFilter *
kvm_x86_msr_filter_copy (const KvmX86MsrFilter *self)
{
  KvmX86MsrFilter *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_memdup2 (self, sizeof *self);
  for (guint i = 0; i < copy->n_ranges; i++)
    {
      KvmAbiMsrFilterRange *range = &copy->abi.ranges[i];

      range->bitmap = (gulong) g_memdup2 (get_bitmap (range), bitmap_size (range->nmsrs));
    }
  return copy;
}

/**
 * kvm_x86_msr_filter_free:
 * @self: (transfer full): a filter
 *
 * Frees the filter.
 *
 * Since: 0.1
 */
void
kvm_x86_msr_filter_free (KvmX86MsrFilter *self)
{
  g_return_if_fail (self != NULL);

  for (guint i = 0; i < self->n_ranges; i++)
    g_free (get_bitmap (&self->abi.ranges[i]));
  g_free (self);
}

static void set_error (const KvmX86MsrFilter *self, guint32 first, guint n_msrs, GError **error,
                       const char *format, ...) G_GNUC_PRINTF (5, 6);

static void
set_error (const KvmX86MsrFilter *self, guint32 first, guint n_msrs, GError **error,
           const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);

  g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
               "Range %u of the MSR filter, %u from 0x%08x on: %s", self->n_ranges + 1, n_msrs,
               first, what);
}

/* A range with every bit 0, or NULL with an error. */
static KvmAbiMsrFilterRange *
add_range (KvmX86MsrFilter *self, guint accesses, guint32 first, guint n_msrs, GError **error)
{
  KvmAbiMsrFilterRange *range;

  if (self->n_ranges == KVMOBJ_MSR_FILTER_RANGES)
    set_error (self, first, n_msrs, error, "there are no more than %d", KVMOBJ_MSR_FILTER_RANGES);
  else if (accesses == 0
           || (accesses & ~(KVM_X86_MSR_ACCESSES_READ | KVM_X86_MSR_ACCESSES_WRITE)) != 0)
    set_error (self, first, n_msrs, error, "0x%x is neither reads, writes nor both", accesses);
  else if (n_msrs == 0 || n_msrs > KVMOBJ_MSR_FILTER_MSRS)
    set_error (self, first, n_msrs, error, "a range has 1 to %d MSRs; use several for more",
               KVMOBJ_MSR_FILTER_MSRS);
  else if (n_msrs - 1 > G_MAXUINT32 - first)
    set_error (self, first, n_msrs, error, "it goes beyond the last MSR, 0xffffffff");
  else
    {
      range = &self->abi.ranges[self->n_ranges++];
      range->flags = accesses;
      range->nmsrs = n_msrs;
      range->base = first;
      range->bitmap = (gulong) g_malloc0 (bitmap_size (n_msrs));
      return range;
    }
  return NULL;
}

/**
 * kvm_x86_msr_filter_allow:
 * @self: a filter
 * @accesses: what is allowed
 * @first: the number of the first MSR
 * @n_msrs: how many there are, at most 12288
 * @error: return location for an error
 *
 * Adds a range of MSRs that the guest may access.
 *
 * Fails with %KVM_ERROR_INVALID if this is no range or there are 16 already.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_x86_msr_filter_allow (KvmX86MsrFilter *self, KvmX86MsrAccesses accesses, guint32 first,
                          guint n_msrs, GError **error)
{
  KvmAbiMsrFilterRange *range;

  g_return_val_if_fail (self != NULL, FALSE);

  range = add_range (self, accesses, first, n_msrs, error);
  if (range == NULL)
    return FALSE;
  memset (get_bitmap (range), 0xff, bitmap_size (n_msrs));
  return TRUE;
}

/**
 * kvm_x86_msr_filter_deny:
 * @self: a filter
 * @accesses: what is denied
 * @first: the number of the first MSR
 * @n_msrs: how many there are, at most 12288
 * @error: return location for an error
 *
 * Adds a range of MSRs that the guest may not access.
 *
 * Fails with %KVM_ERROR_INVALID if this is no range or there are 16 already.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_x86_msr_filter_deny (KvmX86MsrFilter *self, KvmX86MsrAccesses accesses, guint32 first,
                         guint n_msrs, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return add_range (self, accesses, first, n_msrs, error) != NULL;
}

/**
 * kvm_x86_msr_filter_add_bitmap:
 * @self: a filter
 * @accesses: what it is about
 * @first: the number of the first MSR
 * @n_msrs: how many there are, at most 12288
 * @bitmap: (array length=length): a bit for each MSR: 1 to allow it, 0 to deny it; the first is the
 *   lowest bit of the first byte
 * @length: how many bytes there are: one for every 8 MSRs
 * @error: return location for an error
 *
 * Adds a range of MSRs of which the guest may access some.
 *
 * Fails with %KVM_ERROR_INVALID if this is no range, there are 16 already, or the bitmap has
 * another length.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_x86_msr_filter_add_bitmap (KvmX86MsrFilter *self, KvmX86MsrAccesses accesses, guint32 first,
                               guint n_msrs, const guint8 *bitmap, gsize length, GError **error)
{
  KvmAbiMsrFilterRange *range;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (bitmap != NULL || length == 0, FALSE);

  if (length != ((gsize) n_msrs + 7) / 8)
    {
      set_error (self, first, n_msrs, error,
                 "its bitmap is %" G_GSIZE_FORMAT " bytes, not %" G_GSIZE_FORMAT,
                 ((gsize) n_msrs + 7) / 8, length);
      return FALSE;
    }
  range = add_range (self, accesses, first, n_msrs, error);
  if (range == NULL)
    return FALSE;
  memcpy (get_bitmap (range), bitmap, length);
  return TRUE;
}

/**
 * kvm_x86_msr_filter_get_n_ranges:
 * @self: a filter
 *
 * Gets how many ranges there are.
 *
 * Returns: the number of ranges
 *
 * Since: 0.1
 */
guint
kvm_x86_msr_filter_get_n_ranges (const KvmX86MsrFilter *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_ranges;
}
