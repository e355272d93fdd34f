/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A vCPU that runs in the background, once. */

#include "kvm-test.h"

#include <string.h>

/* What came of one run. */
typedef struct
{
  GMainContext *context; /* where the callback is to be called */
  gboolean is_done;
  KvmExitReason reason;
  GError *error;
} Outcome;

static void
on_ready (GObject *vcpu, GAsyncResult *result, gpointer user_data)
{
  Outcome *self = user_data;

  g_assert_true (g_main_context_is_owner (self->context));
  g_assert_true (g_main_current_source () != NULL);
  g_assert_false (self->is_done);
  self->reason = kvm_vcpu_run_finish (KVM_VCPU (vcpu), result, &self->error);
  self->is_done = TRUE;
}

static void
start (Outcome *self, KvmVcpu *vcpu, GCancellable *cancellable)
{
  *self = (Outcome){ .context = g_main_context_get_thread_default () };
  if (self->context == NULL)
    self->context = g_main_context_default ();
  kvm_vcpu_run_async (vcpu, cancellable, on_ready, self);
  g_assert_false (self->is_done);
}

static void
wait_for (Outcome *self)
{
  while (!self->is_done)
    g_main_context_iteration (self->context, TRUE);
}

static void
run (KvmTestGuest *guest, KvmExitReason expected)
{
  Outcome outcome;

  start (&outcome, guest->vcpu, NULL);
  wait_for (&outcome);
  g_assert_no_error (outcome.error);
  g_assert_cmpint (outcome.reason, ==, expected);
  g_assert_cmpint (kvm_exit_get_reason (guest->exit), ==, expected);
}

static void
test_one_exit_per_call (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (echo);

  run (guest, KVM_TEST_REASON_IO);
  kvm_exit_set_value (guest->exit, 0x41);
  run (guest, KVM_TEST_REASON_IO);
  g_assert_cmpuint (kvm_exit_get_value (guest->exit), ==, 0x42);
  /* The next ones in another way: the vCPU is nobody's between runs. */
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  kvm_exit_set_value (guest->exit, 0x1234);
  run (guest, KVM_TEST_REASON_IO);
  g_assert_cmpuint (kvm_exit_get_value (guest->exit), ==, 0x1235);
}

/* There is one thread for all runs, with the vCPU's name, and it goes with the vCPU. */
static guint
count_threads (const char *name, guint *id)
{
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  const char *entry;
  guint n = 0;

  while ((entry = g_dir_read_name (tasks)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc/self/task", entry, "comm", NULL);
      g_autofree char *comm = NULL;

      if (g_file_get_contents (path, &comm, NULL, NULL) && strcmp (g_strchomp (comm), name) == 0)
        {
          n++;
          *id = atoi (entry);
        }
    }
  return n;
}

/* A thread that was joined may be listed for a moment longer. */
static void
wait_until_no_thread (void)
{
  guint id;

  while (count_threads ("vcpu-0", &id) != 0) /* the alarm is the bound */
    g_thread_yield ();
}

static void
test_one_thread (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (count);
  guint first = 0, id = 0;

  wait_until_no_thread ();
  run (guest, KVM_TEST_REASON_HALT);
  g_assert_cmpuint (count_threads ("vcpu-0", &first), ==, 1);
  for (guint i = 0; i < 20; i++)
    run (guest, KVM_TEST_REASON_HALT);
  g_assert_cmpuint (count_threads ("vcpu-0", &id), ==, 1);
  g_assert_cmpuint (id, ==, first);
}

static void
test_threads_end (void)
{
  for (guint i = 0; i < kvm_test_rounds (100); i++)
    {
      g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);

      run (guest, KVM_TEST_REASON_HALT);
    }
  wait_until_no_thread ();
}

static void
test_cancelled_beforehand (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (count);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Outcome outcome;
  guint8 word[2];

  g_cancellable_cancel (cancellable);
  start (&outcome, guest->vcpu, cancellable);
  wait_for (&outcome);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (outcome.reason, ==, KVM_EXIT_REASON_ERROR);
  g_clear_error (&outcome.error);
  g_assert_true (kvm_memory_read (guest->memory, 0x2000, word, sizeof word, &error));
  g_assert_cmpuint (word[0], ==, 0);
}

