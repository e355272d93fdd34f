/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Coalesced zones on real KVM. */

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kvm-test.h"

KVM_TEST_DECLARE_GUEST (burst);

#define PORT KVM_TEST_PORT (0x510)
#define ADDRESS 0x9000
#define N_BURST 1000

typedef struct
{
  KvmIoSpace space;
  guint64 address;
  guint size;
  guint64 value;
} Write;

static void
note_write (KvmIoSpace space, guint64 address, guint size, guint64 value, gpointer user_data)
{
  Write write = { space, address, size, value };

  g_array_append_val ((GArray *) user_data, write);
}

static GArray *
drain (KvmVm *vm)
{
  GArray *writes = g_array_new (FALSE, TRUE, sizeof (Write));
  g_autoptr (GError) error = NULL;
  int n = kvm_vm_drain_coalesced (vm, note_write, writes, &error);

  g_assert_no_error (error);
  g_assert_cmpint (n, ==, writes->len);
  return writes;
}

static void
add_zones (KvmVm *vm)
{
  g_autoptr (GError) error = NULL;

  kvm_vm_add_coalesced_zone (vm, KVM_TEST_SPACE, PORT, 4, &error);
  g_assert_no_error (error);
  kvm_vm_add_coalesced_zone (vm, KVM_IO_SPACE_MMIO, ADDRESS, 0x1000, &error);
  g_assert_no_error (error);
}

static void
assert_round (GArray *writes, guint begin)
{
  static const Write expected[] = {
    { KVM_TEST_SPACE, PORT, 1, 0x78 },
    { KVM_TEST_SPACE, PORT, 2, 0x5678 },
    { KVM_TEST_SPACE, PORT, 4, 0x12345678 },
    { KVM_IO_SPACE_MMIO, ADDRESS, 4, 0x12345678 },
  };

  g_assert_cmpuint (writes->len, >=, begin + G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      const Write *write = &g_array_index (writes, Write, begin + i);

      g_assert_cmpint (write->space, ==, expected[i].space);
      g_assert_cmphex (write->address, ==, expected[i].address);
      g_assert_cmpuint (write->size, ==, expected[i].size);
      g_assert_cmphex (write->value, ==, expected[i].value);
    }
}

static void
assert_exit (KvmTestGuest *guest, guint64 address, guint size)
{
  kvm_test_run (guest, address == ADDRESS ? KVM_EXIT_REASON_MMIO : KVM_TEST_REASON_IO);
  g_assert_cmphex (kvm_exit_get_address (guest->exit), ==, address);
  g_assert_cmpuint (kvm_exit_get_size (guest->exit), ==, size);
}

/* The guest stops for what is in no zone alone, and its writes come out in order. */
static void
test_order (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (ring);
  g_autoptr (GArray) none = NULL;
  g_autoptr (GArray) writes = NULL;

  assert_exit (guest, PORT, 1); /* no zone yet */
  add_zones (guest->vm);
  none = drain (guest->vm);
  g_assert_cmpuint (none->len, ==, 0);
  assert_exit (guest, KVM_TEST_PORT (0x61), 1);
  assert_exit (guest, KVM_TEST_PORT (0x61), 1);
  writes = drain (guest->vm);
  g_assert_cmpuint (writes->len, ==, 7);
  assert_round (writes, 3);
}

