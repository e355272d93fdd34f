/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-abi-private.h"
#include "x86/kvm-x86-pmu-event-filter.h"

G_BEGIN_DECLS

/* What the kernel is given. Free it with g_free (). */
KvmAbiPmuEventFilter *_kvm_x86_pmu_event_filter_to_abi (const KvmX86PmuEventFilter *self);

G_END_DECLS
