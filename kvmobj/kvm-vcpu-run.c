/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Running a vCPU, and making it stop. */

#include "config.h"

#include <errno.h>

#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-owner-private.h"
#include "kvm-run-thread-private.h"
#include "kvm-vcpu-private.h"

/* How a kick finds a vCPU, whatever it is doing:
 *
 *   kick ()                               run ()
 *   1. sets a bit of the kick word        1. publishes its thread in the owner word
 *   2. reads the owner word               2. reads the kick word: if it is set, returns
 *   3. signals the thread it finds        3. enters the kernel
 *
 * Both 1 and 2 are sequentially consistent, so either kick () finds the thread or run () finds the
 * bit. A signal that comes between 2 and 3 of run () would be handled too early to interrupt the
 * kernel; its handler sets immediate_exit, so that the kernel returns at once. Only the first bit
 * that is set sends a signal: until run () has seen it, others are the same kick. */

void
_kvm_vcpu_kick_for (KvmVcpu *self, int reason)
{
  if (g_atomic_int_or (&self->kick, reason) == 0)
    _kvm_owner_signal_run (&self->handle.owner);
}

/**
 * kvm_vcpu_kick:
 * @self: a vCPU
 *
 * Makes the vCPU stop: the run in progress, or else the next one, returns
 * %KVM_EXIT_REASON_INTERRUPTED at once. A kick is never lost, and is used up by one return; several
 * kicks before that are one. If the guest stops for a reason of its own just then, that is returned
 * first, and the kick ends the next run.
 *
 * This may be called from any thread, and does not wait. It works through a signal; see
 * [func@Kvm.set_kick_signal].
 *
 * Since: 0.1
 */
void
kvm_vcpu_kick (KvmVcpu *self)
{
  g_return_if_fail (KVM_IS_VCPU (self));

  _kvm_vcpu_kick_for (self, KVM_KICK_KICKED);
}

/* The connection refers to the vCPU weakly: whoever cancels may drop the last reference to it, in
 * another handler or in another thread. */
static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (KvmVcpu) self = g_weak_ref_get (user_data);

  /* Unless it is one that the vCPU was run with before. */
  if (self != NULL && g_atomic_pointer_get (&self->cancellable) == cancellable)
    _kvm_vcpu_kick_for (self, KVM_KICK_CANCELLED);
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
  g_atomic_int_and (&self->kick, ~KVM_KICK_CANCELLED);
  if (cancellable != NULL)
    {
      g_atomic_pointer_set (&self->cancellable, g_object_ref (cancellable));
      connect_cancellable (self);
    }
}

/* Uses up what is in the kick word. Returns whether the run is to end. */
static gboolean
consume_kick (KvmVcpu *self)
{
  guint kick = g_atomic_int_and (&self->kick, ~KVM_KICK_KICKED);

  /* A cancellable that was reset does not cancel any more. One that is cancelled right after the
   * bit went sets it again. */
  if ((kick & KVM_KICK_CANCELLED) && !g_cancellable_is_cancelled (self->cancellable))
    {
      g_atomic_int_and (&self->kick, ~KVM_KICK_CANCELLED);
      if (self->cancellable != NULL && self->cancellable_handler == 0)
        connect_cancellable (self);
      if (g_cancellable_is_cancelled (self->cancellable))
        g_atomic_int_or (&self->kick, KVM_KICK_CANCELLED);
      else
        kick &= ~KVM_KICK_CANCELLED;
    }

  self->exit->interruption = kick & KVM_KICK_CANCELLED ? KVM_INTERRUPTION_CANCELLED
                             : kick & KVM_KICK_KICKED  ? KVM_INTERRUPTION_KICK
                                                       : KVM_INTERRUPTION_SIGNAL;
  return kick != 0;
}

/* KVM_RUN was interrupted, is to be tried again, or failed, with @errsv; or was not called yet,
 * with EAGAIN. Returns 0 when the guest has run to an exit, else an errno. */