/* A zone may be there before the vCPU, and its writes outlive the vCPU. */
static void
test_without_vcpu (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (ring);
  g_autoptr (KvmVm) vm = NULL;
  g_autoptr (KvmVcpu) vcpu = NULL;
  g_autoptr (GArray) none = NULL;
  g_autoptr (GArray) writes = NULL;
  g_autoptr (GError) error = NULL;

  vm = kvm_system_create_vm (guest->system, &error);
  g_assert_no_error (error);
  none = drain (vm);
  g_assert_cmpuint (none->len, ==, 0);
  add_zones (vm);
  g_array_unref (none);
  none = drain (vm);
  g_assert_cmpuint (none->len, ==, 0);

  g_object_unref (kvm_vm_add_memory (vm, 0, guest->memory, KVM_MEMORY_SLOT_FLAGS_NONE, &error));
  g_assert_no_error (error);
  vcpu = kvm_vm_create_vcpu (vm, 0, &error);
  g_assert_no_error (error);
  kvm_test_setup_vcpu (vcpu, KVM_TEST_ENTRY, 0);
  g_assert_no_error (error);
  g_assert_cmpint (kvm_vcpu_run (vcpu, NULL, &error), ==, KVM_TEST_REASON_IO);
  kvm_vcpu_close (vcpu);
  g_clear_object (&vcpu);
  writes = drain (vm);
  g_assert_cmpuint (writes->len, ==, 4);
  assert_round (writes, 0);
}

/* What does not fit into the ring is an exit as it was before. */
static void
test_full (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (ring);
  g_autoptr (GArray) writes = NULL;
  guint n_rounds = 0;

  add_zones (guest->vm);
  for (;;)
    {
      KvmExitReason reason = kvm_vcpu_run (guest->vcpu, NULL, NULL);

      if (reason != KVM_TEST_REASON_IO
          || kvm_exit_get_address (guest->exit) != KVM_TEST_PORT (0x61))
        break;
      n_rounds++;
      g_assert_cmpuint (n_rounds, <, 1000);
    }
  g_assert_cmpuint (n_rounds, >, 10);
  writes = drain (guest->vm);
  g_assert_cmpuint (writes->len / 4, ==, n_rounds);
  for (guint i = 0; i < n_rounds; i++)
    assert_round (writes, 4 * i);

  /* It is empty again, and the next round goes round its end. */
  for (guint i = 0; i < 2; i++)
    do
      kvm_test_run (guest, KVM_TEST_REASON_IO);
    while (kvm_exit_get_address (guest->exit) != KVM_TEST_PORT (0x61));
  g_array_unref (writes);
  writes = drain (guest->vm);
  assert_round (writes, writes->len - 4);
}

