/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Devices on the bus, as guests on real KVM find them. */

#include "kvm-test.h"

#include <string.h>

/* A device that says what was done to it, and does what it is told. */
#define TEST_TYPE_DEVICE (test_device_get_type ())
G_DECLARE_FINAL_TYPE (TestDevice, test_device, TEST, DEVICE, GObject)

struct _TestDevice
{
  GObject parent_instance;
  GString *log;
  guint64 answer;
  gint n_accesses;
  gboolean stop;
  void (*act) (TestDevice *self, gpointer data); /* once, on the next access */
  gpointer data;
};

static void test_device_iface_init (KvmIoDeviceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TestDevice, test_device, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (KVM_TYPE_IO_DEVICE, test_device_iface_init))

static void
note_access (TestDevice *self)
{
  void (*act) (TestDevice *, gpointer) = self->act;

  g_atomic_int_inc (&self->n_accesses);
  self->act = NULL;
  if (act != NULL)
    act (self, self->data);
}

static guint64
test_device_read (KvmIoDevice *device, guint64 offset, guint size)
{
  TestDevice *self = TEST_DEVICE (device);

  if (self->log->len < 1000)
    g_string_append_printf (self->log, "r%" G_GUINT64_FORMAT "/%u ", offset, size);
  note_access (self);
  return self->answer;
}

static gboolean
test_device_write (KvmIoDevice *device, guint64 offset, guint size, guint64 value)
{
  TestDevice *self = TEST_DEVICE (device);

  if (self->log->len < 1000)
    g_string_append_printf (self->log, "w%" G_GUINT64_FORMAT "/%u=%" G_GINT64_MODIFIER "x ", offset,
                            size, value);
  self->answer++;
  note_access (self);
  return self->stop;
}

static void
test_device_iface_init (KvmIoDeviceInterface *iface)
{
  iface->read = test_device_read;
  iface->write = test_device_write;
}

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
  self->log = g_string_new (NULL);
}

/* One that has neither vfunc. */
#define TEST_TYPE_DUMMY (test_dummy_get_type ())
G_DECLARE_FINAL_TYPE (TestDummy, test_dummy, TEST, DUMMY, GObject)
struct _TestDummy
{
  GObject parent_instance;
};
G_DEFINE_FINAL_TYPE_WITH_CODE (TestDummy, test_dummy, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (KVM_TYPE_IO_DEVICE, NULL))
static void
test_dummy_class_init (TestDummyClass *klass)
{
}
static void
test_dummy_init (TestDummy *self)
{
}

static KvmIoBus *
get_bus (KvmTestGuest *guest)
{
  return kvm_vm_get_io_bus (guest->vm);
}

static void
add (KvmTestGuest *guest, KvmIoSpace space, guint64 address, guint64 length, TestDevice *device,
     KvmIoDeviceFlags flags)
{
  g_autoptr (GError) error = NULL;

  kvm_io_bus_add_device (get_bus (guest), space, address, length, KVM_IO_DEVICE (device), flags,
                         &error);
  g_assert_no_error (error);
}

static TestDevice *
add_ports (KvmTestGuest *guest, guint port, guint64 length)
{
  TestDevice *device = g_object_new (TEST_TYPE_DEVICE, NULL);

  add (guest, KVM_TEST_SPACE, KVM_TEST_PORT (port), length, device, KVM_IO_DEVICE_FLAGS_NONE);
  return device;
}

static void
test_ports (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (echo);
  g_autoptr (TestDevice) in = add_ports (guest, 0x60, 1);
  g_autoptr (TestDevice) out = add_ports (guest, 0x61, 7);

  /* Four bytes at 0x60 go beyond the one port, and two as well. */
  in->answer = 0x1141;
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmpstr (in->log->str, ==, "r0/1 ");
  g_assert_cmpstr (out->log->str, ==, "w0/1=42 ");
  g_assert_cmphex (kvm_exit_get_address (guest->exit), ==, KVM_TEST_PORT (0x60));
  g_assert_cmphex (kvm_exit_get_size (guest->exit), ==, 2);
  kvm_exit_set_value (guest->exit, 0xbeef);
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  kvm_exit_set_value (guest->exit, 0xcafebabe);
  kvm_test_run_to_halt (guest);
  g_assert_cmpstr (in->log->str, ==, "r0/1 ");
  g_assert_cmpstr (out->log->str, ==, "w0/1=42 w0/2=bef0 w0/4=cafebabf ");
}

