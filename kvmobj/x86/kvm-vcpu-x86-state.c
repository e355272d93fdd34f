/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The state of an x86 vCPU. The orders are those of the tables below; the manual gives the reasons.
 */

#include "config.h"

#include <string.h>

#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-state-private.h"
#include "x86/kvm-vcpu-x86-state-private.h"
#include "x86/kvm-vcpu-x86.h"

#define CR0_PE (1u << 0)
#define CR0_PG (1u << 31)
#define CR4_PAE (1u << 5)
#define EFER_LME (1u << 8)
#define EFER_LMA (1u << 10)

#define MXCSR_VALID 0x2ffffu
#define XSAVE_OFFSET_MXCSR 24
#define XSAVE_OFFSET_XCOMP_BV 520

#define TSC_TOLERANCE_PPM 250 /* which the kernel has, too */

enum
{
  CPUID,
  TSC_KHZ,
  SREGS,
  SREGS2,
  LAPIC,
  TSC_OFFSET,
  MSRS,
  NESTED_STATE,
  REGS,
  XSAVE,
  XCRS,
  DEBUG_REGS,
  EVENTS,
  MP_STATE,
  N_ITEMS
};

/* Where @is_optional, it depends on the host and on the VM. */
static const KvmStateItem items[] = {
  [CPUID] = { "cpuid", "a(uuuuuuu)", 0, FALSE },
  [TSC_KHZ] = { "tsc-khz", "u", sizeof (guint32), TRUE },
  [SREGS] = { "sregs", "ay", sizeof (KvmX86Sregs), TRUE },
  [SREGS2] = { "sregs2", "ay", sizeof (KvmX86Sregs2), TRUE },
  [LAPIC] = { "lapic", "ay", sizeof (KvmX86Lapic), TRUE },
  [TSC_OFFSET] = { "tsc-offset", "x", sizeof (gint64), TRUE },
  [MSRS] = { "msrs", "a(ut)", 0, FALSE },
  [NESTED_STATE] = { "nested-state", "ay", 0, TRUE },
  [REGS] = { "regs", "ay", sizeof (KvmX86Regs), FALSE },
  [XSAVE] = { "xsave", "ay", 0, FALSE },
  [XCRS] = { "xcrs", "ay", sizeof (KvmX86Xcrs), TRUE },
  [DEBUG_REGS] = { "debug-regs", "ay", sizeof (KvmX86DebugRegs), TRUE },
  [EVENTS] = { "events", "ay", sizeof (KvmX86VcpuEvents), FALSE },
  [MP_STATE] = { "mp-state", "u", sizeof (guint32), FALSE },
};

G_STATIC_ASSERT (N_ITEMS <= KVMOBJ_STATE_MAX_ITEMS);

const KvmStateTable _kvm_vcpu_x86_state_table = { items, N_ITEMS };

/* Has the kernel write a struct of this type into the state. */
#define SAVE(request, item, type)                                                                  \
  G_STMT_START                                                                                     \
  {                                                                                                \
    type *data = _kvm_state_reserve (builder, items[item].name, "ay", sizeof *data, error);        \
                                                                                                   \
    if (data == NULL || kvm_ioctl (&self->handle, request, data, error) == -1)                     \
      return FALSE;                                                                                \
  }                                                                                                \
  G_STMT_END

static gboolean
save_sregs (KvmVcpu *self, const KvmX86StateFacts *facts, KvmStateBuilder *builder, GError **error)
{
  if (facts->has_sregs2)
    SAVE (KVM_GET_SREGS2, SREGS2, KvmX86Sregs2);
  else
    SAVE (KVM_GET_SREGS, SREGS, KvmX86Sregs);
  return TRUE;
}

static gboolean
save_xsave (KvmVcpu *self, const KvmX86StateFacts *facts, KvmStateBuilder *builder, GError **error)
{
  gsize size = facts->xsave_size;
  gpointer data = _kvm_state_reserve (builder, items[XSAVE].name, "ay", size, error);

  if (data == NULL)
    return FALSE;
  return (facts->has_xsave2 ? kvm_ioctl_sized (&self->handle, KVM_GET_XSAVE2, data, size, error)
                            : kvm_ioctl_sized (&self->handle, KVM_GET_XSAVE, data, size, error))
         != -1;
}

