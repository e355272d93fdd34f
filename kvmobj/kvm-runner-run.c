/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How a runner runs its vCPUs, and what comes of it in the main context.
 *
 * Each vCPU has a job in its thread for as long as it runs. When it stops, the job ends: it leaves
 * what happened in the runner's queue and wakes the source in the main context, where that is dealt
 * with; to run on, the vCPU gets the job again. So a vCPU that waits for an answer, or is paused,
 * has no job, and can be used like any other. A run is over when it was told to stop and no vCPU
 * has a job; that is found out in the main context, too.
 *
 * What all threads look at is guarded by the runner's lock, which nobody holds who calls code of
 * the program's. */

#include "config.h"

#include "kvm-error.h"
#include "kvm-io-bus-private.h"
#include "kvm-runner-private.h"
#include "kvm-vcpu-private.h"
#include "kvm-vcpu-thread-private.h"
#include "kvm-vm-private.h"

/* What follows, up to run_member (), is called with the lock held. */

static void
wake (KvmRunner *self)
{
  g_source_set_ready_time (self->source, 0);
}

static void
push_state_change (KvmRunner *self)
{
  /* Several changes in a row are told at once: whoever pauses and resumes all the time does not
   * fill the memory. */
  if (self->events.tail == NULL || self->events.tail->data != NULL)
    g_queue_push_tail (&self->events, NULL);
  wake (self);
}

/* Something has happened after which all may stand that were told to. */
static void
settle (KvmRunner *self)
{
  if (self->n_running != 0)
    return;

  if (self->target == KVM_RUNNER_STATE_PAUSED && !self->is_paused)
    {
      self->is_paused = TRUE;
      push_state_change (self);
    }
  else if (self->target == KVM_RUNNER_STATE_STOPPED)
    wake (self);
}

/* Tells the vCPUs that they are to stand. A kick is not lost: a thread that is just about to run
 * its vCPU looks at the target right afterwards. */
static void
set_target_and_kick (KvmRunner *self, KvmRunnerState target)
{
  self->target = target;
  for (guint i = 0; i < self->members->len; i++)
    {
      KvmRunnerMember *member = self->members->pdata[i];

      if (member->is_running)
        {
          member->is_kicked = TRUE;
          kvm_vcpu_kick (member->vcpu);
        }
    }
  settle (self);
}

/* Takes @exit and @error. What ended the run first counts. */
static void
end_run (KvmRunner *self, KvmRunnerMember *member, KvmExit *exit, GError *error)
{
  if (self->target == KVM_RUNNER_STATE_STOPPED)
    {
      g_clear_object (&exit);
      g_clear_error (&error);
      return;
    }

  self->ended_by = member != NULL ? member->vcpu : NULL;
  self->exit = exit;
  self->error = error;
  set_target_and_kick (self, KVM_RUNNER_STATE_STOPPED);
}

static void run_member (gpointer data);

void
_kvm_runner_start_standing (KvmRunner *self)
{
  if (self->target != KVM_RUNNER_STATE_RUNNING)
    return;

  for (guint i = 0; i < self->members->len; i++)
    {
      KvmRunnerMember *member = self->members->pdata[i];

      if (member->is_running || member->is_held || member->awaited != 0)
        continue;
      member->is_running = TRUE;
      self->n_running++;
      _kvm_vcpu_thread_start (member->vcpu, run_member, member);
    }
}

/* The job of a vCPU's thread: runs it until it stops for something that is not served here, or is
 * told to stand. The runner lives at least until this has said that it is over. */
static void
run_member (gpointer data)
{
  KvmRunnerMember *member = data;
  KvmRunner *self = member->runner;
  KvmVcpu *vcpu = member->vcpu;
  GError *error = NULL;
  KvmExitReason reason;
  KvmWake outcome;

  for (;;)
    {
      reason = kvm_vcpu_run (vcpu, NULL, &error);
      g_mutex_lock (&self->lock);
      if (reason != KVM_EXIT_REASON_INTERRUPTED || vcpu->is_stopped_by_device
          || self->target != KVM_RUNNER_STATE_RUNNING || member->is_held)
        break;
      /* A kick or a signal of somebody's; or it was paused, and is resumed already. */
      g_mutex_unlock (&self->lock);
    }

  _kvm_vcpu_thread_done (vcpu);
  if (member->is_kicked)
    _kvm_vcpu_forget_kick (vcpu); /* if it stopped by itself, that is left */
  member->is_running = member->is_kicked = FALSE;
  if (reason == KVM_EXIT_REASON_ERROR)
    end_run (self, member, NULL, error);
  else if (reason != KVM_EXIT_REASON_INTERRUPTED || vcpu->is_stopped_by_device)
    {
      member->is_ended_by_device = vcpu->is_stopped_by_device;
      member->awaited = ++self->last_number;
      g_queue_push_tail_link (&self->events, &member->link);
    }
  outcome = _kvm_wake_new (self->source);
  self->n_running--;
  settle (self);
  g_mutex_unlock (&self->lock);
  _kvm_wake_now (outcome);
}

