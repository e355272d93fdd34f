/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The MSRs in the state of an x86 vCPU, and what the kernel has for the rest of it. */

#include "config.h"

#include <string.h>

#include "kvm-error-private.h"
#include "x86/kvm-system-x86.h"
#include "x86/kvm-vcpu-x86-state-private.h"
#include "x86/kvm-vcpu-x86.h"

#define MSR_FEATURE_CONTROL 0x3au
#define MSR_UCODE_REVISION 0x8bu
#define MSR_PLATFORM_INFO 0xceu
#define MSR_ARCH_CAPABILITIES 0x10au
#define MSR_MCG_CAP 0x179u
#define MSR_DEBUGCTL 0x1d9u
#define MSR_PERF_CAPABILITIES 0x345u
#define MSR_FIXED_CTR_CTRL 0x38du
#define MSR_PERF_GLOBAL_CTRL 0x38fu
#define MSR_PEBS_ENABLE 0x3f1u
#define MSR_AMD_PERF_GLOBAL_CTL 0xc0000301u
#define MSR_FIRST_VMX 0x480u
#define MSR_LAST_VMX 0x493u

/* What a vCPU has and the kernel's list lacks: memory types, machine checks, branch tracing. */
static const struct
{
  guint32 first;
  guint32 last;
} unlisted[] = {
  { MSR_DEBUGCTL, MSR_DEBUGCTL },
  { 0x200, 0x20f },
  { 0x250, 0x250 },
  { 0x258, 0x259 },
  { 0x268, 0x26f },
  { 0x2ff, 0x2ff },
  { 0x400, 0x47f },
};

/* The kernel takes these in any case; a guest cannot have set them. */
static gboolean
is_constant (guint32 index)
{
  return index == MSR_MCG_CAP;
}

/* What has a lower rank is set before what has a higher one: features that others depend on, then
 * the most, by their numbers; what starts counters, once they are set; the time, and its deadline.
 */
static guint
get_rank (guint32 index)
{
  switch (index)
    {
    case MSR_FEATURE_CONTROL:
    case MSR_UCODE_REVISION:
    case MSR_PLATFORM_INFO:
    case MSR_ARCH_CAPABILITIES:
    case MSR_PERF_CAPABILITIES:
      return 0;
    case MSR_FIXED_CTR_CTRL:
    case MSR_PERF_GLOBAL_CTRL:
    case MSR_PEBS_ENABLE:
    case MSR_AMD_PERF_GLOBAL_CTL:
      return 2;
    case KVMOBJ_MSR_TSC:
      return 3;
    case KVMOBJ_MSR_TSC_DEADLINE:
      return 4;
    default:
      return index >= MSR_FIRST_VMX && index <= MSR_LAST_VMX ? 0 : 1;
    }
}

static int
compare_order (gconstpointer a, gconstpointer b)
{
  guint32 index_a = *(const guint32 *) a, index_b = *(const guint32 *) b;
  guint rank_a = get_rank (index_a), rank_b = get_rank (index_b);

  if (rank_a != rank_b)
    return rank_a < rank_b ? -1 : 1;
  return index_a < index_b ? -1 : index_a > index_b;
}

guint32 *
_kvm_x86_state_sort_msrs (const guint32 *indexes, gsize n_indexes, guint *n_sorted)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint n = 0;

  g_array_append_vals (all, indexes, n_indexes);
  for (guint i = 0; i < G_N_ELEMENTS (unlisted); i++)
    for (guint32 index = unlisted[i].first; index <= unlisted[i].last; index++)
      g_array_append_val (all, index);
  g_array_sort (all, compare_order);

  for (guint i = 0; i < all->len; i++)
    {
      guint32 index = g_array_index (all, guint32, i);

      if (!is_constant (index) && (n == 0 || g_array_index (all, guint32, n - 1) != index))
        g_array_index (all, guint32, n++) = index;
    }
  *n_sorted = n;
  return (guint32 *) g_array_free (g_steal_pointer (&all), FALSE);
}

void
_kvm_x86_state_facts_free (KvmX86StateFacts *self)
{
  g_clear_pointer (&self->shown_cpuid, kvm_x86_cpuid_unref);
  g_clear_pointer (&self->cpuid, g_bytes_unref);
  g_free (self->msrs);
  g_free (self);
}

/* All that the host knows of. */
static gboolean
list_msrs (KvmVcpu *self, KvmX86StateFacts *facts, GError **error)
{
  g_autofree guint32 *listed = NULL;
  gsize n_listed;

  listed = kvm_system_x86_get_msr_index_list (self->vm->system, &n_listed, error);
  if (listed == NULL)
    return FALSE;
  facts->msrs = _kvm_x86_state_sort_msrs (listed, n_listed, &facts->n_msrs);
  return TRUE;
}

