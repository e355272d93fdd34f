/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "kvm-error-private.h"
#include "kvm-system-private.h"
#include "x86/kvm-system-x86.h"
#include "x86/kvm-x86-msrs-private.h"

/* The lists that a system keeps, by their places. */
enum
{
  INDEXES,
  FEATURE_INDEXES,
  N_LISTS
};

G_STATIC_ASSERT (G_N_ELEMENTS (((KvmSystem *) NULL)->x86_msr_lists) == N_LISTS);

#define FIRST_ROOM 256
#define MAX_ROOM 65536

/* The kernel says how many there are when there is no room for them. */
static GBytes *
fetch (KvmSystem *self, guint which, GError **error)
{
  for (guint room = FIRST_ROOM;;)
    {
      g_autofree KvmAbiMsrList *list = g_malloc0 (sizeof *list + room * sizeof *list->indices);
      g_autoptr (GError) local = NULL;
      int ret;

      list->nmsrs = room;
      if (which == INDEXES)
        ret = kvm_ioctl (&self->handle, KVM_GET_MSR_INDEX_LIST, list, &local);
      else
        ret = kvm_ioctl (&self->handle, KVM_GET_MSR_FEATURE_INDEX_LIST, list, &local);
      if (ret != -1)
        return g_bytes_new (list->indices, MIN (list->nmsrs, room) * sizeof *list->indices);

      room = MAX (list->nmsrs, 2 * room);
      if (local->code != KVM_ERROR_TOO_BIG || room > MAX_ROOM)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
    }
}

static guint32 *
get_list (KvmSystem *self, guint which, const char *name, gsize *n_indexes, GError **error)
{
  g_autoptr (GBytes) list = NULL;
  gconstpointer data;
  guint32 *copy;
  gsize size;

  if (!_kvm_handle_check (&self->handle, name, error))
    return NULL;

  g_mutex_lock (&self->lock);
  if (self->x86_msr_lists[which] == NULL)
    self->x86_msr_lists[which] = fetch (self, which, error);
  if (self->x86_msr_lists[which] != NULL)
    list = g_bytes_ref (self->x86_msr_lists[which]);
  g_mutex_unlock (&self->lock);
  if (list == NULL)
    return NULL;

  data = g_bytes_get_data (list, &size);
  copy = g_malloc (size + 1); /* an empty list is not NULL */
  if (size != 0)
    memcpy (copy, data, size);
  *n_indexes = size / sizeof *copy;
  return copy;
}

/**
 * kvm_system_x86_get_msr_index_list:
 * @system: a system
 * @n_indexes: (out): the length of the result
 * @error: return location for an error
 *
 * Gets which MSRs make up the state of a vCPU on this host (`KVM_GET_MSR_INDEX_LIST`; x86): those
 * that are to be saved with [method@Kvm.Vcpu.x86_get_readable_msrs]. A vCPU may lack some of them,
 * depending on its CPUID, and have others, such as those of its MTRRs. The kernel is asked once.
 * See section 4.3 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, and with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: (array length=n_indexes) (transfer full): the numbers of the MSRs
 *
 * Since: 0.1
 */
guint32 *
kvm_system_x86_get_msr_index_list (KvmSystem *system, gsize *n_indexes, GError **error)
{
  g_return_val_if_fail (n_indexes != NULL, NULL);
  *n_indexes = 0;
  g_return_val_if_fail (KVM_IS_SYSTEM (system), NULL);
  _kvm_return_val_unless_arch (X86, NULL, error);

  return get_list (system, INDEXES, "KVM_GET_MSR_INDEX_LIST", n_indexes, error);
}

/**
 * kvm_system_x86_get_msr_feature_index_list:
 * @system: a system
 * @n_indexes: (out): the length of the result
 * @error: return location for an error
 *
 * Gets which MSRs tell about features of the host, as CPUID does
 * (`KVM_GET_MSR_FEATURE_INDEX_LIST`; %KVM_CAPABILITY_GET_MSR_FEATURES; x86). Their values are what
 * [method@Kvm.System.x86_get_feature_msrs] gets. The kernel is asked once. See section 4.3 of
 * api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED and %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: (array length=n_indexes) (transfer full): the numbers of the MSRs
 *
 * Since: 0.1
 */
guint32 *
kvm_system_x86_get_msr_feature_index_list (KvmSystem *system, gsize *n_indexes, GError **error)
{
  g_return_val_if_fail (n_indexes != NULL, NULL);
  *n_indexes = 0;
  g_return_val_if_fail (KVM_IS_SYSTEM (system), NULL);
  _kvm_return_val_unless_arch (X86, NULL, error);

  return get_list (system, FEATURE_INDEXES, "KVM_GET_MSR_FEATURE_INDEX_LIST", n_indexes, error);
}

/**
 * kvm_system_x86_get_feature_msrs:
 * @system: a system
 * @indexes: (array length=n_indexes): the numbers of MSRs, at most 65536
 * @n_indexes: how many there are
 * @error: return location for an error
 *
 * Gets what the host and the kernel can offer a guest in the MSRs that tell about features
 * (`KVM_GET_MSRS`; %KVM_CAPABILITY_GET_MSR_FEATURES; x86). Which they are says
 * [method@Kvm.System.x86_get_msr_feature_index_list]. See section 4.18 of api.rst.
 *
 * Fails with %KVM_ERROR_PARTIAL if one of them cannot be read, and the message says which;
 * %KVM_ERROR_INVALID if there are too many, %KVM_ERROR_CLOSED, and with %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: (transfer full): the MSRs with their values
 *
 * Since: 0.1
 */
KvmX86Msrs *
kvm_system_x86_get_feature_msrs (KvmSystem *system, const guint32 *indexes, gsize n_indexes,
                                 GError **error)
{
  g_return_val_if_fail (KVM_IS_SYSTEM (system), NULL);
  g_return_val_if_fail (indexes != NULL || n_indexes == 0, NULL);
  _kvm_return_val_unless_arch (X86, NULL, error);

  return _kvm_x86_msrs_read (&system->handle, indexes, n_indexes, FALSE, error);
}

/**
 * kvm_system_x86_get_readable_feature_msrs:
 * @system: a system
 * @indexes: (array length=n_indexes): the numbers of MSRs, at most 65536
 * @n_indexes: how many there are
 * @error: return location for an error
 *
 * Gets what [method@Kvm.System.x86_get_feature_msrs] gets, but leaves out what cannot be read.
 *
 * Fails as that does, but not with %KVM_ERROR_PARTIAL.
 *
 * Returns: (transfer full): those MSRs that can be read, with their values
 *
 * Since: 0.1
 */
KvmX86Msrs *
kvm_system_x86_get_readable_feature_msrs (KvmSystem *system, const guint32 *indexes,
                                          gsize n_indexes, GError **error)
{
  g_return_val_if_fail (KVM_IS_SYSTEM (system), NULL);
  g_return_val_if_fail (indexes != NULL || n_indexes == 0, NULL);
  _kvm_return_val_unless_arch (X86, NULL, error);

  return _kvm_x86_msrs_read (&system->handle, indexes, n_indexes, TRUE, error);
}