/* A range in which the access begins somewhere. */
static void
test_offset (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (echo);
  g_autoptr (TestDevice) device = add_ports (guest, 0x50, KVM_TEST_PORTS (0x20));
  const guint in = KVM_TEST_PORTS (0x10), out = KVM_TEST_PORTS (0x11);
  g_autofree char *expected = NULL;

  device->answer = 0xffffffff00000010;
  kvm_test_run_to_halt (guest);
  expected = g_strdup_printf ("r%u/1 w%u/1=11 r%u/2 w%u/2=12 r%u/4 w%u/4=13 ", in, out, in, out, in,
                              out);
  g_assert_cmpstr (device->log->str, ==, expected);
}

static void
test_string (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (string);
  g_autoptr (TestDevice) in = add_ports (guest, 0x60, 1);
  g_autoptr (TestDevice) out = NULL;
  guint8 bytes[8];

  /* Words do not fit into one port. */
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmpuint (in->n_accesses, ==, 0);

  g_clear_pointer (&guest, kvm_test_guest_free);
  guest = KVM_TEST_GUEST (string);
  out = add_ports (guest, 0x60, 4);
  out->answer = 0x6968;
  kvm_test_run_to_halt (guest);
  g_assert_cmpstr (out->log->str, ==,
                   "r0/2 r0/2 r0/2 r0/2 w1/2=6968 w1/2=6968 w1/2=6968 w1/2=6968 ");
  g_assert_true (kvm_memory_read (guest->memory, 0x1800, bytes, sizeof bytes, NULL));
  g_assert_cmpmem (bytes, 8, "hihihihi", 8);
}

static void
test_mmio (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (mmio);
  g_autoptr (TestDevice) memory = g_object_new (TEST_TYPE_DEVICE, NULL);
  g_autoptr (TestDevice) port = add_ports (guest, 0x61, 2);

  /* The slot ends where it begins. */
  add (guest, KVM_IO_SPACE_MMIO, 0x8000, 0x1000, memory, KVM_IO_DEVICE_FLAGS_NONE);
  memory->answer = 0x4141;
  kvm_test_run_to_halt (guest);
  g_assert_cmpstr (memory->log->str, ==, "w0/4=12345678 r4/2 ");
  g_assert_cmpstr (port->log->str, ==, "w0/2=4142 ");
}

/* A read and a write in one instruction, to a device. */
static void
test_change (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (change);
  g_autoptr (TestDevice) device = g_object_new (TEST_TYPE_DEVICE, NULL);
  g_autoptr (GError) error = NULL;

  kvm_test_run (guest, KVM_EXIT_REASON_MMIO);
  kvm_exit_set_value (guest->exit, 0x10);
  add (guest, KVM_IO_SPACE_MMIO, 0x8000, 1, device, KVM_IO_DEVICE_FLAGS_NONE);

  /* Also when it is only completed. */
  g_assert_cmpint (kvm_vcpu_complete_pending (guest->vcpu, &error), ==,
                   KVM_EXIT_REASON_INTERRUPTED);
  g_assert_no_error (error);
  g_assert_cmpstr (device->log->str, ==, "w0/1=11 ");
  kvm_test_run_to_halt (guest);
}

static void
test_nothing_there (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (echo);
  g_autoptr (TestDummy) dummy = g_object_new (TEST_TYPE_DUMMY, NULL);
  g_autoptr (GError) error = NULL;

  kvm_io_bus_add_device (get_bus (guest), KVM_TEST_SPACE, KVM_TEST_PORT (0x60), 1,
                         KVM_IO_DEVICE (dummy), KVM_IO_DEVICE_FLAGS_NONE, &error);
  g_assert_no_error (error);
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmphex (kvm_exit_get_address (guest->exit), ==, KVM_TEST_PORT (0x61));
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 0); /* 0xff + 1 */
}

