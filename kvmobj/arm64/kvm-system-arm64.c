/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "kvm-abi-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-system-private.h"
#include "kvm-system.h"
#include "arm64/kvm-system-arm64.h"

#define MIN_ADDRESS_BITS 32
#define DEFAULT_ADDRESS_BITS 40

/**
 * kvm_system_arm64_get_vm_type:
 * @system: a system
 * @address_bits: how many bits the guest's physical addresses have: 32 up to what
 *   %KVM_CAPABILITY_ARM_VM_IPA_SIZE says; or 0 for the default, which is 40
 * @is_protected: whether the guest's memory is to be kept from the host, which needs a host that is
 *   protected itself; see Documentation/virt/kvm/arm/pkvm.rst
 * @vm_type: (out): the type
 * @error: return location for an error
 *
 * Gets the type of virtual machines for [method@Kvm.System.create_vm_with_type]
 * (%KVM_CAPABILITY_ARM_VM_IPA_SIZE; arm64). A host whose processor has fewer than 40 bits cannot
 * make the default. Whether the host can protect is only seen when the virtual machine is made,
 * which then fails with %KVM_ERROR_INVALID_ARGUMENT. See section 4.2 of api.rst.
 *
 * ```c
 * guint bits = kvm_system_check_extension (system, KVM_CAPABILITY_ARM_VM_IPA_SIZE, &error);
 *
 * kvm_system_arm64_get_vm_type (system, bits, FALSE, &type, &error);
 * vm = kvm_system_create_vm_with_type (system, type, &error);
 * ```
 *
 * Fails with %KVM_ERROR_INVALID if the host does not have so many bits, or there are less than 32,
 * %KVM_ERROR_CLOSED, and with %KVM_ERROR_NOT_SUPPORTED on another architecture, or if the kernel
 * lacks the capability and it is not the default.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_system_arm64_get_vm_type (KvmSystem *system, guint address_bits, gboolean is_protected,
                              guint64 *vm_type, GError **error)
{
  int limit;

  g_return_val_if_fail (vm_type != NULL, FALSE);
  *vm_type = 0;
  g_return_val_if_fail (KVM_IS_SYSTEM (system), FALSE);
  _kvm_return_val_unless_arch (ARM64, FALSE, error);

  if (!_kvm_handle_check (&system->handle, "kvm_system_arm64_get_vm_type ()", error))
    return FALSE;

  limit = _kvm_handle_peek_extension (&system->handle, KVM_CAPABILITY_ARM_VM_IPA_SIZE);
  if (address_bits != 0 && address_bits != DEFAULT_ADDRESS_BITS && limit == 0)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED,
                   "This kernel has guest-physical addresses of %u bits alone "
                   "(KVM_CAP_ARM_VM_IPA_SIZE is 0)",
                   DEFAULT_ADDRESS_BITS);
      return FALSE;
    }
  if (address_bits != 0 && limit != 0
      && (address_bits < MIN_ADDRESS_BITS || address_bits > (guint) limit))
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "Guest-physical addresses have %u to %d bits on this host, not %u",
                   MIN_ADDRESS_BITS, limit, address_bits);
      return FALSE;
    }
  *vm_type = address_bits | (is_protected ? KVMOBJ_VM_TYPE_ARM64_PROTECTED : 0);
  return TRUE;
}
