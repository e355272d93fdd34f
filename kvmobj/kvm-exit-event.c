/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What stops a guest that is not an access: its calls, its end, and what went wrong. */

#include "config.h"

#include <errno.h>

#include "kvm-exit-private.h"

#define REASON(name) _KVM_REASON_BIT (name)

/* Where the one result of a call stands in the page. */
static guint64 *
peek_result (KvmExit *self)
{
  switch (_kvm_exit_get_latched (self))
    {
    case KVM_EXIT_REASON_HYPERCALL:
      return &self->run->hypercall.ret;
    case KVM_EXIT_REASON_HYPERV:
      return &self->run->hyperv.hcall.result;
    case KVM_EXIT_REASON_XEN:
      return &self->run->xen.result;
    case KVM_EXIT_REASON_TDX:
      return &self->run->tdx.ret;
    default:
      return &self->run->snp_req_certs.ret;
    }
}

/**
 * kvm_exit_get_result:
 * @self: an exit for a call of the guest's: %KVM_EXIT_REASON_HYPERCALL, %KVM_EXIT_REASON_XEN,
 *   %KVM_EXIT_REASON_HYPERV, %KVM_EXIT_REASON_TDX or %KVM_EXIT_REASON_SNP_REQ_CERTS
 *
 * Gets what [method@Kvm.Exit.set_result] set.
 *
 * Returns: the result
 *
 * Since: 0.1
 */
guint64
kvm_exit_get_result (KvmExit *self)
{
  _kvm_return_val_unless_exit (self,
                               REASON (HYPERCALL) | REASON (XEN) | REASON (HYPERV) | REASON (TDX)
                                   | REASON (SNP_REQ_CERTS),
                               0);

  return _KVM_READ_ONCE (*peek_result (self));
}

/**
 * kvm_exit_set_result:
 * @self: an exit for a call of the guest's: %KVM_EXIT_REASON_HYPERCALL, %KVM_EXIT_REASON_XEN,
 *   %KVM_EXIT_REASON_HYPERV (a hypercall), %KVM_EXIT_REASON_TDX or %KVM_EXIT_REASON_SNP_REQ_CERTS
 * @result: what the call returns to the guest
 *
 * Answers a call. The guest gets the result when it runs on.
 *
 * Since: 0.1
 */
void
kvm_exit_set_result (KvmExit *self, guint64 result)
{
  _kvm_return_unless_exit (self, REASON (HYPERCALL) | REASON (XEN) | REASON (HYPERV) | REASON (TDX)
                                     | REASON (SNP_REQ_CERTS));

  *peek_result (self) = result;
}

/**
 * kvm_exit_get_hypercall_number:
 * @self: an exit for %KVM_EXIT_REASON_HYPERCALL
 *
 * Gets which hypercall the guest made: a `KVM_HC_…` number on x86, the function identifier of the
 * SMC calling convention on arm64.
 *
 * Returns: the number
 *
 * Since: 0.1
 */
guint64
kvm_exit_get_hypercall_number (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, REASON (HYPERCALL), hypercall.nr);
}

/**
 * kvm_exit_get_hypercall_arguments:
 * @self: an exit for %KVM_EXIT_REASON_HYPERCALL
 * @n_arguments: (out): the length of the result, 6
 *
 * Gets what the guest passes to the hypercall. On arm64 the arguments are in the guest's registers
 * instead.
 *
 * Returns: (array length=n_arguments) (transfer full): the arguments
 *
 * Since: 0.1
 */
guint64 *
kvm_exit_get_hypercall_arguments (KvmExit *self, gsize *n_arguments)
{
  g_return_val_if_fail (n_arguments != NULL, NULL);
  *n_arguments = 0;
  _kvm_return_val_unless_exit (self, REASON (HYPERCALL), NULL);

  return _kvm_exit_copy_words (self->run->hypercall.args, G_N_ELEMENTS (self->run->hypercall.args),
                               n_arguments);
}

/**
 * kvm_exit_get_hypercall_flags:
 * @self: an exit for %KVM_EXIT_REASON_HYPERCALL
 *
 * Gets how the hypercall was made: bit 0 says 64-bit mode on x86, and SMC rather than HVC on arm64.
 *
 * Returns: the flags
 *
 * Since: 0.1
 */
guint64
kvm_exit_get_hypercall_flags (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, REASON (HYPERCALL), hypercall.flags);
}

/**
 * kvm_exit_get_hardware_reason:
 * @self: an exit for %KVM_EXIT_REASON_UNKNOWN or %KVM_EXIT_REASON_FAIL_ENTRY
 *
 * Gets the number that the hardware gave: the reason of the exit that the kernel does not know, or
 * why the guest could not be entered.
 *
 * Returns: the number, whose meaning is the processor's
 *
 * Since: 0.1
 */
guint64
kvm_exit_get_hardware_reason (KvmExit *self)
{
  /* Both are the first word of their payloads. */
  _KVM_EXIT_FIELD (self, REASON (UNKNOWN) | REASON (FAIL_ENTRY), hw.hardware_exit_reason);
}

/**
 * kvm_exit_get_failed_cpu:
 * @self: an exit for %KVM_EXIT_REASON_FAIL_ENTRY
 *
 * Gets on which processor of the host the guest could not be entered.
 *
 * Returns: the number of the processor
 *
 * Since: 0.1
 */
guint
kvm_exit_get_failed_cpu (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, REASON (FAIL_ENTRY), fail_entry.cpu);
}

/**
 * kvm_exit_get_internal_error:
 * @self: an exit for %KVM_EXIT_REASON_INTERNAL_ERROR
 *
 * Tells what kept the kernel from going on.
 *
 * Returns: the kind of error
 *
 * Since: 0.1
 */
