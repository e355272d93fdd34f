/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Accesses that no guest on real KVM makes here, or that no kernel would report: the null KVM makes
 * them of a device on the bus. */

#include <string.h>

#include <kvmobj/kvmobj.h>

#define TEST_TYPE_DEVICE (test_device_get_type ())
G_DECLARE_FINAL_TYPE (TestDevice, test_device, TEST, DEVICE, GObject)

struct _TestDevice
{
  GObject parent_instance;
  GString *log;
  KvmVcpu *vcpu; /* to be run by each access; NULL for none */
};

static void
run_vcpu (TestDevice *self)
{
  g_autoptr (GError) error = NULL;

  if (self->vcpu == NULL)
    return;
  kvm_vcpu_kick (self->vcpu);
  g_assert_cmpint (kvm_vcpu_run (self->vcpu, NULL, &error), ==, KVM_EXIT_REASON_INTERRUPTED);
  g_assert_no_error (error);
}

static guint64
test_device_read (KvmIoDevice *device, guint64 offset, guint size)
{
  run_vcpu (TEST_DEVICE (device));
  g_string_append_printf (TEST_DEVICE (device)->log, "r%" G_GUINT64_FORMAT "/%u ", offset, size);
  return offset == 4 ? G_GUINT64_CONSTANT (0xf8f7f6f5f4f3f2f1) : 0x8182838485868788;
}

static gboolean
test_device_write (KvmIoDevice *device, guint64 offset, guint size, guint64 value)
{
  run_vcpu (TEST_DEVICE (device));
  g_string_append_printf (TEST_DEVICE (device)->log,
                          "w%" G_GUINT64_FORMAT "/%u=%" G_GINT64_MODIFIER "x ", offset, size,
                          value);
  return FALSE;
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
  self->log = g_string_new (NULL);
}

typedef struct
{
  KvmVcpu *vcpu;
  KvmExit *exit;
  TestDevice *device;
} Machine;

/* A device at port 0x10 to 0x1f and address 0x10 to 0x1f. */
static void
set_up (Machine *self, KvmIoDeviceFlags flags)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmSystem) system = NULL;
  g_autoptr (KvmVm) vm = NULL;
  KvmIoBus *bus;

  system = kvm_system_new (&error);
  g_assert_no_error (error);
  vm = kvm_system_create_vm (system, &error);
  g_assert_no_error (error);
  self->vcpu = kvm_vm_create_vcpu (vm, 0, &error);
  g_assert_no_error (error);
  self->exit = kvm_vcpu_get_exit (self->vcpu);
  self->device = g_object_new (TEST_TYPE_DEVICE, NULL);
  bus = kvm_vm_get_io_bus (vm);
  kvm_io_bus_add_device (bus, KVM_IO_SPACE_PORT, 0x10, 0x10, KVM_IO_DEVICE (self->device), flags,
                         &error);
  g_assert_no_error (error);
  kvm_io_bus_add_device (bus, KVM_IO_SPACE_MMIO, 0x10, 0x10, KVM_IO_DEVICE (self->device), flags,
                         &error);
  g_assert_no_error (error);
}

static void
tear_down (Machine *self)
{
  g_clear_object (&self->vcpu);
  g_clear_object (&self->device);
}

static void
run (Machine *self, KvmExitReason expected)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (kvm_vcpu_run (self->vcpu, NULL, &error), ==, expected);
  g_assert_no_error (error);
}

/* Each access, and what the device saw of it; NULL if the exit is for nobody. Each is made twice:
 * the second time the bus knows where it went. */
static const struct
{
  const char *exit;
  const char *seen, *seen_in_halves;
} cases[] = {
  { "raw:6:1000000000000000a1a2a3a4a5a6a7a80800000001", "w0/8=a8a7a6a5a4a3a2a1 ",
    "w0/4=a4a3a2a1 w4/4=a8a7a6a5 " },
  { "raw:6:100000000000000000000000000000000800000000", "r0/8 ", "r0/4 r4/4 " },
  { "raw:6:1800000000000000a1a2a3a4a5a6a7a80800000001", "w8/8=a8a7a6a5a4a3a2a1 ",
    "w8/4=a4a3a2a1 w12/4=a8a7a6a5 " },
  { "raw:6:1000000000000000a1a2a3a4a5a6a7a80300000001", "w0/3=a3a2a1 ", "w0/3=a3a2a1 " },
  { "raw:6:1f00000000000000a1a2a3a4a5a6a7a80100000001", "w15/1=a1 ", "w15/1=a1 " },
  /* Not all of it is in the range. */
  { "raw:6:1f00000000000000a1a2a3a4a5a6a7a80200000001", NULL, NULL },
  { "raw:6:0f00000000000000a1a2a3a4a5a6a7a80200000001", NULL, NULL },
  { "raw:6:2000000000000000a1a2a3a4a5a6a7a80100000001", NULL, NULL },
  { "raw:6:ffffffffffffffffa1a2a3a4a5a6a7a80100000001", NULL, NULL },
  { "raw:6:ffffffffffffffffa1a2a3a4a5a6a7a80800000001", NULL, NULL },
  /* A size that cannot be. */
  { "raw:6:1000000000000000a1a2a3a4a5a6a7a80000000001", NULL, NULL },
  { "page:4096:61626364,raw:2:01041000010000000010000000000000", "w0/4=64636261 ",
    "w0/4=64636261 " },
  { "page:4096:61626364,raw:2:01021f00010000000010000000000000", NULL, NULL },
  { "page:4096:61626364,raw:2:01010f00010000000010000000000000", NULL, NULL },
  { "page:4096:61626364,raw:2:01031000010000000010000000000000", NULL, NULL },
  { "page:4096:61626364,raw:2:01001000010000000010000000000000", NULL, NULL },
  { "page:4096:61626364,raw:2:01081000010000000010000000000000", NULL, NULL },
  { "page:4096:61626364,raw:2:01ff1000010000000010000000000000", NULL, NULL },
  { "page:4096:61626364,raw:2:01011000030000000010000000000000", "w0/1=61 w0/1=62 w0/1=63 ",
    "w0/1=61 w0/1=62 w0/1=63 " },
  { "page:4096:61626364,raw:2:00021100020000000010000000000000", "r1/2 r1/2 ", "r1/2 r1/2 " },
  /* Nothing at all, and more than there is. */
  { "page:4096:61626364,raw:2:01011000ffffffff0010000000000000", NULL, NULL },
  { "page:4096:61626364,raw:2:0101100001000000ffffffffffffffff", NULL, NULL },
  { "page:12280:616263,raw:2:0101100003000000f82f000000000000", "w0/1=61 w0/1=62 w0/1=63 ",
    "w0/1=61 w0/1=62 w0/1=63 " },
  { "page:12287:61,raw:2:0101100002000000ff2f000000000000", NULL, NULL },
};

