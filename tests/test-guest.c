/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What does not depend on the architecture, shown by guests of each. */

#include "kvm-test.h"

#include <string.h>

static guint16
read_word (KvmTestGuest *guest, guint64 offset)
{
  g_autoptr (GError) error = NULL;
  guint16 value;

  kvm_memory_read (guest->memory, offset, (guint8 *) &value, sizeof value, &error);
  g_assert_no_error (error);
  return value;
}

static void
test_print (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmExit) copy = NULL;

  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_true (kvm_exit_is_write (guest->exit));
  g_assert_cmphex (kvm_exit_get_address (guest->exit), ==, KVM_TEST_PORT (0x3f8));
  g_assert_cmpuint (kvm_exit_get_size (guest->exit), ==, 1);
  g_assert_cmpuint (kvm_exit_get_count (guest->exit), ==, 1);
  g_assert_cmpuint (kvm_exit_get_value (guest->exit), ==, 'H');
  copy = kvm_exit_copy (guest->exit, &error);
  g_assert_no_error (error);

  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmpuint (kvm_exit_get_value (guest->exit), ==, 'i');
  kvm_test_run_to_halt (guest);
  g_assert_cmpuint (kvm_exit_get_value (copy), ==, 'H');
}

/* Each read is answered, and the guest says what it got. */
static void
test_answer (void)
{
  static const guint64 answers[] = { 0x41, 0xbeef, 0xcafebabe };
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (echo);

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      kvm_test_run (guest, KVM_TEST_REASON_IO);
      g_assert_false (kvm_exit_is_write (guest->exit));
      g_assert_cmphex (kvm_exit_get_address (guest->exit), ==, KVM_TEST_PORT (0x60));
      g_assert_cmpuint (kvm_exit_get_size (guest->exit), ==, 1 << i);
      kvm_exit_set_value (guest->exit, answers[i]);

      kvm_test_run (guest, KVM_TEST_REASON_IO);
      g_assert_true (kvm_exit_is_write (guest->exit));
      g_assert_cmphex (kvm_exit_get_address (guest->exit), ==, KVM_TEST_PORT (0x61));
      g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, answers[i] + 1);
    }
  kvm_test_run_to_halt (guest);
}

static void
test_mmio (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (mmio);
  g_autofree char *line = NULL;

  kvm_test_run (guest, KVM_EXIT_REASON_MMIO);
  line = kvm_exit_to_string (guest->exit);
  g_assert_cmpstr (line, ==, "MMIO write of 4 bytes at 0x00008000: 0x12345678");
  kvm_test_run (guest, KVM_EXIT_REASON_MMIO);
  g_assert_false (kvm_exit_is_write (guest->exit));
  g_assert_cmphex (kvm_exit_get_address (guest->exit), ==, 0x8004);
  g_assert_cmpuint (kvm_exit_get_size (guest->exit), ==, 2);
  kvm_exit_set_value (guest->exit, 0x4321);
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 0x4321);
}

/* What the guest reads is there only when the operation has been completed. */
static void
test_complete_pending (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (mmio);
  g_autoptr (GError) error = NULL;

  kvm_test_run (guest, KVM_EXIT_REASON_MMIO);
  kvm_test_run (guest, KVM_EXIT_REASON_MMIO);
  kvm_exit_set_value (guest->exit, 0x4321);
  g_assert_cmpint (kvm_vcpu_complete_pending (guest->vcpu, &error), ==,
                   KVM_EXIT_REASON_INTERRUPTED);
  g_assert_no_error (error);
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 0x4321);
}

/* What is set is what the guest has, and what the guest changes is read back. */
static void
test_register (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (increment);

  kvm_test_setup_vcpu (guest->vcpu, KVM_TEST_ENTRY, 41);
  kvm_test_run_to_halt (guest);
  g_assert_cmpuint (kvm_test_get_argument (guest->vcpu), ==, 42);
}

/* Memory is shared with the guest, and only while it has a slot. */
static void
test_memory (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (count);
  g_autoptr (GError) error = NULL;

  for (guint i = 1; i <= 3; i++)
    {
      kvm_test_run_to_halt (guest);
      g_assert_cmpuint (read_word (guest, 0x2000), ==, i);
    }
  g_assert_true (kvm_memory_slot_remove (guest->slot, &error));
  g_assert_no_error (error);
  g_clear_object (&guest->slot);
  guest->slot
      = kvm_vm_add_memory_full (guest->vm, 0, guest->memory, 0, 0x2000, 0, 0, NULL, 0, &error);
  g_assert_no_error (error);
  kvm_test_run (guest, KVM_EXIT_REASON_MMIO);
  g_assert_false (kvm_exit_is_write (guest->exit));
  g_assert_cmphex (kvm_exit_get_address (guest->exit), ==, 0x2000);
  kvm_exit_set_value (guest->exit, 77);
  kvm_test_run (guest, KVM_EXIT_REASON_MMIO);
  g_assert_true (kvm_exit_is_write (guest->exit));
  g_assert_cmpuint (kvm_exit_get_value (guest->exit), ==, 78);
  g_assert_cmpuint (read_word (guest, 0x2000), ==, 3);
}