KvmInternalErrorType
kvm_exit_get_internal_error (KvmExit *self)
{
  guint raw;

  _kvm_return_val_unless_exit (self, REASON (INTERNAL_ERROR), KVM_INTERNAL_ERROR_TYPE_OTHER);

  raw = _KVM_READ_ONCE (self->run->internal.suberror);
  return raw >= KVM_INTERNAL_ERROR_TYPE_EMULATION && raw <= KVM_INTERNAL_ERROR_TYPE_UNEXPECTED_EXIT
             ? (KvmInternalErrorType) raw
             : KVM_INTERNAL_ERROR_TYPE_OTHER;
}

/**
 * kvm_exit_get_raw_internal_error:
 * @self: an exit for %KVM_EXIT_REASON_INTERNAL_ERROR
 *
 * Gets the kernel's number of the internal error, the `suberror`.
 *
 * Returns: the number
 *
 * Since: 0.1
 */
guint
kvm_exit_get_raw_internal_error (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, REASON (INTERNAL_ERROR), internal.suberror);
}

/**
 * kvm_exit_get_internal_error_data:
 * @self: an exit for %KVM_EXIT_REASON_INTERNAL_ERROR
 * @n_data: (out): the length of the result, at most 16
 *
 * Gets what the kernel adds to an internal error. What it means depends on the error and the
 * kernel; for a failed emulation on x86 the stable part of it is also got with
 * [method@Kvm.Exit.x86_get_instruction_bytes].
 *
 * Returns: (array length=n_data) (transfer full): the data
 *
 * Since: 0.1
 */
guint64 *
kvm_exit_get_internal_error_data (KvmExit *self, gsize *n_data)
{
  guint32 n;

  g_return_val_if_fail (n_data != NULL, NULL);
  *n_data = 0;
  _kvm_return_val_unless_exit (self, REASON (INTERNAL_ERROR), NULL);

  n = _KVM_READ_ONCE (self->run->internal.ndata);
  return _kvm_exit_copy_words (self->run->internal.data,
                               MIN (n, G_N_ELEMENTS (self->run->internal.data)), n_data);
}

/**
 * kvm_exit_get_system_event:
 * @self: an exit for %KVM_EXIT_REASON_SYSTEM_EVENT
 *
 * Tells what the guest wants done to the machine.
 *
 * Returns: the kind of event
 *
 * Since: 0.1
 */
KvmSystemEventType
kvm_exit_get_system_event (KvmExit *self)
{
  guint raw;

  _kvm_return_val_unless_exit (self, REASON (SYSTEM_EVENT), KVM_SYSTEM_EVENT_TYPE_OTHER);

  raw = _KVM_READ_ONCE (self->run->system_event.type);
  return raw >= KVM_SYSTEM_EVENT_TYPE_SHUTDOWN && raw <= KVM_SYSTEM_EVENT_TYPE_TDX_FATAL
             ? (KvmSystemEventType) raw
             : KVM_SYSTEM_EVENT_TYPE_OTHER;
}

/**
 * kvm_exit_get_raw_system_event:
 * @self: an exit for %KVM_EXIT_REASON_SYSTEM_EVENT
 *
 * Gets the kernel's number of the event, the `type`.
 *
 * Returns: the number
 *
 * Since: 0.1
 */
guint
kvm_exit_get_raw_system_event (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, REASON (SYSTEM_EVENT), system_event.type);
}

/**
 * kvm_exit_get_system_event_data:
 * @self: an exit for %KVM_EXIT_REASON_SYSTEM_EVENT
 * @n_data: (out): the length of the result, at most 16
 *
 * Gets what the kernel adds to the event. The first word holds flags, such as whether a reset on
 * arm64 was asked for with the second version of PSCI's call. On kernels without
 * %KVM_CAPABILITY_SYSTEM_EVENT_DATA neither the length nor the data mean anything.
 *
 * Returns: (array length=n_data) (transfer full): the data
 *
 * Since: 0.1
 */
guint64 *
kvm_exit_get_system_event_data (KvmExit *self, gsize *n_data)
{
  guint32 n;

  g_return_val_if_fail (n_data != NULL, NULL);
  *n_data = 0;
  _kvm_return_val_unless_exit (self, REASON (SYSTEM_EVENT), NULL);

  n = _KVM_READ_ONCE (self->run->system_event.ndata);
  return _kvm_exit_copy_words (self->run->system_event.data,
                               MIN (n, G_N_ELEMENTS (self->run->system_event.data)), n_data);
}

/**
 * kvm_exit_get_memory_fault_flags:
 * @self: an exit for %KVM_EXIT_REASON_MEMORY_FAULT
 *
 * Gets how the guest touched the memory: bit 3 is set if it meant private memory.
 *
 * Returns: the flags, the kernel's `KVM_MEMORY_EXIT_FLAG_…`
 *
 * Since: 0.1
 */
guint64
kvm_exit_get_memory_fault_flags (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, REASON (MEMORY_FAULT), memory_fault.flags);
}

/**
 * kvm_exit_is_memory_poisoned:
 * @self: an exit for %KVM_EXIT_REASON_MEMORY_FAULT
 *
 * Tells whether the memory has a hardware error (`EHWPOISON`), rather than being absent (`EFAULT`).
 *
 * Returns: %TRUE if the memory has a hardware error
 *
 * Since: 0.1
 */
gboolean
kvm_exit_is_memory_poisoned (KvmExit *self)
{
  _kvm_return_val_unless_exit (self, REASON (MEMORY_FAULT), FALSE);

  return self->error_number == EHWPOISON;
}
