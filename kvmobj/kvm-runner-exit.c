/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "kvm-error.h"
#include "kvm-exit.h"
#include "kvm-runner-private.h"
#include "kvm-vcpu.h"

/**
 * KvmRunnerExit:
 *
 * An exit that the program is to answer, delivered by [signal@Kvm.Runner::exit]. The vCPU waits
 * until [method@Kvm.RunnerExit.complete] is called, at once or later, from any thread.
 *
 * It has to be kept until then: when the last reference goes and it was not completed, the guest
 * ends with this exit. It keeps its runner alive.
 *
 * Since: 0.1
 */

G_DEFINE_FINAL_TYPE (KvmRunnerExit, kvm_runner_exit, G_TYPE_OBJECT)

static void
kvm_runner_exit_finalize (GObject *object)
{
  KvmRunnerExit *self = KVM_RUNNER_EXIT (object);

  if (self->member != NULL)
    _kvm_runner_abandon (self);
  g_clear_object (&self->runner);

  G_OBJECT_CLASS (kvm_runner_exit_parent_class)->finalize (object);
}

static void
kvm_runner_exit_class_init (KvmRunnerExitClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = kvm_runner_exit_finalize;
}

static void
kvm_runner_exit_init (KvmRunnerExit *self)
{
}

KvmRunnerExit *
_kvm_runner_exit_new (KvmRunnerMember *member, guint64 number)
{
  KvmRunnerExit *self = g_object_new (KVM_TYPE_RUNNER_EXIT, NULL);

  self->runner = g_object_ref (member->runner);
  self->member = member;
  self->number = number;
  return self;
}

/**
 * kvm_runner_exit_get_vcpu:
 * @self: an exit that a runner delivered
 *
 * Gets the vCPU that stopped.
 *
 * Returns: (transfer none) (nullable): the vCPU; %NULL if no runner delivered this
 *
 * Since: 0.1
 */
KvmVcpu *
kvm_runner_exit_get_vcpu (KvmRunnerExit *self)
{
  g_return_val_if_fail (KVM_IS_RUNNER_EXIT (self), NULL);

  return self->member != NULL ? self->member->vcpu : NULL;
}

/**
 * kvm_runner_exit_get_exit:
 * @self: an exit that a runner delivered
 *
 * Gets why the vCPU stopped, to read it and to answer it. This is [method@Kvm.Vcpu.get_exit] of the
 * vCPU: once it was completed, it shows what comes later.
 *
 * Returns: (transfer none) (nullable): the exit; %NULL if no runner delivered this
 *
 * Since: 0.1
 */
KvmExit *
kvm_runner_exit_get_exit (KvmRunnerExit *self)
{
  g_return_val_if_fail (KVM_IS_RUNNER_EXIT (self), NULL);

  return self->member != NULL ? kvm_vcpu_get_exit (self->member->vcpu) : NULL;
}

/**
 * kvm_runner_exit_complete:
 * @self: an exit that a runner delivered
 * @error: return location for an error
 *
 * Lets the vCPU run on, with the answer that the exit has by now. While the runner is paused, it
 * runs on when it is resumed.
 *
 * This may be called from any thread, and does not wait.
 *
 * Fails with %KVM_ERROR_INVALID if it was completed already, %KVM_ERROR_CLOSED if the run in which
 * it came has ended, or was told to, and with %KVM_ERROR_WRONG_PROCESS. Nothing happens then.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_runner_exit_complete (KvmRunnerExit *self, GError **error)
{
  g_return_val_if_fail (KVM_IS_RUNNER_EXIT (self), FALSE);

  if (self->member == NULL)
    {
      g_set_error_literal (error, KVM_ERROR, KVM_ERROR_CLOSED,
                           "There is nothing to complete: no runner delivered this exit");
      return FALSE;
    }
  return _kvm_runner_complete (self, error);
}
