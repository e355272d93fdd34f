/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Devices on the bus with coalesced zones: they hear of every write, in order, and before they hear
 * of anything that came after it. */

#include "machine.h"

#include <string.h>

KVM_TEST_DECLARE_GUEST (burst);

#define PORT 0x510
#define ADDRESS 0x9000
#define N_BURST 1000

#define RECORDER_TYPE (recorder_get_type ())
G_DECLARE_FINAL_TYPE (Recorder, recorder, TEST, RECORDER, GObject)

/* Writes down what it is told, as "w4@0=12345678 ", and how many writes there were. */
struct _Recorder
{
  GObject parent_instance;
  GString *log;
  guint n_writes;
  guint64 last;                  /* written */
  guint64 stop_at;               /* the value at which the guest shall stop; 0 for none */
  GThread *thread;               /* where it may only be called; NULL for anywhere */
  void (*hook) (Recorder *self); /* called in a write */
  KvmTestGuest *guest;           /* for the hook */
  GMutex lock;                   /* what did not fit into the ring comes in each vCPU's thread */
};

static gboolean
recorder_write (KvmIoDevice *device, guint64 offset, guint size, guint64 value)
{
  Recorder *self = TEST_RECORDER (device);

  g_mutex_lock (&self->lock);
  if (self->thread != NULL)
    g_assert_true (self->thread == g_thread_self ());
  g_string_append_printf (self->log, "w%u@%x=%x ", size, (guint) offset, (guint) value);
  self->n_writes++;
  self->last = value;
  g_mutex_unlock (&self->lock);
  if (self->hook != NULL)
    self->hook (self);
  return self->stop_at != 0 && value == self->stop_at;
}

