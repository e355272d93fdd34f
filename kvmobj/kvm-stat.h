/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>

G_BEGIN_DECLS

/**
 * KvmStatKind:
 * @KVM_STAT_KIND_CUMULATIVE: it counts, and never goes back
 * @KVM_STAT_KIND_INSTANT: how it is now; it rises and falls
 * @KVM_STAT_KIND_PEAK: the highest that it ever was
 * @KVM_STAT_KIND_LINEAR_HISTOGRAM: a number for each bucket, and all buckets are of the same size
 * @KVM_STAT_KIND_LOG_HISTOGRAM: a number for each bucket, and each is twice as large as the one
 *   before
 * @KVM_STAT_KIND_OTHER: a kind that has no name here
 *
 * What the values of a statistic mean. The numbers are those of the kernel's `KVM_STATS_TYPE_…`,
 * without the shift.
 *
 * Since: 0.1
 */
typedef enum
{
  KVM_STAT_KIND_CUMULATIVE = 0,
  KVM_STAT_KIND_INSTANT = 1,
  KVM_STAT_KIND_PEAK = 2,
  KVM_STAT_KIND_LINEAR_HISTOGRAM = 3,
  KVM_STAT_KIND_LOG_HISTOGRAM = 4,
  KVM_STAT_KIND_OTHER = 1000,
} KvmStatKind;

/**
 * KvmStatUnit:
 * @KVM_STAT_UNIT_NONE: a plain number
 * @KVM_STAT_UNIT_BYTES: bytes
 * @KVM_STAT_UNIT_SECONDS: seconds
 * @KVM_STAT_UNIT_CYCLES: cycles of the processor
 * @KVM_STAT_UNIT_BOOLEAN: 0 or 1
 * @KVM_STAT_UNIT_OTHER: a unit that has no name here
 *
 * What a statistic is measured in. The numbers are those of the kernel's `KVM_STATS_UNIT_…`,
 * without the shift.
 *
 * Since: 0.1
 */
typedef enum
{
  KVM_STAT_UNIT_NONE = 0,
  KVM_STAT_UNIT_BYTES = 1,
  KVM_STAT_UNIT_SECONDS = 2,
  KVM_STAT_UNIT_CYCLES = 3,
  KVM_STAT_UNIT_BOOLEAN = 4,
  KVM_STAT_UNIT_OTHER = 1000,
} KvmStatUnit;

#define KVM_TYPE_STAT (kvm_stat_get_type ())

KVMOBJ_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (KvmStat, kvm_stat, KVM, STAT, GObject)

KVMOBJ_AVAILABLE_IN_0_1
const char *kvm_stat_get_name (KvmStat *self);
KVMOBJ_AVAILABLE_IN_0_1
KvmStatKind kvm_stat_get_kind (KvmStat *self);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_stat_get_raw_kind (KvmStat *self);
KVMOBJ_AVAILABLE_IN_0_1
KvmStatUnit kvm_stat_get_unit (KvmStat *self);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_stat_get_raw_unit (KvmStat *self);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_stat_get_base (KvmStat *self);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_stat_get_raw_base (KvmStat *self);
KVMOBJ_AVAILABLE_IN_0_1
int kvm_stat_get_exponent (KvmStat *self);
KVMOBJ_AVAILABLE_IN_0_1
guint kvm_stat_get_bucket_size (KvmStat *self);

KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_stat_get_value (KvmStat *self);
KVMOBJ_AVAILABLE_IN_0_1
guint64 *kvm_stat_get_values (KvmStat *self, gsize *n_values);
KVMOBJ_AVAILABLE_IN_0_1
GBytes *kvm_stat_to_bytes (KvmStat *self);

G_END_DECLS
