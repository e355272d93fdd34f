/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The serial port, from both of its ends. */

#include "serial-line.h"

#include <sys/wait.h>
#include <unistd.h>

static void
test_print (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (serial_print);
  g_autoptr (Line) line = line_new ();
  guint8 buffer[100];
  gsize n;

  kvm_test_add_device (guest, 0x3f8, 8, line->serial);
  kvm_test_run_to_halt (guest);
  n = line_receive (line, buffer, sizeof buffer); /* without a main loop */
  g_assert_cmpmem (buffer, n, "Hello from the guest\n", 21);
}

typedef struct
{
  KvmTestGuest *guest;
  gint ended;
} Run;

static gpointer
run_guest (gpointer data)
{
  Run *run = data;

  kvm_test_run_to_halt (run->guest);
  g_atomic_int_set (&run->ended, TRUE);
  g_main_context_wakeup (NULL);
  return NULL;
}

static void
test_echo (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (serial_echo);
  g_autoptr (Line) line = line_new ();
  Run run = { guest, FALSE };
  GThread *thread;
  guint8 buffer[400];
  char text[300];

  /* More than the FIFO holds, twice, so that reading stops and goes on. */
  for (guint i = 0; i < sizeof text; i++)
    text[i] = 1 + i % 100;
  kvm_test_add_device (guest, 0x3f8, 8, line->serial);
  line_send (line, text, sizeof text);
  thread = g_thread_new ("vcpu", run_guest, &run);
  while (get (line->serial, 7) != 0) /* nothing: the guest is at it at the same time */
    ;
  line_send (line, "ABC", 4); /* and the 0 that ends it */
  while (!g_atomic_int_get (&run.ended))
    g_main_context_iteration (NULL, TRUE);
  g_thread_join (thread);

  line_receive_all (line, buffer, sizeof text + 3);
  for (guint i = 0; i < sizeof text; i++)
    g_assert_cmpuint (buffer[i], ==, text[i] + 1);
  g_assert_cmpmem (buffer + sizeof text, 3, "BCD", 3);
}

static void
test_probe (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (serial_probe);
  g_autoptr (KvmSerial) serial = kvm_serial_new (NULL);
  g_autoptr (GError) error = NULL;
  guint8 found[4];

  kvm_test_add_device (guest, 0x3f8, 8, serial);
  kvm_test_run_to_halt (guest);
  kvm_memory_read (guest->memory, 0x2000, found, sizeof found, &error);
  g_assert_cmphex (found[0] & 0xf0, ==, 0x90);
  g_assert_cmpuint (found[1], ==, 16);
  g_assert_cmphex (found[2], ==, 0x63); /* one that did not fit was lost */
  g_assert_cmphex (found[3], ==, 0xc1);
}

static void
test_interrupt (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (serial_interrupt);
  g_autoptr (KvmSerial) serial = kvm_serial_new (NULL);
  g_autoptr (GString) levels = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  guint8 ids[2];

  kvm_serial_set_interrupt_func (serial, on_interrupt, levels, NULL);
  kvm_test_add_device (guest, 0x3f8, 8, serial);
  kvm_test_run_to_halt (guest);
  kvm_memory_read (guest->memory, 0x2000, ids, sizeof ids, &error);
  g_assert_cmphex (ids[0], ==, 0x02);
  g_assert_cmphex (ids[1], ==, 0x01);
  assert_levels (levels, "1010"); /* enabled, read, written, disabled */
}

