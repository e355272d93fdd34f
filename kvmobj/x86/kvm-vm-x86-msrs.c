/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "kvm-capability.h"
#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-vm-private.h"
#include "x86/kvm-vm-x86.h"
#include "x86/kvm-x86-msr-filter-private.h"

/**
 * kvm_vm_x86_set_msr_filter:
 * @vm: a virtual machine
 * @filter: (nullable): which MSRs the guest may access; %NULL for all
 * @error: return location for an error
 *
 * Lets the kernel look at a filter before it serves the guest's RDMSR and WRMSR
 * (`KVM_X86_SET_MSR_FILTER`; %KVM_CAPABILITY_X86_MSR_FILTER; x86). It takes the place of the one
 * before. Later changes of @filter do not matter. See section 4.97 of api.rst.
 *
 * What is denied ends in a general protection fault, or with %KVM_EXIT_REASON_X86_RDMSR and
 * %KVM_EXIT_REASON_X86_WRMSR after [method@Kvm.Vm.x86_set_msr_exits]. The program's own
 * [method@Kvm.Vcpu.x86_get_msr] and its like are not filtered.
 *
 * Fails with %KVM_ERROR_INVALID if the filter denies by default and has no ranges,
 * %KVM_ERROR_CLOSED, and with %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_x86_set_msr_filter (KvmVm *vm, const KvmX86MsrFilter *filter, GError **error)
{
  static const KvmX86MsrFilter none = { 0 };

  g_return_val_if_fail (KVM_IS_VM (vm), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (filter == NULL)
    filter = &none;
  if (filter->n_ranges == 0 && (filter->abi.flags & KVM_X86_MSR_FILTER_FLAGS_DEFAULT_DENY))
    {
      g_set_error_literal (error, KVM_ERROR, KVM_ERROR_INVALID,
                           "KVM_X86_SET_MSR_FILTER: a filter that denies by default needs a range; "
                           "deny one MSR to deny all");
      return FALSE;
    }
  if (kvm_ioctl (&vm->handle, KVM_X86_SET_MSR_FILTER, &filter->abi, error) == -1)
    {
      _kvm_error_add_detail (error, "flags 0x%x, %u ranges", filter->abi.flags, filter->n_ranges);
      return FALSE;
    }
  return TRUE;
}

/**
 * kvm_vm_x86_set_msr_exits:
 * @vm: a virtual machine
 * @reasons: when the guest is to stop for an access to an MSR
 * @error: return location for an error
 *
 * Lets the program serve accesses to MSRs (`KVM_ENABLE_CAP` with
 * %KVM_CAPABILITY_X86_USER_SPACE_MSR; x86). In place of a general protection fault the run returns
 * %KVM_EXIT_REASON_X86_RDMSR, which is answered with [method@Kvm.Exit.set_value], or
 * %KVM_EXIT_REASON_X86_WRMSR. [method@Kvm.Exit.x86_set_msr_error] lets the guest have the fault
 * after all. See section 7.21 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_INVALID_ARGUMENT if the kernel does not know one of the
 * reasons, and with %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_x86_set_msr_exits (KvmVm *vm, KvmX86MsrExitReasons reasons, GError **error)
{
  KvmAbiEnableCap enable = { .cap = KVM_CAPABILITY_X86_USER_SPACE_MSR, .args = { reasons } };
  g_autoptr (GError) local = NULL;

  g_return_val_if_fail (KVM_IS_VM (vm), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (kvm_ioctl (&vm->handle, KVM_ENABLE_CAP, &enable, &local) != -1)
    return TRUE;

  if (local->code == KVM_ERROR_INVALID_ARGUMENT
      && _kvm_handle_peek_extension (&vm->handle, KVM_CAPABILITY_X86_USER_SPACE_MSR) == 0)
    g_set_error_literal (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED,
                         "KVM_ENABLE_CAP on VM: this kernel does not report accesses to MSRs "
                         "(KVM_CAP_X86_USER_SPACE_MSR is 0)");
  else
    {
      _kvm_error_add_detail (&local, "KVM_CAP_X86_USER_SPACE_MSR, reasons 0x%x", reasons);
      g_propagate_error (error, g_steal_pointer (&local));
    }
  return FALSE;
}
