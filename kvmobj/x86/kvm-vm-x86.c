/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-vm-private.h"
#include "x86/kvm-vm-x86.h"

/**
 * kvm_vm_x86_create_pit:
 * @vm: a virtual machine
 * @flags: 1 to let the kernel answer for the speaker's port 0x61 too, else 0; other bits do nothing
 * @error: return location for an error
 *
 * Puts the timer of the PC, an i8254, into the kernel (`KVM_CREATE_PIT2`; %KVM_CAPABILITY_PIT2;
 * x86). It needs [method@Kvm.Vm.create_irqchip] before. See section 4.71 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_EXISTS if there is one already, %KVM_ERROR_NOT_FOUND if
 * there is no in-kernel irqchip, and with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_x86_create_pit (KvmVm *vm, guint flags, GError **error)
{
  KvmAbiPitConfig config = { .flags = flags };

  g_return_val_if_fail (KVM_IS_VM (vm), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (kvm_ioctl (&vm->handle, KVM_CREATE_PIT2, &config, error) == -1)
    {
      if (error != NULL && g_error_matches (*error, KVM_ERROR, KVM_ERROR_NOT_FOUND))
        _kvm_error_add_detail (error, "it needs the in-kernel irqchip first");
      return FALSE;
    }
  return TRUE;
}

/**
 * kvm_vm_x86_set_tss_address:
 * @vm: a virtual machine
 * @address: the guest-physical address of three pages below 4 GiB that are in no memory slot
 * @error: return location for an error
 *
 * Tells the kernel where it may hide what Intel's processors need to run real mode
 * (`KVM_SET_TSS_ADDR`; %KVM_CAPABILITY_SET_TSS_ADDR; x86). Others do not need it, and it does them
 * no harm. See section 4.36 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_INVALID_ARGUMENT if the address is too high,
 * %KVM_ERROR_EXISTS if memory is there already and the processor needs the place, and with
 * %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_x86_set_tss_address (KvmVm *vm, guint64 address, GError **error)
{
  g_return_val_if_fail (KVM_IS_VM (vm), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (kvm_ioctl_value (&vm->handle, KVM_SET_TSS_ADDR, address, error) == -1)
    {
      _kvm_error_add_detail (error, "address 0x%" G_GINT64_MODIFIER "x", address);
      return FALSE;
    }
  return TRUE;
}