static gboolean
save_nested_state (KvmVcpu *self, KvmStateBuilder *builder, GError **error)
{
  g_autoptr (KvmX86NestedState) nested = kvm_vcpu_x86_get_nested_state (self, error);
  g_autoptr (GBytes) bytes = NULL;

  if (nested == NULL)
    return FALSE;
  bytes = kvm_x86_nested_state_to_bytes (nested);
  _kvm_state_add (builder, items[NESTED_STATE].name, "ay", g_bytes_get_data (bytes, NULL),
                  g_bytes_get_size (bytes));
  return TRUE;
}

static gboolean
save_time (KvmVcpu *self, const KvmX86StateFacts *facts, KvmStateBuilder *builder, GError **error)
{
  gint64 offset;
  guint khz;

  if (facts->has_tsc_khz)
    {
      if (!kvm_vcpu_x86_get_tsc_khz (self, &khz, error))
        return FALSE;
      _kvm_state_add_uint32 (builder, items[TSC_KHZ].name, khz);
    }
  if (facts->has_tsc_offset)
    {
      if (!kvm_vcpu_x86_get_tsc_offset (self, &offset, error))
        return FALSE;
      _kvm_state_add (builder, items[TSC_OFFSET].name, "x", &offset, sizeof offset);
    }
  return TRUE;
}

/* To ask how the vCPU takes part may give it an INIT, and to ask for events may deliver what is
 * waiting; so these come first. The MSRs, with the time, come when the LAPIC is known. */
gboolean
_kvm_vcpu_x86_save_state (KvmVcpu *self, KvmStateBuilder *builder, GError **error)
{
  const KvmX86StateFacts *facts = _kvm_vcpu_x86_get_state_facts (self, error);
  g_autoptr (KvmX86Cpuid) cpuid = NULL;
  guint mp_state;

  if (facts == NULL || !kvm_vcpu_get_raw_mp_state (self, &mp_state, error))
    return FALSE;
  _kvm_state_add_uint32 (builder, items[MP_STATE].name, mp_state);
  SAVE (KVM_GET_VCPU_EVENTS, EVENTS, KvmX86VcpuEvents);
  SAVE (KVM_GET_REGS, REGS, KvmX86Regs);
  if (!save_sregs (self, facts, builder, error) || !save_xsave (self, facts, builder, error))
    return FALSE;
  if (facts->has_xcrs)
    SAVE (KVM_GET_XCRS, XCRS, KvmX86Xcrs);
  if (facts->has_debug_regs)
    SAVE (KVM_GET_DEBUGREGS, DEBUG_REGS, KvmX86DebugRegs);
  if (facts->has_lapic)
    SAVE (KVM_GET_LAPIC, LAPIC, KvmX86Lapic);
  cpuid = kvm_vcpu_x86_get_cpuid (self, error);
  return cpuid != NULL && (!facts->has_nested_state || save_nested_state (self, builder, error))
         && save_time (self, facts, builder, error)
         && _kvm_vcpu_x86_save_msrs (self, facts, cpuid, builder, &items[MSRS], error)
         && _kvm_vcpu_x86_save_cpuid (cpuid, builder, &items[CPUID], error);
}

static const char *
find_sregs_mistake (guint64 cr0, guint64 cr4, guint64 cr8, guint64 efer)
{
  if (cr0 >> 32 != 0 || ((cr0 & CR0_PG) && !(cr0 & CR0_PE)))
    return "has a CR0 that no processor has";
  if (cr8 > 0xf)
    return "has a CR8 of more than 4 bits";
  if ((efer & EFER_LME) && (cr0 & CR0_PG) && (!(cr4 & CR4_PAE) || !(efer & EFER_LMA)))
    return "has long mode without CR4.PAE or EFER.LMA";
  if ((efer & EFER_LMA) && !((efer & EFER_LME) && (cr0 & CR0_PG)))
    return "has EFER.LMA without EFER.LME or CR0.PG";
  return NULL;
}

