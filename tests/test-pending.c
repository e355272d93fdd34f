/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the guest stopped for is finished by the next KVM_RUN only, unless it is asked for. */

#include "kvm-test.h"

#include <string.h>

/* What the guest has read. */
static guint64
get_answer (KvmTestGuest *guest)
{
  return kvm_test_get_answer (guest->vcpu);
}

static guint64
get_pc (KvmTestGuest *guest)
{
  g_autoptr (GError) error = NULL;
  guint64 pc;

  kvm_test_get_pc (guest->vcpu, &pc, &error);
  g_assert_no_error (error);
  return pc;
}

static void
complete (KvmTestGuest *guest, KvmExitReason expected)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (kvm_vcpu_complete_pending (guest->vcpu, &error), ==, expected);
  g_assert_no_error (error);
}

/* The guest is at its first access, a read. */
static void
test_read (void)
{
  g_autofree char *string = NULL;
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (echo);
  guint64 before, after;

  kvm_test_run (guest, KVM_TEST_REASON_IO);
  kvm_exit_set_value (guest->exit, 0x5a);
  g_assert_cmphex (get_answer (guest), ==, 0);
  before = get_pc (guest);

  complete (guest, KVM_EXIT_REASON_INTERRUPTED);
  g_assert_cmpint (kvm_exit_get_reason (guest->exit), ==, KVM_EXIT_REASON_INTERRUPTED);
  g_assert_cmpint (kvm_exit_get_interruption (guest->exit), ==, KVM_INTERRUPTION_COMPLETED);
  string = kvm_exit_to_string (guest->exit);
  g_assert_cmpstr (string, ==, "interrupted, with nothing pending any more");
  g_assert_cmphex (get_answer (guest), ==, 0x5a);
  after = get_pc (guest);
  g_assert_cmphex (after, >, before);
  g_assert_cmphex (after, <=, before + 4);

  /* Once is enough; the guest did not run on. */
  complete (guest, KVM_EXIT_REASON_INTERRUPTED);
  g_assert_cmphex (get_pc (guest), ==, after);

  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 0x5b);
}

static void
test_nothing_pending (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);

  complete (guest, KVM_EXIT_REASON_INTERRUPTED);
  g_assert_cmpint (kvm_exit_get_reason (guest->exit), ==, KVM_EXIT_REASON_UNKNOWN);
  kvm_test_run_to_halt (guest);
  complete (guest, KVM_EXIT_REASON_INTERRUPTED);
  /* Where a guest halts by a write, that was completed. */
  g_assert_cmpint (kvm_exit_get_reason (guest->exit), ==,
                   KVM_TEST_IS_X86 ? KVM_EXIT_REASON_HLT : KVM_EXIT_REASON_INTERRUPTED);
}

static gboolean
set_something (KvmTestGuest *guest, GError **error)
{
  return kvm_vcpu_set_one_reg (guest->vcpu, G_GUINT64_CONSTANT (0x2030000000000000), 0, error);
}

/* An answer that was not given cannot be completed, and what would be lost is not set. */
static void
test_unanswered (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (echo);
  g_autoptr (GError) error = NULL;

  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmpint (kvm_vcpu_complete_pending (guest->vcpu, &error), ==, KVM_EXIT_REASON_ERROR);
  kvm_test_assert_error (error, KVM_ERROR_PENDING, "read of 1 byte at 0x");
  g_assert_false (set_something (guest, &error));
  kvm_test_assert_error (error, KVM_ERROR_PENDING, "KVM_SET_ONE_REG on vCPU 0");

  /* The answer may come in each of the ways; it is not there yet when it is given. */
  kvm_exit_set_value (guest->exit, 7);
  g_assert_false (set_something (guest, &error));
  kvm_test_assert_error (error, KVM_ERROR_PENDING, "call kvm_vcpu_complete_pending () first");
  complete (guest, KVM_EXIT_REASON_INTERRUPTED);
  g_assert_cmphex (get_answer (guest), ==, 7);
  g_assert_false (set_something (guest, &error)); /* there is no such register */
  g_assert_false (g_error_matches (error, KVM_ERROR, KVM_ERROR_PENDING));
  g_clear_error (&error);

  /* A write waits for nothing. */
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_false (set_something (guest, &error));
  g_assert_false (g_error_matches (error, KVM_ERROR, KVM_ERROR_PENDING));
  g_clear_error (&error);
  complete (guest, KVM_EXIT_REASON_INTERRUPTED);

  kvm_test_run (guest, KVM_TEST_REASON_IO);
  kvm_exit_set_data (guest->exit, (const guint8[]){ 1, 2 }, 2, &error);
  g_assert_no_error (error);
  complete (guest, KVM_EXIT_REASON_INTERRUPTED);
  g_assert_cmphex (get_answer (guest) & 0xffff, ==, 0x201);
}