gboolean
_kvm_runner_complete (KvmRunnerExit *token, GError **error)
{
  KvmRunner *self = token->runner;
  gboolean completed = FALSE;

  if (!_kvm_runner_lock (self))
    {
      _kvm_runner_set_process_error (error);
      return FALSE;
    }
  if (token->is_completed)
    g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID, "The exit of vCPU %u was completed already",
                 kvm_vcpu_get_id (token->member->vcpu));
  else if (token->member->awaited != token->number || self->target == KVM_RUNNER_STATE_STOPPED)
    g_set_error (error, KVM_ERROR, KVM_ERROR_CLOSED,
                 "The exit of vCPU %u cannot be completed: the runner was stopped, or has ended",
                 kvm_vcpu_get_id (token->member->vcpu));
  else
    {
      token->is_completed = completed = TRUE;
      token->member->awaited = 0;
      _kvm_runner_start_standing (self);
    }
  g_mutex_unlock (&self->lock);
  return completed;
}

void
_kvm_runner_abandon (KvmRunnerExit *token)
{
  KvmRunner *self = token->runner;
  g_autoptr (KvmExit) copy = NULL;
  GError *error = NULL;
  gboolean is_open;

  if (!_kvm_runner_lock (self))
    return;
  is_open = token->member->awaited == token->number;
  g_mutex_unlock (&self->lock);
  if (!is_open)
    return;

  copy = kvm_exit_copy (kvm_vcpu_get_exit (token->member->vcpu), &error);
  g_mutex_lock (&self->lock);
  if (token->member->awaited == token->number)
    end_run (self, token->member, g_steal_pointer (&copy), error);
  else
    g_clear_error (&error);
  g_mutex_unlock (&self->lock);
}

/* A vCPU has stopped, and this is the context where that is dealt with. */
static void
deliver (KvmRunner *self, KvmRunnerMember *member, guint64 number)
{
  KvmIoBus *bus = g_atomic_pointer_get (&self->vm->io_bus);
  g_autoptr (KvmRunnerExit) token = _kvm_runner_exit_new (member, number);
  KvmIoResult result = KVM_IO_RESULT_LEFT;
  gboolean stop = member->is_ended_by_device;

  if (!stop && bus != NULL && _kvm_vm_deliver_coalesced (self->vm, &stop))
    result = _kvm_io_bus_dispatch_exit (bus, kvm_vcpu_get_exit (member->vcpu));
  if (stop)
    result = KVM_IO_RESULT_STOPPED;

  if (result == KVM_IO_RESULT_SERVED)
    _kvm_runner_complete (token, NULL); /* unless the device stopped the runner */
  else if (result == KVM_IO_RESULT_STOPPED || !_kvm_runner_emit_exit (self, token))
    _kvm_runner_abandon (token);
}

/* All stand. Called with the lock held, which is given back. */
static void
finish_run (KvmRunner *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);
  g_autoptr (GSource) source = g_steal_pointer (&self->source);
  KvmExit *exit = g_steal_pointer (&self->exit);
  GError *error = g_steal_pointer (&self->error);
  gulong cancellable_handler = self->cancellable_handler;
  GList *link;

  while ((link = g_queue_pop_head_link (&self->events)) != NULL)
    if (link->data == NULL)
      g_list_free_1 (link);
  for (guint i = 0; i < self->members->len; i++)
    {
      KvmRunnerMember *member = self->members->pdata[i];

      member->awaited = 0;
      _kvm_vcpu_thread_release (member->vcpu);
    }
  self->is_paused = FALSE;
  self->cancellable_handler = 0;
  g_mutex_unlock (&self->lock); /* and the runner may be run again */

  /* Nothing waits here for a handler that is being called, which may be the caller's. */
  if (cancellable_handler != 0)
    g_signal_handler_disconnect (g_task_get_cancellable (task), cancellable_handler);
  g_source_destroy (source);

  _kvm_runner_notify_state (self);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, exit, g_object_unref);
}

