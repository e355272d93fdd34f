/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The exits of guests that talk to their hypervisor as if it were Hyper-V or Xen. */

#include "config.h"

#include "kvm-exit-private.h"
#include "x86/kvm-exit-x86.h"

/**
 * kvm_exit_x86_get_hyperv_type:
 * @self: an exit for %KVM_EXIT_REASON_HYPERV
 *
 * Gets what of Hyper-V the exit is about: 1 is the synthetic interrupt controller, 2 a hypercall,
 * 3 the synthetic debugger. Which of the other accessors mean something depends on it.
 *
 * Returns: the type, the kernel's `KVM_EXIT_HYPERV_…`
 *
 * Since: 0.1
 */
guint
kvm_exit_x86_get_hyperv_type (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (HYPERV), hyperv.type);
}

/**
 * kvm_exit_x86_get_hyperv_msr:
 * @self: an exit for %KVM_EXIT_REASON_HYPERV
 *
 * Gets which MSR the guest wrote to (types 1 and 3).
 *
 * Returns: the number of the MSR
 *
 * Since: 0.1
 */
guint
kvm_exit_x86_get_hyperv_msr (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (HYPERV), hyperv.synic.msr);
}

/**
 * kvm_exit_x86_get_hyperv_control:
 * @self: an exit for %KVM_EXIT_REASON_HYPERV
 *
 * Gets the control register (types 1 and 3).
 *
 * Returns: the value of the register
 *
 * Since: 0.1
 */
guint64
kvm_exit_x86_get_hyperv_control (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (HYPERV), hyperv.synic.control);
}

/**
 * kvm_exit_x86_get_hyperv_event_page:
 * @self: an exit for %KVM_EXIT_REASON_HYPERV
 *
 * Gets the register of the event flags page (type 1).
 *
 * Returns: the value of the register
 *
 * Since: 0.1
 */
guint64
kvm_exit_x86_get_hyperv_event_page (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (HYPERV), hyperv.synic.evt_page);
}

/**
 * kvm_exit_x86_get_hyperv_message_page:
 * @self: an exit for %KVM_EXIT_REASON_HYPERV
 *
 * Gets the register of the message page (type 1).
 *
 * Returns: the value of the register
 *
 * Since: 0.1
 */
guint64
kvm_exit_x86_get_hyperv_message_page (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (HYPERV), hyperv.synic.msg_page);
}

/**
 * kvm_exit_x86_get_hyperv_input:
 * @self: an exit for %KVM_EXIT_REASON_HYPERV
 *
 * Gets the input value of a hypercall (type 2), which names the call. It is answered with
 * [method@Kvm.Exit.set_result].
 *
 * Returns: the input value
 *
 * Since: 0.1
 */
guint64
kvm_exit_x86_get_hyperv_input (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (HYPERV), hyperv.hcall.input);
}

/**
 * kvm_exit_x86_get_hyperv_parameters:
 * @self: an exit for %KVM_EXIT_REASON_HYPERV
 * @n_parameters: (out): the length of the result, 2
 *
 * Gets the parameters of a hypercall (type 2).
 *
 * Returns: (array length=n_parameters) (transfer full): the parameters
 *
 * Since: 0.1
 */
guint64 *
kvm_exit_x86_get_hyperv_parameters (KvmExit *self, gsize *n_parameters)
{
  g_return_val_if_fail (n_parameters != NULL, NULL);
  *n_parameters = 0;
  _kvm_return_val_unless_exit (self, _KVM_REASON_BIT (HYPERV), NULL);

  return _kvm_exit_copy_words (self->run->hyperv.hcall.params, 2, n_parameters);
}

/**
 * kvm_exit_x86_get_hyperv_status:
 * @self: an exit for %KVM_EXIT_REASON_HYPERV
 *
 * Gets the status register of the debugger (type 3).
 *
 * Returns: the value of the register
 *
 * Since: 0.1
 */
guint64
kvm_exit_x86_get_hyperv_status (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (HYPERV), hyperv.syndbg.status);
}

/**
 * kvm_exit_x86_get_hyperv_send_page:
 * @self: an exit for %KVM_EXIT_REASON_HYPERV
 *
 * Gets the register of the page to send (type 3).
 *
 * Returns: the value of the register
 *
 * Since: 0.1
 */
guint64
kvm_exit_x86_get_hyperv_send_page (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (HYPERV), hyperv.syndbg.send_page);
}

/**
 * kvm_exit_x86_get_hyperv_receive_page:
 * @self: an exit for %KVM_EXIT_REASON_HYPERV
 *
 * Gets the register of the page to receive into (type 3).
 *
 * Returns: the value of the register
 *
 * Since: 0.1
 */
guint64
kvm_exit_x86_get_hyperv_receive_page (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (HYPERV), hyperv.syndbg.recv_page);
}

/**
 * kvm_exit_x86_get_hyperv_pending_page:
 * @self: an exit for %KVM_EXIT_REASON_HYPERV
 *
 * Gets the register of the page that shows what is pending (type 3).
 *
 * Returns: the value of the register
 *
 * Since: 0.1
 */
guint64
kvm_exit_x86_get_hyperv_pending_page (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (HYPERV), hyperv.syndbg.pending_page);
}

/**
 * kvm_exit_x86_get_xen_type:
 * @self: an exit for %KVM_EXIT_REASON_XEN
 *
 * Gets what of Xen the exit is about: 1 is a hypercall.
 *
 * Returns: the type, the kernel's `KVM_EXIT_XEN_…`
 *
 * Since: 0.1
 */
guint
kvm_exit_x86_get_xen_type (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (XEN), xen.type);
}

/**
 * kvm_exit_x86_get_xen_long_mode:
 * @self: an exit for %KVM_EXIT_REASON_XEN
 *
 * Gets whether the guest made the hypercall in 64-bit mode.
 *
 * Returns: 1 in 64-bit mode, else 0
 *
 * Since: 0.1
 */
guint
kvm_exit_x86_get_xen_long_mode (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (XEN), xen.longmode);
}

/**
 * kvm_exit_x86_get_xen_cpl:
 * @self: an exit for %KVM_EXIT_REASON_XEN
 *
 * Gets how privileged the caller of the hypercall is.
 *
 * Returns: the current privilege level, 0 to 3
 *
 * Since: 0.1
 */
guint
kvm_exit_x86_get_xen_cpl (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (XEN), xen.cpl);
}

/**
 * kvm_exit_x86_get_xen_input:
 * @self: an exit for %KVM_EXIT_REASON_XEN
 *
 * Gets which hypercall the guest made. It is answered with [method@Kvm.Exit.set_result].
 *
 * Returns: the number of the hypercall
 *
 * Since: 0.1
 */
guint64
kvm_exit_x86_get_xen_input (KvmExit *self)
{
  _KVM_EXIT_FIELD (self, _KVM_REASON_BIT (XEN), xen.input);
}

/**
 * kvm_exit_x86_get_xen_parameters:
 * @self: an exit for %KVM_EXIT_REASON_XEN
 * @n_parameters: (out): the length of the result, 6
 *
 * Gets the parameters of the hypercall.
 *
 * Returns: (array length=n_parameters) (transfer full): the parameters
 *
 * Since: 0.1
 */
guint64 *
kvm_exit_x86_get_xen_parameters (KvmExit *self, gsize *n_parameters)
{
  g_return_val_if_fail (n_parameters != NULL, NULL);
  *n_parameters = 0;
  _kvm_return_val_unless_exit (self, _KVM_REASON_BIT (XEN), NULL);

  return _kvm_exit_copy_words (self->run->xen.params, 6, n_parameters);
}
