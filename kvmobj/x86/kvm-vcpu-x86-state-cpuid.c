/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The CPUID in the state of an x86 vCPU: whether this host can give a guest what it had elsewhere.
 */

#include "config.h"

#include <string.h>

#include "kvm-error-private.h"
#include "kvm-system.h"
#include "x86/kvm-system-x86.h"
#include "x86/kvm-vcpu-x86-state-private.h"
#include "x86/kvm-vcpu-x86.h"

/* An entry as it is saved: (uuuuuuu). */
typedef struct
{
  guint32 function;
  guint32 index;
  guint32 flags;
  guint32 registers[4]; /* EAX, EBX, ECX, EDX */
} Entry;

G_STATIC_ASSERT (sizeof (Entry) == 28);

static const char *const register_names[] = { "EAX", "EBX", "ECX", "EDX" };

enum
{
  EAX,
  EBX,
  ECX,
  EDX
};

/* What says which instructions and registers there are, bit by bit. What is in @free is not the
 * host's to say: it follows other registers, tells of the topology, or is done by the kernel
 * without being announced. */
static const struct
{
  guint32 function;
  guint32 index;
  guint reg;
  guint32 free;
} features[] = {
  { 0x1, 0, ECX, 1u << 3 | 1u << 24 | 1u << 27 | 1u << 31 }, /* MWAIT, deadline, OSXSAVE, guest */
  { 0x1, 0, EDX, 1u << 28 },                                 /* threads */
  { 0x6, 0, EAX, 1u << 2 },                                  /* ARAT */
  { 0x7, 0, EBX, 0 },
  { 0x7, 0, ECX, 1u << 4 }, /* OSPKE */
  { 0x7, 0, EDX, 0 },
  { 0x7, 1, EAX, 0 },
  { 0x7, 1, EDX, 0 },
  { 0x7, 2, EDX, 0 },
  { 0xd, 0, EAX, 0 },
  { 0xd, 0, EDX, 0 },
  { 0xd, 1, EAX, 0 },
  { 0xd, 1, ECX, 0 },
  { 0x40000001, 0, EAX, 0 },
  { 0x80000001, 0, ECX, 1u << 1 | 1u << 22 }, /* legacy and extended topology */
  { 0x80000001, 0, EDX, 0 },
  { 0x80000007, 0, EDX, 1u << 8 }, /* a constant time-stamp counter */
  { 0x80000008, 0, EBX, 0 },
  { 0x80000021, 0, EAX, 0 },
};

gboolean
_kvm_vcpu_x86_save_cpuid (KvmX86Cpuid *cpuid, KvmStateBuilder *builder, const KvmStateItem *item,
                          GError **error)
{
  Entry *entries;

  entries = _kvm_state_reserve (builder, item->name, item->type, cpuid->abi.nent * sizeof *entries,
                                error);
  if (entries == NULL)
    return FALSE;
  for (guint i = 0; i < cpuid->abi.nent; i++)
    {
      const KvmX86CpuidEntry *entry = &cpuid->abi.entries[i];

      entries[i] = (Entry){ entry->function,
                            entry->index,
                            entry->flags,
                            { entry->eax, entry->ebx, entry->ecx, entry->edx } };
    }
  return TRUE;
}

gboolean
_kvm_vcpu_x86_restore_cpuid (KvmVcpu *self, const KvmStateSlice *value, GError **error)
{
  g_autoptr (KvmX86Cpuid) cpuid = NULL;
  const Entry *entries = (const Entry *) value->data;
  gsize n = value->size / sizeof *entries;

  cpuid = _kvm_x86_cpuid_alloc (n);
  for (gsize i = 0; i < n; i++)
    cpuid->abi.entries[i] = (KvmX86CpuidEntry){
      .function = entries[i].function,
      .index = entries[i].index,
      .flags = entries[i].flags,
      .eax = entries[i].registers[EAX],
      .ebx = entries[i].registers[EBX],
      .ecx = entries[i].registers[ECX],
      .edx = entries[i].registers[EDX],
    };
  return kvm_vcpu_x86_set_cpuid (self, cpuid, error);
}

static guint32
get_register (KvmX86Cpuid *cpuid, guint32 function, guint32 index, guint reg)
{
  KvmX86CpuidEntry entry;

  kvm_x86_cpuid_find (cpuid, function, index, &entry);
  return reg == EAX ? entry.eax : reg == EBX ? entry.ebx : reg == ECX ? entry.ecx : entry.edx;
}

/* A kernel may show a guest more than it says that it supports, which a vCPU tells that was given
 * all of that. NULL if there cannot be one. */