static void
test_refused (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (TestDevice) device = g_object_new (TEST_TYPE_DEVICE, NULL);
  g_autoptr (KvmIoDevice) found = NULL;
  g_autoptr (GError) error = NULL;
  const struct
  {
    KvmIoSpace space;
    guint64 address, length;
    int code;
    const char *text;
  } cases[] = {
    { KVM_IO_SPACE_PORT, 0x3f8, 8, KVM_ERROR_OVERLAP, "TestDevice at ports 0x3f8 to 0x3ff" },
    { KVM_IO_SPACE_PORT, 0x3ff, 1, KVM_ERROR_OVERLAP, "overlaps TestDevice at ports 0x3f8" },
    { KVM_IO_SPACE_PORT, 0, 0x10000, KVM_ERROR_OVERLAP, "at ports 0x0 to 0xffff overlaps" },
    { KVM_IO_SPACE_PORT, 0x3f0, 9, KVM_ERROR_OVERLAP, "at ports 0x3f0 to 0x3f8 overlaps" },
    { KVM_IO_SPACE_PORT, 0x60, 0, KVM_ERROR_INVALID, "length of a device is 0" },
    { KVM_IO_SPACE_PORT, 0xffff, 2, KVM_ERROR_INVALID, "past the last port" },
    { KVM_IO_SPACE_PORT, 0x10000, 1, KVM_ERROR_INVALID, "past the last port" },
    { KVM_IO_SPACE_MMIO, G_MAXUINT64, 2, KVM_ERROR_INVALID, "past the end" },
    { (KvmIoSpace) 2, 0, 1, KVM_ERROR_INVALID, "no I/O space 2" },
  };

  add (guest, KVM_IO_SPACE_PORT, 0x3f8, 8, device, KVM_IO_DEVICE_FLAGS_NONE);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_false (kvm_io_bus_add_device (get_bus (guest), cases[i].space, cases[i].address,
                                             cases[i].length, KVM_IO_DEVICE (device),
                                             KVM_IO_DEVICE_FLAGS_NONE, &error));
      kvm_test_assert_error (error, cases[i].code, cases[i].text);
    }

  /* Beside it, and in the other space, there is room. */
  add (guest, KVM_IO_SPACE_PORT, 0x3f7, 1, device, KVM_IO_DEVICE_FLAGS_NONE);
  add (guest, KVM_IO_SPACE_PORT, 0x400, 0x10000 - 0x400, device, KVM_IO_DEVICE_FLAGS_NONE);
  add (guest, KVM_IO_SPACE_MMIO, 0x3f8, 8, device, KVM_IO_DEVICE_FLAGS_NONE);
  add (guest, KVM_IO_SPACE_MMIO, G_MAXUINT64, 1, device, KVM_IO_DEVICE_FLAGS_NONE);

  found = kvm_io_bus_find_device (get_bus (guest), KVM_IO_SPACE_PORT, 0x3ff);
  g_assert_true (found == KVM_IO_DEVICE (device));
  g_clear_object (&found);
  found = kvm_io_bus_find_device (get_bus (guest), KVM_IO_SPACE_MMIO, G_MAXUINT64);
  g_assert_true (found == KVM_IO_DEVICE (device));
  g_assert_null (kvm_io_bus_find_device (get_bus (guest), KVM_IO_SPACE_PORT, 0x3f6));
  g_assert_null (kvm_io_bus_find_device (get_bus (guest), KVM_IO_SPACE_MMIO, 0x400));
  g_assert_true (kvm_io_bus_remove_device (get_bus (guest), KVM_IO_DEVICE (device)));
  g_assert_false (kvm_io_bus_remove_device (get_bus (guest), KVM_IO_DEVICE (device)));
  g_assert_null (kvm_io_bus_find_device (get_bus (guest), KVM_IO_SPACE_PORT, 0x3ff));
}

static void
test_stop (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (string);
  g_autoptr (TestDevice) device = add_ports (guest, 0x60, 4);

  /* One of four words at a time. */
  device->stop = TRUE;
  for (gint i = 5; i <= 8; i++)
    {
      kvm_test_run (guest, KVM_TEST_REASON_IO);
      g_assert_true (kvm_exit_is_write (guest->exit));
      g_assert_cmpint (device->n_accesses, ==, i);
    }
  kvm_test_run_to_halt (guest);
  g_assert_cmpint (device->n_accesses, ==, 8);
}

