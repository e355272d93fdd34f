/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "kvm-error.h"
#include "x86/kvm-x86-pmu-event-filter-private.h"

/**
 * KvmX86PmuEventFilter:
 *
 * Which events a guest may count with its performance counters. Make one, add events, and give it
 * to [method@Kvm.Vm.x86_set_pmu_event_filter]; to change it afterwards does not change what the
 * virtual machine has.
 *
 * ```c
 * g_autoptr (KvmX86PmuEventFilter) filter
 *     = kvm_x86_pmu_event_filter_new (KVM_X86_PMU_EVENT_ACTION_ALLOW);
 *
 * kvm_x86_pmu_event_filter_add_event (filter, 0x3c, 0x00, &error); // cycles
 * kvm_x86_pmu_event_filter_add_event (filter, 0xc0, 0x00, &error); // instructions
 * kvm_vm_x86_set_pmu_event_filter (vm, filter, &error);
 * ```
 *
 * Since: 0.1
 */
struct _KvmX86PmuEventFilter
{
  KvmX86PmuEventAction action;
  guint32 fixed_counters;
  GArray *events; /* owned; of guint64, each with a mask */
};

G_DEFINE_BOXED_TYPE (KvmX86PmuEventFilter, kvm_x86_pmu_event_filter, kvm_x86_pmu_event_filter_copy,
                     kvm_x86_pmu_event_filter_free)

#define MAX_SELECT 0xfff
#define EXCLUDE (G_GUINT64_CONSTANT (1) << 55)
#define MASK_SHIFT 56
#define MASK_ALL (G_GUINT64_CONSTANT (0xff) << MASK_SHIFT)

/**
 * kvm_x86_pmu_event_filter_new:
 * @action: what is done with the events in it
 *
 * Makes a filter without events, which says nothing of the fixed counters.
 *
 * Returns: (transfer full): the filter
 *
 * Since: 0.1
 */
KvmX86PmuEventFilter *
kvm_x86_pmu_event_filter_new (KvmX86PmuEventAction action)
{
  KvmX86PmuEventFilter *self = g_new0 (KvmX86PmuEventFilter, 1);

  self->action = action;
  self->events = g_array_new (FALSE, FALSE, sizeof (guint64));
  return self;
}

/**
 * kvm_x86_pmu_event_filter_copy:
 * @self: a filter
 *
 * Copies the filter.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 0.1
 */
KvmX86PmuEventFilter *
kvm_x86_pmu_event_filter_copy (const KvmX86PmuEventFilter *self)
{
  KvmX86PmuEventFilter *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_memdup2 (self, sizeof *self);
  copy->events = g_array_copy (self->events);
  return copy;
}

/**
 * kvm_x86_pmu_event_filter_free:
 * @self: (transfer full): a filter
 *
 * Frees the filter.
 *
 * Since: 0.1
 */
void
kvm_x86_pmu_event_filter_free (KvmX86PmuEventFilter *self)
{
  g_return_if_fail (self != NULL);

  g_array_unref (self->events);
  g_free (self);
}

/**
 * kvm_x86_pmu_event_filter_add_event:
 * @self: a filter
 * @select: the event, at most 0xfff; only AMD has any above 0xff
 * @unit_mask: which kind of it
 * @error: return location for an error
 *
 * Adds one event.
 *
 * Fails with %KVM_ERROR_INVALID if there is no such event.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_x86_pmu_event_filter_add_event (KvmX86PmuEventFilter *self, guint16 select, guint8 unit_mask,
                                    GError **error)
{
  return kvm_x86_pmu_event_filter_add_masked_event (self, select, 0xff, unit_mask, FALSE, error);
}

/**
 * kvm_x86_pmu_event_filter_add_masked_event:
 * @self: a filter
 * @select: the event, at most 0xfff; only AMD has any above 0xff
 * @mask: which bits of the unit mask are compared
 * @match: what they must be
 * @exclude: whether these unit masks are taken out of what other entries for this event match
 * @error: return location for an error
 *
 * Adds an event with many unit masks at once: those which are @match in the bits of @mask
 * (%KVM_CAPABILITY_PMU_EVENT_MASKED_EVENTS).
 *
 * Fails with %KVM_ERROR_INVALID if there is no such event, or @match has a bit that @mask has not.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_x86_pmu_event_filter_add_masked_event (KvmX86PmuEventFilter *self, guint16 select, guint8 mask,
                                           guint8 match, gboolean exclude, GError **error)
{
  guint64 event;

  g_return_val_if_fail (self != NULL, FALSE);

  if (select > MAX_SELECT)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "There is no event 0x%x: the last one is 0x%x", select, MAX_SELECT);
      return FALSE;
    }
  if (match & ~mask)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "No unit mask is 0x%02x in the bits 0x%02x: these bits are not among them",
                   match, mask);
      return FALSE;
    }

  event = (select & 0xff) | (guint64) (select & 0xf00) << 24 | (guint64) match << 8
          | (guint64) mask << MASK_SHIFT | (exclude ? EXCLUDE : 0);
  g_array_append_val (self->events, event);
  return TRUE;
}

/**
 * kvm_x86_pmu_event_filter_get_n_events:
 * @self: a filter
 *
 * Gets how many events were added.
 *
 * Returns: the number of events
 *
 * Since: 0.1
 */
guint
kvm_x86_pmu_event_filter_get_n_events (const KvmX86PmuEventFilter *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->events->len;
}

/**
 * kvm_x86_pmu_event_filter_set_fixed_counters:
 * @self: a filter
 * @bitmap: one bit a counter, the first one lowest
 *
 * Sets which of the fixed counters, which have an event of their own, are among the filter's
 * events.
 *
 * Since: 0.1
 */
void
kvm_x86_pmu_event_filter_set_fixed_counters (KvmX86PmuEventFilter *self, guint32 bitmap)
{
  g_return_if_fail (self != NULL);

  self->fixed_counters = bitmap;
}

/* A filter that has no use for masks is given to the kernel without, as all kernels know it. */
static gboolean
is_masked (const KvmX86PmuEventFilter *self)
{
  for (guint i = 0; i < self->events->len; i++)
    {
      guint64 event = g_array_index (self->events, guint64, i);

      if ((event & MASK_ALL) != MASK_ALL || (event & EXCLUDE))
        return TRUE;
    }
  return FALSE;
}

KvmAbiPmuEventFilter *
_kvm_x86_pmu_event_filter_to_abi (const KvmX86PmuEventFilter *self)
{
  guint n = self->events->len;
  KvmAbiPmuEventFilter *abi = g_malloc0 (sizeof *abi + n * sizeof abi->events[0]);

  abi->action = self->action;
  abi->nevents = n;
  abi->fixed_counter_bitmap = self->fixed_counters;
  abi->flags = is_masked (self) ? KVMOBJ_PMU_EVENT_FLAG_MASKED : 0;
  for (guint i = 0; i < n; i++)
    {
      abi->events[i] = g_array_index (self->events, guint64, i);
      if (abi->flags == 0)
        abi->events[i] &= ~MASK_ALL;
    }
  return abi;
}
