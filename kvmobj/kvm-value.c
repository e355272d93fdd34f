/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "kvm-error.h"
#include "kvm-value-private.h"

gpointer
_kvm_value_from_bytes (GBytes *bytes, gsize size, const char *what, GError **error)
{
  gsize n;
  gconstpointer data = g_bytes_get_data (bytes, &n);

  if (n == size)
    return g_memdup2 (data, size);

  g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
               "%s are %" G_GSIZE_FORMAT " bytes, not %" G_GSIZE_FORMAT, what, size, n);
  return NULL;
}