static void
recorder_iface_init (KvmIoDeviceInterface *iface)
{
  iface->write = recorder_write;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (Recorder, recorder, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (KVM_TYPE_IO_DEVICE, recorder_iface_init))

static void
recorder_finalize (GObject *object)
{
  g_string_free (TEST_RECORDER (object)->log, TRUE);
  g_mutex_clear (&TEST_RECORDER (object)->lock);
  G_OBJECT_CLASS (recorder_parent_class)->finalize (object);
}

static void
recorder_class_init (RecorderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = recorder_finalize;
}

static void
recorder_init (Recorder *self)
{
  self->log = g_string_new (NULL);
  g_mutex_init (&self->lock);
}

static void
put (KvmTestGuest *guest, KvmIoSpace space, guint64 address, guint64 length, Recorder *recorder,
     KvmIoDeviceFlags flags)
{
  g_autoptr (GError) error = NULL;

  kvm_io_bus_add_device (kvm_vm_get_io_bus (guest->vm), space, address, length,
                         KVM_IO_DEVICE (recorder), flags, &error);
  g_assert_no_error (error);
}

static void
put_at_port (KvmTestGuest *guest, guint64 port, guint64 length, Recorder *recorder)
{
  put (guest, KVM_TEST_SPACE, KVM_TEST_PORT (port), length, recorder, KVM_IO_DEVICE_FLAGS_NONE);
}

static void
add_zone (KvmTestGuest *guest, KvmIoSpace space, guint64 address, guint64 length)
{
  g_autoptr (GError) error = NULL;

  kvm_vm_add_coalesced_zone (guest->vm, space, address, length, &error);
  g_assert_no_error (error);
}

static void
add_port_zone (KvmTestGuest *guest)
{
  add_zone (guest, KVM_TEST_SPACE, KVM_TEST_PORT (PORT), 4);
}

/* Of the port "p", of the address "m". */
static void
note_write (KvmIoSpace space, guint64 address, guint size, guint64 value, gpointer log)
{
  gboolean is_port = address == KVM_TEST_PORT (PORT);

  g_assert_cmpint (space, ==, is_port ? KVM_TEST_SPACE : KVM_IO_SPACE_MMIO);
  g_string_append_printf (log, "%s%u@%x=%x ", is_port ? "p" : "m", size,
                          is_port ? PORT : (guint) address, (guint) value);
}

static int
drain (KvmTestGuest *guest, GString *log)
{
  g_autoptr (GError) error = NULL;
  int n = kvm_vm_drain_coalesced (guest->vm, note_write, log, &error);

  g_assert_no_error (error);
  return n;
}

#define ROUND "w1@0=78 w2@0=5678 w4@0=12345678 "

/* An exit for nobody on the bus: the device has all that came before when it is returned. */
static void
test_before_exit (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (ring);
  g_autoptr (Recorder) ports = g_object_new (RECORDER_TYPE, NULL);
  g_autoptr (Recorder) memory = g_object_new (RECORDER_TYPE, NULL);

  put_at_port (guest, PORT, 4, ports);
  put (guest, KVM_IO_SPACE_MMIO, ADDRESS, 4, memory, KVM_IO_DEVICE_FLAGS_NONE);
  kvm_test_run (guest, KVM_TEST_REASON_IO); /* the fast way */
  g_assert_cmpstr (ports->log->str, ==, ROUND);
  add_port_zone (guest);
  add_zone (guest, KVM_IO_SPACE_MMIO, ADDRESS, 0x1000);
  for (guint i = 2; i < 5; i++)
    {
      kvm_test_run (guest, KVM_TEST_REASON_IO);
      g_assert_cmphex (kvm_exit_get_address (guest->exit), ==, KVM_TEST_PORT (0x61));
      g_assert_cmpuint (ports->n_writes, ==, 3 * i);
      g_assert_cmpuint (memory->n_writes, ==, i);
    }
  g_assert_cmpstr (ports->log->str, ==, ROUND ROUND ROUND ROUND);
  g_assert_true (g_str_has_suffix (memory->log->str, "=12345678 w4@0=12345678 "));
  g_assert_cmpint (drain (guest, NULL), ==, 0);
}

/* What did not fit into the ring comes as it always did, behind the rest, and another device hears
 * of its access when the first one has had it all. */
static void
test_in_order (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (burst);
  g_autoptr (Recorder) recorder = g_object_new (RECORDER_TYPE, NULL);
  GString *expected = g_string_new (NULL);

  add_port_zone (guest);
  put_at_port (guest, PORT, 4, recorder);
  put_at_port (guest, 0x61, 1, recorder);
  kvm_test_run (guest, KVM_TEST_REASON_HALT);
  for (guint i = 1; i <= N_BURST; i++)
    g_string_append_printf (expected, "w4@0=%x ", i);
  g_string_append_printf (expected, "w1@0=%x ", N_BURST & 0xff);
  g_assert_cmpstr (recorder->log->str, ==, expected->str);
  g_string_free (expected, TRUE);
}

/* A kick ends a run, too. */
static void
kick (Recorder *self)
{
  kvm_vcpu_kick (self->guest->vcpu);
}

static void
test_before_interruption (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (ring);
  g_autoptr (Recorder) ports = g_object_new (RECORDER_TYPE, NULL);
  g_autoptr (Recorder) kicker = g_object_new (RECORDER_TYPE, NULL);

  add_port_zone (guest);
  put_at_port (guest, PORT, 4, ports);
  put (guest, KVM_IO_SPACE_MMIO, ADDRESS, 4, kicker, KVM_IO_DEVICE_FLAGS_NONE);
  put_at_port (guest, 0x61, 1, kicker);
  kicker->hook = kick;
  kicker->guest = guest;
  kvm_test_run (guest, KVM_EXIT_REASON_INTERRUPTED);
  g_assert_cmpstr (ports->log->str, ==, ROUND);
}

/* A device may want the guest to stop, and hears of the rest first. */
static void
test_stop (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (ring);
  g_autoptr (Recorder) ports = g_object_new (RECORDER_TYPE, NULL);
  g_autoptr (Recorder) other = g_object_new (RECORDER_TYPE, NULL);

  add_port_zone (guest);
  put_at_port (guest, PORT, 4, ports);
  put_at_port (guest, 0x61, 1, other);
  put (guest, KVM_IO_SPACE_MMIO, ADDRESS, 4, other, KVM_IO_DEVICE_FLAGS_NONE);
  ports->stop_at = 0x5678;
  for (guint i = 1; i < 4; i++)
    {
      kvm_test_run (guest, KVM_EXIT_REASON_MMIO);
      g_assert_cmpuint (ports->n_writes, ==, 3 * i);
      g_assert_cmpuint (other->n_writes, ==, 2 * i - 1); /* the exit is served */
    }
}

/* It ends a runner, and so it does if the guest just stopped for nothing. */
static void
pause_and_resume (Recorder *self)
{
  kvm_vcpu_kick (self->guest->vcpu);
}

static void
test_stop_runner (void)
{
  g_autoptr (Machine) machine = MACHINE (ring, 1);
  g_autoptr (Recorder) ports = g_object_new (RECORDER_TYPE, NULL);
  g_autoptr (Recorder) other = g_object_new (RECORDER_TYPE, NULL);
  KvmTestGuest *guest = machine->guest;

  put_at_port (guest, PORT, 4, ports);
  put_at_port (guest, 0x61, 1, other);
  put (guest, KVM_IO_SPACE_MMIO, ADDRESS, 4, other, KVM_IO_DEVICE_FLAGS_NONE);
  add_port_zone (guest);
  ports->stop_at = 0x12345678;
  machine_start (machine, NULL);
  machine_wait (machine);
  g_assert_no_error (machine->error);
  g_assert_cmpint (kvm_exit_get_reason (machine->exit), ==, KVM_EXIT_REASON_MMIO);
  g_assert_cmpstr (ports->log->str, ==, ROUND);

  add_zone (guest, KVM_IO_SPACE_MMIO, ADDRESS, 4);
  other->hook = pause_and_resume;
  other->guest = guest;
  machine_start (machine, NULL);
  machine_wait (machine);
  g_assert_no_error (machine->error);
  g_assert_cmpuint (ports->n_writes, >=, 6);
}

/* What is for no device is the program's, in order, however much of it there is. */
static void
test_left (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (ring);
  g_autoptr (Recorder) memory = g_object_new (RECORDER_TYPE, NULL);
  g_autoptr (GString) log = g_string_new (NULL);
  guint n_rounds = 0, n_drained;

  add_port_zone (guest);
  add_zone (guest, KVM_IO_SPACE_MMIO, ADDRESS, 4);
  put (guest, KVM_IO_SPACE_MMIO, ADDRESS, 4, memory, KVM_IO_DEVICE_FLAGS_NONE);
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmpint (drain (guest, log), ==, 6);
  g_assert_cmpstr (log->str, ==,
                   "p1@510=78 p2@510=5678 p4@510=12345678 p1@510=78 p2@510=5678 p4@510=12345678 ");
  g_assert_cmpuint (memory->n_writes, ==, 2);

  /* If nobody takes it, the ring is full in the end, and the writes are exits again. */
  do
    {
      kvm_test_run (guest, KVM_TEST_REASON_IO);
      n_rounds += kvm_exit_get_address (guest->exit) == KVM_TEST_PORT (0x61);
      g_assert_cmpuint (n_rounds, <, 1000);
    }
  while (kvm_exit_get_address (guest->exit) == KVM_TEST_PORT (0x61));
  g_assert_cmpuint (n_rounds, >, 50);
  g_string_truncate (log, 0);
  n_drained = drain (guest, log);
  while (g_str_has_prefix (log->str, "p1@510=78 p2@510=5678 p4@510=12345678 "))
    g_string_erase (log, 0, 38);
  g_assert_cmpuint (log->len, <, 38);
  g_assert_cmpuint (n_drained / 3, >=, n_rounds);
  g_assert_cmpuint (memory->n_writes, >=, n_rounds);
}

/* A write that is only in part in the device's range is not for it. */
static void
test_partly_in_range (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (ring);
  g_autoptr (Recorder) ports = g_object_new (RECORDER_TYPE, NULL);
  g_autoptr (GString) log = g_string_new (NULL);

  add_port_zone (guest);
  add_zone (guest, KVM_IO_SPACE_MMIO, ADDRESS, 4);
  put_at_port (guest, PORT, 2, ports);
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmpstr (ports->log->str, ==, "w1@0=78 w2@0=5678 ");
  drain (guest, log);
  g_assert_cmpstr (log->str, ==, "p4@510=12345678 m4@9000=12345678 ");
}

/* The program can hurry. */
static void
test_drain (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (ring);
  g_autoptr (Recorder) ports = g_object_new (RECORDER_TYPE, NULL);
  g_autoptr (GString) log = g_string_new (NULL);

  add_port_zone (guest);
  kvm_test_run (guest, KVM_EXIT_REASON_MMIO); /* without a bus */
  put_at_port (guest, PORT, 4, ports);
  g_assert_cmpint (drain (guest, log), ==, 0);
  g_assert_cmpstr (ports->log->str, ==, ROUND);
}

static void
drain_inside (Recorder *self)
{
  self->hook = NULL;
  g_assert_cmpint (drain (self->guest, NULL), ==, 0);
}

static void
remove_itself (Recorder *self)
{
  self->hook = NULL;
  kvm_io_bus_remove_device (kvm_vm_get_io_bus (self->guest->vm), KVM_IO_DEVICE (self));
}

static void
close_vm (Recorder *self)
{
  self->hook = NULL;
  kvm_vm_close (self->guest->vm);
}

/* A device may do in such a write what it may do otherwise. */
static void
test_in_device (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (ring);
  g_autoptr (Recorder) ports = g_object_new (RECORDER_TYPE, NULL);
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  add_port_zone (guest);
  add_zone (guest, KVM_IO_SPACE_MMIO, ADDRESS, 4);
  put_at_port (guest, PORT, 4, ports);
  put (guest, KVM_IO_SPACE_MMIO, ADDRESS, 4, ports, KVM_IO_DEVICE_FLAGS_NONE);
  ports->guest = guest;
  ports->hook = drain_inside;
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmpstr (ports->log->str, ==, ROUND "w4@0=12345678 ");

  g_string_truncate (ports->log, 0);
  ports->hook = remove_itself;
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmpstr (ports->log->str, ==, "w1@0=78 ");
  g_assert_cmpint (drain (guest, log), ==, 3);

  g_string_truncate (ports->log, 0);
  put_at_port (guest, PORT, 4, ports);
  ports->hook = close_vm;
  g_assert_cmpint (kvm_vcpu_run (guest->vcpu, NULL, &error), ==, KVM_EXIT_REASON_ERROR);
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "KVM_RUN on vCPU 0");
  g_assert_cmpstr (ports->log->str, ==, "w1@0=78 ");
}