static void
test_cancelled (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (spin);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Outcome outcome;

  for (guint i = 0; i < 20; i++)
    {
      start (&outcome, guest->vcpu, cancellable);
      if (i % 2 == 0)
        kvm_test_wait_until_running (guest->vcpu);
      g_cancellable_cancel (cancellable);
      wait_for (&outcome);
      g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_error (&outcome.error);
      g_cancellable_reset (cancellable);
    }
}

/* An exit that is there already is not lost when it is cancelled. */
static void
test_cancelled_too_late (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Outcome outcome;

  start (&outcome, guest->vcpu, cancellable);
  kvm_test_wait_until_stopped (guest->vcpu);
  g_cancellable_cancel (cancellable);
  wait_for (&outcome);
  g_assert_no_error (outcome.error);
  g_assert_cmpint (outcome.reason, ==, KVM_TEST_REASON_IO);
  g_assert_cmpuint (kvm_exit_get_value (guest->exit), ==, 'H');
}

static void
test_kicked (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (spin);
  Outcome outcome;

  for (guint i = 0; i < 20; i++)
    {
      start (&outcome, guest->vcpu, NULL);
      kvm_vcpu_kick (guest->vcpu);
      wait_for (&outcome);
      g_assert_no_error (outcome.error);
      g_assert_cmpint (outcome.reason, ==, KVM_EXIT_REASON_INTERRUPTED);
      g_assert_cmpint (kvm_exit_get_interruption (guest->exit), ==, KVM_INTERRUPTION_KICK);
    }
}

static void
test_running (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (spin);
  g_autoptr (GError) error = NULL;
  Outcome outcome, second;
  KvmVcpuState state;

  start (&outcome, guest->vcpu, NULL);
  start (&second, guest->vcpu, NULL);
  wait_for (&second);
  kvm_test_assert_error (second.error, KVM_ERROR_RUNNING,
                         "KVM_RUN on vCPU 0: it is running in the background already");
  g_assert_cmpint (second.reason, ==, KVM_EXIT_REASON_ERROR);

  kvm_test_wait_until_running (guest->vcpu);
  g_assert_cmpint (kvm_vcpu_run (guest->vcpu, NULL, &error), ==, KVM_EXIT_REASON_ERROR);
  kvm_test_assert_error (error, KVM_ERROR_RUNNING, "it is running in another thread");
  g_assert_false (kvm_vcpu_get_mp_state (guest->vcpu, &state, &error));
  kvm_test_assert_error (error, KVM_ERROR_RUNNING, "KVM_GET_MP_STATE");

  g_assert_false (outcome.is_done);
  kvm_vcpu_kick (guest->vcpu);
  wait_for (&outcome);
  g_assert_cmpint (outcome.reason, ==, KVM_EXIT_REASON_INTERRUPTED);
}

/* As long as nobody has heard of an exit, nobody can run over it. */
static void
test_running_until_heard_of (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);
  Outcome outcome, second;

  start (&outcome, guest->vcpu, NULL);
  kvm_test_wait_until_stopped (guest->vcpu);
  start (&second, guest->vcpu, NULL);
  wait_for (&second);
  wait_for (&outcome);
  kvm_test_assert_error (second.error, KVM_ERROR_RUNNING, "in the background already");
  g_assert_cmpint (outcome.reason, ==, KVM_TEST_REASON_IO);
  g_assert_cmpuint (kvm_exit_get_value (guest->exit), ==, 'H');
}

static void
test_closed (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (spin);
  Outcome outcome;

  start (&outcome, guest->vcpu, NULL);
  kvm_vcpu_close (guest->vcpu);
  wait_for (&outcome);
  kvm_test_assert_error (outcome.error, KVM_ERROR_CLOSED, "KVM_RUN on vCPU 0: it is closed");
  start (&outcome, guest->vcpu, NULL);
  wait_for (&outcome);
  kvm_test_assert_error (outcome.error, KVM_ERROR_CLOSED, "KVM_RUN on vCPU 0: it is closed");
}