/* The reads among them: what the guest finds, and not a byte more. */
static const struct
{
  const char *exit;
  const char *answer, *answer_of_halves; /* from the data on */
} reads[] = {
  { "raw:6:100000000000000011121314151617180800000000", "8887868584838281", "88878685f1f2f3f4" },
  { "raw:6:100000000000000011121314151617180400000000", "8887868515161718", "8887868515161718" },
  { "raw:6:100000000000000011121314151617180300000000", "8887861415161718", "8887861415161718" },
  { "raw:6:100000000000000011121314151617180100000000", "8812131415161718", "8812131415161718" },
};

static void
check (KvmIoDeviceFlags flags)
{
  gboolean in_halves = (flags & KVM_IO_DEVICE_FLAGS_HALVES) != 0;
  Machine machine;

  set_up (&machine, flags);
  for (guint i = 0; i < 2 * G_N_ELEMENTS (cases); i++)
    {
      const char *exit = cases[i / 2].exit;
      const char *seen = in_halves ? cases[i / 2].seen_in_halves : cases[i / 2].seen;

      g_test_message ("%s", exit);
      g_string_truncate (machine.device->log, 0);
      if (seen == NULL)
        run (&machine, strstr (exit, "raw:2") ? KVM_EXIT_REASON_IO : KVM_EXIT_REASON_MMIO);
      run (&machine, KVM_EXIT_REASON_HLT);
      g_assert_cmpstr (machine.device->log->str, ==, seen != NULL ? seen : "");
    }

  for (guint i = 0; i < 2 * G_N_ELEMENTS (reads); i++)
    {
      g_autoptr (GString) hex = g_string_new (NULL);
      g_autoptr (GBytes) bytes = NULL;

      run (&machine, KVM_EXIT_REASON_INTERRUPTED);
      bytes = kvm_exit_to_bytes (machine.exit);
      for (guint j = 8; j < 16; j++)
        g_string_append_printf (hex, "%02x", ((const guint8 *) g_bytes_get_data (bytes, NULL))[j]);
      g_assert_cmpstr (hex->str, ==,
                       in_halves ? reads[i / 2].answer_of_halves : reads[i / 2].answer);
    }
  tear_down (&machine);
}

static void
test_whole (void)
{
  check (KVM_IO_DEVICE_FLAGS_NONE);
}

static void
test_halves (void)
{
  check (KVM_IO_DEVICE_FLAGS_HALVES);
}

/* A runner gives an access to a device in this thread, and meanwhile the vCPU, which stands, is
 * run: here by the device, which is the worst moment for it. What it stops with is not what the
 * device was called for. */

#define N_DELIVERIES 100

static gboolean
complete (KvmRunner *runner, KvmRunnerExit *token, guint *n_deliveries)
{
  kvm_runner_exit_complete (token, NULL);
  if (++*n_deliveries >= N_DELIVERIES)
    kvm_runner_stop (runner);
  return TRUE;
}

static void
finish (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (KvmExit) exit G_GNUC_UNUSED
      = kvm_runner_run_finish (KVM_RUNNER (source), result, NULL);
  gboolean *is_over = user_data;

  *is_over = TRUE;
}

static void
test_meanwhile (void)
{
  gboolean is_over = FALSE;
  guint n_deliveries = 0;
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmRunner) runner = NULL;
  Machine self;

  set_up (&self, KVM_IO_DEVICE_FLAGS_SAME_THREAD);
  self.device->vcpu = self.vcpu;
  runner = kvm_runner_new (kvm_vcpu_get_vm (self.vcpu));
  kvm_runner_add_vcpu (runner, self.vcpu, &error);
  g_assert_no_error (error);
  g_signal_connect (runner, "exit", G_CALLBACK (complete), &n_deliveries);
  kvm_runner_run_async (runner, NULL, finish, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (strstr (self.device->log->str, "r"));
  g_clear_object (&runner);
  tear_down (&self);
}

int
main (int argc, char **argv)
{
  g_autoptr (GString) exits = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_string_append_printf (exits, "%s,hlt,%s,hlt,", cases[i].exit, cases[i].exit);
  for (guint i = 0; i < G_N_ELEMENTS (reads); i++)
    g_string_append_printf (exits, "%s,eintr,%s,eintr,", reads[i].exit, reads[i].exit);
  g_string_truncate (exits, exits->len - 1);
  g_setenv ("NULL_KVM_EXITS", exits->str, TRUE);

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/io-bus-null/whole", test_whole);
  g_test_add_func ("/io-bus-null/halves", test_halves);
  g_test_add_func ("/io-bus-null/meanwhile", test_meanwhile);
  return g_test_run ();
}