static KvmX86Cpuid *
get_shown (KvmVcpu *self, KvmX86StateFacts *facts, KvmX86Cpuid *supported)
{
  KvmX86Cpuid *shown = g_atomic_pointer_get (&facts->shown_cpuid);
  g_autoptr (KvmVm) vm = NULL;
  g_autoptr (KvmVcpu) vcpu = NULL;

  if (shown != NULL)
    return shown;

  vm = kvm_system_create_vm (self->vm->system, NULL);
  vcpu = vm != NULL ? kvm_vm_create_vcpu (vm, 0, NULL) : NULL;
  if (vcpu != NULL && kvm_vcpu_x86_set_cpuid (vcpu, supported, NULL))
    shown = kvm_vcpu_x86_get_cpuid (vcpu, NULL);
  if (shown == NULL || g_atomic_pointer_compare_and_exchange (&facts->shown_cpuid, NULL, shown))
    return shown;
  kvm_x86_cpuid_unref (shown);
  return g_atomic_pointer_get (&facts->shown_cpuid);
}

/* What the vCPU has already is a matter of whoever gave it that. */
static guint32
find_missing (KvmVcpu *self, KvmX86StateFacts *facts, KvmX86Cpuid *supported, const Entry *entry,
              guint feature)
{
  guint reg = features[feature].reg;
  guint32 index = features[feature].index;
  guint32 missing = entry->registers[reg] & ~features[feature].free;
  g_autoptr (KvmX86Cpuid) own = NULL;
  KvmX86Cpuid *shown;

  missing &= ~get_register (supported, entry->function, index, reg);
  if (missing == 0)
    return 0;
  own = kvm_vcpu_x86_get_cpuid (self, NULL);
  if (own != NULL)
    missing &= ~get_register (own, entry->function, index, reg);
  if (missing == 0)
    return 0;
  shown = get_shown (self, facts, supported);
  return shown != NULL ? missing & ~get_register (shown, entry->function, index, reg) : missing;
}

static gboolean
check_entry (KvmVcpu *self, KvmX86StateFacts *facts, KvmX86Cpuid *supported, const Entry *entry,
             const char *name, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (features); i++)
    {
      guint32 missing;

      if (features[i].function != entry->function
          || ((entry->flags & KVM_X86_CPUID_FLAGS_SIGNIFICANT_INDEX)
              && features[i].index != entry->index))
        continue;
      missing = find_missing (self, facts, supported, entry, i);
      if (missing != 0)
        {
          _kvm_state_set_unsupported (
              error, name,
              "has the bits 0x%x in %s of leaf 0x%x, %u, which this host does not have", missing,
              register_names[features[i].reg], entry->function, features[i].index);
          return FALSE;
        }
    }
  return TRUE;
}

/* Many states have the same CPUID. */
static gboolean
was_found_to_fit (KvmVm *vm, KvmX86StateFacts *facts, const KvmStateSlice *value)
{
  gboolean same = FALSE;
  gsize size;

  if (!_kvm_vm_lock (vm))
    return FALSE;
  if (facts->cpuid != NULL)
    {
      gconstpointer data = g_bytes_get_data (facts->cpuid, &size);

      same = size == value->size && memcmp (data, value->data, size) == 0;
    }
  g_mutex_unlock (&vm->lock);
  return same;
}

static void
note_that_it_fits (KvmVm *vm, KvmX86StateFacts *facts, const KvmStateSlice *value)
{
  if (value->size == 0 || !_kvm_vm_lock (vm))
    return;
  g_clear_pointer (&facts->cpuid, g_bytes_unref);
  facts->cpuid = g_bytes_new (value->data, value->size);
  g_mutex_unlock (&vm->lock);
}

gboolean
_kvm_vcpu_x86_check_cpuid (KvmVcpu *self, KvmX86StateFacts *facts, const KvmStateSlice *value,
                           const char *name, guint64 *xcr0, GError **error)
{
  g_autoptr (KvmX86Cpuid) supported = kvm_system_x86_get_supported_cpuid (self->vm->system, error);
  const Entry *entries = (const Entry *) value->data;
  gsize n = value->size / sizeof *entries;

  if (supported == NULL)
    return FALSE;
  /* x87 and SSE are there without being announced. */
  *xcr0 = 3 | get_register (supported, 0xd, 0, EAX)
          | (guint64) get_register (supported, 0xd, 0, EDX) << 32;
  if (was_found_to_fit (self->vm, facts, value))
    return TRUE;

  if (n > KVMOBJ_MAX_CPUID_ENTRIES)
    {
      _kvm_state_set_invalid (error, name, "has %" G_GSIZE_FORMAT " entries; there are at most %d",
                              n, KVMOBJ_MAX_CPUID_ENTRIES);
      return FALSE;
    }
  for (gsize i = 0; i < n; i++)
    if (!check_entry (self, facts, supported, &entries[i], name, error))
      return FALSE;
  note_that_it_fits (self->vm, facts, value);
  return TRUE;
}
