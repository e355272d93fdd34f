/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The time that all of a virtual machine has: its clock, and how fast its counters run. */

#include "config.h"

#include <errno.h>

#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-vm-private.h"
#include "x86/kvm-vm-x86.h"

/**
 * kvm_vm_x86_get_clock:
 * @vm: a virtual machine
 * @clock: (out caller-allocates): the clock
 * @error: return location for an error
 *
 * Gets the paravirtual clock (`KVM_GET_CLOCK`; %KVM_CAPABILITY_ADJUST_CLOCK; x86), with the host's
 * real time and time-stamp counter of that moment where the kernel has them: the flags of the clock
 * tell. See section 4.29 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, and with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_x86_get_clock (KvmVm *vm, KvmX86Clock *clock, GError **error)
{
  g_return_val_if_fail (KVM_IS_VM (vm) && clock != NULL, FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  return kvm_ioctl (&vm->handle, KVM_GET_CLOCK, clock, error) != -1;
}

/**
 * kvm_vm_x86_set_clock:
 * @vm: a virtual machine
 * @clock: the clock
 * @error: return location for an error
 *
 * Sets the paravirtual clock (`KVM_SET_CLOCK`; %KVM_CAPABILITY_ADJUST_CLOCK; x86). It runs on from
 * there. With %KVM_X86_CLOCK_FLAGS_REALTIME it is ahead of what was given by as much as the host's
 * real time is, so that the guest does not lose the time for which it was saved. See section 4.30
 * of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID_ARGUMENT if the kernel does not know a flag, %KVM_ERROR_CLOSED, and
 * with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_x86_set_clock (KvmVm *vm, const KvmX86Clock *clock, GError **error)
{
  g_return_val_if_fail (KVM_IS_VM (vm) && clock != NULL, FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (kvm_ioctl (&vm->handle, KVM_SET_CLOCK, clock, error) == -1)
    {
      _kvm_error_add_detail (error, "flags 0x%x", clock->flags);
      return FALSE;
    }
  return TRUE;
}

/**
 * kvm_vm_x86_get_tsc_khz:
 * @vm: a virtual machine
 * @khz: (out): how often the time-stamp counter counts in a millisecond
 * @error: return location for an error
 *
 * Gets how fast the time-stamp counters of vCPUs run that are created from now on
 * (`KVM_GET_TSC_KHZ`; %KVM_CAPABILITY_VM_TSC_CONTROL; x86). Kernels since 5.19 tell it without the
 * capability, too. See section 4.56 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, and with %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_x86_get_tsc_khz (KvmVm *vm, guint *khz, GError **error)
{
  int ret;

  g_return_val_if_fail (khz != NULL, FALSE);
  *khz = 0;
  g_return_val_if_fail (KVM_IS_VM (vm), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  ret = kvm_ioctl_value (&vm->handle, KVM_GET_TSC_KHZ, 0, error);
  if (ret == -1)
    return FALSE;
  *khz = ret;
  return TRUE;
}

/**
 * kvm_vm_x86_set_tsc_khz:
 * @vm: a virtual machine
 * @khz: how often the time-stamp counter is to count in a millisecond; 0 for as often as the host's
 * @error: return location for an error
 *
 * Sets how fast the time-stamp counters of vCPUs run that are created from now on
 * (`KVM_SET_TSC_KHZ`; %KVM_CAPABILITY_VM_TSC_CONTROL; x86). Call it before there is one: older
 * kernels take it later, too, but leave the vCPUs that there are as they were. See section 4.55 of
 * api.rst.
 *
 * Without the capability the kernel would take any frequency, and the vCPUs would count as the host
 * does all the same. So this fails then; [method@Kvm.Vcpu.x86_set_tsc_khz] still takes what is
 * about the host's own.
 *
 * Fails with %KVM_ERROR_INVALID_ARGUMENT if there is a vCPU already, or the host cannot count so
 * fast; with %KVM_ERROR_CLOSED; and with %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_x86_set_tsc_khz (KvmVm *vm, guint khz, GError **error)
{
  g_return_val_if_fail (KVM_IS_VM (vm), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (!_kvm_handle_check (&vm->handle, "KVM_SET_TSC_KHZ", error))
    return FALSE;
  if (_kvm_handle_peek_extension (&vm->handle, KVM_CAPABILITY_VM_TSC_CONTROL) == 0)
    {
      _kvm_ioctl_set_error (&vm->handle, _KVM_SET_TSC_KHZ, "KVM_SET_TSC_KHZ", ENOTTY, error);
      return FALSE;
    }
  if (kvm_ioctl_value (&vm->handle, KVM_SET_TSC_KHZ, khz, error) == -1)
    {
      _kvm_error_add_detail (error, "%u kHz, before the first vCPU", khz);
      return FALSE;
    }
  return TRUE;
}
