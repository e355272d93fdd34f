/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What interrupts a vCPU, and its local APIC. */

#include "config.h"

#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-vcpu-private.h"
#include "x86/kvm-vcpu-x86.h"

/**
 * kvm_vcpu_x86_nmi:
 * @vcpu: a vCPU
 * @error: return location for an error
 *
 * Gives the vCPU a non-maskable interrupt (`KVM_NMI`; %KVM_CAPABILITY_USER_NMI; x86), past its
 * local APIC. One that it did not take yet can have one more behind it; further ones are lost. See
 * section 4.64 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_nmi (KvmVcpu *vcpu, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  return kvm_ioctl_value (&vcpu->handle, KVM_NMI, 0, error) != -1;
}

/**
 * kvm_vcpu_x86_smi:
 * @vcpu: a vCPU
 * @error: return location for an error
 *
 * Gives the vCPU a system management interrupt (`KVM_SMI`; %KVM_CAPABILITY_X86_SMM; x86). See
 * section 4.96 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_smi (KvmVcpu *vcpu, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  return kvm_ioctl_value (&vcpu->handle, KVM_SMI, 0, error) != -1;
}

static void
add_lapic_hint (GError **error)
{
  if (error != NULL && g_error_matches (*error, KVM_ERROR, KVM_ERROR_INVALID_ARGUMENT))
    _kvm_error_add_detail (error, "the vCPU has no local APIC in the kernel, which "
                                  "kvm_vm_create_irqchip () gives to those that come after it");
}

/**
 * kvm_vcpu_x86_get_lapic:
 * @vcpu: a vCPU with a local APIC in the kernel
 * @error: return location for an error
 *
 * Gets the registers of the local APIC (`KVM_GET_LAPIC`; %KVM_CAPABILITY_IRQCHIP; x86). See section
 * 4.57 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID_ARGUMENT if it is not in the kernel, %KVM_ERROR_CLOSED,
 * %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: (transfer full): the registers
 *
 * Since: 0.1
 */
KvmX86Lapic *
kvm_vcpu_x86_get_lapic (KvmVcpu *vcpu, GError **error)
{
  KvmX86Lapic lapic = { { 0 } };

  g_return_val_if_fail (_kvm_is_vcpu (vcpu), NULL);
  _kvm_return_val_unless_arch (X86, NULL, error);

  if (kvm_ioctl (&vcpu->handle, KVM_GET_LAPIC, &lapic, error) == -1)
    {
      add_lapic_hint (error);
      return NULL;
    }
  return kvm_x86_lapic_copy (&lapic);
}

/**
 * kvm_vcpu_x86_set_lapic:
 * @vcpu: a vCPU with a local APIC in the kernel
 * @lapic: the registers
 * @error: return location for an error
 *
 * Sets the registers of the local APIC (`KVM_SET_LAPIC`; %KVM_CAPABILITY_IRQCHIP; x86). Begin with
 * those that it has. See section 4.58 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID_ARGUMENT if it is not in the kernel or the registers are those of
 * another vCPU, %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_set_lapic (KvmVcpu *vcpu, const KvmX86Lapic *lapic, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu) && lapic != NULL, FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (kvm_ioctl (&vcpu->handle, KVM_SET_LAPIC, lapic, error) == -1)
    {
      add_lapic_hint (error);
      return FALSE;
    }
  return TRUE;
}

/**
 * kvm_vcpu_x86_set_tpr_access_reporting:
 * @vcpu: a vCPU with a local APIC in the kernel
 * @enabled: whether accesses are reported
 * @error: return location for an error
 *
 * Sets whether the run ends with %KVM_EXIT_REASON_TPR_ACCESS when the guest reads or writes its
 * task priority in the local APIC's page (`KVM_TPR_ACCESS_REPORTING`; %KVM_CAPABILITY_VAPIC; x86),
 * so that a program can patch the instruction. Where the processor does such accesses by itself,
 * there is nothing to report.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_set_tpr_access_reporting (KvmVcpu *vcpu, gboolean enabled, GError **error)
{
  KvmAbiTprAccessCtl control = { .enabled = enabled != FALSE };

  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  return kvm_ioctl (&vcpu->handle, KVM_TPR_ACCESS_REPORTING, &control, error) != -1;
}

/**
 * kvm_vcpu_x86_set_vapic_address:
 * @vcpu: a vCPU with a local APIC in the kernel
 * @address: the guest-physical address of four bytes that are in one memory slot; 0 for none
 * @error: return location for an error
 *
 * Sets where the guest and the kernel share the task priority (`KVM_SET_VAPIC_ADDR`;
 * %KVM_CAPABILITY_VAPIC; x86): the lowest byte there is the task priority, which a patched guest
 * reads and writes in its place. The kernel puts the highest interrupt in service into the second
 * byte, and the highest one requested into the fourth.
 *
 * Fails with %KVM_ERROR_INVALID_ARGUMENT if the local APIC is not in the kernel or there is no
 * memory, %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_set_vapic_address (KvmVcpu *vcpu, guint64 address, GError **error)
{
  KvmAbiVapicAddr vapic = { .vapic_addr = address };

  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (kvm_ioctl (&vcpu->handle, KVM_SET_VAPIC_ADDR, &vapic, error) == -1)
    {
      _kvm_error_add_detail (error,
                             "address 0x%" G_GINT64_MODIFIER
                             "x; it takes memory there, and a local APIC in the kernel",
                             address);
      return FALSE;
    }
  return TRUE;
}

/* The run page is for one thread at a time, as the vCPU is. */
static gboolean
begin_change (KvmVcpu *vcpu, const char *what, GError **error)
{
  if (!_kvm_handle_check (&vcpu->handle, what, error))
    return FALSE;
  if (_kvm_run_state_enter (&vcpu->handle.state))
    return TRUE;

  g_set_error (error, KVM_ERROR, KVM_ERROR_RUNNING,
               "%s on vCPU %" G_GUINT64_FORMAT ": it is running in another thread; kick it first",
               what, vcpu->handle.id);
  return FALSE;
}