static void
test_interrupt_sources (void)
{
  g_autoptr (Line) line = line_new ();
  g_autoptr (GString) levels = g_string_new (NULL);
  KvmSerial *serial = line->serial;

  kvm_serial_set_interrupt_func (serial, on_interrupt, levels, NULL);

  /* Input without FIFO: one byte is enough. */
  put (serial, 1, 0x01);
  line_send (line, "abc", 3);
  wait_for_input (serial);
  g_assert_cmphex (get (serial, 2), ==, 0x04);
  g_assert_cmpuint (get (serial, 0), ==, 'a');
  g_assert_cmpuint (get (serial, 0), ==, 'b');
  assert_levels (levels, "10101"); /* one byte at a time */
  g_assert_cmpuint (get (serial, 0), ==, 'c');
  g_assert_cmpuint (get (serial, 0), ==, 0);
  assert_levels (levels, "0");

  /* With a trigger at 4: less is a timeout. */
  put (serial, 2, 0x41);
  line_send (line, "abc", 3);
  wait_for_input (serial);
  g_assert_cmphex (get (serial, 2), ==, 0xcc);
  for (guint i = 0; i < 3; i++)
    get (serial, 0);
  assert_levels (levels, "10");
  line_send (line, "abcd", 4);
  wait_for_input (serial);
  g_assert_cmphex (get (serial, 2), ==, 0xc4);
  put (serial, 2, 0x43); /* clears it */
  g_assert_cmphex (get (serial, 5), ==, 0x60);
  assert_levels (levels, "10");

  /* The transmitter: whenever it is enabled and after each byte, until the id is read. */
  put (serial, 1, 0x02);
  put (serial, 1, 0x02);
  assert_levels (levels, "1");
  g_assert_cmphex (get (serial, 2), ==, 0xc2);
  assert_levels (levels, "0");
  put (serial, 0, 'x');
  put (serial, 0, 'y');
  assert_levels (levels, "101"); /* it was busy in between */
  put (serial, 1, 0x00);
  put (serial, 1, 0x02);
  assert_levels (levels, "01");
  put (serial, 1, 0x00);
  assert_levels (levels, "0");

  /* The modem's lines, in loopback. */
  put (serial, 1, 0x08);
  g_assert_cmphex (get (serial, 6), ==, 0xb0);
  put (serial, 4, 0x1f);
  g_assert_cmphex (get (serial, 2), ==, 0xc1);
  g_assert_cmphex (get (serial, 6), ==, 0xf0); /* that it rings is no change */
  put (serial, 4, 0x1b);
  g_assert_cmphex (get (serial, 2), ==, 0xc0);
  g_assert_cmphex (get (serial, 6), ==, 0xb4); /* that it has ended is */
  put (serial, 4, 0x10);
  g_assert_cmphex (get (serial, 6), ==, 0x0b);
  g_assert_cmphex (get (serial, 6), ==, 0x00);
  put (serial, 4, 0x00);
  g_assert_cmphex (get (serial, 6), ==, 0xbb);
  assert_levels (levels, "101010");

  /* What is lost in loopback. */
  put (serial, 2, 0x00);
  put (serial, 4, 0x10);
  get (serial, 6);
  put (serial, 1, 0x04);
  put (serial, 0, 'a');
  put (serial, 0, 'b');
  g_assert_cmphex (get (serial, 2), ==, 0x06);
  g_assert_cmphex (get (serial, 5), ==, 0x63);
  g_assert_cmphex (get (serial, 5), ==, 0x61);
  g_assert_cmpuint (get (serial, 0), ==, 'a');
  g_string_truncate (levels, 0);

  /* Real input waits for the end of it. */
  line_send (line, "z", 1);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmphex (get (serial, 5), ==, 0x60);
  put (serial, 4, 0x00);
  wait_for_input (serial);
  g_assert_cmpuint (get (serial, 0), ==, 'z');
}

static void
test_registers (void)
{
  g_autoptr (KvmSerial) serial = kvm_serial_new (NULL);

  put (serial, 1, 0xff);
  g_assert_cmphex (get (serial, 1), ==, 0x0f);
  put (serial, 3, 0x83);
  put (serial, 0, 0x34);
  put (serial, 1, 0x12);
  g_assert_cmphex (kvm_io_device_read (KVM_IO_DEVICE (serial), 0, 2), ==, 0x1234);
  put (serial, 3, 0x03);
  g_assert_cmphex (get (serial, 3), ==, 0x03);
  g_assert_cmphex (get (serial, 1), ==, 0x0f);
  put (serial, 4, 0xef);
  g_assert_cmphex (get (serial, 4), ==, 0x0f);
  put (serial, 7, 0xa5);
  g_assert_cmphex (get (serial, 7), ==, 0xa5);
  put (serial, 5, 0);
  put (serial, 6, 0);
  g_assert_cmphex (get (serial, 5), ==, 0x60);
  g_assert_cmphex (get (serial, 6), ==, 0xb0);
  g_assert_cmphex (get (serial, 8), ==, 0xff);
}

/* The function of the interrupt line: set while it is high, replaced, and one that drops the port.
 */
static void
drop_serial (KvmSerial *serial, gboolean level, gpointer user_data)
{
  g_object_unref (*(KvmSerial **) user_data);
  *(KvmSerial **) user_data = NULL;
}

static void
count_destroyed (gpointer data)
{
  ++*(guint *) data;
}

static void
ignore_interrupt (KvmSerial *serial, gboolean level, gpointer user_data)
{
}

