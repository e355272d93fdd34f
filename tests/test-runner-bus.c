/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Devices on the bus of a guest that a runner runs. */

#include "machine.h"

/* A device that says what was done to it, and in which thread. */
#define TEST_TYPE_DEVICE (test_device_get_type ())
G_DECLARE_FINAL_TYPE (TestDevice, test_device, TEST, DEVICE, GObject)

struct _TestDevice
{
  GObject parent_instance;
  guint n_calls_elsewhere;
  GThread *thread; /* that made it */
  guint64 next;
  GString *log;
  gboolean stops;
};

static guint64
test_device_read (KvmIoDevice *device, guint64 offset, guint size)
{
  TestDevice *self = TEST_DEVICE (device);

  self->n_calls_elsewhere += g_thread_self () != self->thread;
  g_string_append_printf (self->log, "r%u@%u ", size, (guint) offset);
  return self->next++;
}

static gboolean
test_device_write (KvmIoDevice *device, guint64 offset, guint size, guint64 value)
{
  TestDevice *self = TEST_DEVICE (device);

  self->n_calls_elsewhere += g_thread_self () != self->thread;
  g_string_append_printf (self->log, "w%u@%u=%x ", size, (guint) offset, (guint) value);
  return self->stops;
}

static void
test_device_iface_init (KvmIoDeviceInterface *iface)
{
  iface->read = test_device_read;
  iface->write = test_device_write;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestDevice, test_device, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (KVM_TYPE_IO_DEVICE, test_device_iface_init))

static void
test_device_finalize (GObject *object)
{
  g_string_free (TEST_DEVICE (object)->log, TRUE);
  G_OBJECT_CLASS (test_device_parent_class)->finalize (object);
}

static void
test_device_class_init (TestDeviceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_device_finalize;
}

static void
test_device_init (TestDevice *self)
{
  self->thread = g_thread_self ();
  self->log = g_string_new (NULL);
}

static TestDevice *
add_device_with_flags (Machine *machine, KvmIoSpace space, guint64 address, guint64 length,
                       KvmIoDeviceFlags flags)
{
  g_autoptr (TestDevice) device = g_object_new (TEST_TYPE_DEVICE, NULL);
  g_autoptr (GError) error = NULL;

  kvm_io_bus_add_device (kvm_vm_get_io_bus (machine->guest->vm), space, address, length,
                         KVM_IO_DEVICE (device), flags, &error);
  g_assert_no_error (error);
  return device; /* the bus has it */
}

static TestDevice *
add_device (Machine *machine, KvmIoSpace space, guint64 address, guint64 length)
{
  return add_device_with_flags (machine, space, address, length, KVM_IO_DEVICE_FLAGS_SAME_THREAD);
}

/* In the format, each %u is the distance between two ports. */
static void
assert_log (TestDevice *device, const char *format)
{
  g_autofree char *distance = g_strdup_printf ("%u", KVM_TEST_PORTS (1u));
  g_auto (GStrv) parts = g_strsplit (format, "%u", -1);
  g_autofree char *expected = g_strjoinv (distance, parts);

  g_assert_cmpstr (device->log->str, ==, expected);
}

static void
test_this_thread (void)
{
  g_autoptr (Machine) machine = MACHINE (echo, 1);
  TestDevice *device
      = add_device (machine, KVM_TEST_SPACE, KVM_TEST_PORT (0x60), KVM_TEST_PORTS (8));

  device->next = 0x10;
  machine_start (machine, NULL);
  machine_wait (machine);
  g_assert_no_error (machine->error);
  g_assert_cmpint (kvm_exit_get_reason (machine->exit), ==, KVM_TEST_REASON_HALT);
  assert_log (device, "r1@0 w1@%u=11 r2@0 w2@%u=12 r4@0 w4@%u=13 ");
  g_assert_cmpuint (device->n_calls_elsewhere, ==, 0);
}

static void
test_strings (void)
{
  g_autoptr (Machine) machine = MACHINE (string, 1);
  TestDevice *device
      = add_device (machine, KVM_TEST_SPACE, KVM_TEST_PORT (0x60), KVM_TEST_PORTS (8));

  device->next = 0x1000;
  machine_start (machine, NULL);
  machine_wait (machine);
  g_assert_no_error (machine->error);
  g_assert_cmpint (kvm_exit_get_reason (machine->exit), ==, KVM_TEST_REASON_HALT);
  g_assert_cmpstr (device->log->str, ==,
                   "r2@0 r2@0 r2@0 r2@0 w2@1=1000 w2@1=1001 w2@1=1002 w2@1=1003 ");
}

