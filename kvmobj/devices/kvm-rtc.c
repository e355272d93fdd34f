/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <time.h>

#include "kvm-fork-private.h"
#include "kvm-io-bytes-private.h"
#include "kvm-rtc.h"

/**
 * KvmRtc:
 *
 * The clock of a PC with its 128 bytes of CMOS memory, an MC146818. It belongs at the two ports
 * 0x70 (which byte) and 0x71 (the byte).
 *
 * ```c
 * g_autoptr (KvmRtc) rtc = kvm_rtc_new ();
 *
 * if (!kvm_io_bus_add_device (kvm_vm_get_io_bus (vm), KVM_IO_SPACE_PORT, 0x70, 2,
 *                             KVM_IO_DEVICE (rtc), KVM_IO_DEVICE_FLAGS_NONE, &error))
 *   return FALSE;
 * kvm_rtc_set_byte (rtc, 0x34, extended_memory & 0xff);
 * kvm_rtc_set_byte (rtc, 0x35, extended_memory >> 8);
 * ```
 *
 * It runs with the host's clock, [property@Kvm.Rtc:offset] ahead of UTC; a guest that sets the time
 * changes that offset. Bytes 0, 2, 4 and 6 to 9 are the time and the date, and byte 0x32 the
 * century; BCD or binary, with 12 or 24 hours, as register B (byte 11) says. The day of the week
 * follows from the date and cannot be set. A date that does not exist becomes one that does, as 30
 * February becomes 1 or 2 March.
 *
 * Bit 7 of register A tells that the second is about to change, for the last 244 µs of each. While
 * bit 7 of register B is set, the time stands still; it goes on from what was written when the bit
 * is cleared.
 *
 * There are no interrupts: the alarm is memory, and register C always 0.
 *
 * It may be used from any thread.
 *
 * Since: 0.1
 */

#define N_BYTES 128

struct _KvmRtc
{
  GObject parent_instance;
  guint generation;  /* _kvm_fork_generation of the process that made it */
  GMutex lock;       /* for the following; taken with _kvm_fork_lock () */
  guint8 index;      /* the byte that the guest has chosen */
  gint64 offset;     /* from UTC, in microseconds */
  struct tm stopped; /* the time while B_SET is set */
  guint8 bytes[N_BYTES];
};

/* What the bytes are. */
#define SECONDS 0
#define MINUTES 2
#define HOURS 4
#define DAY_OF_WEEK 6
#define DAY 7
#define MONTH 8
#define YEAR 9
#define REGISTER_A 10
#define REGISTER_B 11
#define REGISTER_C 12
#define REGISTER_D 13
#define CENTURY 0x32

#define A_UPDATING 0x80
#define A_DEFAULT 0x26 /* the usual crystal, and 1024 interrupts a second if there were any */
#define B_SET 0x80
#define B_BINARY 0x04
#define B_24_HOURS 0x02
#define D_VALID 0x80
#define HOURS_PM 0x80

#define UPDATE_TIME 244 /* microseconds */

/* About 9500 years: far enough for every year that the bytes can name, and from overflow. */
#define MAX_OFFSET G_GINT64_CONSTANT (300000000000000000)

typedef enum
{
  PROP_OFFSET = 1,
} KvmRtcProperty;

static GParamSpec *properties[PROP_OFFSET + 1];

