/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The signal mask that the kernel puts in place while a vCPU runs. */

#include "config.h"

#include <string.h>

#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-run-thread-private.h"
#include "kvm-vcpu-private.h"

/**
 * kvm_vcpu_set_signal_mask:
 * @self: a vCPU
 * @blocked: the signals that are blocked while the guest runs: bit 0 is signal 1
 * @error: return location for an error
 *
 * Sets which signals are blocked while the vCPU runs, in the place of those that its thread blocks
 * (`KVM_SET_SIGNAL_MASK`). A signal that the thread blocks, but this mask does not, ends the run
 * with %KVM_EXIT_REASON_INTERRUPTED and stays pending: each run ends so at once until the program
 * takes it, such as with `sigwait ()`.
 *
 * This is the old way to stop a vCPU without a race. [method@Kvm.Vcpu.kick] has taken its place and
 * needs no mask; for that the kick signal is never blocked, even if it is in @blocked. So the
 * signal is chosen here, if it was not before; see [func@Kvm.set_kick_signal]. See section 4.21 of
 * api.rst.
 *
 * Fails with %KVM_ERROR_BUSY if no signal is left for kicks, %KVM_ERROR_CLOSED, and with
 * %KVM_ERROR_RUNNING.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_set_signal_mask (KvmVcpu *self, guint64 blocked, GError **error)
{
  union
  {
    KvmAbiSignalMask head;
    guint8 bytes[sizeof (KvmAbiSignalMask) + sizeof blocked];
  } mask = { .head = { .len = sizeof blocked } };

  g_return_val_if_fail (_kvm_is_vcpu (self), FALSE);

  if (!_kvm_handle_check (&self->handle, "KVM_SET_SIGNAL_MASK", error)
      || (_kvm_run_thread.idle == KVM_STATE_UNPREPARED && !_kvm_run_thread_prepare (error)))
    return FALSE;

  blocked &= ~(G_GUINT64_CONSTANT (1) << (_kvm_run_thread_get_signal () - 1));
  memcpy (mask.bytes + sizeof mask.head, &blocked, sizeof blocked);
  return kvm_ioctl (&self->handle, KVM_SET_SIGNAL_MASK, &mask.head, error) != -1;
}

/**
 * kvm_vcpu_unset_signal_mask:
 * @self: a vCPU
 * @error: return location for an error
 *
 * Undoes [method@Kvm.Vcpu.set_signal_mask]: while the vCPU runs, its thread blocks what it always
 * blocks (`KVM_SET_SIGNAL_MASK`).
 *
 * Fails with %KVM_ERROR_CLOSED and %KVM_ERROR_RUNNING.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_unset_signal_mask (KvmVcpu *self, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (self), FALSE);

  return kvm_ioctl (&self->handle, KVM_SET_SIGNAL_MASK, (KvmAbiSignalMask *) NULL, error) != -1;
}