void
_kvm_x86_state_msrs_free (KvmX86StateMsrs *self)
{
  kvm_x86_cpuid_unref (self->cpuid);
  g_free (self->indexes);
  g_free (self);
}

/* Those that can be read; a vCPU has some only if its CPUID says so. */
static KvmX86StateMsrs *
find_msrs (KvmVcpu *self, const KvmX86StateFacts *facts, KvmX86Cpuid *cpuid, GError **error)
{
  KvmX86StateMsrs *msrs = self->x86_msrs;
  g_autoptr (KvmX86Msrs) readable = NULL;
  gboolean is_changed = g_atomic_int_get (&self->is_msr_set_changed);

  if (msrs != NULL && !is_changed && kvm_x86_cpuid_equal (msrs->cpuid, cpuid))
    return msrs;

  g_atomic_int_set (&self->is_msr_set_changed, FALSE);
  readable = kvm_vcpu_x86_get_readable_msrs (self, facts->msrs, facts->n_msrs, error);
  if (readable == NULL)
    {
      g_atomic_int_set (&self->is_msr_set_changed, TRUE);
      return NULL;
    }
  g_clear_pointer (&self->x86_msrs, _kvm_x86_state_msrs_free);
  self->x86_msrs = msrs = g_new0 (KvmX86StateMsrs, 1);
  msrs->cpuid = kvm_x86_cpuid_ref (cpuid);
  msrs->n_indexes = readable->entries->len;
  msrs->indexes = g_new (guint32, msrs->n_indexes + 1);
  for (guint i = 0; i < msrs->n_indexes; i++)
    msrs->indexes[i] = g_array_index (readable->entries, KvmAbiMsrEntry, i).index;
  return msrs;
}

