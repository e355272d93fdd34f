/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The state of an x86 VM beside its vCPUs, and how two states of x86 are compared. */

#include "config.h"

#include <string.h>

#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "x86/kvm-vcpu-x86-state-private.h"
#include "x86/kvm-vm-x86.h"

#define MSR_HV_VP_RUNTIME 0x40000010u
#define MSR_HV_TIME_REF_COUNT 0x40000020u
#define LAPIC_TIMER_COUNT 0x390 /* the current count */
#define LAPIC_REGISTER_SIZE 16

enum
{
  VCPUS = KVMOBJ_VM_STATE_VCPUS,
  PIC_MASTER,
  PIC_SLAVE,
  IOAPIC,
  PIT,
  CLOCK,
  N_ITEMS
};

G_STATIC_ASSERT (PIC_MASTER + KVM_X86_IRQCHIP_ID_IOAPIC == IOAPIC);

static const KvmStateItem items[] = {
  [VCPUS] = { "vcpus", "a{ua{sv}}", 0, FALSE },
  [PIC_MASTER] = { "pic-master", "ay", sizeof (KvmX86Irqchip), TRUE },
  [PIC_SLAVE] = { "pic-slave", "ay", sizeof (KvmX86Irqchip), TRUE },
  [IOAPIC] = { "ioapic", "ay", sizeof (KvmX86Irqchip), TRUE },
  [PIT] = { "pit", "ay", sizeof (KvmX86PitState), TRUE },
  [CLOCK] = { "clock", "t", sizeof (guint64), TRUE },
};

const KvmStateTable _kvm_vm_x86_state_table = { items, N_ITEMS };

/* Whether a request said that the VM has nothing of the kind. */
static gboolean
is_absent (GError **local, GError **error)
{
  if ((*local)->code == KVM_ERROR_NO_SUCH_ATTRIBUTE || (*local)->code == KVM_ERROR_NOT_SUPPORTED)
    {
      g_clear_error (local);
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (local));
  return FALSE;
}

/* @has_it says whether the VM has one. */
static gboolean
get_irqchip (KvmVm *self, guint id, KvmX86Irqchip *irqchip, gboolean *has_it, GError **error)
{
  GError *local = NULL;

  *irqchip = (KvmX86Irqchip){ .chip_id = id };
  *has_it = kvm_ioctl (&self->handle, KVM_GET_IRQCHIP, irqchip, &local) != -1;
  return *has_it || is_absent (&local, error);
}

static gboolean
get_pit (KvmVm *self, KvmX86PitState *pit, gboolean *has_it, GError **error)
{
  GError *local = NULL;

  *pit = (KvmX86PitState){ .flags = 0 };
  *has_it = kvm_ioctl (&self->handle, KVM_GET_PIT2, pit, &local) != -1;
  return *has_it || is_absent (&local, error);
}

/* The clock comes last, so that it shows nothing that is before what the guest has seen. */
gboolean
_kvm_vm_x86_save_state (KvmVm *self, KvmStateBuilder *builder, GError **error)
{
  KvmX86Irqchip irqchip;
  KvmX86PitState pit;
  KvmX86Clock clock;
  gboolean has_it = TRUE;
  GError *local = NULL;

  for (guint id = 0; id <= KVM_X86_IRQCHIP_ID_IOAPIC && has_it; id++)
    {
      if (!get_irqchip (self, id, &irqchip, &has_it, error))
        return FALSE;
      if (has_it)
        _kvm_state_add (builder, items[PIC_MASTER + id].name, "ay", &irqchip, sizeof irqchip);
    }
  if (has_it)
    {
      if (!get_pit (self, &pit, &has_it, error))
        return FALSE;
      if (has_it)
        _kvm_state_add (builder, items[PIT].name, "ay", &pit, sizeof pit);
    }
  if (kvm_vm_x86_get_clock (self, &clock, &local))
    _kvm_state_add (builder, items[CLOCK].name, "t", &clock.clock, sizeof clock.clock);
  else if (!is_absent (&local, error))
    return FALSE;
  return TRUE;
}

