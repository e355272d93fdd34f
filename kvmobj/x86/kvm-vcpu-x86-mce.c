/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-vcpu-private.h"
#include "x86/kvm-vcpu-x86.h"

#define STATUS_VALID (G_GUINT64_CONSTANT (1) << 63)

/**
 * kvm_vcpu_x86_setup_mce:
 * @vcpu: a vCPU
 * @mcg_cap: what the guest sees in the MSR IA32_MCG_CAP: the number of banks in the lowest byte, at
 *   most what [method@Kvm.Vm.check_extension] says of %KVM_CAPABILITY_MCE, and of the other bits
 *   those that [method@Kvm.System.x86_get_supported_mce_cap] has
 * @error: return location for an error
 *
 * Gives the vCPU its banks of machine-check registers (`KVM_X86_SETUP_MCE`; %KVM_CAPABILITY_MCE;
 * x86). On AMD's processors the kernel drops the bits from 9 on; the MSR, 0x179, shows what is
 * left. See section 4.105 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID_ARGUMENT if there are no banks or too many, or a bit that is not
 * supported; with %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED on
 * another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_setup_mce (KvmVcpu *vcpu, guint64 mcg_cap, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  g_atomic_int_set (&vcpu->is_msr_set_changed, TRUE);
  if (kvm_ioctl (&vcpu->handle, KVM_X86_SETUP_MCE, &mcg_cap, error) == -1)
    {
      if (error != NULL && g_error_matches (*error, KVM_ERROR, KVM_ERROR_INVALID_ARGUMENT))
        _kvm_error_add_detail (error, "%u banks, other bits 0x%" G_GINT64_MODIFIER "x",
                               (guint) (mcg_cap & 0xff), mcg_cap & ~(guint64) 0xff);
      return FALSE;
    }
  return TRUE;
}

/**
 * kvm_vcpu_x86_set_mce:
 * @vcpu: a vCPU
 * @mce: the machine check
 * @error: return location for an error
 *
 * Lets the guest have a machine check (`KVM_X86_SET_MCE`; %KVM_CAPABILITY_MCE; x86). A corrected
 * error is put into its bank, where the guest finds it; an uncorrected one raises exception 18
 * besides. A guest that does not take that exception, because CR4.MCE is 0 or it is in one already,
 * stops with %KVM_EXIT_REASON_SHUTDOWN. See section 4.106 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID_ARGUMENT if the vCPU has no such bank, see
 * [method@Kvm.Vcpu.x86_setup_mce], or the status is not valid; with %KVM_ERROR_CLOSED,
 * %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_set_mce (KvmVcpu *vcpu, const KvmX86Mce *mce, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu) && mce != NULL, FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (kvm_ioctl (&vcpu->handle, KVM_X86_SET_MCE, mce, error) == -1)
    {
      if (error != NULL && g_error_matches (*error, KVM_ERROR, KVM_ERROR_INVALID_ARGUMENT))
        _kvm_error_add_detail (error,
                               mce->status & STATUS_VALID
                                   ? "the vCPU was set up without a bank %u"
                                   : "bank %u; bit 63 of the status, valid, must be set",
                               mce->bank);
      return FALSE;
    }
  return TRUE;
}
