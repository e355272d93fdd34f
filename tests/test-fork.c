/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A forked child has the fds but must not use the VM, nor disturb it. */

#include "kvm-test.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* In the child, where no assertion may run the parent's test harness on. */
#define CHECK(condition)                                                                           \
  if (!(condition))                                                                                \
  _exit (__LINE__ % 251 + 1)

#define CHECK_WRONG_PROCESS(call)                                                                  \
  CHECK (!(call));                                                                                 \
  CHECK (g_error_matches (error, KVM_ERROR, KVM_ERROR_WRONG_PROCESS));                             \
  g_clear_error (&error)

static void
wait_for (pid_t pid)
{
  int status;

  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
}

static void
test_child_is_refused (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);
  g_autoptr (KvmDevice) device = kvm_test_device_new (guest->vm);
  gpointer pointer;
  pid_t pid;

  kvm_test_run (guest, KVM_TEST_REASON_IO);
  pointer = kvm_memory_get_pointer (guest->memory);
  pid = fork ();
  if (pid == 0)
    {
      GError *error = NULL;
      KvmVcpuState state;
      guint8 byte;

      CHECK_WRONG_PROCESS (kvm_system_check_extension (guest->system, 0, &error) != -1);
      CHECK_WRONG_PROCESS (kvm_system_create_vm (guest->system, &error));
      CHECK_WRONG_PROCESS (kvm_vm_check_extension (guest->vm, 0, &error) != -1);
      CHECK_WRONG_PROCESS (kvm_vm_create_vcpu (guest->vm, 1, &error));
      CHECK_WRONG_PROCESS (kvm_vm_dup_fd (guest->vm, &error) != -1);
      CHECK_WRONG_PROCESS (kvm_vm_add_memory (guest->vm, 0x100000, guest->memory, 0, &error));
      CHECK_WRONG_PROCESS (kvm_memory_slot_remove (guest->slot, &error));
      if (device != NULL)
        {
          CHECK_WRONG_PROCESS (kvm_device_has_attribute (device, 1, 1, &error));
        }
      CHECK_WRONG_PROCESS (kvm_vcpu_get_mp_state (guest->vcpu, &state, &error));
      CHECK_WRONG_PROCESS (kvm_vcpu_run (guest->vcpu, NULL, &error) != KVM_EXIT_REASON_ERROR);
      CHECK_WRONG_PROCESS (kvm_memory_read (guest->memory, 0, &byte, 1, &error));
      CHECK_WRONG_PROCESS (kvm_memory_write (guest->memory, 0, &byte, 1, &error));
      CHECK (kvm_memory_get_pointer (guest->memory) == NULL);
      CHECK (mincore (pointer, 0x1000, (unsigned char *) &byte)
             == -1);                                   /* nothing is mapped there */
      CHECK (kvm_exit_get_address (guest->exit) == 0); /* the page is the child's own */

      g_clear_object (&device);
      kvm_test_guest_free (guest);
      _exit (0);
    }
  wait_for (pid);

  /* The parent's guest runs on. */
  g_assert_cmpuint (kvm_exit_get_value (guest->exit), ==, 'H');
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmpuint (kvm_exit_get_value (guest->exit), ==, 'i');
}

/* What the child stores through its exit must not reach the parent's vCPU. */
static void
test_child_answers_nobody (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (echo);
  pid_t pid;

  kvm_test_run (guest, KVM_TEST_REASON_IO);
  kvm_exit_set_value (guest->exit, 0x41);
  pid = fork ();
  if (pid == 0)
    {
      kvm_exit_set_value (guest->exit, 0x99);
      kvm_vcpu_kick (guest->vcpu);
      kvm_vm_close (guest->vm);
      _exit (0);
    }
  wait_for (pid);
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 0x41);
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmphex (kvm_exit_get_value (guest->exit), ==, 0x42);
}

/* A guest that runs in the background is the parent's alone, whatever its threads hold just then.
 */
static void
on_result (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GError **error = user_data;

  if (KVM_IS_RUNNER (object))
    kvm_runner_run_finish (KVM_RUNNER (object), result, error);
  else
    kvm_vcpu_run_finish (KVM_VCPU (object), result, error);
}

static gboolean
keep_token (KvmRunner *runner, KvmRunnerExit *token, gpointer user_data)
{
  g_set_object ((KvmRunnerExit **) user_data, token);
  return TRUE;
}

static void
test_runner_is_the_parents (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (chatter);
  g_autoptr (KvmRunner) runner = kvm_runner_new (guest->vm);
  g_autoptr (KvmRunnerExit) token = NULL;
  g_autoptr (GError) error = NULL;
  pid_t pid;

  g_signal_connect (runner, "exit", G_CALLBACK (keep_token), &token);
  g_assert_true (kvm_runner_add_vcpu (runner, guest->vcpu, &error));
  kvm_runner_run_async (runner, NULL, on_result, &error);
  while (token == NULL)
    g_main_context_iteration (NULL, TRUE);
  pid = fork ();
  if (pid == 0)
    {
      g_autoptr (GMainContext) context = g_main_context_new ();

      g_main_context_push_thread_default (context);
      CHECK_WRONG_PROCESS (kvm_runner_exit_complete (token, &error));
      CHECK_WRONG_PROCESS (kvm_runner_add_vcpu (runner, guest->vcpu, &error));
      CHECK (kvm_runner_get_state (runner) == KVM_RUNNER_STATE_STOPPED);
      kvm_runner_pause (runner);
      kvm_runner_resume (runner);
      kvm_runner_stop (runner);
      kvm_runner_run_async (runner, NULL, on_result, &error);
      while (error == NULL)
        g_main_context_iteration (context, TRUE);
      CHECK_WRONG_PROCESS (FALSE);
      kvm_vcpu_run_async (guest->vcpu, NULL, on_result, &error);
      while (error == NULL)
        g_main_context_iteration (context, TRUE);
      CHECK_WRONG_PROCESS (FALSE);
      g_object_unref (token);
      g_object_unref (runner);
      kvm_test_guest_free (guest);
      _exit (0);
    }
  wait_for (pid);

  g_assert_cmpint (kvm_runner_get_state (runner), ==, KVM_RUNNER_STATE_RUNNING);
  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (KvmRunnerExit) completed = g_steal_pointer (&token);

      g_assert_true (kvm_runner_exit_complete (completed, &error));
      while (token == NULL)
        g_main_context_iteration (NULL, TRUE);
    }
  kvm_runner_stop (runner);
  while (kvm_runner_get_state (runner) != KVM_RUNNER_STATE_STOPPED)
    g_main_context_iteration (NULL, TRUE);
  g_assert_no_error (error);
}

