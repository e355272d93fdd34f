/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Running a vCPU, and making it stop. */

#include "config.h"

#include <errno.h>

#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-vcpu-private.h"
#include "kvm-vcpu-thread-private.h"

/**
 * kvm_vcpu_kick:
 * @self: a vCPU
 *
 * Makes the vCPU stop: the run in progress, or else the next one, returns
 * %KVM_EXIT_REASON_INTERRUPTED at once. A kick is never lost, and is used up by one return; several
 * kicks before that are one. If the guest stops for a reason of its own just then, that is returned
 * first, and the kick ends the next run.
 *
 * This may be called from any thread, but not from a signal handler, and does not wait. It works
 * through a signal; see [func@Kvm.set_kick_signal], and [Stopping a vCPU](kick-protocol.html).
 *
 * Since: 0.1
 */
void
kvm_vcpu_kick (KvmVcpu *self)
{
  g_return_if_fail (KVM_IS_VCPU (self));

  _kvm_run_state_kick (&self->handle.state, KVM_STATE_KICKED, FALSE, self->exit->run);
}

void
_kvm_vcpu_forget_kick (KvmVcpu *self)
{
  _kvm_run_state_clear_bits (&self->handle.state, KVM_STATE_KICKED);
}

/* The connection refers to the vCPU weakly: whoever cancels may drop the last reference to it, in
 * another handler or in another thread. */
static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (KvmVcpu) self = g_weak_ref_get (user_data);

  /* Unless it is one that the vCPU was run with before. */
  if (self != NULL && g_atomic_pointer_get (&self->cancellable) == cancellable)
    _kvm_run_state_kick (&self->handle.state, KVM_STATE_CANCELLED, FALSE, self->exit->run);
}