/* Who keeps whom. */
static void
test_lifetimes (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);
  g_autoptr (KvmIoBus) bus = g_object_ref (get_bus (guest));
  g_autoptr (GError) error = NULL;
  TestDevice *device = add_ports (guest, 0x3f8, 8);

  g_assert_true (bus == get_bus (guest));
  g_object_add_weak_pointer (G_OBJECT (device), (gpointer *) &device);
  g_object_unref (device);
  kvm_test_run_to_halt (guest);
  g_assert_nonnull (device);
  g_assert_cmpuint (device->n_accesses, ==, 2);

  /* The vCPU has looked it up, but does not run. */
  g_assert_true (kvm_io_bus_remove_device (bus, KVM_IO_DEVICE (device)));
  g_assert_null (device);

  device = add_ports (guest, 0x3f8, 8);
  g_object_add_weak_pointer (G_OBJECT (device), (gpointer *) &device);
  g_object_unref (device);
  kvm_vm_close (guest->vm);
  g_assert_null (device);
  device = g_object_new (TEST_TYPE_DEVICE, NULL);
  g_assert_false (kvm_io_bus_add_device (bus, KVM_TEST_SPACE, 0, 1, KVM_IO_DEVICE (device),
                                         KVM_IO_DEVICE_FLAGS_NONE, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "its virtual machine is closed");

  g_clear_pointer (&guest, kvm_test_guest_free);
  g_assert_false (kvm_io_bus_add_device (bus, KVM_TEST_SPACE, 0, 1, KVM_IO_DEVICE (device),
                                         KVM_IO_DEVICE_FLAGS_NONE, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "its virtual machine is closed");
  g_object_unref (device);
}

/* What a device may do with the vCPU that has called it. */
static void
use_vcpu (TestDevice *self, gpointer data)
{
  KvmTestGuest *guest = data;
  g_autoptr (GError) error = NULL;
  guint64 pc;

  g_assert_true (kvm_test_get_pc (guest->vcpu, &pc, &error));
  g_assert_no_error (error);
  g_assert_cmpint (kvm_exit_get_reason (guest->exit), ==, KVM_TEST_REASON_IO);
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 'H');
  kvm_test_set_argument (guest->vcpu, 0x1234);

  g_assert_cmpint (kvm_vcpu_run (guest->vcpu, NULL, &error), ==, KVM_EXIT_REASON_ERROR);
  kvm_test_assert_error (error, KVM_ERROR_RUNNING, "in this thread, which is in a device of it");
  g_assert_cmpint (kvm_vcpu_complete_pending (guest->vcpu, &error), ==, KVM_EXIT_REASON_ERROR);
  kvm_test_assert_error (error, KVM_ERROR_RUNNING, "in this thread, which is in a device of it");
  kvm_vcpu_kick (guest->vcpu);
}

static void
test_use_vcpu (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);
  g_autoptr (TestDevice) device = add_ports (guest, 0x3f8, 8);
  g_autoptr (GError) error = NULL;

  device->act = use_vcpu;
  device->data = guest;
  kvm_test_run (guest, KVM_EXIT_REASON_INTERRUPTED);
  g_assert_cmpint (kvm_exit_get_interruption (guest->exit), ==, KVM_INTERRUPTION_KICK);
  g_assert_cmpuint (device->n_accesses, ==, 1);

  /* The access that the kick came with is finished. */
  g_assert_cmpint (kvm_vcpu_complete_pending (guest->vcpu, &error), ==,
                   KVM_EXIT_REASON_INTERRUPTED);
  g_assert_no_error (error);
  g_assert_cmphex (kvm_test_get_argument (guest->vcpu), ==, 0x1234);
  kvm_test_run_to_halt (guest);
  g_assert_cmpuint (device->n_accesses, ==, 2);
}

static void
remove_self (TestDevice *self, gpointer data)
{
  g_assert_true (kvm_io_bus_remove_device (get_bus (data), KVM_IO_DEVICE (self)));
}

static void
close_vcpu (TestDevice *self, gpointer data)
{
  KvmTestGuest *guest = data;

  kvm_vcpu_close (guest->vcpu);
}

static void
close_vm (TestDevice *self, gpointer data)
{
  KvmTestGuest *guest = data;

  kvm_vm_close (guest->vm);
}

/* The bus has the only reference to the device. */
static KvmTestGuest *
make_guest_with_device (void (*act) (TestDevice *, gpointer))
{
  KvmTestGuest *guest = KVM_TEST_GUEST (print);
  TestDevice *device = add_ports (guest, 0x3f8, 8);

  device->act = act;
  device->data = guest;
  g_object_unref (device);
  return guest;
}

static void
test_remove_self (void)
{
  g_autoptr (KvmTestGuest) guest = make_guest_with_device (remove_self);

  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 'i');
}

static void
test_close_inside (void)
{
  void (*acts[]) (TestDevice *, gpointer) = { close_vcpu, close_vm };

  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    {
      g_autoptr (KvmTestGuest) guest = make_guest_with_device (acts[i]);
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (kvm_vcpu_run (guest->vcpu, NULL, &error), ==, KVM_EXIT_REASON_ERROR);
      kvm_test_assert_error (error, KVM_ERROR_CLOSED, "KVM_RUN on vCPU 0");
    }
}

