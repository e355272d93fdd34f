/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the guest did is not always over when it stops for it: the kernel moves the answer to a
 * register, and the instruction pointer on, only when KVM_RUN is called again. */

#include "config.h"

#include <errno.h>

#include "kvm-arch-private.h"
#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-vcpu-private.h"
#include "kvm-vm-private.h"

guint32
_kvm_vcpu_get_unfinished (KvmVcpu *self)
{
  KvmExit *exit = self->exit;

  if (_kvm_exit_get_latched (exit) == KVM_EXIT_REASON_INTERRUPTED)
    return exit->unfinished;
  return _kvm_exit_is (exit, _KVM_REASONS_COMPLETED_BY_RUN) ? exit->latch : 0;
}

static gboolean
is_read (KvmVcpu *self, guint32 unfinished)
{
  KvmAbiRun *run = self->exit->run;

  switch (unfinished & ~KVM_LATCH_ANSWERED)
    {
    case KVM_LATCH (KVM_EXIT_REASON_IO):
      return _KVM_READ_ONCE (run->io.direction) != KVMOBJ_IO_OUT;
    case KVM_LATCH (KVM_EXIT_REASON_MMIO):
      return !_KVM_READ_ONCE (run->mmio.is_write);
    default:
      return (unfinished & ~KVM_LATCH_ANSWERED) == KVM_LATCH (KVM_EXIT_REASON_X86_RDMSR);
    }
}

/* Whether the next KVM_RUN puts an answer into registers, which then cannot be set. */
static gboolean
is_answer_to_come (KvmVcpu *self, guint32 unfinished)
{
  guint32 latch = unfinished & ~KVM_LATCH_ANSWERED;

  return latch == KVM_LATCH (KVM_EXIT_REASON_RISCV_SBI)
         || latch == KVM_LATCH (KVM_EXIT_REASON_RISCV_CSR) || is_read (self, unfinished);
}

/* Whether it moves the program counter on behind a write, too. */
static gboolean
is_pc_to_move (guint32 unfinished)
{
  return KVMOBJ_HOST_ARCH != KVMOBJ_ARCH_X86 && unfinished == KVM_LATCH (KVM_EXIT_REASON_MMIO);
}

static void
set_pending_error (KvmVcpu *self, const char *what, const char *how, GError **error)
{
  g_autofree char *exit = kvm_exit_to_string (self->exit);

  g_set_error (error, KVM_ERROR, KVM_ERROR_PENDING, "%s on vCPU %" G_GUINT64_FORMAT ": %s (%s)",
               what, self->handle.id, how, exit);
}

gboolean
_kvm_vcpu_check_settable_slow (KvmVcpu *self, gboolean is_pc, const char *what, GError **error)
{
  const char *why = NULL;
  guint32 unfinished;

  /* That it is running in another thread the ioctl itself tells. */
  if (!_kvm_run_state_enter (&self->handle.state))
    return TRUE;
  unfinished = _kvm_vcpu_get_unfinished (self);
  if (is_read (self, unfinished) && !(unfinished & KVM_LATCH_ANSWERED))
    why = "the guest waits for an answer, which would be lost; give one, and call "
          "kvm_vcpu_complete_pending () first";
  else if (is_answer_to_come (self, unfinished))
    why = "the answer that the guest is to get would be lost; call "
          "kvm_vcpu_complete_pending () first";
  else if (is_pc && is_pc_to_move (unfinished))
    why = "the guest's write is not over, and would move the program counter on; call "
          "kvm_vcpu_complete_pending () first";
  _kvm_run_state_leave (&self->handle.state);
  if (G_LIKELY (why == NULL))
    return TRUE;

  set_pending_error (self, what, why, error);
  return FALSE;
}

static gboolean
check_immediate_exit (KvmVcpu *self, GError **error)
{
  if (_kvm_handle_peek_extension (&self->handle, KVM_CAPABILITY_IMMEDIATE_EXIT) != 0)
    return TRUE;

  g_set_error_literal (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED,
                       "kvm_vcpu_complete_pending (): this kernel cannot finish an operation "
                       "without running the guest (KVM_CAP_IMMEDIATE_EXIT is 0)");
  return FALSE;
}

