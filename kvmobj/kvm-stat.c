/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "kvm-enum-types.h"
#include "kvm-stat-private.h"

/**
 * KvmStat:
 *
 * One thing that the kernel counts or measures of a virtual machine or a vCPU, from
 * [class@Kvm.Stats]. Which there are depends on the kernel and the host.
 *
 * A value means `value × base ^ exponent` of its unit: 1500 with base 10 and exponent -9 in seconds
 * is 1.5 µs.
 *
 * It shows what [method@Kvm.Stats.update] last read, and stays readable when the statistics are
 * gone. It may be used from one thread at a time.
 *
 * Since: 0.1
 */
struct _KvmStat
{
  GObject parent_instance;
  char *name;
  guint32 flags;
  int exponent;
  guint bucket_size;
  guint32 offset; /* of the values in the data */
  gsize n_values;
  guint64 *values;
};

typedef enum
{
  PROP_NAME = 1,
  PROP_KIND,
  PROP_UNIT,
  PROP_BASE,
  PROP_EXPONENT,
  PROP_BUCKET_SIZE,
  PROP_VALUE,
} KvmStatProperty;

static GParamSpec *properties[PROP_VALUE + 1];

G_DEFINE_FINAL_TYPE (KvmStat, kvm_stat, G_TYPE_OBJECT)

static void
kvm_stat_finalize (GObject *object)
{
  KvmStat *self = KVM_STAT (object);

  g_free (self->values);
  g_free (self->name);

  G_OBJECT_CLASS (kvm_stat_parent_class)->finalize (object);
}