/* A write waits for nothing; but only on x86 its instruction is over. */
static void
assert_pc_settable (KvmTestGuest *guest, gboolean is_settable)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (kvm_test_set_pc (guest->vcpu, KVM_TEST_ENTRY, &error) == is_settable);
  if (is_settable)
    g_assert_no_error (error);
  else
    kvm_test_assert_error (error, KVM_ERROR_PENDING, "the guest's write is not over");
}

static void
test_write (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);

  kvm_test_run (guest, KVM_TEST_REASON_IO);
  assert_pc_settable (guest, KVM_TEST_IS_X86);
  kvm_test_set_argument (guest->vcpu, 5); /* but other registers */

  /* A run that has not begun changes nothing. */
  kvm_vcpu_kick (guest->vcpu);
  kvm_test_run (guest, KVM_EXIT_REASON_INTERRUPTED);
  assert_pc_settable (guest, KVM_TEST_IS_X86);

  complete (guest, KVM_EXIT_REASON_INTERRUPTED);
  assert_pc_settable (guest, TRUE);
  g_assert_cmphex (get_pc (guest), ==, KVM_TEST_ENTRY);
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 'H'); /* from its beginning */
}

static void
test_unanswered_on_x86 (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (echo);
  g_autoptr (GError) error = NULL;
  KvmX86Sregs sregs;
  KvmX86Regs regs;

  g_assert_true (kvm_vcpu_x86_get_sregs (guest->vcpu, &sregs, NULL));
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_true (kvm_vcpu_x86_get_regs (guest->vcpu, &regs, NULL));
  g_assert_false (kvm_vcpu_x86_set_regs (guest->vcpu, &regs, &error));
  kvm_test_assert_error (error, KVM_ERROR_PENDING, "KVM_SET_REGS on vCPU 0");
  g_assert_false (kvm_vcpu_x86_set_sregs (guest->vcpu, &sregs, &error));
  kvm_test_assert_error (error, KVM_ERROR_PENDING, "KVM_SET_SREGS on vCPU 0");
  g_assert_false (kvm_vcpu_x86_setup_real_mode (guest->vcpu, 0x1000, &error));
  kvm_test_assert_error (error, KVM_ERROR_PENDING, "KVM_SET_SREGS on vCPU 0");

  kvm_exit_set_element (guest->exit, 0, 7);
  g_assert_false (kvm_vcpu_x86_set_regs (guest->vcpu, &regs, &error));
  kvm_test_assert_error (error, KVM_ERROR_PENDING, "call kvm_vcpu_complete_pending () first");
  complete (guest, KVM_EXIT_REASON_INTERRUPTED);
  g_assert_true (kvm_vcpu_x86_set_sregs (guest->vcpu, &sregs, &error));
  g_assert_no_error (error);

  /* A write waits for nothing. */
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_true (kvm_vcpu_x86_get_regs (guest->vcpu, &regs, NULL));
  g_assert_true (kvm_vcpu_x86_set_regs (guest->vcpu, &regs, &error));
  g_assert_no_error (error);
}

/* One instruction, two accesses. */
static void
test_read_and_write (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (change);

  kvm_test_run (guest, KVM_EXIT_REASON_MMIO);
  g_assert_false (kvm_exit_is_write (guest->exit));
  kvm_exit_set_value (guest->exit, 0x41);

  complete (guest, KVM_EXIT_REASON_MMIO);
  g_assert_true (kvm_exit_is_write (guest->exit));
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 0x42);
  complete (guest, KVM_EXIT_REASON_INTERRUPTED);
  g_assert_cmphex (get_pc (guest), ==, KVM_TEST_ENTRY + 4);
  kvm_test_run_to_halt (guest);
}

/* A kick is for a run, and not used up by what is none. */
static void
test_kicked (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (echo);

  kvm_test_run (guest, KVM_TEST_REASON_IO);
  kvm_exit_set_value (guest->exit, 0x5a);
  kvm_vcpu_kick (guest->vcpu);
  complete (guest, KVM_EXIT_REASON_INTERRUPTED);
  g_assert_cmphex (get_answer (guest), ==, 0x5a);
  kvm_test_run (guest, KVM_EXIT_REASON_INTERRUPTED);
  g_assert_cmpint (kvm_exit_get_interruption (guest->exit), ==, KVM_INTERRUPTION_KICK);
  kvm_test_run (guest, KVM_TEST_REASON_IO);
}

static void
assert_not_settable (KvmTestGuest *guest, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (set_something (guest, &error));
  kvm_test_assert_error (error, KVM_ERROR_PENDING, text);
}