static void kvm_rtc_io_device_init (KvmIoDeviceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (KvmRtc, kvm_rtc, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (KVM_TYPE_IO_DEVICE, kvm_rtc_io_device_init))

static void
kvm_rtc_finalize (GObject *object)
{
  KvmRtc *self = KVM_RTC (object);

  _kvm_fork_clear_lock (&self->lock, self->generation);

  G_OBJECT_CLASS (kvm_rtc_parent_class)->finalize (object);
}

static void
kvm_rtc_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch ((KvmRtcProperty) id)
    {
    case PROP_OFFSET:
      g_value_set_int64 (value, kvm_rtc_get_offset (KVM_RTC (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
kvm_rtc_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch ((KvmRtcProperty) id)
    {
    case PROP_OFFSET:
      kvm_rtc_set_offset (KVM_RTC (object), g_value_get_int64 (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
kvm_rtc_class_init (KvmRtcClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = kvm_rtc_finalize;
  object_class->get_property = kvm_rtc_get_property;
  object_class->set_property = kvm_rtc_set_property;

  /**
   * KvmRtc:offset:
   *
   * How far the clock is ahead of UTC, in microseconds: 0 at first, the offset of the local time
   * zone for a guest that wants local time, and what it comes to when the guest sets the time. It
   * is not notified.
   *
   * Since: 0.1
   */
  properties[PROP_OFFSET] = g_param_spec_int64 ("offset", NULL, NULL, -MAX_OFFSET, MAX_OFFSET, 0,
                                                G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
kvm_rtc_init (KvmRtc *self)
{
  _kvm_fork_watch ();
  self->generation = _kvm_fork_generation;
  g_mutex_init (&self->lock);
  self->bytes[REGISTER_A] = A_DEFAULT;
  self->bytes[REGISTER_B] = B_24_HOURS;
  self->bytes[REGISTER_D] = D_VALID;
}

static guint8
encode (KvmRtc *self, guint value)
{
  return (self->bytes[REGISTER_B] & B_BINARY) != 0 ? value : value / 10 << 4 | value % 10;
}

static guint
decode (KvmRtc *self, guint8 byte)
{
  return (self->bytes[REGISTER_B] & B_BINARY) != 0 ? byte : (byte >> 4) * 10 + (byte & 0xf);
}

static guint8
encode_hours (KvmRtc *self, guint hours)
{
  if ((self->bytes[REGISTER_B] & B_24_HOURS) != 0)
    return encode (self, hours);
  return encode (self, (hours + 11) % 12 + 1) | (hours >= 12 ? HOURS_PM : 0);
}

static guint
decode_hours (KvmRtc *self, guint8 byte)
{
  if ((self->bytes[REGISTER_B] & B_24_HOURS) != 0)
    return decode (self, byte);
  return decode (self, byte & ~HOURS_PM) % 12 + ((byte & HOURS_PM) != 0 ? 12 : 0);
}

/* The time as the guest's clock shows it. */
static struct tm
get_time (KvmRtc *self)
{
  gint64 now = g_get_real_time () + self->offset;
  time_t seconds = now / G_USEC_PER_SEC - (now % G_USEC_PER_SEC < 0);
  struct tm tm;

  if ((self->bytes[REGISTER_B] & B_SET) != 0)
    return self->stopped;
  gmtime_r (&seconds, &tm);
  return tm;
}

/* Moves the clock, if not out of all bounds. */
static void
move_to (KvmRtc *self, gint64 offset)
{
  if (ABS (offset) <= MAX_OFFSET)
    self->offset = offset;
}

static void
set_time (KvmRtc *self, struct tm *tm, gint64 seconds_before)
{
  if ((self->bytes[REGISTER_B] & B_SET) != 0)
    self->stopped = *tm;
  else
    move_to (self, self->offset + (timegm (tm) - seconds_before) * G_USEC_PER_SEC);
}

static void
set_register_b (KvmRtc *self, struct tm *tm, guint8 byte)
{
  guint8 before = self->bytes[REGISTER_B];

  self->bytes[REGISTER_B] = byte;
  if ((before & ~byte & B_SET) != 0)
    move_to (self, timegm (tm) * G_USEC_PER_SEC - g_get_real_time ());
  else
    self->stopped = *tm;
}

static gboolean
is_updating (KvmRtc *self)
{
  gint64 microseconds = (g_get_real_time () + self->offset) % G_USEC_PER_SEC;

  if (microseconds < 0)
    microseconds += G_USEC_PER_SEC;
  return (self->bytes[REGISTER_B] & B_SET) == 0 && microseconds >= G_USEC_PER_SEC - UPDATE_TIME;
}

/* The four digits of a year, of those before the year 0 too. */
static guint
get_year (const struct tm *tm)
{
  int year = (tm->tm_year + 1900) % 10000;

  return year >= 0 ? year : year + 10000;
}

static void
set_year (struct tm *tm, guint century, guint year)
{
  tm->tm_year = (int) (century * 100 + year) - 1900;
}

static guint8
get_register (KvmRtc *self, guint index)
{
  struct tm tm;

  switch (index)
    {
    case SECONDS:
      tm = get_time (self);
      return encode (self, tm.tm_sec);
    case MINUTES:
      tm = get_time (self);
      return encode (self, tm.tm_min);
    case HOURS:
      tm = get_time (self);
      return encode_hours (self, tm.tm_hour);
    case DAY_OF_WEEK:
      tm = get_time (self);
      return encode (self, tm.tm_wday + 1);
    case DAY:
      tm = get_time (self);
      return encode (self, tm.tm_mday);
    case MONTH:
      tm = get_time (self);
      return encode (self, tm.tm_mon + 1);
    case YEAR:
      tm = get_time (self);
      return encode (self, get_year (&tm) % 100);
    case CENTURY:
      tm = get_time (self);
      return encode (self, get_year (&tm) / 100);
    case REGISTER_A:
      return self->bytes[index] | (is_updating (self) ? A_UPDATING : 0);
    default:
      return self->bytes[index];
    }
}

static void
set_register (KvmRtc *self, guint index, guint8 byte)
{
  struct tm tm = get_time (self), before = tm;

  switch (index)
    {
    case SECONDS:
      tm.tm_sec = decode (self, byte);
      break;
    case MINUTES:
      tm.tm_min = decode (self, byte);
      break;
    case HOURS:
      tm.tm_hour = decode_hours (self, byte);
      break;
    case DAY_OF_WEEK:
      return;
    case DAY:
      tm.tm_mday = decode (self, byte);
      break;
    case MONTH:
      tm.tm_mon = (int) decode (self, byte) - 1;
      break;
    case YEAR:
      set_year (&tm, get_year (&tm) / 100, decode (self, byte));
      break;
    case CENTURY:
      set_year (&tm, decode (self, byte), get_year (&tm) % 100);
      break;
    case REGISTER_A:
      self->bytes[index] = byte & ~A_UPDATING;
      return;
    case REGISTER_B:
      set_register_b (self, &tm, byte);
      return;
    case REGISTER_C:
    case REGISTER_D:
      return;
    default:
      self->bytes[index] = byte;
      return;
    }
  set_time (self, &tm, timegm (&before));
}

static guint8
read_byte (gpointer data, guint64 offset)
{
  KvmRtc *self = data;

  return offset == 1 ? get_register (self, self->index) : 0xff;
}

static gboolean
write_byte (gpointer data, guint64 offset, guint8 byte)
{
  KvmRtc *self = data;

  if (offset == 0)
    self->index = byte % N_BYTES; /* bit 7 is for the NMI, which is not ours */
  else if (offset == 1)
    set_register (self, self->index, byte);
  return FALSE;
}

static guint64
rtc_read (KvmIoDevice *device, guint64 offset, guint size)
{
  KvmRtc *self = KVM_RTC (device);
  guint64 value;

  if (!_kvm_fork_lock (&self->lock, self->generation))
    return G_MAXUINT64;
  value = _kvm_io_read_bytes (self, offset, size, read_byte);
  g_mutex_unlock (&self->lock);
  return value;
}

static gboolean
rtc_write (KvmIoDevice *device, guint64 offset, guint size, guint64 value)
{
  KvmRtc *self = KVM_RTC (device);

  if (!_kvm_fork_lock (&self->lock, self->generation))
    return FALSE;
  _kvm_io_write_bytes (self, offset, size, value, write_byte);
  g_mutex_unlock (&self->lock);
  return FALSE;
}

static void
kvm_rtc_io_device_init (KvmIoDeviceInterface *iface)
{
  iface->read = rtc_read;
  iface->write = rtc_write;
}

/**
 * kvm_rtc_new:
 *
 * Makes a clock that shows UTC, in BCD and with 24 hours, and whose memory is 0.
 *
 * Returns: (transfer full): the device
 *
 * Since: 0.1
 */
KvmRtc *
kvm_rtc_new (void)
{
  return g_object_new (KVM_TYPE_RTC, NULL);
}

/**
 * kvm_rtc_get_offset:
 * @self: a clock
 *
 * Gets how far the clock is ahead of UTC.
 *
 * Returns: the offset in microseconds
 *
 * Since: 0.1
 */
gint64
kvm_rtc_get_offset (KvmRtc *self)
{
  gint64 offset;

  g_return_val_if_fail (KVM_IS_RTC (self), 0);

  if (!_kvm_fork_lock (&self->lock, self->generation))
    return 0;
  offset = self->offset;
  g_mutex_unlock (&self->lock);
  return offset;
}

/**
 * kvm_rtc_set_offset:
 * @self: a clock
 * @offset: the offset in microseconds, within 9500 years or so
 *
 * Sets how far the clock is ahead of UTC.
 *
 * Since: 0.1
 */
void
kvm_rtc_set_offset (KvmRtc *self, gint64 offset)
{
  g_return_if_fail (KVM_IS_RTC (self));
  g_return_if_fail (offset >= -MAX_OFFSET && offset <= MAX_OFFSET);

  if (!_kvm_fork_lock (&self->lock, self->generation))
    return;
  self->offset = offset;
  g_mutex_unlock (&self->lock);
}

/**
 * kvm_rtc_get_byte:
 * @self: a clock
 * @index: which byte, 0 to 127
 *
 * Gets one byte of the clock's memory, as the guest would read it.
 *
 * Returns: the byte
 *
 * Since: 0.1
 */
guint8
kvm_rtc_get_byte (KvmRtc *self, guint index)
{
  guint8 byte;

  g_return_val_if_fail (KVM_IS_RTC (self), 0);
  g_return_val_if_fail (index < N_BYTES, 0);

  if (!_kvm_fork_lock (&self->lock, self->generation))
    return 0;
  byte = get_register (self, index);
  g_mutex_unlock (&self->lock);
  return byte;
}

/**
 * kvm_rtc_set_byte:
 * @self: a clock
 * @index: which byte, 0 to 127
 * @value: the byte
 *
 * Sets one byte of the clock's memory, as if the guest had written it: a byte of the time changes
 * the offset.
 *
 * Since: 0.1
 */
void
kvm_rtc_set_byte (KvmRtc *self, guint index, guint8 value)
{
  g_return_if_fail (KVM_IS_RTC (self));
  g_return_if_fail (index < N_BYTES);

  if (!_kvm_fork_lock (&self->lock, self->generation))
    return;
  set_register (self, index, value);
  g_mutex_unlock (&self->lock);
}
