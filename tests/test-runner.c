/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A whole guest that runs in the background of a main loop. */

#include "machine.h"

#include <string.h>

static guint
read_word (KvmMemory *memory, guint64 offset)
{
  g_autoptr (GError) error = NULL;
  guint8 word[2];

  g_assert_true (kvm_memory_read (memory, offset, word, sizeof word, &error));
  return word[0] | word[1] << 8;
}

/* Whatever the vCPUs were told, they can be used now. */
static void
assert_stand (Machine *self)
{
  for (guint i = 0; i < self->vcpus->len; i++)
    {
      g_autoptr (GError) error = NULL;
      KvmVcpuState state;

      kvm_vcpu_get_mp_state (self->vcpus->pdata[i], &state, &error);
      g_assert_no_error (error);
    }
}

/* What no one answers ends the guest, and the copy of the exit stays. */
static void
test_end (void)
{
  g_autoptr (Machine) machine = MACHINE (print, 1);

  machine_start (machine, NULL);
  machine_wait (machine);
  g_assert_no_error (machine->error);
  g_assert_cmpint (kvm_exit_get_reason (machine->exit), ==, KVM_TEST_REASON_IO);
  g_assert_true (machine->exit != machine->guest->exit);
  g_assert_true (machine->ended_vcpu == machine->guest->vcpu);
  g_assert_cmpuint (machine->n_states, ==, 2);
  g_assert_cmpint (machine->states[1], ==, KVM_RUNNER_STATE_STOPPED);

  kvm_test_run (machine->guest, KVM_TEST_REASON_IO);
  g_assert_cmpuint (kvm_exit_get_value (machine->exit), ==, 'H');
}

/* From where it ended it runs on. */
static void
test_again (void)
{
  static const char expected[] = "Hi";
  g_autoptr (Machine) machine = MACHINE (print, 1);

  for (guint i = 0; i < 3; i++)
    {
      machine_start (machine, NULL);
      g_assert_null (kvm_runner_get_ended_vcpu (machine->runner));
      machine_wait (machine);
      g_assert_no_error (machine->error);
      if (i < 2)
        g_assert_cmpuint (kvm_exit_get_value (machine->exit), ==, expected[i]);
      else
        g_assert_cmpint (kvm_exit_get_reason (machine->exit), ==, KVM_TEST_REASON_HALT);
    }
}

static void
test_stop (void)
{
  g_autoptr (Machine) machine = MACHINE (spin, 1);

  for (guint i = 0; i < 20; i++)
    {
      machine_start (machine, NULL);
      g_assert_cmpint (kvm_runner_get_state (machine->runner), ==, KVM_RUNNER_STATE_RUNNING);
      if (i % 2 == 0)
        kvm_test_wait_until_running (machine->guest->vcpu);
      kvm_runner_stop (machine->runner);
      kvm_runner_stop (machine->runner);
      machine_assert_stopped (machine);
      /* Nothing of it hangs on to the vCPU: its next run is not interrupted. */
      assert_stand (machine);
    }
  g_assert_true (kvm_memory_write (machine->guest->memory, KVM_TEST_ENTRY, guest_halt,
                                   guest_halt_end - guest_halt, NULL));
  kvm_test_run_to_halt (machine->guest);
}

static void
test_nothing_to_do (void)
{
  g_autoptr (Machine) machine = MACHINE (count, 1);

  kvm_runner_stop (machine->runner);
  kvm_runner_pause (machine->runner);
  kvm_runner_resume (machine->runner);
  g_assert_cmpint (kvm_runner_get_state (machine->runner), ==, KVM_RUNNER_STATE_STOPPED);
  machine_start (machine, NULL);
  kvm_runner_resume (machine->runner);
  machine_wait (machine);
  g_assert_cmpint (kvm_exit_get_reason (machine->exit), ==, KVM_TEST_REASON_HALT);
  g_assert_cmpuint (machine->n_states, ==, 2);
}

static void
test_answered_at_once (void)
{
  g_autoptr (Machine) machine = MACHINE (server, 1);

  g_signal_connect (machine->runner, "exit", G_CALLBACK (machine_serve), machine);
  machine_start (machine, NULL);
  machine_wait_until (machine, machine->n_exits >= 200);
  kvm_runner_stop (machine->runner);
  machine_assert_stopped (machine);
}