/* A run that a kick ended before it began has finished nothing. */
static void
test_interrupted_before (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (echo);

  kvm_test_run (guest, KVM_TEST_REASON_IO);
  kvm_exit_set_value (guest->exit, 0x5a);
  kvm_vcpu_kick (guest->vcpu);
  kvm_test_run (guest, KVM_EXIT_REASON_INTERRUPTED);
  kvm_vcpu_kick (guest->vcpu);
  kvm_test_run (guest, KVM_EXIT_REASON_INTERRUPTED);
  g_assert_cmphex (get_answer (guest), ==, 0);
  assert_not_settable (guest, "call kvm_vcpu_complete_pending () first");
  complete (guest, KVM_EXIT_REASON_INTERRUPTED);
  g_assert_cmphex (get_answer (guest), ==, 0x5a);
}

/* Nor has it taken away the chance to answer. */
static void
test_interrupted_unanswered (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (echo);

  kvm_test_run (guest, KVM_TEST_REASON_IO);
  kvm_vcpu_kick (guest->vcpu);
  kvm_test_run (guest, KVM_EXIT_REASON_INTERRUPTED);
  assert_not_settable (guest, "waits for an answer");
  complete (guest, KVM_TEST_REASON_IO);
  g_assert_cmphex (kvm_exit_get_address (guest->exit), ==, KVM_TEST_PORT (0x60));
  kvm_exit_set_value (guest->exit, 0x5a);
  complete (guest, KVM_EXIT_REASON_INTERRUPTED);
  g_assert_cmphex (get_answer (guest), ==, 0x5a);
}

static gpointer
run_thread (gpointer data)
{
  KvmTestGuest *guest = data;

  kvm_test_run (guest, KVM_EXIT_REASON_INTERRUPTED);
  return NULL;
}

static void
test_running (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (spin);
  GThread *thread = g_thread_new ("vcpu", run_thread, guest);
  g_autoptr (GError) error = NULL;

  kvm_test_wait_until_running (guest->vcpu);
  g_assert_cmpint (kvm_vcpu_complete_pending (guest->vcpu, &error), ==, KVM_EXIT_REASON_ERROR);
  kvm_test_assert_error (error, KVM_ERROR_RUNNING, "kvm_vcpu_complete_pending () on vCPU 0");
  kvm_vcpu_kick (guest->vcpu);
  g_thread_join (thread);

  kvm_vcpu_close (guest->vcpu);
  g_assert_cmpint (kvm_vcpu_complete_pending (guest->vcpu, &error), ==, KVM_EXIT_REASON_ERROR);
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "vCPU 0");
}

/* Many threads kick while a thread completes what is pending, again and again: each of its own
 * kicks is still there for the next run. */
static gpointer
kick_often (gpointer data)
{
  KvmTestGuest *guest = data;

  for (guint i = 0; i < 300; i++)
    kvm_vcpu_kick (guest->vcpu);
  return NULL;
}

static void
test_kick_against_complete (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (listen);
  GThread *threads[2];
  guint64 expected = 0, counted;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("kicker", kick_often, guest);
  while (expected < 300)
    {
      g_autoptr (GError) error = NULL;
      KvmExitReason reason = kvm_vcpu_run (guest->vcpu, NULL, &error);

      g_assert_no_error (error);
      if (reason == KVM_EXIT_REASON_INTERRUPTED)
        continue;
      g_assert_cmpint (reason, ==, KVM_TEST_REASON_IO);
      kvm_exit_set_value (guest->exit, expected);
      complete (guest, KVM_EXIT_REASON_INTERRUPTED);
      g_assert_cmphex (get_answer (guest), ==, expected & 0xff);
      expected++;
    }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);

  /* No read was made twice, and none was lost. */
  g_assert_true (kvm_memory_read (guest->memory, 0x2000, (guint8 *) &counted, 2, NULL));
  g_assert_cmpuint (counted & 0xffff, ==, expected - 1);

  kvm_vcpu_kick (guest->vcpu);
  kvm_test_run (guest, KVM_EXIT_REASON_INTERRUPTED);
  kvm_test_run (guest, KVM_TEST_REASON_IO);
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/pending/read", test_read);
  kvm_test_add ("/pending/nothing", test_nothing_pending);
  kvm_test_add ("/pending/unanswered", test_unanswered);
  kvm_test_add ("/pending/write", test_write);
  kvm_test_add_for_x86 ("/pending/unanswered-x86", test_unanswered_on_x86);
  kvm_test_add_for_x86 ("/pending/read-and-write", test_read_and_write);
  kvm_test_add ("/pending/kicked", test_kicked);
  kvm_test_add ("/pending/interrupted-before", test_interrupted_before);
  kvm_test_add ("/pending/interrupted-unanswered", test_interrupted_unanswered);
  kvm_test_add ("/pending/running", test_running);
  kvm_test_add ("/pending/kick-against-complete", test_kick_against_complete);
  return g_test_run ();
}