static gboolean
check_sregs (const KvmStateValues *values, const KvmX86StateFacts *facts, GError **error)
{
  guint item = _kvm_state_has (values, SREGS2) ? SREGS2 : SREGS;
  const char *mistake;

  if ((_kvm_state_has (values, SREGS)) == (_kvm_state_has (values, SREGS2)))
    {
      _kvm_state_set_invalid (error, items[SREGS2].name, "and \"sregs\" are both %s",
                              _kvm_state_has (values, SREGS) ? "there" : "missing");
      return FALSE;
    }
  if (item == SREGS2)
    {
      KvmX86Sregs2 sregs;

      if (!facts->has_sregs2)
        {
          _kvm_state_set_unsupported (error, items[item].name, "needs KVM_CAP_SREGS2, which is 0");
          return FALSE;
        }
      _kvm_state_copy_bytes (values, item, &sregs, sizeof sregs);
      mistake = find_sregs_mistake (sregs.cr0, sregs.cr4, sregs.cr8, sregs.efer);
    }
  else
    {
      KvmX86Sregs sregs;

      _kvm_state_copy_bytes (values, item, &sregs, sizeof sregs);
      mistake = find_sregs_mistake (sregs.cr0, sregs.cr4, sregs.cr8, sregs.efer);
    }
  if (mistake != NULL)
    _kvm_state_set_invalid (error, items[item].name, "%s", mistake);
  return mistake == NULL;
}