gboolean
_kvm_vm_x86_check_state (KvmVm *self, const KvmStateValues *values, GError **error)
{
  KvmX86StateFacts *facts = g_atomic_pointer_get (&self->x86_state_facts);
  gboolean has_irqchip = facts != NULL && g_atomic_int_get (&facts->has_irqchip);
  gboolean has_pit = facts != NULL && g_atomic_int_get (&facts->has_pit);
  KvmX86Irqchip irqchip;
  KvmX86PitState pit;

  /* What a VM has, it has for ever. */
  if ((!has_irqchip && !get_irqchip (self, 0, &irqchip, &has_irqchip, error))
      || (has_irqchip && !has_pit && !get_pit (self, &pit, &has_pit, error)))
    return FALSE;
  if (facts != NULL)
    {
      g_atomic_int_set (&facts->has_irqchip, has_irqchip);
      g_atomic_int_set (&facts->has_pit, has_pit);
    }
  for (guint id = 0; id <= KVM_X86_IRQCHIP_ID_IOAPIC; id++)
    {
      if (!_kvm_state_check_presence (values, PIC_MASTER + id, has_irqchip, error))
        return FALSE;
      if (!has_irqchip)
        continue;
      _kvm_state_copy_bytes (values, PIC_MASTER + id, &irqchip, sizeof irqchip);
      if (irqchip.chip_id != id)
        {
          _kvm_state_set_invalid (error, items[PIC_MASTER + id].name, "is of irqchip %u, not %u",
                                  irqchip.chip_id, id);
          return FALSE;
        }
    }
  return _kvm_state_check_presence (values, PIT, has_pit, error);
}

/* After the local APICs: to set the I/O APIC delivers what it has for them. The timer comes after
 * what its interrupts go to, and the clock last. */
gboolean
_kvm_vm_x86_restore_state (KvmVm *self, const KvmStateValues *values, KvmStateProgress *progress,
                           GError **error)
{
  KvmX86Irqchip irqchip;
  KvmX86PitState pit;
  KvmX86Clock clock = { .flags = 0 };

  for (guint item = PIC_MASTER; item <= IOAPIC; item++)
    if (_kvm_state_has (values, item))
      {
        _kvm_state_copy_bytes (values, item, &irqchip, sizeof irqchip);
        if (!_kvm_state_finish_item (kvm_vm_x86_set_irqchip (self, &irqchip, error), &items[item],
                                     progress, error))
          return FALSE;
      }
  if (_kvm_state_has (values, PIT))
    {
      _kvm_state_copy_bytes (values, PIT, &pit, sizeof pit);
      if (!_kvm_state_finish_item (kvm_vm_x86_set_pit (self, &pit, error), &items[PIT], progress,
                                   error))
        return FALSE;
    }
  if (_kvm_state_has (values, CLOCK))
    {
      clock.clock = _kvm_state_get_uint64 (values, CLOCK);
      if (!_kvm_state_finish_item (kvm_vm_x86_set_clock (self, &clock, error), &items[CLOCK],
                                   progress, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
msrs_equal (GVariant *value, GVariant *other)
{
  const KvmAbiMsrEntry *a, *b;
  gsize n_a, n_b;

  a = g_variant_get_fixed_array (value, &n_a, sizeof *a);
  b = g_variant_get_fixed_array (other, &n_b, sizeof *b);
  if (n_a != n_b)
    return FALSE;
  for (gsize i = 0; i < n_a; i++)
    if (a[i].index != b[i].index
        || (a[i].data != b[i].data && a[i].index != KVMOBJ_MSR_TSC
            && a[i].index != MSR_HV_VP_RUNTIME && a[i].index != MSR_HV_TIME_REF_COUNT))
      return FALSE;
  return TRUE;
}

static gboolean
lapics_equal (GVariant *value, GVariant *other)
{
  KvmX86Lapic a, b;

  memcpy (&a, g_variant_get_data (value), sizeof a);
  memcpy (&b, g_variant_get_data (other), sizeof b);
  memset (a.regs + LAPIC_TIMER_COUNT, 0, LAPIC_REGISTER_SIZE);
  memset (b.regs + LAPIC_TIMER_COUNT, 0, LAPIC_REGISTER_SIZE);
  return memcmp (&a, &b, sizeof a) == 0;
}

static gboolean
pits_equal (GVariant *value, GVariant *other)
{
  KvmX86PitState a, b;

  memcpy (&a, g_variant_get_data (value), sizeof a);
  memcpy (&b, g_variant_get_data (other), sizeof b);
  for (guint i = 0; i < KVMOBJ_PIT_N_CHANNELS; i++)
    a.channels[i].count_load_time = b.channels[i].count_load_time = 0;
  return memcmp (&a, &b, sizeof a) == 0;
}

static gboolean
have_size (GVariant *value, GVariant *other, gsize size)
{
  return g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING)
         && g_variant_get_size (value) == size && g_variant_get_size (other) == size;
}

gboolean
_kvm_x86_state_item_equal (const char *name, GVariant *value, GVariant *other)
{
  if (g_str_equal (name, "msrs") && g_variant_is_of_type (value, G_VARIANT_TYPE ("a(ut)")))
    return msrs_equal (value, other);
  if (g_str_equal (name, "lapic") && have_size (value, other, sizeof (KvmX86Lapic)))
    return lapics_equal (value, other);
  if (g_str_equal (name, "pit") && have_size (value, other, sizeof (KvmX86PitState)))
    return pits_equal (value, other);
  return g_str_equal (name, "clock") || g_str_equal (name, "tsc-offset");
}