/* The handler only keeps the token. */
static gboolean
keep (KvmRunner *runner, KvmRunnerExit *token, gpointer user_data)
{
  Machine *self = user_data;

  self->n_exits++;
  self->seen[kvm_vcpu_get_id (kvm_runner_exit_get_vcpu (token))]++;
  g_set_object (&self->token, token);
  return TRUE;
}

static gpointer
complete_thread (gpointer token)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (kvm_runner_exit_complete (token, &error));
  g_assert_no_error (error);
  return NULL;
}

/* Here, and in another thread; twice it cannot be. */
static void
test_answered_later (void)
{
  g_autoptr (Machine) machine = MACHINE (server, 1);
  g_autoptr (GError) error = NULL;

  g_signal_connect (machine->runner, "exit", G_CALLBACK (keep), machine);
  machine_start (machine, NULL);
  for (guint i = 0; i < 40; i++)
    {
      g_autoptr (KvmRunnerExit) token = NULL;
      KvmExit *exit;

      machine_wait_until (machine, machine->token != NULL);
      token = g_steal_pointer (&machine->token);
      exit = kvm_runner_exit_get_exit (token);
      assert_stand (machine);
      g_assert_cmpuint (machine->n_exits, ==, i + 1);
      if (i % 2 == 0)
        kvm_exit_set_value (exit, i);
      else
        g_assert_cmpuint (kvm_exit_get_value (exit), ==, i);
      if (i % 4 < 2)
        complete_thread (token);
      else
        g_thread_join (g_thread_new ("answer", complete_thread, token));
      g_assert_false (kvm_runner_exit_complete (token, &error));
      kvm_test_assert_error (error, KVM_ERROR_INVALID, "vCPU 0 was completed already");
    }
  machine_wait_until (machine, machine->token != NULL);
  kvm_runner_stop (machine->runner);
  g_assert_false (kvm_runner_exit_complete (machine->token, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "the runner was stopped");
  machine_assert_stopped (machine);
  g_assert_false (kvm_runner_exit_complete (machine->token, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "the runner was stopped, or has ended");

  /* Nor in the next run. */
  g_assert_cmpuint (machine->n_exits, ==, 41);
  {
    g_autoptr (KvmRunnerExit) stale = g_steal_pointer (&machine->token);

    machine_start (machine, NULL);
    machine_wait_until (machine, machine->token != NULL);
    g_assert_false (kvm_runner_exit_complete (stale, &error));
    kvm_test_assert_error (error, KVM_ERROR_CLOSED, "the runner was stopped, or has ended");
  }
  g_assert_false (machine->is_done); /* and that it is dropped means nothing */
  g_assert_true (kvm_runner_exit_complete (machine->token, &error));
  kvm_runner_stop (machine->runner);
  machine_assert_stopped (machine);
}

/* A claimed token that goes without an answer ends the guest with its exit. */
static void
test_dropped_token (void)
{
  g_autoptr (Machine) machine = MACHINE (print, 1);

  g_signal_connect (machine->runner, "exit", G_CALLBACK (keep), machine);
  machine_start (machine, NULL);
  machine_wait_until (machine, machine->token != NULL);
  g_clear_object (&machine->token);
  machine_wait (machine);
  g_assert_no_error (machine->error);
  g_assert_cmpuint (kvm_exit_get_value (machine->exit), ==, 'H');
  g_assert_true (machine->ended_vcpu == machine->guest->vcpu);
}

static gboolean
claim (KvmRunner *runner, KvmRunnerExit *token, gpointer user_data)
{
  return TRUE;
}

static void
test_token_nobody_keeps (void)
{
  g_autoptr (Machine) machine = MACHINE (print, 2);

  g_signal_connect (machine->runner, "exit", G_CALLBACK (claim), machine);
  machine_start (machine, NULL);
  machine_wait (machine);
  g_assert_no_error (machine->error);
  g_assert_cmpuint (kvm_exit_get_value (machine->exit), ==, 'H');
}

/* One that is completed by a handler which does not claim it is completed. */
static gboolean
serve_without_claim (KvmRunner *runner, KvmRunnerExit *token, gpointer user_data)
{
  Machine *self = user_data;

  if (kvm_test_has_halted (kvm_runner_exit_get_exit (token)))
    return FALSE;
  self->n_exits++;
  kvm_runner_exit_complete (token, NULL);
  return FALSE;
}

static void
test_completed_without_claim (void)
{
  g_autoptr (Machine) machine = MACHINE (print, 1);

  g_signal_connect (machine->runner, "exit", G_CALLBACK (serve_without_claim), machine);
  machine_start (machine, NULL);
  machine_wait (machine);
  g_assert_cmpuint (machine->n_exits, ==, 2);
  g_assert_cmpint (kvm_exit_get_reason (machine->exit), ==, KVM_TEST_REASON_HALT);
}

/* While one waits for its answer, the others run on. */
static void
test_four_vcpus (void)
{
  g_autoptr (Machine) machine = MACHINE (server, 4);
  gulong handler;

  handler = g_signal_connect (machine->runner, "exit", G_CALLBACK (machine_serve), machine);
  machine_start (machine, NULL);
  machine_wait_until (machine, machine->seen[0] >= 40 && machine->seen[1] >= 40
                                   && machine->seen[2] >= 40 && machine->seen[3] >= 40);
  g_signal_handler_disconnect (machine->runner, handler);
  g_signal_connect (machine->runner, "exit", G_CALLBACK (keep), machine);
  machine_wait_until (machine, machine->token != NULL);
  {
    g_autoptr (KvmRunnerExit) held = g_object_ref (machine->token);
    guint id = kvm_vcpu_get_id (kvm_runner_exit_get_vcpu (held));
    guint others = 0;

    for (guint i = 0; i < 60; i++)
      {
        g_autoptr (KvmRunnerExit) token = NULL;

        machine_wait_until (machine, machine->token != held);
        token = g_steal_pointer (&machine->token);
        machine->token = g_object_ref (held);
        if (!kvm_exit_is_write (kvm_runner_exit_get_exit (token)))
          kvm_exit_set_value (kvm_runner_exit_get_exit (token), 0x41);
        others += kvm_vcpu_get_id (kvm_runner_exit_get_vcpu (token)) != id;
        complete_thread (token);
      }
    g_assert_cmpuint (others, ==, 60);
    kvm_runner_stop (machine->runner);
  }
  machine_assert_stopped (machine);
  assert_stand (machine);
}

/* The exit of one ends all. */
static void
test_one_ends_all (void)
{
  g_autoptr (Machine) machine = MACHINE (spin, 3);
  g_autoptr (GError) error = NULL;
  KvmVcpu *second = machine->vcpus->pdata[1];

  g_assert_true (kvm_memory_write (machine->guest->memory, 0x3000, guest_halt,
                                   guest_halt_end - guest_halt, &error));
  kvm_test_setup_vcpu (second, 0x3000, 0);
  machine_start (machine, NULL);
  machine_wait (machine);
  g_assert_no_error (machine->error);
  g_assert_cmpint (kvm_exit_get_reason (machine->exit), ==, KVM_TEST_REASON_HALT);
  g_assert_true (machine->ended_vcpu == second);
  assert_stand (machine);
}

static void
test_pause (void)
{
  g_autoptr (Machine) machine = MACHINE (ticker, 2);
  guint before;

  machine_start (machine, NULL);
  machine_wait_for_state (machine, KVM_RUNNER_STATE_RUNNING);
  for (guint i = 0; i < 20; i++)
    {
      machine->n_states = 0;
      kvm_runner_pause (machine->runner);
      kvm_runner_pause (machine->runner);
      machine_wait_for_state (machine, KVM_RUNNER_STATE_PAUSED);
      g_assert_cmpuint (machine->n_states, ==, 1);
      g_assert_cmpint (kvm_runner_get_state (machine->runner), ==, KVM_RUNNER_STATE_PAUSED);
      /* They really stand. */
      assert_stand (machine);
      before = read_word (machine->guest->memory, 0x2000);
      assert_stand (machine);
      g_assert_cmpuint (read_word (machine->guest->memory, 0x2000), ==, before);

      kvm_runner_resume (machine->runner);
      g_assert_cmpint (kvm_runner_get_state (machine->runner), ==, KVM_RUNNER_STATE_RUNNING);
      machine_wait_for_state (machine, KVM_RUNNER_STATE_RUNNING);
      g_assert_cmpuint (machine->n_states, ==, 2);
      while (read_word (machine->guest->memory, 0x2000) == before) /* the alarm is the bound */
        g_thread_yield ();
    }
  kvm_runner_stop (machine->runner);
  machine_assert_stopped (machine);
}

/* However quickly: the last word counts. */
static void
test_pause_and_resume_at_once (void)
{
  g_autoptr (Machine) machine = MACHINE (ticker, 2);
  guint before;

  machine_start (machine, NULL);
  for (guint i = 0; i < kvm_test_rounds (200); i++)
    {
      kvm_runner_pause (machine->runner);
      kvm_runner_resume (machine->runner);
    }
  before = read_word (machine->guest->memory, 0x2000);
  while (read_word (machine->guest->memory, 0x2000) == before) /* the alarm is the bound */
    g_thread_yield ();
  kvm_runner_pause (machine->runner);
  machine_wait_for_state (machine, KVM_RUNNER_STATE_PAUSED);
  kvm_runner_resume (machine->runner);
  kvm_runner_pause (machine->runner);
  machine->n_states = 0;
  machine_wait_for_state (machine, KVM_RUNNER_STATE_PAUSED);
  assert_stand (machine);
  kvm_runner_stop (machine->runner);
  machine_assert_stopped (machine);
}

/* The run may be paused before it has begun, and ends from there. */
static void
test_paused_from_the_start (void)
{
  g_autoptr (Machine) machine = MACHINE (spin, 2);

  machine_start (machine, NULL);
  kvm_runner_pause (machine->runner);
  machine_wait_for_state (machine, KVM_RUNNER_STATE_PAUSED);
  g_assert_false (machine->is_done);
  kvm_runner_stop (machine->runner);
  g_assert_cmpint (kvm_runner_get_state (machine->runner), ==, KVM_RUNNER_STATE_PAUSED);
  machine_assert_stopped (machine);
  g_assert_cmpint (machine->states[machine->n_states - 1], ==, KVM_RUNNER_STATE_STOPPED);
}

/* What is answered while it is paused runs on afterwards. */
static void
test_answered_while_paused (void)
{
  g_autoptr (Machine) machine = MACHINE (server, 1);

  g_signal_connect (machine->runner, "exit", G_CALLBACK (keep), machine);
  machine_start (machine, NULL);
  machine_wait_until (machine, machine->token != NULL);
  kvm_runner_pause (machine->runner);
  machine_wait_for_state (machine, KVM_RUNNER_STATE_PAUSED);
  kvm_exit_set_value (machine->guest->exit, 7);
  complete_thread (machine->token);
  g_clear_object (&machine->token);
  while (g_main_context_iteration (machine->context, FALSE))
    ;
  g_assert_cmpuint (machine->n_exits, ==, 1);
  assert_stand (machine);
  g_assert_cmpint (kvm_runner_get_state (machine->runner), ==, KVM_RUNNER_STATE_PAUSED);
  kvm_runner_resume (machine->runner);
  machine_wait_until (machine, machine->token != NULL);
  g_assert_cmpuint (kvm_exit_get_value (machine->guest->exit), ==, 8);
  kvm_runner_stop (machine->runner);
  machine_assert_stopped (machine);
}

/* Pauses at every exit, in the handler, and resumes when that was notified. */
static gboolean
serve_and_pause (KvmRunner *runner, KvmRunnerExit *token, gpointer user_data)
{
  kvm_runner_pause (runner);
  return machine_serve (runner, token, user_data);
}

static void
resume_when_paused (KvmRunner *runner, GParamSpec *pspec, gpointer user_data)
{
  if (kvm_runner_get_state (runner) == KVM_RUNNER_STATE_PAUSED)
    {
      assert_stand (user_data);
      kvm_runner_resume (runner);
    }
}

static void
test_pause_in_handler (void)
{
  g_autoptr (Machine) machine = MACHINE (server, 2);

  g_signal_connect (machine->runner, "exit", G_CALLBACK (serve_and_pause), machine);
  g_signal_connect (machine->runner, "notify::state", G_CALLBACK (resume_when_paused), machine);
  machine_start (machine, NULL);
  machine_wait_until (machine, machine->n_exits >= 50);
  kvm_runner_stop (machine->runner);
  machine_assert_stopped (machine);
}

/* After stop () nothing is delivered, whatever the handler says then. */
static gboolean
stop (KvmRunner *runner, KvmRunnerExit *token, gpointer user_data)
{
  Machine *self = user_data;

  self->n_exits++;
  kvm_runner_stop (runner);
  return self->n_exits % 2;
}

static void
test_stop_in_handler (void)
{
  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (Machine) machine = MACHINE (chatter, 4);

      machine->n_exits = i;
      g_signal_connect (machine->runner, "exit", G_CALLBACK (stop), machine);
      machine_start (machine, NULL);
      machine_assert_stopped (machine);
      g_assert_cmpuint (machine->n_exits, ==, i + 1);
    }
}

/* Exits that were on their way are not delivered after a stop from elsewhere either. */
static void
test_stop_beats_exits (void)
{
  g_autoptr (Machine) machine = MACHINE (print, 4);

  g_signal_connect (machine->runner, "exit", G_CALLBACK (keep), machine);
  machine_start (machine, NULL);
  for (guint i = 0; i < 4; i++)
    kvm_test_wait_until_stopped (machine->vcpus->pdata[i]);
  kvm_runner_stop (machine->runner);
  machine_assert_stopped (machine);
  g_assert_cmpuint (machine->n_exits, ==, 0);
}

static void
test_cancelled_beforehand (void)
{
  g_autoptr (Machine) machine = MACHINE (count, 1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  machine_start (machine, cancellable);
  machine_wait (machine);
  g_assert_error (machine->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (machine->exit);
  g_assert_cmpuint (read_word (machine->guest->memory, 0x2000), ==, 0);
}

static gpointer
cancel_thread (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return NULL;
}

static void
test_cancelled (void)
{
  g_autoptr (Machine) machine = MACHINE (spin, 2);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  for (guint i = 0; i < 20; i++)
    {
      GThread *thread = NULL;

      if (i % 4 == 3)
        thread = g_thread_new ("canceller", cancel_thread, cancellable);
      machine_start (machine, cancellable);
      if (i % 4 == 0)
        kvm_test_wait_until_running (machine->guest->vcpu);
      if (i % 4 == 2)
        {
          kvm_runner_pause (machine->runner);
          machine_wait_for_state (machine, KVM_RUNNER_STATE_PAUSED);
        }
      if (thread == NULL)
        g_cancellable_cancel (cancellable);
      machine_wait (machine);
      g_assert_error (machine->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_null (machine->exit);
      g_assert_null (machine->ended_vcpu);
      if (thread != NULL)
        g_thread_join (thread);
      g_cancellable_reset (cancellable);
      assert_stand (machine);
    }
}

static gboolean
serve_and_cancel (KvmRunner *runner, KvmRunnerExit *token, gpointer user_data)
{
  Machine *self = user_data;

  self->n_exits++;
  g_cancellable_cancel (g_object_get_data (G_OBJECT (runner), "cancellable"));
  return TRUE;
}

static void
test_cancelled_in_handler (void)
{
  g_autoptr (Machine) machine = MACHINE (chatter, 2);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_object_set_data (G_OBJECT (machine->runner), "cancellable", cancellable);
  g_signal_connect (machine->runner, "exit", G_CALLBACK (serve_and_cancel), machine);
  machine_start (machine, cancellable);
  machine_wait (machine);
  g_assert_error (machine->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (machine->n_exits, ==, 1);
}

/* A kick of somebody's does not end anything. */
static void
test_foreign_kick (void)
{
  g_autoptr (Machine) machine = MACHINE (ticker, 1);

  machine_start (machine, NULL);
  for (guint i = 0; i < 20; i++)
    {
      guint before = read_word (machine->guest->memory, 0x2000);

      kvm_vcpu_kick (machine->guest->vcpu);
      while (read_word (machine->guest->memory, 0x2000) == before) /* the alarm is the bound */
        g_thread_yield ();
    }
  g_assert_false (machine->is_done);
  kvm_runner_stop (machine->runner);
  machine_assert_stopped (machine);
}

static void
test_errors (void)
{
  g_autoptr (Machine) machine = MACHINE (spin, 1);
  g_autoptr (Machine) other = MACHINE (halt, 1);
  g_autoptr (KvmRunner) empty = kvm_runner_new (machine->guest->vm);
  g_autoptr (KvmRunner) rival = kvm_runner_new (machine->guest->vm);
  g_autoptr (GError) error = NULL;
  KvmVcpu *vcpu = machine->guest->vcpu;
  Machine second = { .context = machine->context };

  g_assert_false (kvm_runner_add_vcpu (machine->runner, vcpu, &error));
  kvm_test_assert_error (error, KVM_ERROR_EXISTS, "vCPU 0 is in this runner already");
  g_assert_false (kvm_runner_add_vcpu (machine->runner, other->guest->vcpu, &error));
  kvm_test_assert_error (error, KVM_ERROR_INVALID, "vCPU 0 is not of the virtual machine");
  kvm_runner_run_async (empty, NULL, machine_on_end, &second);
  machine_wait (&second);
  kvm_test_assert_error (second.error, KVM_ERROR_INVALID, "no vCPU");

  machine_start (machine, NULL);
  second.is_done = FALSE;
  kvm_runner_run_async (machine->runner, NULL, machine_on_end, &second);
  machine_wait (&second);
  kvm_test_assert_error (second.error, KVM_ERROR_RUNNING, "The runner is running already");
  g_assert_cmpint (kvm_runner_get_state (machine->runner), ==, KVM_RUNNER_STATE_RUNNING);
  kvm_runner_stop (machine->runner);
  machine_assert_stopped (machine);
  g_assert_cmpint (kvm_runner_get_state (machine->runner), ==, KVM_RUNNER_STATE_STOPPED);

  /* A vCPU is in one place at a time. */
  machine_add_vcpu (machine);
  g_assert_true (kvm_runner_add_vcpu (rival, machine->vcpus->pdata[1], &error));
  g_assert_true (kvm_runner_add_vcpu (rival, vcpu, &error));
  machine_start (machine, NULL);
  second.is_done = FALSE;
  kvm_runner_run_async (rival, NULL, machine_on_end, &second);
  machine_wait (&second);
  kvm_test_assert_error (second.error, KVM_ERROR_RUNNING,
                         "KVM_RUN on vCPU 1: it is running in the background already");
  kvm_runner_stop (machine->runner);
  machine_assert_stopped (machine);

  /* And what was taken before that was noticed is free again. */
  second.is_done = FALSE;
  kvm_runner_run_async (rival, NULL, machine_on_end, &second);
  kvm_runner_stop (rival);
  machine_wait (&second);
  g_assert_no_error (second.error);

  kvm_vcpu_close (vcpu);
  machine_start (machine, NULL);
  machine_wait (machine);
  kvm_test_assert_error (machine->error, KVM_ERROR_CLOSED, "KVM_RUN on vCPU 0: it is closed");
  g_assert_false (kvm_runner_add_vcpu (empty, vcpu, &error));
  kvm_test_assert_error (error, KVM_ERROR_CLOSED, "kvm_runner_add_vcpu () on vCPU 0");
}

static void
test_vcpu_closed (void)
{
  g_autoptr (Machine) machine = MACHINE (spin, 2);

  machine_start (machine, NULL);
  kvm_test_wait_until_running (machine->vcpus->pdata[1]);
  kvm_vcpu_close (machine->vcpus->pdata[1]);
  machine_wait (machine);
  g_assert_true (machine->ended_vcpu == machine->vcpus->pdata[1]);
  kvm_test_assert_error (machine->error, KVM_ERROR_CLOSED, "KVM_RUN on vCPU 1: it is closed");
  g_assert_null (machine->exit);
}

static gboolean
close_vm (KvmRunner *runner, KvmRunnerExit *token, gpointer user_data)
{
  kvm_vm_close (kvm_runner_get_vm (runner));
  return kvm_runner_exit_complete (token, NULL);
}

static void
test_vm_closed_in_handler (void)
{
  g_autoptr (Machine) machine = MACHINE (chatter, 2);

  g_signal_connect (machine->runner, "exit", G_CALLBACK (close_vm), machine);
  machine_start (machine, NULL);
  machine_wait (machine);
  kvm_test_assert_error (machine->error, KVM_ERROR_CLOSED, "it is closed");
}

static void
test_vcpu_added_while_it_runs (void)
{
  g_autoptr (Machine) machine = MACHINE (server, 1);

  g_signal_connect (machine->runner, "exit", G_CALLBACK (machine_serve), machine);
  machine_start (machine, NULL);
  machine_wait_until (machine, machine->seen[0] >= 10);
  machine_add_vcpu (machine);
  machine_wait_until (machine, machine->seen[1] >= 10);
  kvm_runner_pause (machine->runner);
  machine_wait_for_state (machine, KVM_RUNNER_STATE_PAUSED);
  machine_add_vcpu (machine);
  assert_stand (machine);
  g_assert_cmpuint (machine->seen[2], ==, 0);
  kvm_runner_resume (machine->runner);
  machine_wait_until (machine, machine->seen[2] >= 10);
  kvm_runner_stop (machine->runner);
  machine_assert_stopped (machine);
}

/* Everything goes in the callback. */
static void
drop_on_end (GObject *runner, GAsyncResult *result, gpointer user_data)
{
  KvmTestGuest **guest = user_data;
  g_autoptr (KvmExit) exit = kvm_runner_run_finish (KVM_RUNNER (runner), result, NULL);

  g_assert_nonnull (exit);
  g_clear_pointer (guest, kvm_test_guest_free);
}

static void
test_dropped (void)
{
  for (guint i = 0; i < 20; i++)
    {
      KvmTestGuest *guest = KVM_TEST_GUEST (print);
      KvmRunner *runner = kvm_runner_new (guest->vm);
      g_autoptr (GError) error = NULL;
      KvmVm *vm = guest->vm;

      g_assert_true (kvm_runner_add_vcpu (runner, guest->vcpu, &error));
      g_object_add_weak_pointer (G_OBJECT (vm), (gpointer *) &vm);
      g_object_add_weak_pointer (G_OBJECT (runner), (gpointer *) &runner);
      kvm_runner_run_async (runner, NULL, drop_on_end, &guest);
      g_object_unref (runner);
      g_assert_nonnull (runner); /* the operation keeps it */
      while (runner != NULL || vm != NULL)
        g_main_context_iteration (NULL, TRUE);
      g_assert_null (guest);
    }
}

/* Nothing is said after it was disposed of, but that the run has ended. */
static void
test_disposed (void)
{
  g_autoptr (Machine) machine = MACHINE (chatter, 2);

  g_signal_connect (machine->runner, "exit", G_CALLBACK (serve_without_claim), machine);
  machine_start (machine, NULL);
  machine_wait_until (machine, machine->n_exits >= 4);
  g_object_run_dispose (G_OBJECT (machine->runner));
  machine->n_exits = machine->n_states = 0;
  machine_assert_stopped (machine);
  g_assert_cmpuint (machine->n_exits + machine->n_states, ==, 0);
}

/* A main loop in a handler hears of the other vCPUs, and of the end. */
static gboolean
nest (KvmRunner *runner, KvmRunnerExit *token, gpointer user_data)
{
  Machine *self = user_data;

  self->n_exits++;
  if (self->n_exits == 3)
    kvm_runner_stop (runner);
  else
    machine_wait (self);
  return FALSE;
}

static void
test_nested_loops (void)
{
  g_autoptr (Machine) machine = MACHINE (chatter, 3);

  g_signal_connect (machine->runner, "exit", G_CALLBACK (nest), machine);
  machine_start (machine, NULL);
  machine_assert_stopped (machine);
  g_assert_cmpuint (machine->n_exits, ==, 3);
}

/* In a context of a thread's own, which goes right afterwards. */
static gpointer
context_thread (gpointer data)
{
  GMainContext *context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  {
    g_autoptr (Machine) machine = MACHINE (server, 2);

    g_assert_true (machine->context == context);
    g_signal_connect (machine->runner, "exit", G_CALLBACK (machine_serve), machine);
    machine_start (machine, NULL);
    machine_wait_until (machine, machine->n_exits >= 50);
    kvm_runner_stop (machine->runner);
    machine_assert_stopped (machine);
  }
  g_main_context_pop_thread_default (context);
  g_main_context_unref (context);
  return NULL;
}

static void
test_other_context (void)
{
  g_thread_join (g_thread_new ("context", context_thread, NULL));
}

/* Not counted: how many stacks are left depends on how many threads there were at once. */
static void
test_two_contexts (void)
{
  GThread *threads[2];

  for (guint i = 0; i < 2; i++)
    threads[i] = g_thread_new ("context", context_thread, NULL);
  for (guint i = 0; i < 2; i++)
    g_thread_join (threads[i]);
}

/* From a thread that does not run the context. */
typedef struct
{
  Machine *machine;
  gint stop;
} Disturber;

static gpointer
disturb_thread (gpointer data)
{
  Disturber *self = data;

  while (!g_atomic_int_get (&self->stop))
    {
      kvm_runner_pause (self->machine->runner);
      kvm_vcpu_kick (self->machine->guest->vcpu);
      g_thread_yield ();
      kvm_runner_resume (self->machine->runner);
      kvm_runner_get_state (self->machine->runner);
    }
  return NULL;
}

static void
test_disturbed (void)
{
  g_autoptr (Machine) machine = MACHINE (server, 2);
  Disturber disturber = { .machine = machine };
  GThread *threads[2];

  g_signal_connect (machine->runner, "exit", G_CALLBACK (machine_serve), machine);
  machine_start (machine, NULL);
  for (guint i = 0; i < 2; i++)
    threads[i] = g_thread_new ("disturber", disturb_thread, &disturber);
  machine_wait_until (machine, machine->seen[0] >= 50 && machine->seen[1] >= 50);
  g_atomic_int_set (&disturber.stop, 1);
  for (guint i = 0; i < 2; i++)
    g_thread_join (threads[i]);
  kvm_runner_stop (machine->runner);
  machine_assert_stopped (machine);
}

/* One after the other, of one virtual machine. */
static void
test_several_runners (void)
{
  g_autoptr (KvmTestGuest) guest = KVM_TEST_GUEST (count);

  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (KvmRunner) runner = kvm_runner_new (guest->vm);
      g_autoptr (GError) error = NULL;
      Machine machine = { .context = g_main_context_default () };

      g_assert_true (kvm_runner_add_vcpu (runner, guest->vcpu, &error));
      kvm_runner_run_async (runner, NULL, machine_on_end, &machine);
      machine_wait (&machine);
      g_assert_cmpint (kvm_exit_get_reason (machine.exit), ==, KVM_TEST_REASON_HALT);
      g_object_unref (machine.exit);
      g_assert_cmpuint (read_word (guest->memory, 0x2000), ==, i + 1);
    }
}

int
main (int argc, char **argv)
{
  kvm_test_init (&argc, &argv);
  kvm_test_add ("/runner/end", test_end);
  kvm_test_add ("/runner/again", test_again);
  kvm_test_add ("/runner/stop", test_stop);
  kvm_test_add ("/runner/nothing-to-do", test_nothing_to_do);
  kvm_test_add ("/runner/answered-at-once", test_answered_at_once);
  kvm_test_add ("/runner/answered-later", test_answered_later);
  kvm_test_add ("/runner/dropped-token", test_dropped_token);
  kvm_test_add ("/runner/token-nobody-keeps", test_token_nobody_keeps);
  kvm_test_add ("/runner/completed-without-claim", test_completed_without_claim);
  kvm_test_add ("/runner/four-vcpus", test_four_vcpus);
  kvm_test_add ("/runner/one-ends-all", test_one_ends_all);
  kvm_test_add ("/runner/pause", test_pause);
  kvm_test_add ("/runner/pause-and-resume-at-once", test_pause_and_resume_at_once);
  kvm_test_add ("/runner/paused-from-the-start", test_paused_from_the_start);
  kvm_test_add ("/runner/answered-while-paused", test_answered_while_paused);
  kvm_test_add ("/runner/pause-in-handler", test_pause_in_handler);
  kvm_test_add ("/runner/stop-in-handler", test_stop_in_handler);
  kvm_test_add ("/runner/stop-beats-exits", test_stop_beats_exits);
  kvm_test_add ("/runner/cancelled-beforehand", test_cancelled_beforehand);
  kvm_test_add ("/runner/cancelled", test_cancelled);
  kvm_test_add ("/runner/cancelled-in-handler", test_cancelled_in_handler);
  kvm_test_add ("/runner/foreign-kick", test_foreign_kick);
  kvm_test_add ("/runner/errors", test_errors);
  kvm_test_add ("/runner/vcpu-closed", test_vcpu_closed);
  kvm_test_add ("/runner/vm-closed-in-handler", test_vm_closed_in_handler);
  kvm_test_add ("/runner/vcpu-added-while-it-runs", test_vcpu_added_while_it_runs);
  kvm_test_add ("/runner/dropped", test_dropped);
  kvm_test_add ("/runner/disposed", test_disposed);
  kvm_test_add ("/runner/nested-loops", test_nested_loops);
  kvm_test_add ("/runner/other-context", test_other_context);
  g_test_add_func ("/runner/two-contexts", test_two_contexts);
  kvm_test_add ("/runner/disturbed", test_disturbed);
  kvm_test_add ("/runner/several-runners", test_several_runners);
  return g_test_run ();
}
