/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A file that is said to be the kernel's statistics. Its first byte says how much of it is gone
 * when it is read again. */

#define _GNU_SOURCE
#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

static void
look_at_stat (KvmStat *stat)
{
  g_autofree guint64 *values = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize n;

  g_assert_true (g_utf8_validate (kvm_stat_get_name (stat), -1, NULL));
  kvm_stat_get_kind (stat);
  kvm_stat_get_raw_kind (stat);
  kvm_stat_get_unit (stat);
  kvm_stat_get_raw_unit (stat);
  kvm_stat_get_base (stat);
  kvm_stat_get_raw_base (stat);
  kvm_stat_get_exponent (stat);
  kvm_stat_get_bucket_size (stat);
  kvm_stat_get_value (stat);
  values = kvm_stat_get_values (stat, &n);
  bytes = kvm_stat_to_bytes (stat);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, n * sizeof *values);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  gsize lost = fuzz_take (&data, &size, 1) * size / 255;
  int fd = memfd_create ("fuzz-stats", MFD_CLOEXEC);
  g_autoptr (KvmStats) stats = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (fd, !=, -1);
  g_assert_cmpint (write (fd, data, size), ==, size);
  stats = kvm_stats_new_take_fd (fd, &error);
  fuzz_assert (stats != NULL, error);
  if (stats == NULL)
    {
      close (fd);
      return 0;
    }

  g_assert_true (g_utf8_validate (kvm_stats_get_id (stats), -1, NULL));
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (stats)); i++)
    {
      g_autoptr (KvmStat) stat = g_list_model_get_item (G_LIST_MODEL (stats), i);

      look_at_stat (stat);
      g_assert_nonnull (kvm_stats_find (stats, kvm_stat_get_name (stat)));
    }
  g_assert_cmpint (ftruncate (fd, size - lost), ==, 0);
  fuzz_assert (kvm_stats_update (stats, &error), error);
  return 0;
}