/**
 * kvm_vcpu_x86_set_interrupt_window_requested:
 * @vcpu: a vCPU whose PIC is not in the kernel
 * @requested: whether the run is to end
 * @error: return location for an error
 *
 * Sets whether the run ends with %KVM_EXIT_REASON_IRQ_WINDOW_OPEN as soon as the guest can take an
 * interrupt (the `request_interrupt_window` of the run page; x86). It stays so until it is set
 * again. With a PIC in the kernel it does nothing. See section 5 of api.rst.
 *
 * ```c
 * if (!kvm_exit_x86_get_ready_for_interrupt (exit))
 *   return kvm_vcpu_x86_set_interrupt_window_requested (vcpu, TRUE, error);
 * return kvm_vcpu_interrupt (vcpu, vector, error);
 * ```
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED on another
 * architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_set_interrupt_window_requested (KvmVcpu *vcpu, gboolean requested, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (!begin_change (vcpu, "kvm_vcpu_x86_set_interrupt_window_requested ()", error))
    return FALSE;
  vcpu->exit->run->request_interrupt_window = requested != FALSE;
  _kvm_run_state_leave (&vcpu->handle.state);
  return TRUE;
}

/**
 * kvm_vcpu_x86_get_interrupt_window_requested:
 * @vcpu: a vCPU
 *
 * Gets what [method@Kvm.Vcpu.x86_set_interrupt_window_requested] set.
 *
 * Returns: %TRUE if the run ends as soon as the guest can take an interrupt
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_get_interrupt_window_requested (KvmVcpu *vcpu)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);

  return _KVM_READ_ONCE (vcpu->exit->run->request_interrupt_window) != 0;
}

/**
 * kvm_vcpu_x86_set_cr8:
 * @vcpu: a vCPU whose local APIC is not in the kernel
 * @cr8: the task priority, below 16
 * @error: return location for an error
 *
 * Sets the task priority that the guest has in the next run (the `cr8` of the run page; x86).
 * [method@Kvm.Exit.x86_get_cr8] gets what the guest made of it. What
 * [method@Kvm.Vcpu.x86_set_sregs] sets in its place is lost in the next run. With a local APIC in
 * the kernel this does nothing. See section 5 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID if the value has more bits, %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING,
 * and with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_set_cr8 (KvmVcpu *vcpu, guint64 cr8, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (cr8 > 0xf)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "CR8 has 4 bits; 0x%" G_GINT64_MODIFIER "x has more", cr8);
      return FALSE;
    }
  if (!begin_change (vcpu, "kvm_vcpu_x86_set_cr8 ()", error))
    return FALSE;
  vcpu->exit->run->cr8 = cr8;
  _kvm_run_state_leave (&vcpu->handle.state);
  return TRUE;
}