/* Does one thing, so that what runs a main loop in a handler gets the next one there. */
static gboolean
on_wake (gpointer user_data)
{
  g_autoptr (KvmRunner) self = g_object_ref (user_data);
  KvmRunnerMember *member;
  guint64 number;
  GList *link;

  /* What is told is for the process that has the vCPUs. */
  if (self->generation != _kvm_fork_generation)
    return G_SOURCE_REMOVE;

  g_mutex_lock (&self->lock);
  if (self->target == KVM_RUNNER_STATE_STOPPED)
    {
      if (self->n_running == 0)
        {
          finish_run (self);
          return G_SOURCE_REMOVE;
        }
      g_source_set_ready_time (self->source, -1);
      g_mutex_unlock (&self->lock);
      return G_SOURCE_CONTINUE;
    }

  link = g_queue_pop_head_link (&self->events);
  if (g_queue_is_empty (&self->events))
    g_source_set_ready_time (self->source, -1);
  member = link != NULL ? link->data : NULL;
  number = member != NULL ? member->awaited : 0;
  g_mutex_unlock (&self->lock);

  if (member != NULL)
    deliver (self, member, number);
  else if (link != NULL)
    {
      g_list_free_1 (link);
      _kvm_runner_notify_state (self);
    }
  return G_SOURCE_CONTINUE;
}

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  KvmRunner *self = user_data;

  /* Unless it is of a run that has ended. */
  if (!_kvm_runner_lock (self))
    return;
  if (self->task != NULL && g_task_get_cancellable (self->task) == cancellable)
    end_run (self, NULL, NULL,
             g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Operation was cancelled"));
  g_mutex_unlock (&self->lock);
}

/* With the lock held: takes the threads of all vCPUs, or of none. */
static gboolean
claim_members (KvmRunner *self, GError **error)
{
  if (self->task != NULL)
    {
      g_set_error_literal (error, KVM_ERROR, KVM_ERROR_RUNNING, "The runner is running already");
      return FALSE;
    }
  if (self->members->len == 0)
    {
      g_set_error_literal (error, KVM_ERROR, KVM_ERROR_INVALID,
                           "The runner has no vCPU to run; add one with kvm_runner_add_vcpu ()");
      return FALSE;
    }

  for (guint i = 0; i < self->members->len; i++)
    if (!_kvm_vcpu_thread_claim (((KvmRunnerMember *) self->members->pdata[i])->vcpu, error))
      {
        while (i-- > 0)
          _kvm_vcpu_thread_release (((KvmRunnerMember *) self->members->pdata[i])->vcpu);
        return FALSE;
      }
  return TRUE;
}

/**
 * kvm_runner_run_async:
 * @self: a runner
 * @cancellable: (nullable): what ends the run when it is cancelled
 * @callback: (nullable) (scope async): what is called when the guest has ended
 * @user_data: what @callback is called with
 *
 * Runs the guest until it ends: with an exit that nobody answers, or for which a device's
 * [method@Kvm.IoDevice.write] returned %TRUE, by [method@Kvm.Runner.stop], by @cancellable, or with
 * an error of a vCPU's. It can be run again, from where it ended.
 *
 * @callback is called in the main context that is the thread's default one now, and gets the result
 * from [method@Kvm.Runner.run_finish]. Everything else that the runner has to say comes in this
 * context, too, and before.
 *
 * The context has to be run, as is usual with GIO: if it is not, or if the program drops it, the
 * run never ends, not even by [method@Kvm.Runner.stop], and the vCPUs can be run by nobody else.
 *
 * Since: 0.1
 */
void
kvm_runner_run_async (KvmRunner *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;
  gulong handler = 0;

  g_return_if_fail (KVM_IS_RUNNER (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, kvm_runner_run_async);
  g_task_set_name (task, "kvm_runner_run_async");
  if (g_task_return_error_if_cancelled (task))
    return;
  if (!_kvm_runner_lock (self))
    {
      _kvm_runner_set_process_error (&error);
      g_task_return_error (task, error);
      return;
    }
  if (!claim_members (self, &error))
    {
      g_mutex_unlock (&self->lock);
      g_task_return_error (task, error);
      return;
    }

  /* What ended the guest before it was cancelled is not thrown away. */
  g_task_set_check_cancellable (task, FALSE);
  self->task = g_object_ref (task);
  self->source = _kvm_wake_source_new (on_wake, self, NULL);
  g_source_set_can_recurse (self->source, TRUE);
  g_source_attach (self->source, g_task_get_context (task));
  self->ended_by = NULL;
  self->n_running = 1; /* the run does not end before this is through */
  self->target = KVM_RUNNER_STATE_RUNNING;
  push_state_change (self);
  g_mutex_unlock (&self->lock);

  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), g_object_ref (self),
                                     g_object_unref);
  g_mutex_lock (&self->lock);
  self->cancellable_handler = handler;
  _kvm_runner_start_standing (self);
  self->n_running--;
  settle (self);
  g_mutex_unlock (&self->lock);
}