/* For the thread that has the vCPU, which it gives back. */
static KvmExitReason
complete (KvmVcpu *self, GError **error)
{
  KvmAbiRun *run = self->exit->run;
  KvmExitReason reason;
  int errsv;

  g_object_ref (self); /* a device may drop the last reference */
  do
    {
      /* A kick may set it in the same moment. */
      __atomic_store_n (&run->immediate_exit, 1, __ATOMIC_RELAXED);
      errsv = ioctl (self->handle.fd, _KVM_RUN, 0) == 0 ? 0 : errno;
      __atomic_store_n (&run->immediate_exit, 0, __ATOMIC_RELAXED);
    }
  while (errsv == 0 && _kvm_vcpu_serve_on_bus (self));
  _kvm_vm_deliver_coalesced (self->vm, &self->is_stopped_by_device);

  if (errsv == EINTR)
    {
      self->exit->interruption = KVM_INTERRUPTION_COMPLETED;
      self->exit->unfinished = 0;
    }
  reason = _kvm_vcpu_finish_run (self, errsv, error);
  _kvm_vcpu_leave_bus (self);
  g_object_unref (self);
  return reason;
}

/**
 * kvm_vcpu_complete_pending:
 * @self: a vCPU
 * @error: return location for an error
 *
 * Finishes what the guest stopped for, without running it further (`KVM_RUN` with
 * `immediate_exit`).
 *
 * After an exit for port I/O, memory-mapped I/O, an MSR or a hypercall the registers still are what
 * they were before the instruction: only the next run puts the answer there and goes on to the next
 * instruction. Call this before the state of the vCPU is read to be saved, or is replaced. The
 * plain getters of registers do not do it by themselves.
 *
 * An instruction may need more than one access, such as a read and then a write of the same
 * address, or a string of ports. Then the reason of the next one is returned: answer it, and call
 * this again until it returns %KVM_EXIT_REASON_INTERRUPTED. The same holds for a read that an
 * interrupted run left without an answer: it is returned once more. Devices on the
 * [class@Kvm.IoBus] answer by themselves. If nothing is pending, %KVM_EXIT_REASON_INTERRUPTED is
 * returned at once, without asking the kernel.
 *
 * A kick that comes meanwhile is kept for the next run.
 *
 * See the note in section 5 of api.rst on `KVM_EXIT_IO` and its like.
 *
 * Fails with %KVM_ERROR_PENDING if the guest reads and was not answered yet; with
 * %KVM_ERROR_NOT_SUPPORTED if the kernel lacks %KVM_CAPABILITY_IMMEDIATE_EXIT; and as
 * [method@Kvm.Vcpu.run] does.
 *
 * Returns: %KVM_EXIT_REASON_INTERRUPTED when nothing is pending any more; another reason if the
 *   guest needs one more answer; %KVM_EXIT_REASON_ERROR on failure
 *
 * Since: 0.1
 */
KvmExitReason
kvm_vcpu_complete_pending (KvmVcpu *self, GError **error)
{
  KvmExitReason reason;
  guint32 unfinished;

  g_return_val_if_fail (_kvm_is_vcpu (self), KVM_EXIT_REASON_ERROR);

  if (!_kvm_vcpu_begin_run (self, "kvm_vcpu_complete_pending ()", error))
    return KVM_EXIT_REASON_ERROR;

  unfinished = _kvm_vcpu_get_unfinished (self);
  if (unfinished == 0)
    reason = KVM_EXIT_REASON_INTERRUPTED;
  else if (!is_read (self, unfinished) || (unfinished & KVM_LATCH_ANSWERED))
    {
      if (check_immediate_exit (self, error))
        return complete (self, error);
      reason = KVM_EXIT_REASON_ERROR;
    }
  else if (unfinished != self->exit->latch)
    {
      /* An interruption came before the answer: here is the exit again. */
      self->exit->latch = unfinished;
      reason = _kvm_exit_get_latched (self->exit);
    }
  else
    {
      set_pending_error (self, "kvm_vcpu_complete_pending ()",
                         "the guest waits for an answer; give one with kvm_exit_set_value ()",
                         error);
      reason = KVM_EXIT_REASON_ERROR;
    }
  _kvm_run_state_leave_run_slow (&self->handle.state, self->exit->run);
  return reason;
}