/* A vCPU with a thread goes in the child without it. */
static void
test_thread_is_the_parents (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (spin);
  g_autoptr (GError) error = NULL;
  pid_t pid;

  kvm_vcpu_run_async (guest->vcpu, NULL, on_result, &error);
  kvm_test_wait_until_running (guest->vcpu);
  pid = fork ();
  if (pid == 0)
    {
      g_object_run_dispose (G_OBJECT (guest->vcpu));
      kvm_test_guest_free (guest);
      _exit (0);
    }
  wait_for (pid);
  kvm_vcpu_close (guest->vcpu);
  while (error == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (error, KVM_ERROR, KVM_ERROR_CLOSED);
}

/* A copy of an exit is as good in the child. */
static void
test_copy_of_an_exit (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);
  g_autoptr (KvmExit) copy = NULL;
  pid_t pid;

  kvm_test_run (guest, KVM_TEST_REASON_IO);
  copy = kvm_exit_copy (guest->exit, NULL);
  pid = fork ();
  if (pid == 0)
    {
      CHECK (kvm_exit_get_address (copy) == KVM_TEST_PORT (0x3f8));
      CHECK (kvm_exit_get_value (copy) == 'H');
      _exit (0);
    }
  wait_for (pid);
}

/* The kernel ties a VM to the process that made it. */
static void
test_vm_of_another_process (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (halt);
  int fd = kvm_vm_dup_fd (guest->vm, NULL);
  pid_t pid = fork ();

  if (pid == 0)
    {
      KvmSystem *system = kvm_system_new (NULL);
      GError *error = NULL;

      CHECK_WRONG_PROCESS (kvm_vm_new_take_fd (system, fd, &error));
      _exit (0);
    }
  wait_for (pid);
  close (fd);
}

/* A child may use KVM for itself, in the same words. */
static void
test_child_of_its_own (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (print);
  pid_t pid;

  kvm_test_run (guest, KVM_TEST_REASON_IO);
  pid = fork ();
  if (pid == 0)
    {
      KvmTestGuest *own = KVM_TEST_GUEST (print);

      CHECK (kvm_vcpu_run (own->vcpu, NULL, NULL) == KVM_TEST_REASON_IO);
      CHECK (kvm_exit_get_value (own->exit) == 'H');
      kvm_vcpu_kick (own->vcpu);
      CHECK (kvm_vcpu_run (own->vcpu, NULL, NULL) == KVM_EXIT_REASON_INTERRUPTED);
      kvm_test_guest_free (own);
      kvm_test_guest_free (guest);
      _exit (0);
    }
  wait_for (pid);
  kvm_test_run (guest, KVM_TEST_REASON_IO);
  g_assert_cmpuint (kvm_exit_get_value (guest->exit), ==, 'i');
}

/* Forked while another thread runs the guest. */
static gpointer
run_thread (gpointer data)
{
  return GINT_TO_POINTER (kvm_vcpu_run (data, NULL, NULL));
}

static void
test_fork_while_running (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (spin);
  GThread *thread = g_thread_new ("vcpu", run_thread, guest->vcpu);
  pid_t pid;

  kvm_test_wait_until_running (guest->vcpu);
  pid = fork ();
  if (pid == 0)
    {
      GError *error = NULL;
      KvmVcpuState state;

      CHECK_WRONG_PROCESS (kvm_vcpu_get_mp_state (guest->vcpu, &state, &error));
      CHECK_WRONG_PROCESS (kvm_vcpu_run (guest->vcpu, NULL, &error) != KVM_EXIT_REASON_ERROR);
      _exit (0);
    }
  wait_for (pid);
  kvm_vcpu_kick (guest->vcpu);
  g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (thread)), ==, KVM_EXIT_REASON_INTERRUPTED);
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/fork/child-is-refused", test_child_is_refused);
  kvm_test_add ("/fork/child-answers-nobody", test_child_answers_nobody);
  kvm_test_add ("/fork/child-of-its-own", test_child_of_its_own);
  kvm_test_add ("/fork/runner-is-the-parents", test_runner_is_the_parents);
  kvm_test_add ("/fork/thread-is-the-parents", test_thread_is_the_parents);
  kvm_test_add ("/fork/copy-of-an-exit", test_copy_of_an_exit);
  kvm_test_add ("/fork/vm-of-another-process", test_vm_of_another_process);
  kvm_test_add ("/fork/while-running", test_fork_while_running);
  return g_test_run ();
}