/* A device of this thread is called here, with what came before for others, though the guest runs
 * elsewhere. */
static void
test_same_thread (void)
{
  g_autoptr (Machine) machine = MACHINE (burst, 1);
  g_autoptr (Recorder) recorder = g_object_new (RECORDER_TYPE, NULL);
  g_autoptr (Recorder) last = g_object_new (RECORDER_TYPE, NULL);

  recorder->thread = g_thread_self ();
  put (machine->guest, KVM_TEST_SPACE, KVM_TEST_PORT (PORT), 4, recorder,
       KVM_IO_DEVICE_FLAGS_SAME_THREAD);
  put_at_port (machine->guest, 0x61, 1, last);
  add_port_zone (machine->guest);
  machine_start (machine, NULL);
  machine_wait (machine);
  g_assert_no_error (machine->error);
  g_assert_cmpint (kvm_exit_get_reason (machine->exit), ==, KVM_TEST_REASON_HALT);
  g_assert_cmpuint (recorder->n_writes, ==, N_BURST);
  g_assert_cmpuint (recorder->last, ==, N_BURST);
  g_assert_cmpuint (last->n_writes, ==, 1);
}

/* A run in another thread returns what it cannot serve in order. */
static gpointer
run_thread (gpointer data)
{
  KvmTestGuest *guest = data;

  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmphex (kvm_exit_get_address (guest->exit), ==, KVM_TEST_PORT (0x61));
  return NULL;
}