static void
free_guest (TestDevice *self, gpointer data)
{
  kvm_test_guest_free (data);
}

static void
test_drop_inside (void)
{
  KvmTestGuest *guest = make_guest_with_device (free_guest);
  g_autoptr (GError) error = NULL;

  /* Nobody but the run has the vCPU any more; it runs on to the end. */
  g_assert_cmpint (kvm_vcpu_run (guest->vcpu, NULL, &error), ==, KVM_TEST_REASON_HALT);
  g_assert_no_error (error);
}

typedef struct
{
  KvmTestGuest *guest;
  gint n_returned;
} Runner;

/* Runs until it is kicked. */
static gpointer
run_thread (gpointer data)
{
  Runner *self = data;

  for (;;)
    {
      g_autoptr (GError) error = NULL;
      KvmExitReason reason = kvm_vcpu_run (self->guest->vcpu, NULL, &error);

      g_assert_no_error (error);
      if (reason == KVM_EXIT_REASON_INTERRUPTED)
        return NULL;
      g_assert_cmpint (reason, ==, KVM_TEST_REASON_IO);
      g_atomic_int_inc (&self->n_returned);
    }
}

static void
wait_for_more (gint *counter)
{
  gint from = g_atomic_int_get (counter);

  while (g_atomic_int_get (counter) < from + 10)
    g_thread_yield ();
}

/* The bus, and devices on it, come while the guest makes accesses all the time. */
static void
test_change_while_running (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (chatter);
  g_autoptr (TestDevice) device = NULL;
  Runner runner = { guest, 0 };
  GThread *thread = g_thread_new ("vcpu", run_thread, &runner);
  gint returned;

  wait_for_more (&runner.n_returned);
  device = add_ports (guest, 0x61, 1);
  for (guint i = 0; i < 20; i++)
    {
      wait_for_more (&device->n_accesses);
      returned = g_atomic_int_get (&runner.n_returned);
      wait_for_more (&device->n_accesses);
      g_assert_cmpint (g_atomic_int_get (&runner.n_returned), ==, returned);

      kvm_io_bus_remove_device (get_bus (guest), KVM_IO_DEVICE (device));
      wait_for_more (&runner.n_returned);
      returned = g_atomic_int_get (&device->n_accesses);
      wait_for_more (&runner.n_returned);
      g_assert_cmpint (g_atomic_int_get (&device->n_accesses), ==, returned);
      add (guest, KVM_TEST_SPACE, KVM_TEST_PORT (0x61), 1, device, KVM_IO_DEVICE_FLAGS_NONE);
    }
  kvm_vcpu_kick (guest->vcpu);
  g_thread_join (thread);
}

/* The bus changes all the time. */
typedef struct
{
  KvmIoBus *bus;
  gint stop;
} Changer;

static gpointer
change_thread (gpointer data)
{
  Changer *self = data;
  g_autoptr (TestDevice) device = g_object_new (TEST_TYPE_DEVICE, NULL);

  while (!g_atomic_int_get (&self->stop))
    {
      kvm_io_bus_add_device (self->bus, KVM_TEST_SPACE, KVM_TEST_PORT (0x61), 1,
                             KVM_IO_DEVICE (device), KVM_IO_DEVICE_FLAGS_NONE, NULL);
      kvm_io_bus_remove_device (self->bus, KVM_IO_DEVICE (device));
    }
  return NULL;
}

/* While vCPUs go that have looked into it, and then the virtual machine. */
static void
test_change_while_dying (void)
{
  for (guint i = 0; i < kvm_test_rounds (20); i++)
    {
      g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);
      g_autoptr (KvmIoBus) bus = g_object_ref (get_bus (guest));
      g_autoptr (TestDevice) device = add_ports (guest, 0x3f8, 8);
      Changer changer = { bus, 0 };
      GThread *thread = g_thread_new ("changer", change_thread, &changer);
      const int n_vcpus
          = MIN (10, kvm_vm_check_extension (guest->vm, KVM_CAPABILITY_MAX_VCPUS, NULL));

      g_assert_cmpint (n_vcpus, >, 1);
      for (int id = 1; id < n_vcpus; id++)
        {
          g_autoptr (GError) error = NULL;
          g_autoptr (KvmVcpu) vcpu = kvm_vm_create_vcpu (guest->vm, id, &error);

          g_assert_no_error (error);
          kvm_test_setup_vcpu (vcpu, KVM_TEST_ENTRY, 0);
          g_assert_no_error (error);
          g_assert_cmpint (kvm_vcpu_run (vcpu, NULL, &error), ==, KVM_TEST_REASON_HALT);
        }
      g_clear_pointer (&guest, kvm_test_guest_free);
      g_atomic_int_set (&changer.stop, 1);
      g_thread_join (thread);
      g_assert_cmpint (G_OBJECT (device)->ref_count, ==, 1);
    }
}

