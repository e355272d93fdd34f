/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Reading and writing many MSRs: the kernel takes so many at a time, does one after the other,
 * stops at the first that it cannot do, and says how many it has done. */

#include "config.h"

#include <string.h>

#include "kvm-error-private.h"
#include "x86/kvm-x86-msrs-private.h"

static KvmAbiMsrs *
request_new (void)
{
  return g_malloc0 (sizeof (KvmAbiMsrs) + KVMOBJ_MAX_IO_MSRS * sizeof (KvmAbiMsrEntry));
}

/* Puts into @request as many as it takes, from @start on. */
static void
request_fill (KvmAbiMsrs *request, const KvmX86Msrs *msrs, guint start)
{
  request->nmsrs = MIN (msrs->entries->len - start, KVMOBJ_MAX_IO_MSRS);
  memcpy (request->entries, &g_array_index (msrs->entries, KvmAbiMsrEntry, start),
          request->nmsrs * sizeof (KvmAbiMsrEntry));
}

static void
add_span (GError **error, const KvmX86Msrs *msrs, guint start)
{
  _kvm_error_add_detail (error, "from entry %u of %u on, MSR 0x%08x", start + 1, msrs->entries->len,
                         g_array_index (msrs->entries, KvmAbiMsrEntry, start).index);
}

KvmX86Msrs *
_kvm_x86_msrs_read (KvmHandle *handle, const guint32 *indexes, gsize n_indexes, gboolean skip,
                    GError **error)
{
  g_autoptr (KvmX86Msrs) wanted = kvm_x86_msrs_new ();
  g_autoptr (KvmX86Msrs) result = kvm_x86_msrs_new ();
  g_autofree KvmAbiMsrs *request = request_new ();

  if (n_indexes > KVMOBJ_MAX_MSRS)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "KVM_GET_MSRS: at most %d MSRs are read at once, not %" G_GSIZE_FORMAT,
                   KVMOBJ_MAX_MSRS, n_indexes);
      return NULL;
    }
  if (!_kvm_handle_check (handle, "KVM_GET_MSRS", error))
    return NULL;

  for (gsize i = 0; i < n_indexes; i++)
    kvm_x86_msrs_set (wanted, indexes[i], 0);

  for (guint start = 0; start < wanted->entries->len;)
    {
      guint n_done;
      int ret;

      request_fill (request, wanted, start);
      ret = kvm_ioctl (handle, KVM_GET_MSRS, request, error);
      if (ret == -1)
        {
          add_span (error, wanted, start);
          return NULL;
        }
      n_done = MIN ((guint) ret, request->nmsrs);
      for (guint i = 0; i < n_done; i++)
        kvm_x86_msrs_set (result, request->entries[i].index, request->entries[i].data);
      start += n_done;
      if (n_done == request->nmsrs)
        continue;
      if (!skip)
        {
          g_autofree char *object = _kvm_handle_describe (handle);

          g_set_error (error, KVM_ERROR, KVM_ERROR_PARTIAL,
                       "KVM_GET_MSRS on %s: MSR 0x%08x cannot be read (entry %u of %u)", object,
                       request->entries[n_done].index, start + 1, wanted->entries->len);
          return NULL;
        }
      start++;
    }
  return g_steal_pointer (&result);
}

gboolean
_kvm_x86_msrs_write (KvmHandle *handle, const KvmX86Msrs *msrs, GError **error)
{
  g_autofree KvmAbiMsrs *request = request_new ();

  if (!_kvm_handle_check (handle, "KVM_SET_MSRS", error))
    return FALSE;

  for (guint start = 0; start < msrs->entries->len;)
    {
      guint n_done;
      int ret;

      request_fill (request, msrs, start);
      ret = kvm_ioctl (handle, KVM_SET_MSRS, request, error);
      if (ret == -1)
        {
          add_span (error, msrs, start);
          return FALSE;
        }
      n_done = MIN ((guint) ret, request->nmsrs);
      start += n_done;
      if (n_done < request->nmsrs)
        {
          const KvmAbiMsrEntry *entry = &request->entries[n_done];
          g_autofree char *object = _kvm_handle_describe (handle);

          g_set_error (error, KVM_ERROR, KVM_ERROR_PARTIAL,
                       "KVM_SET_MSRS on %s: MSR 0x%08x does not take 0x%016" G_GINT64_MODIFIER
                       "x (entry %u of %u; those before it are set)",
                       object, entry->index, entry->data, start + 1, msrs->entries->len);
          return FALSE;
        }
    }
  return TRUE;
}
