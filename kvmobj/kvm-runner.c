/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "kvm-enum-types.h"
#include "kvm-error.h"
#include "kvm-runner-private.h"
#include "kvm-vcpu-private.h"
#include "kvm-vcpu-thread-private.h"
#include "kvm-vm.h"

/**
 * KvmRunner:
 *
 * Runs a whole guest in the background of a program that has a main loop: each vCPU in a thread of
 * its own, until the guest ends.
 *
 * ```c
 * static gboolean
 * on_exit (KvmRunner *runner, KvmRunnerExit *token, gpointer user_data)
 * {
 *   KvmExit *exit = kvm_runner_exit_get_exit (token);
 *
 *   if (kvm_exit_get_reason (exit) != KVM_EXIT_REASON_IO)
 *     return FALSE; // the guest ends with this exit
 *   g_print ("%c", (char) kvm_exit_get_value (exit));
 *   return kvm_runner_exit_complete (token, NULL);
 * }
 *
 * …
 * runner = kvm_runner_new (vm);
 * if (!kvm_runner_add_vcpu (runner, vcpu, &error))
 *   return FALSE;
 * g_signal_connect (runner, "exit", G_CALLBACK (on_exit), NULL);
 * kvm_runner_run_async (runner, cancellable, on_end, NULL);
 * ```
 *
 * The devices of the virtual machine's [class@Kvm.IoBus] answer in the thread of the vCPU. Those
 * that were added with %KVM_IO_DEVICE_FLAGS_SAME_THREAD answer in the main context, if that is run
 * by the thread which added them. What no device serves is given to [signal@Kvm.Runner::exit]; and
 * what no handler answers ends the guest. So does a write for which a device's
 * [method@Kvm.IoDevice.write] has returned %TRUE: the run ends with that exit, without
 * [signal@Kvm.Runner::exit].
 *
 * Signals are emitted, and properties notified, in the main context that was the thread's default
 * one when [method@Kvm.Runner.run_async] was called. No lock of the library's is held then: a
 * handler may pause, stop, close the vCPUs and the virtual machine, and drop the last reference to
 * anything.
 *
 * A runner may be paused, resumed, stopped and given vCPUs from any thread; none of that waits. A
 * [method@Kvm.Vcpu.kick] of the program's does not end anything while a runner runs the vCPU: it is
 * used up, and the vCPU goes on. To close a vCPU or the virtual machine ends the guest with
 * %KVM_ERROR_CLOSED.
 *
 * The runner keeps the virtual machine and the vCPUs alive. As long as the guest runs, the
 * operation keeps the runner alive, as is usual with GIO: [method@Kvm.Runner.stop] or the
 * cancellable ends it, dropping references does not.
 *
 * Since: 0.1
 */

typedef enum
{
  PROP_VM = 1,
  PROP_STATE,
} KvmRunnerProperty;

static GParamSpec *properties[PROP_STATE + 1];
static guint exit_signal;

G_DEFINE_FINAL_TYPE (KvmRunner, kvm_runner, G_TYPE_OBJECT)

static void
member_free (gpointer data)
{
  KvmRunnerMember *self = data;

  g_object_unref (self->vcpu);
  g_free (self);
}

static void
kvm_runner_dispose (GObject *object)
{
  kvm_runner_stop (KVM_RUNNER (object));

  G_OBJECT_CLASS (kvm_runner_parent_class)->dispose (object);
}

/* There is no run any more. */
static void
kvm_runner_finalize (GObject *object)
{
  KvmRunner *self = KVM_RUNNER (object);

  g_ptr_array_unref (self->members);
  g_clear_object (&self->vm);
  _kvm_fork_clear_lock (&self->lock, self->generation);

  G_OBJECT_CLASS (kvm_runner_parent_class)->finalize (object);
}