static void
test_read_only (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (mmio);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmMemory) rom = kvm_memory_new (0x1000, &error);

  kvm_memory_fill (rom, 0, 0x1000, 0xaa, &error);
  g_clear_object (&guest->slot);
  guest->slot = kvm_vm_add_memory (guest->vm, 0x8000, rom, KVM_MEMORY_SLOT_FLAGS_READ_ONLY, &error);
  g_assert_no_error (error);
  kvm_test_run (guest, KVM_EXIT_REASON_MMIO);
  g_assert_true (kvm_exit_is_write (guest->exit));
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 0x12345678);
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 0xaaaa);
}

typedef struct
{
  KvmVcpu *vcpu;
  KvmExitReason reason;
} Run;

static gpointer
run_thread (gpointer data)
{
  g_autoptr (GError) error = NULL;
  Run *run = data;

  run->reason = kvm_vcpu_run (run->vcpu, NULL, &error);
  g_assert_no_error (error);
  return NULL;
}

static void
test_kick (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (spin);
  Run run = { .vcpu = guest->vcpu };

  for (guint i = 0; i < 10; i++)
    {
      GThread *thread = g_thread_new ("run", run_thread, &run);

      kvm_test_wait_until_running (guest->vcpu);
      kvm_vcpu_kick (guest->vcpu);
      g_thread_join (thread);
      g_assert_cmpint (run.reason, ==, KVM_EXIT_REASON_INTERRUPTED);
      g_assert_cmpint (kvm_exit_get_interruption (guest->exit), ==, KVM_INTERRUPTION_KICK);

      /* Beforehand, too. */
      kvm_vcpu_kick (guest->vcpu);
      kvm_test_run (guest, KVM_EXIT_REASON_INTERRUPTED);
    }
}

/* Two vCPUs run at the same time: each waits for what the other does. */
static void
test_two_vcpus (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (bump);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmVcpu) second = kvm_vm_create_vcpu (guest->vm, 1, &error);
  Run runs[] = { { .vcpu = guest->vcpu }, { .vcpu = second } };
  GThread *threads[2];

  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++)
    {
      kvm_test_setup_vcpu (runs[i].vcpu, KVM_TEST_ENTRY, 0x2000 + 0x100 * i);
      threads[i] = g_thread_new ("run", run_thread, &runs[i]);
    }
  while (read_word (guest, 0x2000) < 1000 || read_word (guest, 0x2100) < 1000)
    g_thread_yield (); /* the alarm is the bound */
  for (guint i = 0; i < 2; i++)
    {
      kvm_vcpu_kick (runs[i].vcpu);
      g_thread_join (threads[i]);
      g_assert_cmpint (runs[i].reason, ==, KVM_EXIT_REASON_INTERRUPTED);
    }
}

/* A device that answers 1, 2, 3…, and stops the guest when it gets 5. */
#define TEST_TYPE_DEVICE (test_device_get_type ())
G_DECLARE_FINAL_TYPE (TestDevice, test_device, TEST, DEVICE, GObject)

struct _TestDevice
{
  GObject parent_instance;
  guint64 n_reads;
};

static guint64
test_device_read (KvmIoDevice *device, guint64 offset, guint size)
{
  g_assert_cmpuint (offset, ==, 0);
  g_assert_cmpuint (size, ==, 1);
  return ++TEST_DEVICE (device)->n_reads;
}

static gboolean
test_device_write (KvmIoDevice *device, guint64 offset, guint size, guint64 value)
{
  g_assert_cmpuint (offset, ==, KVM_TEST_PORT (0x61) - KVM_TEST_PORT (0x60));
  g_assert_cmpuint (value, ==, TEST_DEVICE (device)->n_reads + 1);
  return value == 5;
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
test_device_class_init (TestDeviceClass *klass)
{
}

static void
test_device_init (TestDevice *self)
{
}

static void
test_bus (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (server);
  g_autoptr (TestDevice) device = g_object_new (TEST_TYPE_DEVICE, NULL);
  g_autoptr (GError) error = NULL;

  kvm_io_bus_add_device (kvm_vm_get_io_bus (guest->vm), KVM_TEST_SPACE, KVM_TEST_PORT (0x60),
                         KVM_TEST_PORT (0x62) - KVM_TEST_PORT (0x60), KVM_IO_DEVICE (device),
                         KVM_IO_DEVICE_FLAGS_NONE, &error);
  g_assert_no_error (error);
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmpuint (device->n_reads, ==, 4);
  g_assert_cmpuint (kvm_exit_get_value (guest->exit), ==, 5);
}

/* The guest rings, and goes on without an exit. */
static void
test_doorbell (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (chatter);
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmDoorbell) doorbell
      = kvm_vm_add_doorbell (guest->vm, KVM_TEST_SPACE, KVM_TEST_PORT (0x61), 1, &error);
  Run run = { .vcpu = guest->vcpu };
  GThread *thread;
  guint64 n = 0;

  g_assert_no_error (error);
  thread = g_thread_new ("run", run_thread, &run);
  while (n < 100)
    n += kvm_doorbell_get_count (doorbell); /* the alarm is the bound */
  kvm_vcpu_kick (guest->vcpu);
  g_thread_join (thread);
  g_assert_cmpint (run.reason, ==, KVM_EXIT_REASON_INTERRUPTED);

  g_assert_true (kvm_doorbell_remove (doorbell, &error));
  g_assert_no_error (error);
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmphex (kvm_exit_get_address (guest->exit), ==, KVM_TEST_PORT (0x61));
}

