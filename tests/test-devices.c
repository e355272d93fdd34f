/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The debug-exit port, the keyboard controller and the clock. */

#include "kvm-test.h"

#include <string.h>

static guint64
get (gpointer device, guint64 offset)
{
  return kvm_io_device_read (device, offset, 1) & 0xff;
}

static gboolean
put (gpointer device, guint64 offset, guint8 value)
{
  return kvm_io_device_write (device, offset, 1, value);
}

static void
test_debug_exit (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (debug_exit);
  g_autoptr (KvmDebugExit) debug_exit = kvm_debug_exit_new ();
  gboolean has_value;
  guint64 value;

  kvm_test_add_device (guest, 0x501, 4, debug_exit);
  g_assert_false (kvm_debug_exit_get_has_value (debug_exit));
  g_assert_cmpuint (kvm_debug_exit_get_value (debug_exit), ==, 0);
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_true (kvm_debug_exit_get_has_value (debug_exit));
  g_assert_cmpuint (kvm_debug_exit_get_value (debug_exit), ==, 42);
  g_object_get (debug_exit, "has-value", &has_value, "value", &value, NULL);
  g_assert_true (has_value);
  g_assert_cmpuint (value, ==, 42);
  kvm_test_run_to_halt (guest);

  g_assert_cmphex (get (debug_exit, 0), ==, 0xff);
  g_assert_true (kvm_io_device_write (KVM_IO_DEVICE (debug_exit), 0, 8, G_MAXUINT64));
  g_assert_cmphex (kvm_debug_exit_get_value (debug_exit), ==, G_MAXUINT64);
}

static void
test_reset (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (reset);
  g_autoptr (KvmI8042) i8042 = kvm_i8042_new ();
  g_autoptr (GError) error = NULL;
  gboolean requested;
  guint8 reply;

  kvm_test_add_device (guest, 0x60, 5, i8042);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_false (kvm_i8042_get_reset_requested (i8042));
      kvm_test_run (guest, KVM_TEST_REASON_IO);
      g_object_get (i8042, "reset-requested", &requested, NULL);
      g_assert_true (requested);
      kvm_memory_read (guest->memory, 0x2000, &reply, 1, &error);
      g_assert_cmphex (reply, ==, 0x55);

      /* The machine comes up again. */
      g_object_set (i8042, "reset-requested", FALSE, NULL);
      kvm_test_setup_vcpu (guest->vcpu, KVM_TEST_ENTRY, 0);
      g_assert_no_error (error);
    }
}

static guint
ask_i8042 (KvmI8042 *self, guint8 command, int data)
{
  put (self, 4, command);
  if (data != -1)
    put (self, 0, data);
  if ((get (self, 4) & 1) == 0)
    return 0x100;
  return get (self, 0);
}

static void
test_i8042 (void)
{
  g_autoptr (KvmI8042) self = kvm_i8042_new ();

  g_assert_cmphex (get (self, 4), ==, 0x10);
  g_assert_cmphex (ask_i8042 (self, 0x20, -1), ==, 0);
  g_assert_cmphex (ask_i8042 (self, 0x60, 0x47), ==, 0x100); /* the command byte */
  g_assert_cmphex (ask_i8042 (self, 0x20, -1), ==, 0x47);
  g_assert_cmphex (ask_i8042 (self, 0xaa, -1), ==, 0x55);
  g_assert_cmphex (get (self, 4) & 0x07, ==, 0x04);
  g_assert_cmphex (ask_i8042 (self, 0xab, -1), ==, 0x01); /* neither keyboard … */
  g_assert_cmphex (ask_i8042 (self, 0xa9, -1), ==, 0x01); /* … nor mouse */
  g_assert_cmphex (ask_i8042 (self, 0xd3, 0x5a), ==, 0x5a);
  g_assert_cmphex (ask_i8042 (self, 0xd4, 0xf2), ==, 0xfe);
  g_assert_cmphex (ask_i8042 (self, 0xae, 0xf4), ==, 0xfe);
  g_assert_cmphex (ask_i8042 (self, 0xd1, 0xdf), ==, 0x100); /* the line A20 */
  g_assert_cmphex (ask_i8042 (self, 0xd0, -1), ==, 0xdf);
  g_assert_cmphex (get (self, 1), ==, 0xff);
  g_assert_false (put (self, 4, 0xff)); /* pulses no line */
  g_assert_false (put (self, 0, 0xfe)); /* data, no command */
  g_assert_false (kvm_i8042_get_reset_requested (self));

  put (self, 4, 0xd1);
  g_assert_true (put (self, 0, 0xde)); /* the output port has the reset line, too */
  g_assert_true (kvm_i8042_get_reset_requested (self));
  kvm_i8042_set_reset_requested (self, FALSE);
  g_assert_true (put (self, 4, 0xf0));
  g_assert_true (kvm_i8042_get_reset_requested (self));
}

static guint
from_bcd (guint8 byte)
{
  g_assert_cmphex (byte & 0xf, <=, 9);
  g_assert_cmphex (byte >> 4, <=, 9);
  return (byte >> 4) * 10 + (byte & 0xf);
}

