/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Running a vCPU in the background, once. */

#include "config.h"

#include "kvm-vcpu-private.h"
#include "kvm-vcpu-thread-private.h"

/* The data of the task, to which the vCPU's thread has no reference: whatever goes with the last
 * one goes in the caller's context. */
typedef struct
{
  KvmVcpu *vcpu;             /* the task's */
  GCancellable *cancellable; /* the task's */
  KvmWake wake;              /* of the source in the caller's context */
  guint generation;          /* _kvm_fork_generation of the process that has the thread */
  KvmExitReason reason;
  gboolean is_cancelled;
  GError *error;
} AsyncRun;

static void
async_run_free (gpointer data)
{
  AsyncRun *self = data;

  g_clear_error (&self->error);
  g_free (self);
}

static void
run_in_thread (gpointer data)
{
  AsyncRun *self = data;
  KvmWake wake = self->wake;

  self->reason = kvm_vcpu_run (self->vcpu, self->cancellable, &self->error);
  self->is_cancelled = kvm_exit_get_interruption (self->vcpu->exit) == KVM_INTERRUPTION_CANCELLED;
  _kvm_vcpu_thread_done (self->vcpu);
  _kvm_wake_now (wake);
}

static gboolean
on_run_ended (gpointer user_data)
{
  GTask *task = user_data;
  AsyncRun *self = g_task_get_task_data (task);

  /* What is told is for the process that has the vCPU. */
  if (self->generation != _kvm_fork_generation)
    return G_SOURCE_REMOVE;

  _kvm_vcpu_thread_release (self->vcpu);
  if (self->reason == KVM_EXIT_REASON_INTERRUPTED && self->is_cancelled)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Operation was cancelled");
  else if (self->reason == KVM_EXIT_REASON_ERROR)
    g_task_return_error (task, g_steal_pointer (&self->error));
  else
    g_task_return_int (task, self->reason);
  return G_SOURCE_REMOVE;
}

/**
 * kvm_vcpu_run_async:
 * @self: a vCPU
 * @cancellable: (nullable): what stops the guest when it is cancelled
 * @callback: (nullable) (scope async): what is called when the guest has stopped
 * @user_data: what @callback is called with
 *
 * Runs the guest in a thread of the vCPU's own until it stops, once (`KVM_RUN`). This is
 * [method@Kvm.Vcpu.run] for a program that has a main loop; a [class@Kvm.Runner] runs a whole
 * guest.
 *
 * @callback is called in the main context that is the thread's default one now, and gets the reason
 * from [method@Kvm.Vcpu.run_finish]. Then the exit can be read and answered there, until the next
 * run. Meanwhile every call that needs the vCPU fails with %KVM_ERROR_RUNNING, as ever.
 *
 * The program's signals are not handled in the vCPU's thread, so that only a kick and @cancellable
 * interrupt the run.
 *
 * That main context has to be run, as is usual with GIO: if it is not, or if the program drops it,
 * the operation never ends, and the vCPU can be run by nobody else.
 *
 * Since: 0.1
 */
void
kvm_vcpu_run_async (KvmVcpu *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GSource) source = NULL;
  GError *error = NULL;
  AsyncRun *run;

  g_return_if_fail (KVM_IS_VCPU (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, kvm_vcpu_run_async);
  g_task_set_name (task, "kvm_vcpu_run_async");
  if (g_task_return_error_if_cancelled (task))
    return;
  if (!_kvm_vcpu_thread_claim (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  /* An exit that came before it was cancelled is not thrown away. */
  g_task_set_check_cancellable (task, FALSE);
  run = g_new0 (AsyncRun, 1);
  run->vcpu = self;
  run->cancellable = cancellable;
  run->generation = _kvm_fork_generation;
  g_task_set_task_data (task, run, async_run_free);
  source = _kvm_wake_source_new (on_run_ended, g_object_ref (task), g_object_unref);
  g_source_attach (source, g_task_get_context (task));
  run->wake = _kvm_wake_new (source);
  _kvm_vcpu_thread_start (self, run_in_thread, run);
}

/**
 * kvm_vcpu_run_finish:
 * @self: a vCPU
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Gets what [method@Kvm.Vcpu.run_async] came to.
 *
 * Fails with %G_IO_ERROR_CANCELLED if the cancellable ended the run, also when it was cancelled
 * beforehand; %KVM_ERROR_RUNNING if the vCPU was running already, in the background or in a thread
 * of the program's; %KVM_ERROR_AGAIN if there is no room for a thread; and as
 * [method@Kvm.Vcpu.run] does.
 *
 * Returns: why the guest stopped, %KVM_EXIT_REASON_INTERRUPTED if it was kicked;
 *   %KVM_EXIT_REASON_ERROR on failure
 *
 * Since: 0.1
 */
KvmExitReason
kvm_vcpu_run_finish (KvmVcpu *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (KVM_IS_VCPU (self), KVM_EXIT_REASON_ERROR);
  g_return_val_if_fail (g_task_is_valid (result, self), KVM_EXIT_REASON_ERROR);

  return g_task_propagate_int (G_TASK (result), error);
}