static void
test_interrupt_func (void)
{
  KvmSerial *serial = kvm_serial_new (NULL), *weak = serial;
  g_autoptr (GString) levels = g_string_new (NULL);
  guint n_destroyed = 0;

  g_object_add_weak_pointer (G_OBJECT (serial), (gpointer *) &weak);
  put (serial, 1, 0x02);
  kvm_serial_set_interrupt_func (serial, on_interrupt, levels, NULL);
  assert_levels (levels, "1");
  kvm_serial_set_interrupt_func (serial, ignore_interrupt, &n_destroyed, count_destroyed);
  g_assert_cmpuint (n_destroyed, ==, 0);
  kvm_serial_set_interrupt_func (serial, NULL, NULL, NULL);
  g_assert_cmpuint (n_destroyed, ==, 1);
  put (serial, 1, 0x00);
  kvm_serial_set_interrupt_func (serial, drop_serial, &serial, NULL);
  kvm_io_device_write (KVM_IO_DEVICE (serial), 1, 1, 0x02);
  g_assert_null (serial);
  g_assert_null (weak);
}

/* Two threads at one port: the levels come one after the other, alternately, and the last is right.
 */
typedef struct
{
  KvmSerial *serial;
  gint inside;
  gboolean level;
  guint n;
} Watch;

static void
watch_interrupt (KvmSerial *serial, gboolean level, gpointer user_data)
{
  Watch *watch = user_data;

  g_assert_true (g_atomic_int_compare_and_exchange (&watch->inside, 0, 1));
  g_assert_true (level == !watch->level);
  watch->level = level;
  watch->n++;
  g_atomic_int_set (&watch->inside, 0);
}

static gpointer
use_port (gpointer data)
{
  for (guint i = 0; i < kvm_test_rounds (20000); i++)
    {
      put (data, 1, 0x02);
      put (data, 0, 'x');
      get (data, 2);
      put (data, 1, 0x00);
    }
  return NULL;
}

static void
test_two_threads (void)
{
  Watch watch = { .serial = kvm_serial_new (NULL) };
  GThread *thread;

  kvm_serial_set_interrupt_func (watch.serial, watch_interrupt, &watch, NULL);
  thread = g_thread_new ("vcpu", use_port, watch.serial);
  use_port (watch.serial);
  g_thread_join (thread);
  g_assert_false (watch.level);
  g_assert_cmpuint (watch.n, >=, 2);
  g_object_unref (watch.serial);
}

static guint8
pattern (gsize i)
{
  return i % 251;
}

static void
check_pattern (const guint8 *bytes, gsize n, gsize start)
{
  for (gsize i = 0; i < n; i++)
    if (bytes[i] != pattern (start + i))
      g_error ("Byte %" G_GSIZE_FORMAT " is wrong", start + i);
}

/* A guest that does not care, and nobody who reads: it neither blocks nor takes more than its
 * memory, and what was taken arrives. */
static void
test_nobody_reads (void)
{
  g_autoptr (Line) line = line_new ();
  g_autoptr (GString) levels = g_string_new (NULL);
  static guint8 buffer[1 << 20];
  gsize n_taken = 0;

  while ((get (line->serial, 5) & 0x20) != 0)
    for (guint i = 0; i < 16; i++)
      put (line->serial, 0, pattern (n_taken++));
  g_assert_cmpuint (n_taken, >, 65536 - 16);
  g_assert_cmpuint (n_taken, <, sizeof buffer);
  for (guint i = n_taken; i < kvm_test_rounds (2000000); i++)
    put (line->serial, 0, i == n_taken ? pattern (n_taken) : 0xff);
  g_assert_cmphex (get (line->serial, 5), ==, 0x00);

  put (line->serial, 1, 0x02);
  kvm_serial_set_interrupt_func (line->serial, on_interrupt, levels, NULL);
  assert_levels (levels, "");
  line_receive_all (line, buffer, n_taken);
  check_pattern (buffer, n_taken, 0);
  g_assert_cmphex (get (line->serial, 5), ==, 0x60);
  assert_levels (levels, "1");
}

/* A guest that does care loses nothing, however slow the other end is: here the main context
 * writes, and without it the guest's own thread does. */
#define N_BYTES kvm_test_rounds (400000)

static gpointer
write_politely (gpointer data)
{
  for (gsize i = 0; i < N_BYTES; i++)
    {
      while ((get (data, 5) & 0x20) == 0)
        g_thread_yield ();
      put (data, 0, pattern (i));
    }
  return NULL;
}