/* The callback runs the vCPU on, until it drops the guest. */
static void
on_exit_run_on (GObject *vcpu, GAsyncResult *result, gpointer user_data)
{
  KvmTestGuest **guest = user_data;
  g_autoptr (GError) error = NULL;
  KvmExitReason reason = kvm_vcpu_run_finish (KVM_VCPU (vcpu), result, &error);

  g_assert_no_error (error);
  g_assert_cmpint (reason, !=, KVM_EXIT_REASON_ERROR);
  if (!kvm_test_has_halted (kvm_vcpu_get_exit (KVM_VCPU (vcpu))))
    kvm_vcpu_run_async (KVM_VCPU (vcpu), NULL, on_exit_run_on, user_data);
  else
    g_clear_pointer (guest, kvm_test_guest_free);
}

static void
test_run_on_in_callback (void)
{
  KvmTestGuest *guest = KVM_TEST_GUEST (print);
  KvmVm *vm = guest->vm;

  g_object_add_weak_pointer (G_OBJECT (vm), (gpointer *) &vm);
  kvm_vcpu_run_async (guest->vcpu, NULL, on_exit_run_on, &guest);
  while (vm != NULL)
    g_main_context_iteration (NULL, TRUE);
}

/* Whoever wants no answer gets none, and the operation keeps the vCPU. */
static void
test_without_callback (void)
{
  KvmTestGuest *guest = KVM_TEST_GUEST (count);
  g_autoptr (KvmMemory) memory = g_object_ref (guest->memory);
  KvmVcpu *vcpu = guest->vcpu;
  g_autoptr (GError) error = NULL;
  guint8 word[2];

  g_object_add_weak_pointer (G_OBJECT (vcpu), (gpointer *) &vcpu);
  kvm_vcpu_run_async (guest->vcpu, NULL, NULL, NULL);
  kvm_test_guest_free (guest);
  g_assert_nonnull (vcpu);
  while (vcpu != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (kvm_memory_read (memory, 0x2000, word, sizeof word, &error));
  g_assert_cmpuint (word[0], ==, 1);
}

/* A context of a thread's own, which goes as soon as the answer is there. */
static void
test_other_context (void)
{
  for (guint i = 0; i < kvm_test_rounds (20); i++)
    {
      g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);
      g_autoptr (GMainContext) context = g_main_context_new ();

      g_main_context_push_thread_default (context);
      run (guest, KVM_TEST_REASON_IO);
      g_main_context_pop_thread_default (context);
    }
}

static void
test_several (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);
  g_autoptr (GPtrArray) vcpus = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;
  Outcome outcomes[4];

  g_ptr_array_add (vcpus, g_object_ref (guest->vcpu));
  for (guint i = 1; i < G_N_ELEMENTS (outcomes); i++)
    {
      g_ptr_array_add (vcpus, kvm_vm_create_vcpu (guest->vm, i, &error));
      g_assert_no_error (error);
      kvm_test_setup_vcpu (vcpus->pdata[i], KVM_TEST_ENTRY, 0);
    }
  for (guint n = 0; n < 3; n++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
        start (&outcomes[i], vcpus->pdata[i], NULL);
      for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
        {
          wait_for (&outcomes[i]);
          g_assert_no_error (outcomes[i].error);
          g_assert_cmpint (outcomes[i].reason, ==,
                           n < 2 ? KVM_TEST_REASON_IO : KVM_TEST_REASON_HALT);
        }
    }
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/async/one-exit-per-call", test_one_exit_per_call);
  kvm_test_add ("/async/one-thread", test_one_thread);
  kvm_test_add ("/async/threads-end", test_threads_end);
  kvm_test_add ("/async/cancelled-beforehand", test_cancelled_beforehand);
  kvm_test_add ("/async/cancelled", test_cancelled);
  kvm_test_add ("/async/cancelled-too-late", test_cancelled_too_late);
  kvm_test_add ("/async/kicked", test_kicked);
  kvm_test_add ("/async/running", test_running);
  kvm_test_add ("/async/running-until-heard-of", test_running_until_heard_of);
  kvm_test_add ("/async/closed", test_closed);
  kvm_test_add ("/async/run-on-in-callback", test_run_on_in_callback);
  kvm_test_add ("/async/without-callback", test_without_callback);
  kvm_test_add ("/async/other-context", test_other_context);
  kvm_test_add ("/async/several", test_several);
  return g_test_run ();
}
