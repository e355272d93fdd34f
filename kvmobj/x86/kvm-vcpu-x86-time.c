/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The time that one vCPU has. */

#include "config.h"

#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-vcpu-private.h"
#include "x86/kvm-vcpu-x86.h"

/**
 * kvm_vcpu_x86_kvmclock_ctrl:
 * @vcpu: a vCPU
 * @error: return location for an error
 *
 * Tells the guest that it was stopped, so that it does not take the time that it missed for a fault
 * of its own (`KVM_KVMCLOCK_CTRL`; %KVM_CAPABILITY_KVMCLOCK_CTRL; x86). It sees a flag in the
 * paravirtual clock when it runs again. See section 4.70 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID_ARGUMENT if the guest does not use that clock, %KVM_ERROR_CLOSED,
 * %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_kvmclock_ctrl (KvmVcpu *vcpu, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (kvm_ioctl_value (&vcpu->handle, KVM_KVMCLOCK_CTRL, 0, error) == -1)
    {
      if (error != NULL && g_error_matches (*error, KVM_ERROR, KVM_ERROR_INVALID_ARGUMENT))
        _kvm_error_add_detail (error, "the guest does not use the paravirtual clock");
      return FALSE;
    }
  return TRUE;
}

/**
 * kvm_vcpu_x86_get_tsc_khz:
 * @vcpu: a vCPU
 * @khz: (out): how often the time-stamp counter counts in a millisecond
 * @error: return location for an error
 *
 * Gets how fast the vCPU's time-stamp counter runs (`KVM_GET_TSC_KHZ`;
 * %KVM_CAPABILITY_GET_TSC_KHZ; x86). See section 4.56 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED on another
 * architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_get_tsc_khz (KvmVcpu *vcpu, guint *khz, GError **error)
{
  int ret;

  g_return_val_if_fail (khz != NULL, FALSE);
  *khz = 0;
  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  ret = kvm_ioctl_value (&vcpu->handle, KVM_GET_TSC_KHZ, 0, error);
  if (ret == -1)
    return FALSE;
  *khz = ret;
  return TRUE;
}

/**
 * kvm_vcpu_x86_set_tsc_khz:
 * @vcpu: a vCPU
 * @khz: how often the time-stamp counter is to count in a millisecond; 0 for as often as the host's
 * @error: return location for an error
 *
 * Sets how fast the vCPU's time-stamp counter runs (`KVM_SET_TSC_KHZ`; %KVM_CAPABILITY_TSC_CONTROL;
 * x86). Without the capability only what is about as fast as the host's counter is taken. See
 * section 4.55 of api.rst.
 *
 * The kernel forgets the old frequency when it refuses the new one; this puts it back.
 *
 * Fails with %KVM_ERROR_INVALID_ARGUMENT if the host cannot count so fast, %KVM_ERROR_CLOSED,
 * %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED if it has only its own frequency, and on
 * another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_set_tsc_khz (KvmVcpu *vcpu, guint khz, GError **error)
{
  guint old_khz;

  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);

  if (!kvm_vcpu_x86_get_tsc_khz (vcpu, &old_khz, error))
    return FALSE;
  if (kvm_ioctl_value (&vcpu->handle, KVM_SET_TSC_KHZ, khz, error) == -1)
    {
      _kvm_error_add_detail (error, "%u kHz", khz);
      kvm_ioctl_value (&vcpu->handle, KVM_SET_TSC_KHZ, old_khz, NULL);
      return FALSE;
    }
  return TRUE;
}

/**
 * kvm_vcpu_x86_get_tsc_offset:
 * @vcpu: a vCPU
 * @offset: (out): the difference
 * @error: return location for an error
 *
 * Gets how far the vCPU's time-stamp counter is ahead of the host's (`KVM_GET_DEVICE_ATTR` of
 * `KVM_VCPU_TSC_OFFSET`; %KVM_CAPABILITY_VCPU_ATTRIBUTES; x86): what is added to the host's
 * counter, after that is scaled to the vCPU's frequency. See section 4 of devices/vcpu.rst.
 *
 * Fails with %KVM_ERROR_NO_SUCH_ATTRIBUTE on kernels before 5.16, %KVM_ERROR_CLOSED,
 * %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_get_tsc_offset (KvmVcpu *vcpu, gint64 *offset, GError **error)
{
  KvmAbiDeviceAttr attr
      = { .group = KVMOBJ_VCPU_TSC_CTRL, .attr = KVMOBJ_VCPU_TSC_OFFSET, .addr = (gulong) offset };

  g_return_val_if_fail (offset != NULL, FALSE);
  *offset = 0;
  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  return kvm_ioctl (&vcpu->handle, KVM_GET_DEVICE_ATTR, &attr, error) != -1;
}

/**
 * kvm_vcpu_x86_set_tsc_offset:
 * @vcpu: a vCPU
 * @offset: the difference
 * @error: return location for an error
 *
 * Sets how far the vCPU's time-stamp counter is ahead of the host's (`KVM_SET_DEVICE_ATTR` of
 * `KVM_VCPU_TSC_OFFSET`; %KVM_CAPABILITY_VCPU_ATTRIBUTES; x86). Unlike the MSR, it does not depend
 * on the moment at which the call is made. See section 4 of devices/vcpu.rst.
 *
 * Fails as [method@Kvm.Vcpu.x86_get_tsc_offset] does.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_set_tsc_offset (KvmVcpu *vcpu, gint64 offset, GError **error)
{
  KvmAbiDeviceAttr attr
      = { .group = KVMOBJ_VCPU_TSC_CTRL, .attr = KVMOBJ_VCPU_TSC_OFFSET, .addr = (gulong) &offset };

  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  return kvm_ioctl (&vcpu->handle, KVM_SET_DEVICE_ATTR, &attr, error) != -1;
}