static gboolean
has_lapic (KvmVcpu *self, gboolean *has, GError **error)
{
  g_autoptr (GError) local = NULL;
  KvmX86Lapic lapic;

  *has = kvm_ioctl (&self->handle, KVM_GET_LAPIC, &lapic, &local) != -1;
  if (*has || local->code == KVM_ERROR_INVALID_ARGUMENT || local->code == KVM_ERROR_NOT_SUPPORTED)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
has_capability (KvmVcpu *self, guint capability)
{
  return _kvm_handle_peek_extension (&self->handle, capability) > 0;
}

KvmX86StateFacts *
_kvm_vcpu_x86_get_state_facts (KvmVcpu *self, GError **error)
{
  KvmX86StateFacts *facts = g_atomic_pointer_get (&self->vm->x86_state_facts);
  gint64 offset;

  if (facts != NULL)
    return facts;

  facts = g_new0 (KvmX86StateFacts, 1);
  if (!has_lapic (self, &facts->has_lapic, error) || !list_msrs (self, facts, error))
    {
      _kvm_x86_state_facts_free (facts);
      return NULL;
    }
  facts->has_sregs2 = has_capability (self, KVM_CAPABILITY_SREGS2);
  facts->has_xcrs = has_capability (self, KVM_CAPABILITY_XCRS);
  facts->has_debug_regs = has_capability (self, KVM_CAPABILITY_DEBUGREGS);
  facts->has_nested_state = has_capability (self, KVM_CAPABILITY_NESTED_STATE);
  facts->has_tsc_khz = has_capability (self, KVM_CAPABILITY_GET_TSC_KHZ)
                       && kvm_vcpu_x86_get_tsc_khz (self, &facts->tsc_khz, NULL);
  facts->has_tsc_control = has_capability (self, KVM_CAPABILITY_TSC_CONTROL);
  facts->has_xsave2 = has_capability (self, KVM_CAPABILITY_XSAVE2);
  facts->xsave_size
      = MAX (_kvm_handle_peek_extension (&self->handle, KVM_CAPABILITY_XSAVE2), KVMOBJ_XSAVE_SIZE);
  facts->has_tsc_offset = kvm_vcpu_x86_get_tsc_offset (self, &offset, NULL);

  if (g_atomic_pointer_compare_and_exchange (&self->vm->x86_state_facts, NULL, facts))
    return facts;
  _kvm_x86_state_facts_free (facts);
  return g_atomic_pointer_get (&self->vm->x86_state_facts);
}

static gpointer
request_new (guint n_entries)
{
  return g_malloc0 (sizeof (KvmAbiMsrs)
                    + MIN (n_entries, KVMOBJ_MAX_IO_MSRS) * sizeof (KvmAbiMsrEntry));
}

gboolean
_kvm_vcpu_x86_save_msrs (KvmVcpu *self, const KvmX86StateFacts *facts, KvmX86Cpuid *cpuid,
                         KvmStateBuilder *builder, const KvmStateItem *item, GError **error)
{
  const KvmX86StateMsrs *msrs = find_msrs (self, facts, cpuid, error);
  g_autofree KvmAbiMsrEntry *entries = NULL;
  g_autofree KvmAbiMsrs *request = NULL;
  guint n_saved = 0;

  if (msrs == NULL)
    return FALSE;
  entries = g_new (KvmAbiMsrEntry, msrs->n_indexes + 1);
  request = request_new (msrs->n_indexes);
  for (guint start = 0; start < msrs->n_indexes;)
    {
      guint n_done;
      int ret;

      request->nmsrs = MIN (msrs->n_indexes - start, KVMOBJ_MAX_IO_MSRS);
      for (guint i = 0; i < request->nmsrs; i++)
        request->entries[i] = (KvmAbiMsrEntry){ .index = msrs->indexes[start + i] };
      ret = kvm_ioctl (&self->handle, KVM_GET_MSRS, request, error);
      if (ret == -1)
        return FALSE;

      /* What it has no more is left out. */
      n_done = MIN ((guint) ret, request->nmsrs);
      memcpy (entries + n_saved, request->entries, n_done * sizeof *entries);
      n_saved += n_done;
      start += n_done + (n_done < request->nmsrs);
    }
  _kvm_state_add (builder, item->name, item->type, entries, n_saved * sizeof *entries);
  return TRUE;
}

static const KvmAbiMsrEntry *
get_entries (const KvmStateSlice *msrs, gsize *n)
{
  *n = msrs->size / sizeof (KvmAbiMsrEntry);
  return (const KvmAbiMsrEntry *) msrs->data;
}

gboolean
_kvm_vcpu_x86_check_msrs (const KvmX86StateFacts *facts, const KvmStateSlice *msrs,
                          const char *name, GError **error)
{
  const KvmAbiMsrEntry *entries;
  guint position = 0;
  gsize n;

  entries = get_entries (msrs, &n);
  for (gsize i = 0; i < n; i++)
    {
      /* In the order in which this host saves them, or any other. */
      if (i > 0 && compare_order (&entries[i - 1].index, &entries[i].index) >= 0)
        {
          _kvm_state_set_invalid (error, name, "has MSR 0x%08x behind MSR 0x%08x", entries[i].index,
                                  entries[i - 1].index);
          return FALSE;
        }
      while (position < facts->n_msrs
             && compare_order (&facts->msrs[position], &entries[i].index) < 0)
        position++;
      if (position == facts->n_msrs || facts->msrs[position] != entries[i].index)
        {
          _kvm_state_set_unsupported (error, name, "has MSR 0x%08x, which this host does not have",
                                      entries[i].index);
          return FALSE;
        }
    }
  return TRUE;
}

gboolean
_kvm_x86_msrs_find (const KvmStateSlice *msrs, guint32 index, guint64 *value)
{
  const KvmAbiMsrEntry *entries;
  gsize n;

  entries = get_entries (msrs, &n);
  while (n-- > 0)
    if (entries[n].index == index)
      {
        *value = entries[n].data;
        return TRUE;
      }
  return FALSE;
}

/* Some cannot be written, though they are what they should be. */
static gboolean
has_value (KvmVcpu *self, const KvmAbiMsrEntry *entry)
{
  guint64 value;

  return kvm_vcpu_x86_get_msr (self, entry->index, &value, NULL) && value == entry->data;
}

gboolean
_kvm_vcpu_x86_restore_msrs (KvmVcpu *self, const KvmX86StateFacts *facts, const KvmStateSlice *msrs,
                            gboolean with_tsc, GError **error)
{
  const KvmAbiMsrEntry *entries;
  g_autofree KvmAbiMsrs *request = NULL;
  gsize n;

  entries = get_entries (msrs, &n);
  request = request_new (n);
  for (gsize start = 0; start < n;)
    {
      gsize end = start;
      guint n_done;
      int ret;

      for (request->nmsrs = 0; end < n && request->nmsrs < KVMOBJ_MAX_IO_MSRS; end++)
        if (with_tsc || entries[end].index != KVMOBJ_MSR_TSC)
          request->entries[request->nmsrs++]
              = (KvmAbiMsrEntry){ .index = entries[end].index, .data = entries[end].data };
      if (request->nmsrs == 0)
        break;
      ret = kvm_ioctl (&self->handle, KVM_SET_MSRS, request, error);
      if (ret == -1)
        return FALSE;

      n_done = MIN ((guint) ret, request->nmsrs);
      if (n_done < request->nmsrs)
        {
          const KvmAbiMsrEntry *refused = &request->entries[n_done];

          if (!has_value (self, refused))
            {
              g_autofree char *object = _kvm_handle_describe (&self->handle);

              g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID_ARGUMENT,
                           "KVM_SET_MSRS on %s: MSR 0x%08x does not take 0x%016" G_GINT64_MODIFIER
                           "x",
                           object, refused->index, refused->data);
              return FALSE;
            }
          for (end = start; entries[end].index != refused->index; end++)
            ;
          end++;
        }
      start = end;
    }
  return TRUE;
}
