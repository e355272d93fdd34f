/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <glib-object.h>

#include <kvmobj/kvm-version-macros.h>

G_BEGIN_DECLS

/**
 * KvmX86PmuEventAction:
 * @KVM_X86_PMU_EVENT_ACTION_ALLOW: the guest may count these events alone
 * @KVM_X86_PMU_EVENT_ACTION_DENY: the guest may count all events but these
 *
 * What a filter does with its events.
 *
 * Since: 0.1
 */
typedef enum
{
  KVM_X86_PMU_EVENT_ACTION_ALLOW,
  KVM_X86_PMU_EVENT_ACTION_DENY,
} KvmX86PmuEventAction;

#define KVM_TYPE_X86_PMU_EVENT_FILTER (kvm_x86_pmu_event_filter_get_type ())

typedef struct _KvmX86PmuEventFilter KvmX86PmuEventFilter;

KVMOBJ_AVAILABLE_IN_0_1
GType kvm_x86_pmu_event_filter_get_type (void);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86PmuEventFilter *kvm_x86_pmu_event_filter_new (KvmX86PmuEventAction action);
KVMOBJ_AVAILABLE_IN_0_1
KvmX86PmuEventFilter *kvm_x86_pmu_event_filter_copy (const KvmX86PmuEventFilter *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_x86_pmu_event_filter_free (KvmX86PmuEventFilter *self);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_pmu_event_filter_add_event (KvmX86PmuEventFilter *self, guint16 select,
                                             guint8 unit_mask, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_x86_pmu_event_filter_add_masked_event (KvmX86PmuEventFilter *self, guint16 select,
                                                    guint8 mask, guint8 match, gboolean exclude,
                                                    GError **error);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_x86_pmu_event_filter_get_n_events (const KvmX86PmuEventFilter *self);
KVMOBJ_AVAILABLE_IN_0_1
void kvm_x86_pmu_event_filter_set_fixed_counters (KvmX86PmuEventFilter *self, guint32 bitmap);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KvmX86PmuEventFilter, kvm_x86_pmu_event_filter_free)

G_END_DECLS