static void
test_memory (void)
{
  g_autoptr (Machine) machine = MACHINE (mmio, 1);
  TestDevice *device = add_device (machine, KVM_IO_SPACE_MMIO, 0x8000, 0x1000);

  device->next = 0x4321;
  machine_start (machine, NULL);
  machine_wait (machine);
  g_assert_no_error (machine->error);
  g_assert_cmpint (kvm_exit_get_reason (machine->exit), ==, KVM_TEST_REASON_IO);
  g_assert_cmphex (kvm_exit_get_value (machine->exit), ==, 0x4321);
  g_assert_cmpstr (device->log->str, ==, "w4@0=12345678 r2@4 ");
}

/* A device can want the guest to stop, and an access that is only in part in its range is not for
 * it. */
static void
test_stop (void)
{
  g_autoptr (Machine) machine = MACHINE (echo, 1);
  TestDevice *device
      = add_device (machine, KVM_TEST_SPACE, KVM_TEST_PORT (0x60), KVM_TEST_PORTS (1) + 1);

  g_signal_connect (machine->runner, "exit", G_CALLBACK (machine_serve), machine);
  device->stops = TRUE;
  device->next = 5;
  machine_start (machine, NULL);
  machine_wait (machine);
  g_assert_cmpuint (kvm_exit_get_value (machine->exit), ==, 6);
  assert_log (device, "r1@0 w1@%u=6 ");
  g_assert_cmpuint (machine->n_exits, ==, 0);
  g_signal_handlers_disconnect_by_data (machine->runner, machine);
  g_string_truncate (device->log, 0);
  machine_start (machine, NULL);
  machine_wait (machine);
  g_assert_cmpuint (kvm_exit_get_size (machine->exit), ==, 2);
  g_assert_true (kvm_exit_is_write (machine->exit));
  g_assert_cmpstr (device->log->str, ==, "r2@0 ");
}

/* The thread that runs the context is another than the one which added it: then the exit is
 * delivered. */
static gpointer
add_thread (gpointer machine)
{
  return add_device (machine, KVM_TEST_SPACE, KVM_TEST_PORT (0x60), KVM_TEST_PORTS (8));
}

static void
test_other_thread (void)
{
  g_autoptr (Machine) machine = MACHINE (server, 1);
  TestDevice *device = g_thread_join (g_thread_new ("adder", add_thread, machine));

  g_signal_connect (machine->runner, "exit", G_CALLBACK (machine_serve), machine);
  machine_start (machine, NULL);
  machine_wait_until (machine, machine->n_exits >= 10);
  kvm_runner_stop (machine->runner);
  machine_assert_stopped (machine);
  g_assert_cmpstr (device->log->str, ==, "");
}

/* A device without flags answers in the vCPU's thread, and nothing else is told of it. */
static void
test_vcpu_thread (void)
{
  g_autoptr (Machine) machine = MACHINE (echo, 1);
  TestDevice *device = add_device_with_flags (machine, KVM_TEST_SPACE, KVM_TEST_PORT (0x60),
                                              KVM_TEST_PORTS (8), KVM_IO_DEVICE_FLAGS_NONE);

  /* Nobody is told of an exit with which a device ends the guest. */
  g_signal_connect (machine->runner, "exit", G_CALLBACK (machine_serve), machine);
  device->next = 0x10;
  device->stops = TRUE;
  for (guint i = 1; i <= 3; i++)
    {
      /* Each write is made, and then ends the guest. */
      machine_start (machine, NULL);
      machine_wait (machine);
      g_assert_no_error (machine->error);
      g_assert_cmpint (kvm_exit_get_reason (machine->exit), ==, KVM_TEST_REASON_IO);
      g_assert_true (kvm_exit_is_write (machine->exit));
      g_assert_cmpuint (device->n_calls_elsewhere, ==, 2 * i);
    }
  g_assert_cmpuint (machine->n_exits, ==, 0);
  g_signal_handlers_disconnect_by_data (machine->runner, machine);
  machine_start (machine, NULL);
  machine_wait (machine);
  g_assert_cmpint (kvm_exit_get_reason (machine->exit), ==, KVM_TEST_REASON_HALT);
  assert_log (device, "r1@0 w1@%u=11 r2@0 w2@%u=12 r4@0 w4@%u=13 ");
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/runner-bus/this-thread", test_this_thread);
  kvm_test_add_for_x86 ("/runner-bus/strings", test_strings);
  kvm_test_add ("/runner-bus/memory", test_memory);
  kvm_test_add ("/runner-bus/stop", test_stop);
  kvm_test_add ("/runner-bus/other-thread", test_other_thread);
  kvm_test_add ("/runner-bus/vcpu-thread", test_vcpu_thread);
  return g_test_run ();
}