/* A guest reads the clock, whose time is between the program's before and after. */
static void
test_rtc (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (rtc);
  g_autoptr (KvmRtc) rtc = kvm_rtc_new ();
  const gint64 set_to = G_GINT64_CONSTANT (946684798000000);
  g_autoptr (GDateTime) shown = NULL;
  g_autoptr (GError) error = NULL;
  gint64 before = g_get_real_time () / G_USEC_PER_SEC, after;
  guint8 bytes[0x33];

  kvm_test_add_device (guest, 0x70, 2, rtc);
  kvm_rtc_set_byte (rtc, 0x10, 0x5a);
  kvm_test_run_to_halt (guest);
  after = g_get_real_time () / G_USEC_PER_SEC;
  kvm_memory_read (guest->memory, 0x2000, bytes, sizeof bytes, &error);
  g_assert_no_error (error);
  g_assert_cmphex (bytes[0x10], ==, 0x5a);
  g_assert_cmphex (bytes[13], ==, 0x80);
  shown = g_date_time_new_utc (from_bcd (bytes[0x32]) * 100 + from_bcd (bytes[9]),
                               from_bcd (bytes[8]), from_bcd (bytes[7]), from_bcd (bytes[4]),
                               from_bcd (bytes[2]), from_bcd (bytes[0]));
  g_assert_nonnull (shown);
  g_assert_cmpint (g_date_time_to_unix (shown), >=, before);
  g_assert_cmpint (g_date_time_to_unix (shown), <=, after);
  g_assert_cmpuint (from_bcd (bytes[6]), ==, g_date_time_get_day_of_week (shown) % 7 + 1);

  /* The guest sets it to two seconds before the year 2000. */
  before = g_get_real_time ();
  kvm_test_run_to_halt (guest);
  after = g_get_real_time ();
  kvm_memory_read (guest->memory, 0x2100, bytes, sizeof bytes, &error);
  g_assert_cmphex (bytes[0], ==, 0x58);
  g_assert_cmphex (bytes[4], ==, 0x23);
  g_assert_cmphex (bytes[9], ==, 0x99);
  g_assert_cmphex (bytes[0x32], ==, 0x19);
  g_assert_cmpint (after - before, >=, G_USEC_PER_SEC);
  /* It began to run between. */
  g_assert_cmpint (kvm_rtc_get_offset (rtc), >=, set_to - after);
  g_assert_cmpint (kvm_rtc_get_offset (rtc), <=, set_to - before);
}

/* Sets the time while the clock stands still. */
static void
set_rtc (KvmRtc *self, guint8 mode, const guint8 values[7])
{
  static const guint8 indices[7] = { 0, 2, 4, 7, 8, 9, 0x32 };

  kvm_rtc_set_byte (self, 11, 0x80 | mode);
  for (guint i = 0; i < 7; i++)
    {
      kvm_rtc_set_byte (self, indices[i], values[i]);
      g_assert_cmphex (kvm_rtc_get_byte (self, indices[i]), ==, values[i]);
    }
  g_assert_cmphex (kvm_rtc_get_byte (self, 10) & 0x80, ==, 0);
}

static void
test_rtc_modes (void)
{
  static const struct
  {
    guint8 mode;
    guint8 values[7];
    guint hour; /* of 8 March 2031, 02:03 */
  } cases[] = {
    { 0x02, { 0x02, 0x03, 0x13, 0x08, 0x03, 0x31, 0x20 }, 13 },
    { 0x06, { 2, 3, 13, 8, 3, 31, 20 }, 13 },
    { 0x00, { 0x02, 0x03, 0x81, 0x08, 0x03, 0x31, 0x20 }, 13 },
    { 0x00, { 0x02, 0x03, 0x12, 0x08, 0x03, 0x31, 0x20 }, 0 },
    { 0x00, { 0x02, 0x03, 0x92, 0x08, 0x03, 0x31, 0x20 }, 12 },
    { 0x04, { 2, 3, 0x80 | 11, 8, 3, 31, 20 }, 23 },
    { 0x04, { 2, 3, 11, 8, 3, 31, 20 }, 11 },
  };
  g_autoptr (KvmRtc) self = kvm_rtc_new ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GDateTime) expected = g_date_time_new_utc (2031, 3, 8, cases[i].hour, 3, 2);
      gint64 time = g_date_time_to_unix (expected) * G_USEC_PER_SEC;
      gint64 before, after;

      set_rtc (self, cases[i].mode, cases[i].values);
      before = g_get_real_time ();
      kvm_rtc_set_byte (self, 11, cases[i].mode);
      after = g_get_real_time ();
      g_assert_cmpint (kvm_rtc_get_offset (self), >=, time - after);
      g_assert_cmpint (kvm_rtc_get_offset (self), <=, time - before);
      g_assert_cmphex (kvm_rtc_get_byte (self, 4), ==, cases[i].values[2]);
      g_assert_cmphex (kvm_rtc_get_byte (self, 6), ==, 7); /* a Saturday */
    }
}

/* Bit 7 of register A comes just before the second changes, and not while the clock stands still.
 */