static void
free_weak_ref (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

/* If it is cancelled already, this calls the handler at once and makes no connection. */
static void
connect_cancellable (KvmVcpu *self)
{
  GWeakRef *reference = g_new (GWeakRef, 1);

  g_weak_ref_init (reference, self);
  self->cancellable_handler = g_cancellable_connect (self->cancellable, G_CALLBACK (on_cancelled),
                                                     reference, free_weak_ref);
}

/* Nothing waits here for a handler that is being called, which may be the caller's. */
void
_kvm_vcpu_drop_cancellable (KvmVcpu *self)
{
  GCancellable *cancellable = self->cancellable;

  if (cancellable == NULL)
    return;

  g_atomic_pointer_set (&self->cancellable, NULL);
  if (self->cancellable_handler != 0)
    g_signal_handler_disconnect (cancellable, self->cancellable_handler);
  g_object_unref (cancellable);
}

/* The connection to a cancellable costs much more than a run, so it is kept between runs. */
static G_GNUC_NO_INLINE void
change_cancellable (KvmVcpu *self, GCancellable *cancellable)
{
  _kvm_vcpu_drop_cancellable (self);
  _kvm_run_state_clear_bits (&self->handle.state, KVM_STATE_CANCELLED);
  if (cancellable != NULL)
    {
      g_atomic_pointer_set (&self->cancellable, g_object_ref (cancellable));
      connect_cancellable (self);
    }
}

/* Uses up what wants the run to end. Returns whether it is to. */
static gboolean
consume_kick (KvmVcpu *self)
{
  guint64 *state = &self->handle.state;
  guint64 kick = _kvm_run_state_clear_bits (state, KVM_STATE_KICKED) & KVM_STATE_KICKS;

  /* A cancellable that was reset does not cancel any more. One that is cancelled right after the
   * bit went sets it again. */
  if ((kick & KVM_STATE_CANCELLED) && !g_cancellable_is_cancelled (self->cancellable))
    {
      _kvm_run_state_clear_bits (state, KVM_STATE_CANCELLED);
      if (self->cancellable != NULL && self->cancellable_handler == 0)
        connect_cancellable (self);
      if (g_cancellable_is_cancelled (self->cancellable))
        _kvm_run_state_set_bits (state, KVM_STATE_CANCELLED);
      else
        kick &= ~(guint64) KVM_STATE_CANCELLED;
    }

  /* What is to stop a run in the background, which this one came before, stops that one, too. */
  if ((kick & KVM_STATE_KICKED) && _kvm_vcpu_thread_is_busy_elsewhere (self))
    _kvm_run_state_set_bits (state, KVM_STATE_KICKED);

  self->exit->interruption = kick & KVM_STATE_CANCELLED ? KVM_INTERRUPTION_CANCELLED
                             : kick & KVM_STATE_KICKED  ? KVM_INTERRUPTION_KICK
                                                        : KVM_INTERRUPTION_SIGNAL;
  return kick != 0;
}

int
_kvm_vcpu_enter_again (KvmVcpu *self, int errsv)
{
  KvmAbiRun *run = self->exit->run;
  gboolean entered = errsv != EAGAIN;

  /* A vCPU that waited for its start has got it, and runs when it is asked again. */
  while (errsv == EAGAIN)
    {
      /* First the page, then the word: who sets a bit does it in the other order, so that one of
       * the two sees the other. */
      __atomic_store_n (&run->immediate_exit, 0, __ATOMIC_SEQ_CST);
      if (!(_kvm_run_state_get (&self->handle.state) & KVM_STATE_KICKS))
        {
          errsv = ioctl (self->handle.fd, _KVM_RUN, 0) == 0 ? 0 : errno;
          entered = TRUE;
        }
      else if (consume_kick (self))
        {
          self->exit->unfinished = entered ? 0 : _kvm_vcpu_get_unfinished (self);
          return EINTR;
        }
    }

  if (errsv == EINTR)
    {
      consume_kick (self);
      self->exit->unfinished = 0;
    }
  return errsv;
}

/* On x86, where an internal error happened: the page does not say. The thread still owns the vCPU,
 * so that no other can run it on. */
static void
note_rip (KvmVcpu *self)
{
#if KVMOBJ_HOST_ARCH == KVMOBJ_ARCH_X86
  KvmX86Regs regs;

  self->exit->rip_known = ioctl (self->handle.fd, _KVM_GET_REGS, &regs) != -1;
  self->exit->rip = self->exit->rip_known ? regs.rip : 0;
#endif
}

static KvmExitReason
finish_failed_run (KvmVcpu *self, int errsv, GError **error)
{
  KvmExit *exit = self->exit;

  if (errsv == EINTR)
    return KVM_EXIT_REASON_INTERRUPTED;

  /* The one exit that comes as a failure. The number is cleared so that a later failure is not
   * taken for it. */
  if ((errsv == EFAULT || errsv == EHWPOISON)
      && _KVM_READ_ONCE (exit->run->exit_reason) == KVM_EXIT_REASON_MEMORY_FAULT)
    {
      exit->error_number = errsv;
      exit->run->exit_reason = KVM_EXIT_REASON_UNKNOWN;
      return KVM_EXIT_REASON_MEMORY_FAULT;
    }

  _kvm_ioctl_set_error (&self->handle, _KVM_RUN, "KVM_RUN", errsv, error);
  if (errsv == EPERM && (self->arm64_init.features & KVM_ARM64_VCPU_FEATURES_SVE))
    _kvm_error_add_detail (error, "its SVE is to be finalized, see kvm_vcpu_arm64_finalize ()");
  else if (errsv == EINVAL && (self->arm64_init.features & KVM_ARM64_VCPU_FEATURES_PMU_V3))
    _kvm_error_add_detail (error, "its PMU is to be initialized, see kvm_vcpu_arm64_init_pmu ()");
  return KVM_EXIT_REASON_ERROR;
}

KvmExitReason
_kvm_vcpu_finish_run (KvmVcpu *self, int errsv, GError **error)
{
  guint raw_reason = _KVM_READ_ONCE (self->exit->run->exit_reason);
  KvmExitReason reason;

  /* A close () in another thread puts a copy in the place of the page, which may be from before the
   * exit; so the exit counts only if the vCPU is still open after it was read. */
  __atomic_thread_fence (__ATOMIC_ACQUIRE);
  if (!_kvm_handle_check (&self->handle, "KVM_RUN", error))
    {
      _kvm_run_state_leave_run_slow (&self->handle.state, self->exit->run);
      return KVM_EXIT_REASON_ERROR; /* the last exit stays */
    }

  if (errsv != 0)
    reason = finish_failed_run (self, errsv, error);
  else if (_kvm_exit_is_common (raw_reason) || raw_reason == KVM_EXIT_REASON_INTERNAL_ERROR)
    reason = raw_reason;
  else
    {
      reason = KVM_EXIT_REASON_OTHER;
      self->exit->raw_reason = raw_reason;
    }
  if (reason == KVM_EXIT_REASON_INTERNAL_ERROR)
    note_rip (self);

  /* Before another thread can run the vCPU. */
  _kvm_exit_latch (self->exit, reason);
  _kvm_vcpu_remember_exit (self, FALSE);
  _kvm_run_state_leave_run_slow (&self->handle.state, self->exit->run);
  return reason;
}

gboolean
_kvm_vcpu_begin_run (KvmVcpu *self, const char *what, GError **error)
{
  guint64 state;

  if (!_kvm_handle_check (&self->handle, what, error)
      || (_kvm_run_thread.idle == KVM_STATE_UNPREPARED && !_kvm_run_thread_prepare (error)))
    return FALSE;
  if (_kvm_run_state_enter_run_slow (&self->handle.state))
    return TRUE;

  state = _kvm_run_state_get (&self->handle.state) ^ _kvm_run_thread.running;
  g_set_error (error, KVM_ERROR, KVM_ERROR_RUNNING,
               "%s on vCPU %" G_GUINT64_FORMAT ": it is running in %s", what, self->handle.id,
               state & KVM_STATE_TID_MASK ? "another thread"
                                          : "this thread, which is in a device of it");
  return FALSE;
}

/* A run that does not just enter the guest and leave it: the first one of a thread, one that a kick
 * is waiting for, one with another cancellable than before, or one on a bus.  */
static G_GNUC_NO_INLINE KvmExitReason
run_slowly (KvmVcpu *self, int errsv, GError **error)
{
  KvmExitReason reason;

  errsv = _kvm_vcpu_enter_again (self, errsv);
  if (!(_kvm_run_state_get (&self->handle.state) & KVM_STATE_ON_BUS))
    return _kvm_vcpu_finish_run (self, errsv, error);

  /* A device may drop the last reference. */
  g_object_ref (self);
  errsv = _kvm_vcpu_run_on_bus (self, errsv);
  reason = _kvm_vcpu_finish_run (self, errsv, error);
  _kvm_vcpu_leave_bus (self);
  g_object_unref (self);
  return reason;
}

static G_GNUC_NO_INLINE KvmExitReason
run_with_cancellable (KvmVcpu *self, GCancellable *cancellable, GError **error)
{
  if (cancellable != self->cancellable)
    change_cancellable (self, cancellable);
  return run_slowly (self, EAGAIN, error);
}

static G_GNUC_NO_INLINE KvmExitReason
begin_slowly (KvmVcpu *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (self), KVM_EXIT_REASON_ERROR);

  if (!_kvm_vcpu_begin_run (self, "KVM_RUN", error))
    return KVM_EXIT_REASON_ERROR;
  return run_with_cancellable (self, cancellable, error);
}