static void
test_remove (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (ring);
  g_autoptr (GArray) writes = NULL;
  g_autoptr (GError) error = NULL;

  add_zones (guest->vm);
  assert_exit (guest, KVM_TEST_PORT (0x61), 1);
  g_assert_false (kvm_vm_remove_coalesced_zone (guest->vm, KVM_TEST_SPACE, PORT, 2, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_FOUND, "length 0x2");
  g_assert_false (kvm_vm_remove_coalesced_zone (guest->vm, KVM_IO_SPACE_MMIO, 0x510, 4, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_FOUND, "address 0x510");
  g_assert_true (kvm_vm_remove_coalesced_zone (guest->vm, KVM_TEST_SPACE, PORT, 4, &error));
  g_assert_no_error (error);

  /* The other one is still there, and so is what was written. */
  assert_exit (guest, PORT, 1);
  assert_exit (guest, PORT, 2);
  assert_exit (guest, PORT, 4);
  assert_exit (guest, KVM_TEST_PORT (0x61), 1);
  writes = drain (guest->vm);
  g_assert_cmpuint (writes->len, ==, 5);
  assert_round (writes, 0);
  g_assert_true (
      kvm_vm_remove_coalesced_zone (guest->vm, KVM_IO_SPACE_MMIO, ADDRESS, 0x1000, &error));
  assert_exit (guest, PORT, 1);
  assert_exit (guest, PORT, 2);
  assert_exit (guest, PORT, 4);
  assert_exit (guest, ADDRESS, 4);

  g_assert_false (
      kvm_vm_remove_coalesced_zone (guest->vm, KVM_IO_SPACE_MMIO, ADDRESS, 0x1000, &error));
  kvm_test_assert_error (error, KVM_ERROR_NOT_FOUND, "no such coalesced zone");
  add_zones (guest->vm); /* at the same places */
}

static void
test_bad_zones (void)
{
  static const struct
  {
    guint space;
    guint64 address;
    guint64 length;
    KvmError code;
    const char *text;
  } zones[] = {
    { 2, 0, 1, KVM_ERROR_INVALID, "no I/O space 2" },
    { KVM_IO_SPACE_PORT, 1, 0, KVM_ERROR_INVALID, "not 0x0" },
    { KVM_IO_SPACE_MMIO, 0, G_GUINT64_CONSTANT (0x100000000), KVM_ERROR_INVALID, "0x100000000" },
    { KVM_IO_SPACE_PORT, 0xffff, 2, KVM_ERROR_INVALID, "port 0xffff, length 0x2" },
    { KVM_IO_SPACE_MMIO, G_MAXUINT64, 2, KVM_ERROR_INVALID, "past the end" },
    { KVM_IO_SPACE_MMIO, 0x9fff, 2, KVM_ERROR_OVERLAP, "overlaps one at 0x9000, length 0x1000" },
    { KVM_IO_SPACE_MMIO, 0x8000, 0x1001, KVM_ERROR_OVERLAP, "overlaps one at 0x9000" },
    { KVM_IO_SPACE_MMIO, 0x9100, 1, KVM_ERROR_OVERLAP, "address 0x9100" },
    { KVM_TEST_SPACE, PORT - 1, 2, KVM_ERROR_OVERLAP, "overlaps one at 0x" },
  };
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (ring);
  g_autoptr (GError) error = NULL;

  add_zones (guest->vm);
  for (guint i = 0; i < G_N_ELEMENTS (zones); i++)
    {
      g_assert_false (kvm_vm_add_coalesced_zone (guest->vm, zones[i].space, zones[i].address,
                                                 zones[i].length, &error));
      kvm_test_assert_error (error, (int) zones[i].code, zones[i].text);
    }

  /* Next to each other they are fine, as is the last port. */
  g_assert_true (kvm_vm_add_coalesced_zone (guest->vm, KVM_TEST_SPACE, PORT + 4, 1, &error));
  g_assert_true (kvm_vm_add_coalesced_zone (guest->vm, KVM_IO_SPACE_MMIO, 0x8fff, 1, &error));
  g_assert_true (kvm_vm_add_coalesced_zone (guest->vm, KVM_IO_SPACE_PORT, 0xffff, 1, &error));
  g_assert_no_error (error);

  kvm_vm_close (guest->vm);
  g_assert_false (kvm_vm_add_coalesced_zone (guest->vm, KVM_IO_SPACE_PORT, 1, 1, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "VM");
  g_assert_false (kvm_vm_remove_coalesced_zone (guest->vm, KVM_IO_SPACE_PORT, 0xffff, 1, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "VM");
  g_assert_cmpint (kvm_vm_drain_coalesced (guest->vm, note_write, NULL, &error), ==, -1);
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "VM");
}

typedef struct
{
  KvmVm *vm;
  gint stop;
  gint seen[N_BURST + 1];
} Burst;

static void
count_write (KvmIoSpace space, guint64 address, guint size, guint64 value, gpointer user_data)
{
  Burst *burst = user_data;

  g_assert_cmphex (address, ==, PORT);
  g_assert_cmpuint (value, <=, N_BURST);
  g_atomic_int_inc (&burst->seen[value]);
}

static gpointer
drain_on_and_on (gpointer data)
{
  Burst *burst = data;
  g_autoptr (GError) error = NULL;

  while (!g_atomic_int_get (&burst->stop))
    {
      kvm_vm_drain_coalesced (burst->vm, count_write, burst, &error);
      g_assert_no_error (error);
      g_thread_yield ();
    }
  return NULL;
}

/* Two threads take writes out while the guest makes them: each comes once. */
static void
test_threads (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (burst);
  g_autofree Burst *burst = g_new0 (Burst, 1);
  g_autoptr (GError) error = NULL;
  GThread *threads[2];

  add_zones (guest->vm);
  burst->vm = guest->vm;
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      threads[i] = g_thread_try_new ("drain", drain_on_and_on, burst, &error);
      g_assert_no_error (error);
    }
  for (;;)
    {
      kvm_test_run (guest, KVM_TEST_REASON_IO);
      if (kvm_exit_get_address (guest->exit) == KVM_TEST_PORT (0x61))
        break;
      g_atomic_int_inc (&burst->seen[kvm_exit_get_value (guest->exit)]); /* the ring was full */
    }
  g_atomic_int_set (&burst->stop, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  kvm_vm_drain_coalesced (guest->vm, count_write, burst, &error);
  g_assert_no_error (error);
  g_assert_cmpint (burst->seen[0], ==, 0);
  for (guint i = 1; i <= N_BURST; i++)
    g_assert_cmpint (burst->seen[i], ==, 1);
}

static void
drain_again (KvmIoSpace space, guint64 address, guint size, guint64 value, gpointer user_data)
{
  KvmTestGuest *guest = user_data;
  g_autoptr (GArray) rest = drain (guest->vm);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (rest->len, ==, 3);
  kvm_vm_add_coalesced_zone (guest->vm, KVM_TEST_SPACE, KVM_TEST_PORT (0x70), 1, &error);
  g_assert_no_error (error);
  g_clear_object (&guest->vcpu);
  g_clear_object (&guest->slot);
  g_clear_object (&guest->vm);
}

/* The function may drain, change zones, and drop the VM. */
static void
test_in_function (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (ring);
  g_autoptr (GError) error = NULL;

  add_zones (guest->vm);
  assert_exit (guest, KVM_TEST_PORT (0x61), 1);
  g_assert_cmpint (kvm_vm_drain_coalesced (guest->vm, drain_again, guest, &error), ==, 1);
  g_assert_no_error (error);
}

static gboolean
is_wrong_process (gboolean failed, GError **error)
{
  gboolean ret = failed && g_error_matches (*error, KVM_ERROR, KVM_ERROR_WRONG_PROCESS);

  g_clear_error (error);
  return ret;
}

static void
test_fork (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (ring);
  g_autoptr (GArray) writes = NULL;
  int status;
  pid_t pid;

  add_zones (guest->vm);
  assert_exit (guest, KVM_TEST_PORT (0x61), 1);
  pid = fork ();
  g_assert_cmpint (pid, !=, -1);
  if (pid == 0)
    {
      GError *error = NULL;
      gboolean good = is_wrong_process (
          kvm_vm_drain_coalesced (guest->vm, note_write, NULL, &error) == -1, &error);

      good &= is_wrong_process (
          !kvm_vm_add_coalesced_zone (guest->vm, KVM_IO_SPACE_PORT, 1, 1, &error), &error);
      good &= is_wrong_process (
          !kvm_vm_remove_coalesced_zone (guest->vm, KVM_TEST_SPACE, PORT, 4, &error), &error);
      kvm_test_guest_free (g_steal_pointer (&guest));
      _exit (good ? 0 : 1);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);

  /* The child took nothing away. */
  writes = drain (guest->vm);
  g_assert_cmpuint (writes->len, ==, 4);
  assert_round (writes, 0);
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/coalesced-zone/order", test_order);
  kvm_test_add ("/coalesced-zone/without-vcpu", test_without_vcpu);
  kvm_test_add ("/coalesced-zone/full", test_full);
  kvm_test_add ("/coalesced-zone/remove", test_remove);
  kvm_test_add ("/coalesced-zone/bad-zones", test_bad_zones);
  kvm_test_add ("/coalesced-zone/threads", test_threads);
  kvm_test_add ("/coalesced-zone/in-function", test_in_function);
  kvm_test_add ("/coalesced-zone/fork", test_fork);
  return g_test_run ();
}