static void
test_rtc_update (void)
{
  g_autoptr (KvmRtc) self = kvm_rtc_new ();
  guint8 second;

  do
    second = kvm_rtc_get_byte (self, 0);
  while ((kvm_rtc_get_byte (self, 10) & 0x80) == 0);
  while ((kvm_rtc_get_byte (self, 10) & 0x80) != 0)
    ;
  g_assert_cmphex (kvm_rtc_get_byte (self, 0), !=, second);
}

static void
test_rtc_offset (void)
{
  const gint64 limit = G_GINT64_CONSTANT (300000000000000000);
  g_autoptr (KvmRtc) self = kvm_rtc_new ();
  gint64 offset, now;
  int second;

  /* What does not change the time does not move the clock. */
  kvm_rtc_set_offset (self, 123456789);
  kvm_rtc_set_byte (self, 11, 0x00);
  kvm_rtc_set_byte (self, 6, 3);
  kvm_rtc_set_byte (self, 10, 0xa6);
  kvm_rtc_set_byte (self, 12, 0xff);
  kvm_rtc_set_byte (self, 13, 0x00);
  g_object_get (self, "offset", &offset, NULL);
  g_assert_cmpint (offset, ==, 123456789);
  g_assert_cmphex (kvm_rtc_get_byte (self, 10) & 0x7f, ==, 0x26);
  g_assert_cmphex (kvm_rtc_get_byte (self, 12), ==, 0);
  g_assert_cmphex (kvm_rtc_get_byte (self, 13), ==, 0x80);

  /* A running clock takes one byte at a time, and keeps its fraction of a second. */
  kvm_rtc_set_byte (self, 9, 0x50);
  g_assert_cmphex (kvm_rtc_get_byte (self, 9), ==, 0x50);
  g_assert_cmpint ((kvm_rtc_get_offset (self) - offset) % G_USEC_PER_SEC, ==, 0);

  /* Before 1970, and the ends of time. */
  now = g_get_real_time ();
  kvm_rtc_set_offset (self, -now - G_USEC_PER_SEC * 10);
  second = from_bcd (kvm_rtc_get_byte (self, 0));
  g_assert_cmpint (second, >=, 50);
  g_assert_cmphex (kvm_rtc_get_byte (self, 9), ==, 0x69);
  g_object_set (self, "offset", limit, NULL);
  g_assert_cmphex (kvm_rtc_get_byte (self, 0x32), !=, 0x20);
  g_object_set (self, "offset", -limit, NULL);
  g_assert_cmphex (kvm_rtc_get_byte (self, 0x32), !=, 0x20);

  /* A guest cannot drive it out of them. */
  kvm_rtc_set_byte (self, 11, 0x06);
  for (guint i = 0; i < 30000; i++)
    kvm_rtc_set_byte (self, 8, 255);
  g_assert_cmpint (kvm_rtc_get_offset (self), <=, limit);
}

static void
test_rtc_memory (void)
{
  g_autoptr (KvmRtc) self = kvm_rtc_new ();

  for (guint i = 14; i < 128; i++)
    if (i != 0x32)
      kvm_io_device_write (KVM_IO_DEVICE (self), 0, 2, (i ^ 0xff) << 8 | 0x80 | i);
  for (guint i = 14; i < 128; i++)
    if (i != 0x32)
      {
        g_assert_cmphex (kvm_rtc_get_byte (self, i), ==, i ^ 0xff);
        put (self, 0, i);
        g_assert_cmphex (kvm_io_device_read (KVM_IO_DEVICE (self), 0, 2), ==,
                         (i ^ 0xff) << 8 | 0xff);
      }
}

/* Nothing that a guest does can do harm. */
static void
test_anything (void)
{
  gpointer devices[] = { kvm_debug_exit_new (), kvm_i8042_new (), kvm_rtc_new () };
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);

  for (guint i = 0; i < G_N_ELEMENTS (devices); i++)
    {
      for (guint n = 0; n < 30000; n++)
        {
          guint64 value = (guint64) g_rand_int (rand) << 32 | g_rand_int (rand);
          guint64 offset = n % 100 == 0 ? G_MAXUINT64 - n % 7 : g_rand_int (rand) % 8;
          guint size = g_rand_int_range (rand, 1, 9);

          kvm_io_device_write (devices[i], offset, size, value);
          kvm_io_device_read (devices[i], offset, size);
        }
      g_object_unref (devices[i]);
    }
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/devices/debug-exit", test_debug_exit);
  kvm_test_add ("/devices/reset", test_reset);
  kvm_test_add ("/devices/i8042", test_i8042);
  kvm_test_add ("/devices/rtc", test_rtc);
  kvm_test_add ("/devices/rtc-modes", test_rtc_modes);
  kvm_test_add ("/devices/rtc-update", test_rtc_update);
  kvm_test_add ("/devices/rtc-offset", test_rtc_offset);
  kvm_test_add ("/devices/rtc-memory", test_rtc_memory);
  kvm_test_add ("/devices/anything", test_anything);
  return g_test_run ();
}