static gpointer
run_until_closed (gpointer data)
{
  KvmVcpu *vcpu = data;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (kvm_vcpu_run (vcpu, NULL, &error), ==, KVM_EXIT_REASON_ERROR);
  g_assert_error (error, KVM_ERROR, KVM_ERROR_CLOSED);
  return NULL;
}

/* Whatever the vCPU was doing then, a closed virtual machine has no devices. */
static void
test_close_while_running (void)
{
  for (guint i = 0; i < kvm_test_rounds (100); i++)
    {
      g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (chatter);
      g_autoptr (TestDevice) device = add_ports (guest, 0x61, 1);
      GThread *thread = g_thread_new ("vcpu", run_until_closed, guest->vcpu);

      wait_for_more (&device->n_accesses);
      kvm_vm_close (guest->vm);
      g_thread_join (thread);
      g_assert_cmpint (G_OBJECT (device)->ref_count, ==, 1);
    }
}

/* A device of another thread's is left to the caller. */
static void
test_same_thread (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (chatter);
  g_autoptr (TestDevice) device = g_object_new (TEST_TYPE_DEVICE, NULL);
  Runner runner = { guest, 0 };
  GThread *thread;

  add (guest, KVM_TEST_SPACE, KVM_TEST_PORT (0x61), 1, device, KVM_IO_DEVICE_FLAGS_SAME_THREAD);
  thread = g_thread_new ("vcpu", run_thread, &runner);
  wait_for_more (&runner.n_returned);
  kvm_vcpu_kick (guest->vcpu);
  g_thread_join (thread);
  g_assert_cmpint (device->n_accesses, ==, 0);

  device->stop = TRUE;
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmpint (device->n_accesses, ==, 1);
}

/* Calls from another thread during a run with a bus are answered, and a kick ends it. */
static void
test_rule_of_threads (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (chatter);
  g_autoptr (TestDevice) device = add_ports (guest, 0x61, 1);
  Runner runner = { guest, 0 };
  GThread *thread = g_thread_new ("vcpu", run_thread, &runner);
  g_autoptr (GError) error = NULL;
  KvmVcpuState state;

  wait_for_more (&device->n_accesses);
  for (guint i = 0; i < kvm_test_rounds (1000); i++)
    {
      g_assert_false (kvm_vcpu_get_mp_state (guest->vcpu, &state, &error));
      kvm_test_assert_error (error, KVM_ERROR_RUNNING, "running in another thread");
    }
  kvm_vcpu_kick (guest->vcpu);
  g_thread_join (thread);
  g_assert_true (kvm_vcpu_get_mp_state (guest->vcpu, &state, &error));
  g_assert_no_error (error);
  g_assert_cmpint (runner.n_returned, ==, 0);
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/io-bus/ports", test_ports);
  kvm_test_add ("/io-bus/offset", test_offset);
  kvm_test_add_for_x86 ("/io-bus/string", test_string);
  kvm_test_add ("/io-bus/mmio", test_mmio);
  kvm_test_add_for_x86 ("/io-bus/change", test_change);
  kvm_test_add ("/io-bus/nothing-there", test_nothing_there);
  kvm_test_add ("/io-bus/refused", test_refused);
  kvm_test_add_for_x86 ("/io-bus/stop", test_stop);
  kvm_test_add ("/io-bus/lifetimes", test_lifetimes);
  kvm_test_add ("/io-bus/use-vcpu", test_use_vcpu);
  kvm_test_add ("/io-bus/remove-self", test_remove_self);
  kvm_test_add ("/io-bus/close-inside", test_close_inside);
  kvm_test_add ("/io-bus/drop-inside", test_drop_inside);
  kvm_test_add ("/io-bus/change-while-running", test_change_while_running);
  kvm_test_add ("/io-bus/change-while-dying", test_change_while_dying);
  kvm_test_add ("/io-bus/close-while-running", test_close_while_running);
  kvm_test_add ("/io-bus/same-thread", test_same_thread);
  kvm_test_add ("/io-bus/rule-of-threads", test_rule_of_threads);
  return g_test_run ();
}