static gboolean
check_xsave (const KvmStateValues *values, const KvmX86StateFacts *facts, guint64 supported,
             GError **error)
{
  gsize size = values->values[XSAVE].size;
  const guint8 *data = values->values[XSAVE].data;
  guint64 xstate_bv, xcomp_bv;
  guint32 mxcsr;

  if (size != facts->xsave_size)
    {
      _kvm_state_set_unsupported (error, items[XSAVE].name,
                                  "has %" G_GSIZE_FORMAT " bytes, and not %" G_GSIZE_FORMAT
                                  " as on this host",
                                  size, facts->xsave_size);
      return FALSE;
    }
  memcpy (&xstate_bv, data + KVMOBJ_XSAVE_OFFSET_XSTATE_BV, sizeof xstate_bv);
  memcpy (&xcomp_bv, data + XSAVE_OFFSET_XCOMP_BV, sizeof xcomp_bv);
  memcpy (&mxcsr, data + XSAVE_OFFSET_MXCSR, sizeof mxcsr);
  if (xstate_bv & ~supported)
    _kvm_state_set_unsupported (error, items[XSAVE].name,
                                "has components 0x%" G_GINT64_MODIFIER
                                "x, and this host has 0x%" G_GINT64_MODIFIER "x",
                                xstate_bv, supported);
  else if (xcomp_bv != 0 || (mxcsr & ~MXCSR_VALID))
    _kvm_state_set_invalid (error, items[XSAVE].name, "is compacted, or has an MXCSR that is none");
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_xcrs (const KvmStateValues *values, guint64 supported, GError **error)
{
  KvmX86Xcrs xcrs;

  _kvm_state_copy_bytes (values, XCRS, &xcrs, sizeof xcrs);
  if (xcrs.nr_xcrs > G_N_ELEMENTS (xcrs.xcrs) || xcrs.flags != 0)
    {
      _kvm_state_set_invalid (error, items[XCRS].name, "has %u registers, and flags 0x%x",
                              xcrs.nr_xcrs, xcrs.flags);
      return FALSE;
    }
  for (guint i = 0; i < xcrs.nr_xcrs; i++)
    if (xcrs.xcrs[i].xcr == 0 && ((xcrs.xcrs[i].value & ~supported) || !(xcrs.xcrs[i].value & 1)))
      {
        _kvm_state_set_unsupported (error, items[XCRS].name,
                                    "has an XCR0 of 0x%" G_GINT64_MODIFIER
                                    "x, and this host has 0x%" G_GINT64_MODIFIER "x",
                                    (guint64) xcrs.xcrs[i].value, supported);
        return FALSE;
      }
  return TRUE;
}

static gboolean
check_debug_regs (const KvmStateValues *values, GError **error)
{
  KvmX86DebugRegs regs;

  _kvm_state_copy_bytes (values, DEBUG_REGS, &regs, sizeof regs);
  if (regs.flags == 0 && regs.dr6 >> 32 == 0 && regs.dr7 >> 32 == 0)
    return TRUE;

  _kvm_state_set_invalid (error, items[DEBUG_REGS].name,
                          "has flags, or more than 32 bits in DR6 "
                          "or DR7");
  return FALSE;
}

static gboolean
check_events (const KvmStateValues *values, GError **error)
{
  const guint known = KVM_X86_VCPU_EVENT_FLAGS_NMI_PENDING | KVM_X86_VCPU_EVENT_FLAGS_SIPI_VECTOR
                      | KVM_X86_VCPU_EVENT_FLAGS_SHADOW | KVM_X86_VCPU_EVENT_FLAGS_SMM
                      | KVM_X86_VCPU_EVENT_FLAGS_PAYLOAD | KVM_X86_VCPU_EVENT_FLAGS_TRIPLE_FAULT;
  KvmX86VcpuEvents events;

  _kvm_state_copy_bytes (values, EVENTS, &events, sizeof events);
  if (events.flags & ~known)
    _kvm_state_set_unsupported (error, items[EVENTS].name, "has unknown flags, 0x%x",
                                events.flags & ~known);
  else if ((events.exception_injected || events.exception_pending)
           && (events.exception_nr > 31 || events.exception_nr == 2))
    _kvm_state_set_invalid (error, items[EVENTS].name, "has the exception %u, which there is not",
                            events.exception_nr);
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_nested_state (const KvmStateValues *values, GError **error)
{
  g_autoptr (KvmX86NestedState) nested = NULL;
  g_autoptr (GBytes) bytes
      = g_bytes_new (values->values[NESTED_STATE].data, values->values[NESTED_STATE].size);
  g_autoptr (GError) local = NULL;

  nested = kvm_x86_nested_state_new_from_bytes (bytes, &local);
  if (nested == NULL)
    _kvm_state_set_invalid (error, items[NESTED_STATE].name, "is none: %s", local->message);
  return nested != NULL;
}

static gboolean
check_mp_state (const KvmStateValues *values, const KvmX86StateFacts *facts, GError **error)
{
  guint state = _kvm_state_get_uint32 (values, MP_STATE);

  if (state > KVM_VCPU_STATE_SIPI_RECEIVED && state != KVM_VCPU_STATE_AP_RESET_HOLD)
    _kvm_state_set_invalid (error, items[MP_STATE].name, "is %u, which there is not", state);
  else if (!facts->has_lapic && state != KVM_VCPU_STATE_RUNNABLE)
    _kvm_state_set_unsupported (error, items[MP_STATE].name,
                                "is %u, and there is no local APIC in the kernel here", state);
  else
    return TRUE;
  return FALSE;
}

static gboolean
tsc_khz_differs (guint khz, guint other)
{
  guint64 tolerance = (guint64) other * TSC_TOLERANCE_PPM / 1000000;

  return khz + tolerance < other || khz > other + tolerance;
}

/* The kernel can slow a counter down only where the processor scales it. */
static gboolean
check_tsc_khz (KvmVcpu *self, const KvmStateValues *values, const KvmX86StateFacts *facts,
               GError **error)
{
  guint khz = _kvm_state_get_uint32 (values, TSC_KHZ), here;

  if (!facts->has_tsc_khz || facts->has_tsc_control || !tsc_khz_differs (khz, facts->tsc_khz))
    return TRUE;
  if (!kvm_vcpu_x86_get_tsc_khz (self, &here, error))
    return FALSE;
  if (!tsc_khz_differs (khz, here))
    return TRUE;

  _kvm_state_set_unsupported (error, items[TSC_KHZ].name,
                              "is %u, this vCPU's is %u, and KVM_CAP_TSC_CONTROL is 0", khz, here);
  return FALSE;
}

gboolean
_kvm_vcpu_x86_check_state (KvmVcpu *self, const KvmStateValues *values, GError **error)
{
  KvmX86StateFacts *facts = _kvm_vcpu_x86_get_state_facts (self, error);
  guint64 xcr0;

  return facts != NULL && _kvm_state_check_presence (values, LAPIC, facts->has_lapic, error)
         && _kvm_state_check_presence (values, XCRS, facts->has_xcrs, error)
         && _kvm_state_check_presence (values, DEBUG_REGS, facts->has_debug_regs, error)
         && _kvm_state_check_presence (values, NESTED_STATE, facts->has_nested_state, error)
         && check_sregs (values, facts, error) && check_events (values, error)
         && (!_kvm_state_has (values, DEBUG_REGS) || check_debug_regs (values, error))
         && (!_kvm_state_has (values, NESTED_STATE) || check_nested_state (values, error))
         && check_mp_state (values, facts, error)
         && _kvm_vcpu_x86_check_cpuid (self, facts, &values->values[CPUID], items[CPUID].name,
                                       &xcr0, error)
         && check_xsave (values, facts, xcr0, error)
         && (!_kvm_state_has (values, XCRS) || check_xcrs (values, xcr0, error))
         && (!_kvm_state_has (values, TSC_KHZ) || check_tsc_khz (self, values, facts, error))
         && _kvm_vcpu_x86_check_msrs (facts, &values->values[MSRS], items[MSRS].name, error);
}

/* Sets what the kernel takes as a struct. */
#define RESTORE(request, item, type)                                                               \
  G_STMT_START                                                                                     \
  {                                                                                                \
    type data;                                                                                     \
                                                                                                   \
    _kvm_state_copy_bytes (values, item, &data, sizeof data);                                      \
    if (!_kvm_state_finish_item (kvm_ioctl (&self->handle, request, &data, error) != -1,           \
                                 &items[item], progress, error))                                   \
      return FALSE;                                                                                \
  }                                                                                                \
  G_STMT_END

static gboolean
restore_sregs (KvmVcpu *self, const KvmStateValues *values, KvmStateProgress *progress,
               GError **error)
{
  gsize offset = G_STRUCT_OFFSET (KvmX86Sregs, cr8);

  if (_kvm_state_has (values, SREGS2))
    {
      RESTORE (KVM_SET_SREGS2, SREGS2, KvmX86Sregs2);
      offset = G_STRUCT_OFFSET (KvmX86Sregs2, cr8);
    }
  else
    RESTORE (KVM_SET_SREGS, SREGS, KvmX86Sregs);

  /* Without a local APIC in the kernel each run takes it from the page. */
  memcpy (&self->exit->run->cr8,
          values->values[_kvm_state_has (values, SREGS2) ? SREGS2 : SREGS].data + offset,
          sizeof self->exit->run->cr8);
  return TRUE;
}

static gboolean
restore_tsc_khz (KvmVcpu *self, const KvmStateValues *values, KvmStateProgress *progress,
                 GError **error)
{
  guint khz = _kvm_state_get_uint32 (values, TSC_KHZ), here;

  if (!kvm_vcpu_x86_get_tsc_khz (self, &here, error))
    return FALSE;
  return !tsc_khz_differs (khz, here)
         || _kvm_state_finish_item (kvm_vcpu_x86_set_tsc_khz (self, khz, error), &items[TSC_KHZ],
                                    progress, error);
}

/* The guest's counter goes on from what it was. To set it as an MSR would not do: the kernel takes
 * a value that is less than a second away from what it expects for the one that it expects. So the
 * offset is set; of the vCPUs after the first so that they differ by what they differed by. */
static gboolean
restore_tsc_offset (KvmVcpu *self, const KvmStateValues *values, KvmStateProgress *progress,
                    GError **error)
{
  gint64 offset = (gint64) _kvm_state_get_uint64 (values, TSC_OFFSET), here;
  guint64 tsc, now;

  if (!progress->has_tsc_shift)
    {
      if (!_kvm_x86_msrs_find (&values->values[MSRS], KVMOBJ_MSR_TSC, &tsc))
        return TRUE;
      if (!kvm_vcpu_x86_get_tsc_offset (self, &here, error)
          || !kvm_vcpu_x86_get_msr (self, KVMOBJ_MSR_TSC, &now, error))
        return _kvm_state_finish_item (FALSE, &items[TSC_OFFSET], progress, error);
      progress->tsc_shift = (gint64) ((guint64) here + tsc - now - (guint64) offset);
      progress->has_tsc_shift = TRUE;
    }
  offset = (gint64) ((guint64) offset + (guint64) progress->tsc_shift);
  return _kvm_state_finish_item (kvm_vcpu_x86_set_tsc_offset (self, offset, error),
                                 &items[TSC_OFFSET], progress, error);
}

static gboolean
restore_xsave (KvmVcpu *self, const KvmStateValues *values, KvmStateProgress *progress,
               GError **error)
{
  gconstpointer data = values->values[XSAVE].data;
  gsize size = values->values[XSAVE].size;
  gboolean is_set = kvm_ioctl_sized (&self->handle, KVM_SET_XSAVE, data, size, error) != -1;

  return _kvm_state_finish_item (is_set, &items[XSAVE], progress, error);
}

static gboolean
restore_nested_state (KvmVcpu *self, const KvmStateValues *values, KvmStateProgress *progress,
                      GError **error)
{
  gconstpointer nested = values->values[NESTED_STATE].data;
  gsize size = values->values[NESTED_STATE].size;
  KvmX86VcpuEvents events;
  gboolean is_set;

  /* System management mode is entered first, since that leaves the nested guest. */
  _kvm_state_copy_bytes (values, EVENTS, &events, sizeof events);
  if ((events.flags & KVM_X86_VCPU_EVENT_FLAGS_SMM) && events.smi_smm)
    RESTORE (KVM_SET_VCPU_EVENTS, EVENTS, KvmX86VcpuEvents);
  is_set = kvm_ioctl_sized (&self->handle, KVM_SET_NESTED_STATE, nested, size, error) != -1;
  return _kvm_state_finish_item (is_set, &items[NESTED_STATE], progress, error);
}

/* The order:
 *
 *   CPUID        first: what the vCPU has decides what it takes
 *   SREGS        before the local APIC, whose base and mode they have, and before nested state
 *   LAPIC        before the MSR of its deadline
 *   TSC          before the deadline, which is a value of it
 *   MSRs         features first, and the deadline last; before nested state, which needs some
 *   REGS         before events: to set them drops a pending exception
 *   events       after what changes them by the way
 *   mp_state     last: to set SREGS may wake the vCPU */
gboolean
_kvm_vcpu_x86_restore_state (KvmVcpu *self, const KvmStateValues *values,
                             KvmStateProgress *progress, GError **error)
{
  const KvmX86StateFacts *facts = _kvm_vcpu_x86_get_state_facts (self, error);
  gboolean has_offset;

  if (facts == NULL)
    return FALSE;

  has_offset = _kvm_state_has (values, TSC_OFFSET) && facts->has_tsc_offset;
  if (!_kvm_state_finish_item (_kvm_vcpu_x86_restore_cpuid (self, &values->values[CPUID], error),
                               &items[CPUID], progress, error))
    return FALSE;
  if (_kvm_state_has (values, TSC_KHZ) && facts->has_tsc_control
      && !restore_tsc_khz (self, values, progress, error))
    return FALSE;
  if (!restore_sregs (self, values, progress, error))
    return FALSE;
  if (_kvm_state_has (values, LAPIC))
    RESTORE (KVM_SET_LAPIC, LAPIC, KvmX86Lapic);
  if (has_offset && !restore_tsc_offset (self, values, progress, error))
    return FALSE;
  if (!_kvm_vcpu_x86_restore_msrs (self, facts, &values->values[MSRS], !has_offset, error))
    {
      progress->is_changed = TRUE;
      return _kvm_state_finish_item (FALSE, &items[MSRS], progress, error);
    }
  if (_kvm_state_has (values, NESTED_STATE)
      && !restore_nested_state (self, values, progress, error))
    return FALSE;
  RESTORE (KVM_SET_REGS, REGS, KvmX86Regs);
  if (!restore_xsave (self, values, progress, error))
    return FALSE;
  if (_kvm_state_has (values, XCRS))
    RESTORE (KVM_SET_XCRS, XCRS, KvmX86Xcrs);
  if (_kvm_state_has (values, DEBUG_REGS))
    RESTORE (KVM_SET_DEBUGREGS, DEBUG_REGS, KvmX86DebugRegs);
  RESTORE (KVM_SET_VCPU_EVENTS, EVENTS, KvmX86VcpuEvents);
  return _kvm_state_finish_item (
      kvm_vcpu_set_mp_state (self, _kvm_state_get_uint32 (values, MP_STATE), error),
      &items[MP_STATE], progress, error);
}