/**
 * kvm_runner_run_finish:
 * @self: a runner
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Gets what [method@Kvm.Runner.run_async] came to. [method@Kvm.Runner.get_ended_vcpu] tells which
 * vCPU it was.
 *
 * Fails with %G_IO_ERROR_CANCELLED if the cancellable ended the run, also when it was cancelled
 * beforehand; %KVM_ERROR_RUNNING if the runner is running already, or one of its vCPUs elsewhere;
 * %KVM_ERROR_INVALID if it has no vCPU; %KVM_ERROR_CLOSED if a vCPU or the virtual machine is
 * closed, or was meanwhile; %KVM_ERROR_AGAIN if there is no room for a thread; and as
 * [method@Kvm.Vcpu.run] does.
 *
 * Returns: (transfer full) (nullable): a copy of the exit that ended the guest; %NULL if
 *   [method@Kvm.Runner.stop] did, or on failure
 *
 * Since: 0.1
 */
KvmExit *
kvm_runner_run_finish (KvmRunner *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (KVM_IS_RUNNER (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * kvm_runner_pause:
 * @self: a runner
 *
 * Makes every vCPU stand. When all do, [property@Kvm.Runner:state] becomes
 * %KVM_RUNNER_STATE_PAUSED. An exit that came before is still delivered; its vCPU does not run on
 * before [method@Kvm.Runner.resume].
 *
 * This may be called from any thread, and does not wait. If the guest does not run, nothing
 * happens.
 *
 * Since: 0.1
 */
void
kvm_runner_pause (KvmRunner *self)
{
  g_return_if_fail (KVM_IS_RUNNER (self));

  if (!_kvm_runner_lock (self))
    return;
  if (self->target == KVM_RUNNER_STATE_RUNNING)
    set_target_and_kick (self, KVM_RUNNER_STATE_PAUSED);
  g_mutex_unlock (&self->lock);
}

/**
 * kvm_runner_resume:
 * @self: a runner
 *
 * Lets the vCPUs run on that [method@Kvm.Runner.pause] made stand.
 *
 * This may be called from any thread, and does not wait. If the runner is not paused, nothing
 * happens.
 *
 * Since: 0.1
 */
void
kvm_runner_resume (KvmRunner *self)
{
  g_return_if_fail (KVM_IS_RUNNER (self));

  if (!_kvm_runner_lock (self))
    return;
  if (self->target == KVM_RUNNER_STATE_PAUSED)
    {
      self->target = KVM_RUNNER_STATE_RUNNING;
      /* A debugger that waits for the pause hears that there will be none. */
      if (self->is_paused || self->is_debugged)
        push_state_change (self);
      self->is_paused = FALSE;
      _kvm_runner_start_standing (self);
    }
  g_mutex_unlock (&self->lock);
}

/**
 * kvm_runner_stop:
 * @self: a runner
 *
 * Ends the run: [method@Kvm.Runner.run_finish] returns %NULL without an error. No exit is delivered
 * any more, if this is called in the thread that runs the main context; from another thread one may
 * be on its way, see [signal@Kvm.Runner::exit]. An exit that waits for its completion cannot be
 * completed. Before the callback of [method@Kvm.Runner.run_async] only the state is notified.
 *
 * The guest can be run again. An exit that was not completed is then gone on with as it is, and so
 * is one for which no handler was called yet: a write never reaches the handler, a read gets what
 * [class@Kvm.Exit] has as the answer. A program to which that matters looks at
 * [method@Kvm.Vcpu.get_exit] of each vCPU when the run has ended.
 *
 * This may be called from any thread, and does not wait. If the guest does not run, nothing
 * happens.
 *
 * Since: 0.1
 */
void
kvm_runner_stop (KvmRunner *self)
{
  g_return_if_fail (KVM_IS_RUNNER (self));

  if (!_kvm_runner_lock (self))
    return;
  end_run (self, NULL, NULL, NULL);
  g_mutex_unlock (&self->lock);
}