static void
kvm_stat_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  KvmStat *self = KVM_STAT (object);

  switch ((KvmStatProperty) id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_KIND:
      g_value_set_enum (value, kvm_stat_get_kind (self));
      break;
    case PROP_UNIT:
      g_value_set_enum (value, kvm_stat_get_unit (self));
      break;
    case PROP_BASE:
      g_value_set_uint (value, kvm_stat_get_base (self));
      break;
    case PROP_EXPONENT:
      g_value_set_int (value, self->exponent);
      break;
    case PROP_BUCKET_SIZE:
      g_value_set_uint (value, self->bucket_size);
      break;
    case PROP_VALUE:
      g_value_set_uint64 (value, kvm_stat_get_value (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
kvm_stat_class_init (KvmStatClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = kvm_stat_finalize;
  object_class->get_property = kvm_stat_get_property;

  /**
   * KvmStat:name:
   *
   * The kernel's name.
   *
   * Since: 0.1
   */
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);

  /**
   * KvmStat:kind:
   *
   * What the values mean.
   *
   * Since: 0.1
   */
  properties[PROP_KIND]
      = g_param_spec_enum ("kind", NULL, NULL, KVM_TYPE_STAT_KIND, KVM_STAT_KIND_CUMULATIVE, flags);

  /**
   * KvmStat:unit:
   *
   * What it is measured in.
   *
   * Since: 0.1
   */
  properties[PROP_UNIT]
      = g_param_spec_enum ("unit", NULL, NULL, KVM_TYPE_STAT_UNIT, KVM_STAT_UNIT_NONE, flags);

  /**
   * KvmStat:base:
   *
   * What the exponent belongs to: 10, 2, or 0 if it is another.
   *
   * Since: 0.1
   */
  properties[PROP_BASE] = g_param_spec_uint ("base", NULL, NULL, 0, 10, 10, flags);

  /**
   * KvmStat:exponent:
   *
   * The power of the base that a value is to be multiplied by.
   *
   * Since: 0.1
   */
  properties[PROP_EXPONENT]
      = g_param_spec_int ("exponent", NULL, NULL, G_MININT16, G_MAXINT16, 0, flags);

  /**
   * KvmStat:bucket-size:
   *
   * How large a bucket of a linear histogram is; else 0.
   *
   * Since: 0.1
   */
  properties[PROP_BUCKET_SIZE]
      = g_param_spec_uint ("bucket-size", NULL, NULL, 0, G_MAXUINT, 0, flags);

  /**
   * KvmStat:value:
   *
   * The value; of a histogram that of the first bucket. A change of any bucket is notified by
   * [method@Kvm.Stats.update], in its thread, when all have their new values.
   *
   * Since: 0.1
   */
  properties[PROP_VALUE] = g_param_spec_uint64 ("value", NULL, NULL, 0, G_MAXUINT64, 0, flags);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
kvm_stat_init (KvmStat *self)
{
}

KvmStat *
_kvm_stat_new (const KvmAbiStatsDesc *desc, const char *name, gsize name_size)
{
  guint64 *values = g_try_new0 (guint64, MAX (desc->size, 1));
  KvmStat *self;

  if (values == NULL)
    return NULL;

  self = g_object_new (KVM_TYPE_STAT, NULL);
  self->name = g_utf8_make_valid (name, strnlen (name, name_size));
  self->flags = desc->flags;
  self->exponent = desc->exponent;
  self->bucket_size = desc->bucket_size;
  self->offset = desc->offset;
  self->n_values = desc->size;
  self->values = values;
  return self;
}

guint64
_kvm_stat_get_end (KvmStat *self)
{
  return (guint64) self->offset + self->n_values * sizeof *self->values;
}

void
_kvm_stat_take (KvmStat *self, const guint8 *data)
{
  gsize size = self->n_values * sizeof *self->values;

  if (memcmp (self->values, data + self->offset, size) == 0)
    return;

  memcpy (self->values, data + self->offset, size);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VALUE]);
}

/**
 * kvm_stat_get_name:
 * @self: a statistic
 *
 * Gets the kernel's name, such as `exits`.
 *
 * Returns: (nullable): the name; %NULL if no kernel stands behind it
 *
 * Since: 0.1
 */
const char *
kvm_stat_get_name (KvmStat *self)
{
  g_return_val_if_fail (KVM_IS_STAT (self), NULL);

  return self->name;
}

/**
 * kvm_stat_get_kind:
 * @self: a statistic
 *
 * Gets what the values mean.
 *
 * Returns: the kind
 *
 * Since: 0.1
 */
KvmStatKind
kvm_stat_get_kind (KvmStat *self)
{
  guint raw;

  g_return_val_if_fail (KVM_IS_STAT (self), KVM_STAT_KIND_OTHER);

  raw = kvm_stat_get_raw_kind (self);
  return raw <= KVM_STAT_KIND_LOG_HISTOGRAM ? (KvmStatKind) raw : KVM_STAT_KIND_OTHER;
}

/**
 * kvm_stat_get_raw_kind:
 * @self: a statistic
 *
 * Gets what [method@Kvm.Stat.get_kind] gets, as the kernel's number.
 *
 * Returns: the number, at most 15
 *
 * Since: 0.1
 */
guint
kvm_stat_get_raw_kind (KvmStat *self)
{
  g_return_val_if_fail (KVM_IS_STAT (self), 0);

  return KVMOBJ_STATS_TYPE (self->flags);
}

/**
 * kvm_stat_get_unit:
 * @self: a statistic
 *
 * Gets what it is measured in.
 *
 * Returns: the unit
 *
 * Since: 0.1
 */
KvmStatUnit
kvm_stat_get_unit (KvmStat *self)
{
  guint raw;

  g_return_val_if_fail (KVM_IS_STAT (self), KVM_STAT_UNIT_OTHER);

  raw = kvm_stat_get_raw_unit (self);
  return raw <= KVM_STAT_UNIT_BOOLEAN ? (KvmStatUnit) raw : KVM_STAT_UNIT_OTHER;
}

/**
 * kvm_stat_get_raw_unit:
 * @self: a statistic
 *
 * Gets what [method@Kvm.Stat.get_unit] gets, as the kernel's number.
 *
 * Returns: the number, at most 15
 *
 * Since: 0.1
 */
guint
kvm_stat_get_raw_unit (KvmStat *self)
{
  g_return_val_if_fail (KVM_IS_STAT (self), 0);

  return KVMOBJ_STATS_UNIT (self->flags);
}

/**
 * kvm_stat_get_base:
 * @self: a statistic
 *
 * Gets what the exponent belongs to.
 *
 * Returns: 10 or 2; 0 if it is a base that the library does not know
 *
 * Since: 0.1
 */
guint
kvm_stat_get_base (KvmStat *self)
{
  static const guint bases[] = { 10, 2 };
  guint raw;

  g_return_val_if_fail (KVM_IS_STAT (self), 0);

  raw = kvm_stat_get_raw_base (self);
  return raw < G_N_ELEMENTS (bases) ? bases[raw] : 0;
}

/**
 * kvm_stat_get_raw_base:
 * @self: a statistic
 *
 * Gets what [method@Kvm.Stat.get_base] gets, as the kernel's number: 0 is 10, and 1 is 2.
 *
 * Returns: the number, at most 15
 *
 * Since: 0.1
 */
guint
kvm_stat_get_raw_base (KvmStat *self)
{
  g_return_val_if_fail (KVM_IS_STAT (self), 0);

  return KVMOBJ_STATS_BASE (self->flags);
}

/**
 * kvm_stat_get_exponent:
 * @self: a statistic
 *
 * Gets the power of the base that a value is to be multiplied by. Of a histogram it applies to the
 * bounds of the buckets, and the values are plain numbers.
 *
 * Returns: the exponent
 *
 * Since: 0.1
 */
int
kvm_stat_get_exponent (KvmStat *self)
{
  g_return_val_if_fail (KVM_IS_STAT (self), 0);

  return self->exponent;
}

/**
 * kvm_stat_get_bucket_size:
 * @self: a statistic
 *
 * Gets how large a bucket of a linear histogram is. Bucket _i_, from 0 on, counts what is from
 * _i_ × size up to, but not including, (_i_ + 1) × size; the last one counts all that is larger,
 * too.
 *
 * The buckets of a logarithmic histogram need no size: the first counts 0, and bucket _i_ what is
 * from 2 ^ (_i_ - 1) up to, but not including, 2 ^ _i_.
 *
 * Returns: the size; 0 if it is no linear histogram
 *
 * Since: 0.1
 */
guint
kvm_stat_get_bucket_size (KvmStat *self)
{
  g_return_val_if_fail (KVM_IS_STAT (self), 0);

  return self->bucket_size;
}

/**
 * kvm_stat_get_value:
 * @self: a statistic
 *
 * Gets the value as it was read last.
 *
 * JavaScript rounds what is above 2^53; [method@Kvm.Stat.to_bytes] is exact.
 *
 * Returns: the value; of a histogram that of the first bucket
 *
 * Since: 0.1
 */
guint64
kvm_stat_get_value (KvmStat *self)
{
  g_return_val_if_fail (KVM_IS_STAT (self), 0);

  return self->n_values != 0 ? self->values[0] : 0;
}

/**
 * kvm_stat_get_values:
 * @self: a statistic
 * @n_values: (out): how many there are
 *
 * Gets the values as they were read last: one for each bucket of a histogram, and else a single
 * one.
 *
 * JavaScript rounds what is above 2^53; [method@Kvm.Stat.to_bytes] is exact.
 *
 * Returns: (array length=n_values) (transfer full): the values
 *
 * Since: 0.1
 */
guint64 *
kvm_stat_get_values (KvmStat *self, gsize *n_values)
{
  guint64 *values;

  g_return_val_if_fail (n_values != NULL, NULL);
  *n_values = 0;
  g_return_val_if_fail (KVM_IS_STAT (self), NULL);

  values = g_new0 (guint64, self->n_values + 1);
  if (self->n_values != 0)
    memcpy (values, self->values, self->n_values * sizeof *values);
  *n_values = self->n_values;
  return values;
}

/**
 * kvm_stat_to_bytes:
 * @self: a statistic
 *
 * Gets what [method@Kvm.Stat.get_values] gets as bytes: 8 for each value, little-endian.
 *
 * Returns: (transfer full): the bytes
 *
 * Since: 0.1
 */
GBytes *
kvm_stat_to_bytes (KvmStat *self)
{
  g_return_val_if_fail (KVM_IS_STAT (self), NULL);

  return g_bytes_new (self->values, self->n_values * sizeof *self->values);
}