typedef struct
{
  Line *line;
  gboolean iterates;
} Reader;

static gpointer
read_everything (gpointer data)
{
  Reader *reader = data;
  guint8 buffer[1000];

  for (gsize n = 0; n < N_BYTES;)
    {
      gsize n_new = line_receive (reader->line, buffer, sizeof buffer);

      check_pattern (buffer, n_new, n);
      n += n_new;
      if (reader->iterates)
        g_main_context_iteration (NULL, FALSE);
      if (n_new == 0)
        g_thread_yield ();
    }
  return NULL;
}

static void
test_slow_reader (void)
{
  g_autoptr (Line) line = line_new ();
  Reader reader = { line, TRUE };
  GThread *thread = g_thread_new ("vcpu", write_politely, line->serial);

  read_everything (&reader);
  g_thread_join (thread);
}

static void
test_without_main_loop (void)
{
  g_autoptr (Line) line = line_new ();
  g_autoptr (GError) error = NULL;
  Reader reader = { line, FALSE };
  GThread *thread = g_thread_new ("reader", read_everything, &reader);

  write_politely (line->serial);
  g_assert_true (kvm_serial_flush (line->serial, NULL, &error));
  g_assert_no_error (error);
  g_thread_join (thread);
}

static gpointer
cancel (gpointer data)
{
  g_cancellable_cancel (data);
  return NULL;
}

static void
test_flush_cancelled (void)
{
  g_autoptr (Line) line = line_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GThread *thread;

  g_assert_true (kvm_serial_flush (line->serial, NULL, &error));
  while ((get (line->serial, 5) & 0x20) != 0)
    put (line->serial, 0, 'x');
  thread = g_thread_new ("cancel", cancel, cancellable);
  g_assert_false (kvm_serial_flush (line->serial, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  g_assert_cmphex (get (line->serial, 5) & 0x20, ==, 0); /* it has not given up */
}

static void
test_closed_by_peer (void)
{
  g_autoptr (Line) line = line_new ();
  g_autoptr (GError) error = NULL;

  line_send (line, "end", 3);
  while ((get (line->serial, 5) & 0x20) != 0)
    put (line->serial, 0, 'x');
  g_clear_object (&line->peer);
  wait_for_input (line->serial); /* what came before can still be read */
  g_assert_cmpuint (get (line->serial, 0), ==, 'e');
  while ((get (line->serial, 5) & 0x20) == 0)
    g_main_context_iteration (NULL, FALSE);
  for (guint i = 0; i < kvm_test_rounds (100000); i++)
    put (line->serial, 0, 'x');
  g_assert_cmphex (get (line->serial, 5) & 0x60, ==, 0x60);
  g_assert_false (kvm_serial_flush (line->serial, NULL, &error));
  g_assert_cmpint (error->domain, ==, G_IO_ERROR);
  g_assert_cmpuint (get (line->serial, 0), ==, 'n');
  g_assert_cmpuint (get (line->serial, 0), ==, 'd');
}

/* It goes while it reads, and while it waits to write. */
static void
test_dropped (void)
{
  g_autoptr (Line) line = line_new ();
  KvmSerial *weak = line->serial;

  g_object_add_weak_pointer (G_OBJECT (weak), (gpointer *) &weak);
  while ((get (line->serial, 5) & 0x20) != 0)
    put (line->serial, 0, 'x');
  while (g_main_context_iteration (NULL, FALSE)) /* a read has begun */
    ;
  g_clear_object (&line->serial);
  g_assert_null (weak);
}

/* Streams of memory, and of a file, which cannot be polled. */
static void
test_other_streams (void)
{
  g_autoptr (GFileIOStream) file_stream = NULL;
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GInputStream) nothing = g_memory_input_stream_new ();
  g_autoptr (GIOStream) memory_stream = g_simple_io_stream_new (nothing, memory);
  g_autoptr (KvmSerial) serial = kvm_serial_new (memory_stream);
  g_autoptr (GFile) file = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *contents = NULL;
  gsize length;

  put (serial, 0, 'm');
  g_assert_cmpmem (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (memory)),
                   g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (memory)), "m", 1);

  file = g_file_new_tmp (NULL, &file_stream, &error);
  g_assert_no_error (error);
  g_object_unref (serial);
  serial = kvm_serial_new (G_IO_STREAM (file_stream));
  for (guint i = 0; i < 1000; i++)
    put (serial, 0, 'f');
  g_assert_true (kvm_serial_flush (serial, NULL, &error));
  g_assert_true (g_file_load_contents (file, NULL, &contents, &length, NULL, &error));
  g_assert_cmpuint (length, ==, 1000);
  g_assert_true (g_file_delete (file, NULL, &error));
  g_clear_object (&serial);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* Nothing that a guest does can do harm. */