static G_GNUC_NO_INLINE int
enter_again (KvmVcpu *self, KvmAbiRun *run, int errsv)
{
  for (;;)
    {
      run->immediate_exit = 0;
      if (errsv == EINTR)
        {
          consume_kick (self);
          return EINTR;
        }
      /* A vCPU that waited for its start has got it, and runs when it is asked again. */
      if (errsv != EAGAIN)
        return errsv;
      /* Until nothing is left: a kick that came while the word was not 0 sent no signal. */
      while (g_atomic_int_get (&self->kick) != 0)
        if (consume_kick (self))
          return EINTR;
      if (ioctl (self->handle.fd, _KVM_RUN, 0) == 0)
        return 0;
      errsv = errno;
    }
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
finish_failed_run (KvmVcpu *self, guint raw_reason, int errsv, GError **error)
{
  KvmExit *exit = self->exit;

  if (errsv == EINTR)
    return _kvm_exit_latch (exit, KVM_EXIT_REASON_INTERRUPTED, KVM_EXIT_REASON_INTERRUPTED);

  /* The one exit that comes as a failure. The number is cleared so that a later failure is not
   * taken for it. */
  if ((errsv == EFAULT || errsv == EHWPOISON) && raw_reason == KVM_EXIT_REASON_MEMORY_FAULT)
    {
      exit->error_number = errsv;
      exit->run->exit_reason = KVM_EXIT_REASON_UNKNOWN;
      return _kvm_exit_latch (exit, raw_reason, KVM_EXIT_REASON_MEMORY_FAULT);
    }

  _kvm_ioctl_set_error (&self->handle, _KVM_RUN, "KVM_RUN", errsv, error);
  if (errsv == ENOEXEC)
    _kvm_error_add_detail (error, "the vCPU is not initialized yet");
  return exit->reason = KVM_EXIT_REASON_ERROR;
}

/* The end of a run that was not just an exit with a reason that is often met. */
static G_GNUC_NO_INLINE KvmExitReason
finish_uncommon_run (KvmVcpu *self, guint raw_reason, int errsv, GError **error)
{
  KvmExitReason reason;

  if (!_kvm_handle_check (&self->handle, "KVM_RUN", error))
    reason = KVM_EXIT_REASON_ERROR; /* the last exit stays */
  else if (errsv != 0)
    reason = finish_failed_run (self, raw_reason, errsv, error);
  else
    reason = _kvm_exit_latch (self->exit, raw_reason,
                              raw_reason == KVM_EXIT_REASON_INTERNAL_ERROR
                                  ? KVM_EXIT_REASON_INTERNAL_ERROR
                                  : KVM_EXIT_REASON_OTHER);
  if (reason == KVM_EXIT_REASON_INTERNAL_ERROR)
    note_rip (self);
  _kvm_owner_leave_run (&self->handle.owner, _kvm_run_thread.tid);
  return reason;
}

/* What stands between a thread and its first run of a vCPU, or keeps it from one. */
static G_GNUC_NO_INLINE gboolean
prepare_run (KvmVcpu *self, GError **error)
{
  return _kvm_handle_check (&self->handle, "KVM_RUN", error)
         && (_kvm_run_thread.tid != 0 || _kvm_run_thread_prepare (error));
}

static G_GNUC_NO_INLINE void
set_running_error (KvmVcpu *self, GError **error)
{
  g_set_error (error, KVM_ERROR, KVM_ERROR_RUNNING,
               "KVM_RUN on vCPU %" G_GUINT64_FORMAT ": it is running in another thread",
               self->handle.id);
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
 * A kick, a cancelled @cancellable, or a signal that the program handles in this thread ends the
 * run with %KVM_EXIT_REASON_INTERRUPTED, which is not an error; see
 * [method@Kvm.Exit.get_interruption]. As long as @cancellable is cancelled, every run ends so at
 * once. The vCPU keeps a reference to it until it is run with another or with %NULL.
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
  KvmRunThread *thread = &_kvm_run_thread;
  int tid = thread->tid, errsv = EAGAIN;
  guint raw_reason;
  KvmAbiRun *run;

  g_return_val_if_fail (_kvm_is_vcpu (self), KVM_EXIT_REASON_ERROR);

  if (G_UNLIKELY (tid == 0 || !_kvm_handle_is_usable (&self->handle)))
    {
      if (!prepare_run (self, error))
        return KVM_EXIT_REASON_ERROR;
      tid = thread->tid;
    }
  if (G_UNLIKELY (!_kvm_owner_enter_run (&self->handle.owner, tid)))
    {
      set_running_error (self, error);
      return KVM_EXIT_REASON_ERROR;
    }

  if (G_UNLIKELY (cancellable != self->cancellable))
    change_cancellable (self, cancellable);
  run = self->exit->run;
  run->immediate_exit = 0; /* a signal may have come when the last exit was there already */
  thread->run = run;
  __atomic_signal_fence (__ATOMIC_SEQ_CST); /* the handler sees it before the kick word is read */

  if (G_LIKELY (g_atomic_int_get (&self->kick) == 0))
    errsv = G_LIKELY (ioctl (self->handle.fd, _KVM_RUN, 0) == 0) ? 0 : errno;
  if (G_UNLIKELY (errsv != 0))
    errsv = enter_again (self, run, errsv);

  thread->run = NULL;
  raw_reason = _KVM_READ_ONCE (run->exit_reason);
  __atomic_thread_fence (__ATOMIC_ACQUIRE);

  /* A close () in another thread puts a copy in the place of the page, which may be from before the
   * exit; so the reason counts only if the vCPU is still open after it was read. It is latched
   * before another thread can run the vCPU. */
  if (G_UNLIKELY (errsv != 0 || !_kvm_exit_is_common (raw_reason)
                  || !_kvm_handle_is_usable (&self->handle)))
    return finish_uncommon_run (self, raw_reason, errsv, error);
  _kvm_exit_latch (self->exit, raw_reason, (KvmExitReason) raw_reason);
  _kvm_owner_leave_run (&self->handle.owner, tid);
  return (KvmExitReason) raw_reason;
}