static void
kvm_runner_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  KvmRunner *self = KVM_RUNNER (object);

  switch ((KvmRunnerProperty) id)
    {
    case PROP_VM:
      g_value_set_object (value, self->vm);
      break;
    case PROP_STATE:
      g_value_set_enum (value, kvm_runner_get_state (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
kvm_runner_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  KvmRunner *self = KVM_RUNNER (object);

  switch ((KvmRunnerProperty) id)
    {
    case PROP_VM:
      self->vm = g_value_dup_object (value);
      break;
    case PROP_STATE:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
kvm_runner_class_init (KvmRunnerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = kvm_runner_dispose;
  object_class->finalize = kvm_runner_finalize;
  object_class->get_property = kvm_runner_get_property;
  object_class->set_property = kvm_runner_set_property;

  /**
   * KvmRunner:vm:
   *
   * The virtual machine whose guest is run.
   *
   * Since: 0.1
   */
  properties[PROP_VM]
      = g_param_spec_object ("vm", NULL, NULL, KVM_TYPE_VM,
                             G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * KvmRunner:state:
   *
   * What the runner is doing. While it is %KVM_RUNNER_STATE_PAUSED no vCPU runs, and each can be
   * used from any thread.
   *
   * It may be read from any thread, and says what is true at that moment. Each change is notified
   * in the main context of the run, after the exits that came before it.
   *
   * Since: 0.1
   */
  properties[PROP_STATE]
      = g_param_spec_enum ("state", NULL, NULL, KVM_TYPE_RUNNER_STATE, KVM_RUNNER_STATE_STOPPED,
                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  /**
   * KvmRunner::exit:
   * @self: a runner
   * @token: the exit
   *
   * Emitted when a vCPU has stopped for something that no device of the [class@Kvm.IoBus] serves.
   * The vCPU waits; others run on.
   *
   * A handler that returns %TRUE has taken the exit over: it calls
   * [method@Kvm.RunnerExit.complete], before it returns or at any time later. If no handler does,
   * the guest ends with this exit.
   *
   * Nothing comes after [method@Kvm.Runner.stop] if that is called in the thread that runs the main
   * context. If it is called in another, one exit may be on its way: its handlers are still called,
   * or at work, when it has returned. That exit cannot be completed any more.
   *
   * Returns: %TRUE if the handler has taken the exit over
   *
   * Since: 0.1
   */
  exit_signal = g_signal_new ("exit", KVM_TYPE_RUNNER, G_SIGNAL_RUN_LAST, 0,
                              g_signal_accumulator_true_handled, NULL, NULL, G_TYPE_BOOLEAN, 1,
                              KVM_TYPE_RUNNER_EXIT);
}

static void
kvm_runner_init (KvmRunner *self)
{
  self->generation = _kvm_fork_generation;
  g_mutex_init (&self->lock);
  self->members = g_ptr_array_new_with_free_func (member_free);
  g_queue_init (&self->events);
}

void
_kvm_runner_notify_state (KvmRunner *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

gboolean
_kvm_runner_emit_exit (KvmRunner *self, KvmRunnerExit *token)
{
  gboolean is_handled = FALSE;

  g_signal_emit (self, exit_signal, 0, token, &is_handled);
  return is_handled;
}

void
_kvm_runner_set_process_error (GError **error)
{
  g_set_error_literal (error, KVM_ERROR, KVM_ERROR_WRONG_PROCESS,
                       "The runner belongs to the process that this one was forked from");
}

/**
 * kvm_runner_new:
 * @vm: a virtual machine
 *
 * Makes a runner, which does not have any vCPU yet.
 *
 * Returns: (transfer full): the runner
 *
 * Since: 0.1
 */
KvmRunner *
kvm_runner_new (KvmVm *vm)
{
  g_return_val_if_fail (KVM_IS_VM (vm), NULL);

  return g_object_new (KVM_TYPE_RUNNER, "vm", vm, NULL);
}

/**
 * kvm_runner_get_vm:
 * @self: a runner
 *
 * Gets the virtual machine whose guest is run.
 *
 * Returns: (transfer none) (nullable): the virtual machine; %NULL if the runner was made without
 *   one
 *
 * Since: 0.1
 */
KvmVm *
kvm_runner_get_vm (KvmRunner *self)
{
  g_return_val_if_fail (KVM_IS_RUNNER (self), NULL);

  return self->vm;
}

/* With the lock held. */
static gboolean
add_member (KvmRunner *self, KvmVcpu *vcpu, GError **error)
{
  KvmRunnerMember *member;

  for (guint i = 0; i < self->members->len; i++)
    {
      member = self->members->pdata[i];
      if (member->vcpu == vcpu)
        {
          g_set_error (error, KVM_ERROR, KVM_ERROR_EXISTS, "vCPU %u is in this runner already",
                       kvm_vcpu_get_id (vcpu));
          return FALSE;
        }
    }
  if (self->task != NULL && !_kvm_vcpu_thread_claim (vcpu, error))
    return FALSE;

  member = g_new0 (KvmRunnerMember, 1);
  member->runner = self;
  member->vcpu = g_object_ref (vcpu);
  member->link.data = member;
  member->is_held = self->is_held;
  g_ptr_array_add (self->members, member);
  if (self->task != NULL)
    _kvm_runner_start_standing (self);
  return TRUE;
}

/**
 * kvm_runner_add_vcpu:
 * @self: a runner
 * @vcpu: a vCPU of the runner's virtual machine
 * @error: return location for an error
 *
 * Adds a vCPU to those that the runner runs. If the guest is running, it runs from now on.
 *
 * Fails with %KVM_ERROR_INVALID if it is a vCPU of another virtual machine, %KVM_ERROR_EXISTS if
 * the runner has it already, %KVM_ERROR_CLOSED, %KVM_ERROR_WRONG_PROCESS, %KVM_ERROR_RUNNING if it
 * is running in the background already, and with %KVM_ERROR_AGAIN if there is no room for a thread.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_runner_add_vcpu (KvmRunner *self, KvmVcpu *vcpu, GError **error)
{
  gboolean added;

  g_return_val_if_fail (KVM_IS_RUNNER (self), FALSE);
  g_return_val_if_fail (KVM_IS_VCPU (vcpu), FALSE);

  if (!_kvm_handle_check (&vcpu->handle, "kvm_runner_add_vcpu ()", error))
    return FALSE;
  if (vcpu->vm != self->vm)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "vCPU %u is not of the virtual machine that the runner is for",
                   kvm_vcpu_get_id (vcpu));
      return FALSE;
    }
  if (!_kvm_runner_lock (self))
    {
      _kvm_runner_set_process_error (error);
      return FALSE;
    }
  added = add_member (self, vcpu, error);
  g_mutex_unlock (&self->lock);
  return added;
}

/**
 * kvm_runner_get_ended_vcpu:
 * @self: a runner
 *
 * Gets the vCPU with whose exit, or error, the guest ended.
 *
 * Returns: (transfer none) (nullable): the vCPU; %NULL if the guest has not run, runs, was stopped,
 *   or was cancelled
 *
 * Since: 0.1
 */
KvmVcpu *
kvm_runner_get_ended_vcpu (KvmRunner *self)
{
  KvmVcpu *vcpu;

  g_return_val_if_fail (KVM_IS_RUNNER (self), NULL);

  if (!_kvm_runner_lock (self))
    return NULL;
  vcpu = self->task == NULL ? self->ended_by : NULL;
  g_mutex_unlock (&self->lock);
  return vcpu;
}

/**
 * kvm_runner_get_state:
 * @self: a runner
 *
 * Gets what the runner is doing. It may be asked from any thread.
 *
 * Returns: the state
 *
 * Since: 0.1
 */
KvmRunnerState
kvm_runner_get_state (KvmRunner *self)
{
  KvmRunnerState state;

  g_return_val_if_fail (KVM_IS_RUNNER (self), KVM_RUNNER_STATE_STOPPED);

  if (!_kvm_runner_lock (self))
    return KVM_RUNNER_STATE_STOPPED;
  state = self->task == NULL ? KVM_RUNNER_STATE_STOPPED
          : self->is_paused  ? KVM_RUNNER_STATE_PAUSED
                             : KVM_RUNNER_STATE_RUNNING;
  g_mutex_unlock (&self->lock);
  return state;
}