static void
test_anything (void)
{
  g_autoptr (Line) line = line_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (6);

  kvm_serial_set_interrupt_func (line->serial, ignore_interrupt, NULL, NULL);
  for (guint offset = 0; offset < 10; offset++)
    for (guint size = 1; size <= 8; size++)
      for (guint n = 0; n < 200; n++)
        {
          guint64 value = (guint64) g_rand_int (rand) << 32 | g_rand_int (rand);

          kvm_io_device_write (KVM_IO_DEVICE (line->serial), offset, size, value);
          kvm_io_device_read (KVM_IO_DEVICE (line->serial), g_rand_int_range (rand, 0, 8), size);
          if (n % 50 == 0)
            line_send (line, "some input", 10);
          g_main_context_iteration (NULL, FALSE);
        }
  kvm_io_device_write (KVM_IO_DEVICE (line->serial), G_MAXUINT64, 8, 0);
  g_assert_cmphex (kvm_io_device_read (KVM_IO_DEVICE (line->serial), 1000, 8), ==, G_MAXUINT64);
}

static void
test_fork (void)
{
  g_autoptr (Line) line = line_new ();
  int status;
  pid_t pid;

  pid = fork ();
  if (pid == 0)
    {
      GError *error = NULL;

      get (line->serial, 5);
      if (kvm_serial_flush (line->serial, NULL, &error)
          || !g_error_matches (error, KVM_ERROR, KVM_ERROR_WRONG_PROCESS))
        _exit (1);
      g_clear_error (&error);
      if (kvm_serial_save_state (line->serial, &error) != NULL
          || !g_error_matches (error, KVM_ERROR, KVM_ERROR_WRONG_PROCESS))
        _exit (1);
      _exit (0);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
}

/* The guest is interrupted each time that the transmitter is empty again. */
static void
test_trigger (void)
{
  g_autoptr (KvmTestGuest) guest
      = kvm_test_guest_new_with_irqchip (guest_serial_irq, guest_serial_irq_end);
  g_autoptr (KvmSerial) serial = kvm_serial_new (NULL);
  g_autoptr (KvmIrqTrigger) trigger = NULL;
  g_autoptr (GError) error = NULL;

  trigger = kvm_vm_add_irq_trigger (guest->vm, 4, KVM_IRQ_TRIGGER_FLAGS_NONE, &error);
  g_assert_no_error (error);
  kvm_serial_set_interrupt_trigger (serial, trigger);
  kvm_test_add_device (guest, 0x3f8, 8, serial);
  for (guint i = 0; i < 5; i++)
    {
      kvm_test_run (guest, KVM_TEST_REASON_IO);
      g_assert_cmphex (kvm_exit_get_address (guest->exit), ==, KVM_TEST_PORT (0x61));
      g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 2);
    }
  kvm_serial_set_interrupt_trigger (serial, NULL);
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/serial/print", test_print);
  kvm_test_add ("/serial/echo", test_echo);
  kvm_test_add ("/serial/probe", test_probe);
  kvm_test_add ("/serial/interrupt", test_interrupt);
  kvm_test_add ("/serial/interrupt-sources", test_interrupt_sources);
  kvm_test_add ("/serial/registers", test_registers);
  kvm_test_add ("/serial/interrupt-func", test_interrupt_func);
  kvm_test_add ("/serial/two-threads", test_two_threads);
  kvm_test_add ("/serial/nobody-reads", test_nobody_reads);
  kvm_test_add ("/serial/slow-reader", test_slow_reader);
  kvm_test_add ("/serial/without-main-loop", test_without_main_loop);
  kvm_test_add ("/serial/flush-cancelled", test_flush_cancelled);
  kvm_test_add ("/serial/closed-by-peer", test_closed_by_peer);
  kvm_test_add ("/serial/dropped", test_dropped);
  kvm_test_add ("/serial/other-streams", test_other_streams);
  kvm_test_add ("/serial/anything", test_anything);
  kvm_test_add_for_x86 ("/serial/trigger", test_trigger);
  kvm_test_add ("/serial/fork", test_fork);
  return g_test_run ();
}