static void
test_other_thread (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (ring);
  g_autoptr (Recorder) ports = g_object_new (RECORDER_TYPE, NULL);
  g_autoptr (Recorder) other = g_object_new (RECORDER_TYPE, NULL);
  g_autoptr (GString) log = g_string_new (NULL);

  ports->thread = g_thread_self ();
  put (guest, KVM_TEST_SPACE, KVM_TEST_PORT (PORT), 4, ports, KVM_IO_DEVICE_FLAGS_SAME_THREAD);
  put_at_port (guest, 0x61, 1, other);
  add_port_zone (guest);
  add_zone (guest, KVM_IO_SPACE_MMIO, ADDRESS, 4);
  g_thread_join (g_thread_new ("vcpu", run_thread, guest));
  g_assert_cmpuint (ports->n_writes + other->n_writes, ==, 0);
  g_assert_cmpint (drain (guest, log), ==, 1);
  g_assert_cmpstr (log->str, ==, "m4@9000=12345678 ");
  g_assert_cmpstr (ports->log->str, ==, ROUND);
}

/* Several vCPUs have one ring. The device hears of every write once. */
static void
test_vcpus (void)
{
  g_autoptr (Machine) machine = MACHINE (burst, 2);
  g_autoptr (Recorder) recorder = g_object_new (RECORDER_TYPE, NULL);
  g_autoptr (Recorder) last = g_object_new (RECORDER_TYPE, NULL);
  gint seen[N_BURST + 1] = { 0 };

  add_port_zone (machine->guest);
  put_at_port (machine->guest, PORT, 4, recorder);
  last->stop_at = N_BURST & 0xff;
  put_at_port (machine->guest, 0x61, 1, last);
  machine_start (machine, NULL); /* until one is through; then the other */
  machine_wait (machine);
  g_assert_no_error (machine->error);
  while (last->n_writes < 2)
    {
      machine_start (machine, NULL);
      machine_wait (machine);
      g_assert_no_error (machine->error);
    }
  g_assert_cmpint (drain (machine->guest, NULL), ==, 0);
  g_assert_cmpuint (recorder->n_writes, ==, 2 * N_BURST);
  for (const char *at = recorder->log->str; (at = strstr (at, "w4@0=")) != NULL; at++)
    seen[g_ascii_strtoull (at + 5, NULL, 16)]++;
  for (guint i = 1; i <= N_BURST; i++)
    g_assert_cmpint (seen[i], ==, 2);
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/coalesced-bus/before-exit", test_before_exit);
  kvm_test_add ("/coalesced-bus/in-order", test_in_order);
  kvm_test_add ("/coalesced-bus/before-interruption", test_before_interruption);
  kvm_test_add ("/coalesced-bus/stop", test_stop);
  kvm_test_add ("/coalesced-bus/stop-runner", test_stop_runner);
  kvm_test_add ("/coalesced-bus/left", test_left);
  kvm_test_add ("/coalesced-bus/partly-in-range", test_partly_in_range);
  kvm_test_add ("/coalesced-bus/drain", test_drain);
  kvm_test_add ("/coalesced-bus/in-device", test_in_device);
  kvm_test_add ("/coalesced-bus/same-thread", test_same_thread);
  kvm_test_add ("/coalesced-bus/other-thread", test_other_thread);
  kvm_test_add ("/coalesced-bus/vcpus", test_vcpus);
  return g_test_run ();
}