static void
on_result (GObject *object, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static GAsyncResult *
wait_for_result (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static void
test_async (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  kvm_vcpu_run_async (guest->vcpu, NULL, on_result, &result);
  g_assert_cmpint (kvm_vcpu_run_finish (guest->vcpu, wait_for_result (&result), &error), ==,
                   KVM_TEST_REASON_IO);
  g_assert_no_error (error);
  g_assert_cmpuint (kvm_exit_get_value (guest->exit), ==, 'H');
}

static void
test_runner (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (server);
  g_autoptr (TestDevice) device = g_object_new (TEST_TYPE_DEVICE, NULL);
  g_autoptr (KvmRunner) runner = kvm_runner_new (guest->vm);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (KvmExit) exit = NULL;

  kvm_io_bus_add_device (kvm_vm_get_io_bus (guest->vm), KVM_TEST_SPACE, KVM_TEST_PORT (0x60),
                         KVM_TEST_PORT (0x62) - KVM_TEST_PORT (0x60), KVM_IO_DEVICE (device),
                         KVM_IO_DEVICE_FLAGS_NONE, &error);
  g_assert_true (kvm_runner_add_vcpu (runner, guest->vcpu, &error));
  kvm_runner_run_async (runner, NULL, on_result, &result);
  while (device->n_reads < 4)
    g_main_context_iteration (NULL, FALSE);
  kvm_runner_stop (runner);
  exit = kvm_runner_run_finish (runner, wait_for_result (&result), &error);
  g_assert_no_error (error);
}

static void
test_mp_state (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (GError) error = NULL;
  KvmVcpuState state;

  g_assert_true (kvm_vcpu_get_mp_state (guest->vcpu, &state, &error));
  g_assert_cmpint (state, ==, KVM_VCPU_STATE_RUNNABLE);
}

#ifndef __x86_64__
/* The machine is switched off by the guest. */
static void
test_off (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (off);

  kvm_test_run (guest, KVM_EXIT_REASON_SYSTEM_EVENT);
  g_assert_cmpint (kvm_exit_get_system_event (guest->exit), ==, KVM_SYSTEM_EVENT_TYPE_SHUTDOWN);
}

/* Every register in the list is there. */
static void
test_registers (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (GError) error = NULL;
  g_autofree guint64 *ids = NULL;
  gsize n;

  ids = kvm_vcpu_get_reg_list (guest->vcpu, &n, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n, >, 100);
  for (gsize i = 0; i < n; i++)
    {
      gsize length;
      g_autofree guint8 *value = kvm_vcpu_get_one_reg_bytes (guest->vcpu, ids[i], &length, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (length, ==, 1u << (ids[i] >> 52 & 15));
    }
}

/* What only x86 has is refused, and says so. */
static void
test_foreign (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  g_autoptr (GError) error = NULL;
  KvmX86Regs regs;

  g_assert_false (kvm_vcpu_x86_get_regs (guest->vcpu, &regs, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_SUPPORTED,
                         "kvm_vcpu_x86_get_regs () is for X86 alone, and this host is ");
}
#endif

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/guest/print", test_print);
  kvm_test_add ("/guest/answer", test_answer);
  kvm_test_add ("/guest/mmio", test_mmio);
  kvm_test_add ("/guest/complete-pending", test_complete_pending);
  kvm_test_add ("/guest/register", test_register);
  kvm_test_add ("/guest/memory", test_memory);
  kvm_test_add ("/guest/read-only", test_read_only);
  kvm_test_add ("/guest/kick", test_kick);
  kvm_test_add ("/guest/two-vcpus", test_two_vcpus);
  kvm_test_add ("/guest/bus", test_bus);
  kvm_test_add ("/guest/doorbell", test_doorbell);
  kvm_test_add ("/guest/async", test_async);
  kvm_test_add ("/guest/runner", test_runner);
  kvm_test_add ("/guest/mp-state", test_mp_state);
#ifndef __x86_64__
  kvm_test_add ("/guest/off", test_off);
  kvm_test_add ("/guest/registers", test_registers);
  kvm_test_add ("/guest/foreign", test_foreign);
#endif
  return g_test_run ();
}