/**
 * kvm_vcpu_run:
 * @self: a vCPU
 * @cancellable: (nullable): what stops the guest when it is cancelled
 * @error: return location for an error
 *
 * Runs the guest until it stops (`KVM_RUN`), and tells why. [method@Kvm.Vcpu.get_exit] has the
 * rest, and takes the answer if the guest waits for one, which it gets in the next run.
 *
 * A kick, a cancelled @cancellable, or a signal that the program handles in this thread while the
 * guest runs ends the run with %KVM_EXIT_REASON_INTERRUPTED, which is not an error; see
 * [method@Kvm.Exit.get_interruption]. As long as @cancellable is cancelled, every run ends so at
 * once. The vCPU keeps a reference to it until it is run with another or with %NULL.
 *
 * A signal that is handled while the guest does not run ends nothing: just before it is entered, or
 * while a device of the [class@Kvm.IoBus] serves an access. If devices serve all that the guest
 * does, the run may never return. To stop a guest by a signal, kick: `g_unix_signal_add ()` calls
 * back in a main loop of another thread, where [method@Kvm.Vcpu.kick] ends the run in any case.
 *
 * See section 4.10 of api.rst.
 *
 * Fails with %KVM_ERROR_RUNNING if the vCPU is running in another thread, %KVM_ERROR_CLOSED,
 * %KVM_ERROR_WRONG_PROCESS, %KVM_ERROR_NOT_EXECUTABLE if the vCPU is not initialized yet (arm64),
 * %KVM_ERROR_FAULT, %KVM_ERROR_BUSY if no signal is left for [method@Kvm.Vcpu.kick], and with other
 * errors of the kernel's.
 *
 * Returns: why the guest stopped; %KVM_EXIT_REASON_ERROR on failure
 *
 * Since: 0.1
 */
KvmExitReason
kvm_vcpu_run (KvmVcpu *self, GCancellable *cancellable, GError **error)
{
  /* What is kept over the call is kept on the stack, where it costs half of what a register does.
   */
  const volatile guint64 running = _kvm_run_thread.running;
  GError **volatile kept_error = error;
  guint raw_reason;
  KvmExit *exit;

  g_return_val_if_fail (self != NULL, KVM_EXIT_REASON_ERROR);

  /* That this is a vCPU is told by the word; that it is open, and this process's, by KVM_RUN. */
  if (G_UNLIKELY (!_kvm_run_state_enter_run (&self->handle.state)))
    return begin_slowly (self, cancellable, error);
  if (G_UNLIKELY (cancellable != self->cancellable))
    return run_with_cancellable (self, cancellable, error);

  if (G_UNLIKELY (ioctl (self->handle.fd, _KVM_RUN, 0) != 0))
    {
      int errsv = errno;

      return run_slowly (self, errsv, kept_error);
    }
  __asm__("" : "+r"(self)); /* nor is the address of the word worth a register */

  exit = self->exit;
  raw_reason = _KVM_READ_ONCE (exit->run->exit_reason);
  if (G_UNLIKELY (raw_reason > _KVM_LAST_FREQUENT_REASON))
    return run_slowly (self, 0, kept_error);

  __atomic_store_n (&exit->latch, KVM_LATCH_MAGIC + raw_reason, __ATOMIC_RELAXED);
  if (G_UNLIKELY (!_kvm_run_state_change (&self->handle.state, running, KVM_STATE_IDLE)))
    return run_slowly (self, 0, kept_error);
  return (KvmExitReason) raw_reason;
}
