/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-vcpu-private.h"
#include "x86/kvm-vcpu-x86.h"
#include "x86/kvm-x86-msrs-private.h"

/* For KVM_GET_MSRS and KVM_SET_MSRS of one. { 0 } is the first member, and that is all of it. */
typedef union
{
  guint8 room[sizeof (KvmAbiMsrs) + sizeof (KvmAbiMsrEntry)];
  KvmAbiMsrs msrs;
} OneMsr;

/**
 * kvm_vcpu_x86_get_msr:
 * @vcpu: a vCPU
 * @index: the number of the MSR
 * @value: (out): its value
 * @error: return location for an error
 *
 * Gets a model-specific register (`KVM_GET_MSRS`; x86). What the guest may not read can be read
 * here, too. In JavaScript a value above 2^53 is rounded; [method@Kvm.Vcpu.x86_get_msrs] has a way
 * around that. See section 4.18 of api.rst.
 *
 * Fails with %KVM_ERROR_NOT_FOUND if the vCPU has no such MSR, %KVM_ERROR_CLOSED,
 * %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_get_msr (KvmVcpu *vcpu, guint32 index, guint64 *value, GError **error)
{
  OneMsr one = { 0 };
  int ret;

  g_return_val_if_fail (value != NULL, FALSE);
  *value = 0;
  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  one.msrs.nmsrs = 1;
  one.msrs.entries[0].index = index;
  ret = kvm_ioctl (&vcpu->handle, KVM_GET_MSRS, &one.msrs, error);
  if (ret == -1)
    {
      _kvm_error_add_detail (error, "MSR 0x%08x", index);
      return FALSE;
    }
  if (ret == 0)
    {
      g_autofree char *object = _kvm_handle_describe (&vcpu->handle);

      g_set_error (error, KVM_ERROR, KVM_ERROR_NOT_FOUND,
                   "KVM_GET_MSRS on %s: there is no MSR 0x%08x that can be read", object, index);
      return FALSE;
    }
  *value = one.msrs.entries[0].data;
  return TRUE;
}

/**
 * kvm_vcpu_x86_set_msr:
 * @vcpu: a vCPU
 * @index: the number of the MSR
 * @value: its new value
 * @error: return location for an error
 *
 * Sets a model-specific register (`KVM_SET_MSRS`; x86). What the guest may not write can be set
 * here, too. See section 4.19 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID_ARGUMENT if the vCPU has no such MSR or it cannot have this value,
 * %KVM_ERROR_PENDING as [method@Kvm.Vcpu.x86_set_regs] does, %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING,
 * and with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_set_msr (KvmVcpu *vcpu, guint32 index, guint64 value, GError **error)
{
  OneMsr one = { 0 };
  int ret;

  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (!_kvm_vcpu_check_settable (vcpu, "KVM_SET_MSRS", error))
    return FALSE;
  one.msrs.nmsrs = 1;
  one.msrs.entries[0] = (KvmAbiMsrEntry){ .index = index, .data = value };
  ret = kvm_ioctl (&vcpu->handle, KVM_SET_MSRS, &one.msrs, error);
  if (ret == -1)
    {
      _kvm_error_add_detail (error, "MSR 0x%08x", index);
      return FALSE;
    }
  if (ret == 0)
    {
      g_autofree char *object = _kvm_handle_describe (&vcpu->handle);

      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID_ARGUMENT,
                   "KVM_SET_MSRS on %s: there is no MSR 0x%08x, or it does not take "
                   "0x%016" G_GINT64_MODIFIER "x",
                   object, index, value);
      return FALSE;
    }
  return TRUE;
}

/**
 * kvm_vcpu_x86_get_msrs:
 * @vcpu: a vCPU
 * @indexes: (array length=n_indexes): the numbers of MSRs, at most 65536
 * @n_indexes: how many there are
 * @error: return location for an error
 *
 * Gets many model-specific registers (`KVM_GET_MSRS`; x86). The kernel takes 255 at a time; more
 * take more calls. See section 4.18 of api.rst.
 *
 * ```js
 * const bytes = vcpu.x86_get_msrs([0x10]).to_bytes().toArray();
 * const tsc = new DataView(bytes.slice().buffer).getBigUint64(8, true); // exact
 * ```
 *
 * Fails with %KVM_ERROR_PARTIAL if one of them cannot be read, and the message says which;
 * %KVM_ERROR_INVALID if there are too many, %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with
 * %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: (transfer full): the MSRs with their values
 *
 * Since: 0.1
 */
KvmX86Msrs *
kvm_vcpu_x86_get_msrs (KvmVcpu *vcpu, const guint32 *indexes, gsize n_indexes, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu), NULL);
  g_return_val_if_fail (indexes != NULL || n_indexes == 0, NULL);
  _kvm_return_val_unless_arch (X86, NULL, error);

  return _kvm_x86_msrs_read (&vcpu->handle, indexes, n_indexes, FALSE, error);
}

/**
 * kvm_vcpu_x86_get_readable_msrs:
 * @vcpu: a vCPU
 * @indexes: (array length=n_indexes): the numbers of MSRs, at most 65536
 * @n_indexes: how many there are
 * @error: return location for an error
 *
 * Gets what [method@Kvm.Vcpu.x86_get_msrs] gets, but leaves out what cannot be read. Each MSR that
 * is left out takes one call of the kernel more.
 *
 * Fails as that does, but not with %KVM_ERROR_PARTIAL.
 *
 * Returns: (transfer full): those MSRs that can be read, with their values
 *
 * Since: 0.1
 */
KvmX86Msrs *
kvm_vcpu_x86_get_readable_msrs (KvmVcpu *vcpu, const guint32 *indexes, gsize n_indexes,
                                GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu), NULL);
  g_return_val_if_fail (indexes != NULL || n_indexes == 0, NULL);
  _kvm_return_val_unless_arch (X86, NULL, error);

  return _kvm_x86_msrs_read (&vcpu->handle, indexes, n_indexes, TRUE, error);
}

/**
 * kvm_vcpu_x86_set_msrs:
 * @vcpu: a vCPU
 * @msrs: the MSRs with their new values
 * @error: return location for an error
 *
 * Sets many model-specific registers, one after the other (`KVM_SET_MSRS`; x86). The kernel takes
 * 255 at a time; more take more calls. See section 4.19 of api.rst.
 *
 * Fails with %KVM_ERROR_PARTIAL if there is no such MSR or it cannot have the value: the message
 * says which, those before it are set, and those behind it are not. Fails with %KVM_ERROR_PENDING
 * as [method@Kvm.Vcpu.x86_set_regs] does, %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with
 * %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_set_msrs (KvmVcpu *vcpu, const KvmX86Msrs *msrs, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu) && msrs != NULL, FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  return _kvm_vcpu_check_settable (vcpu, "KVM_SET_MSRS", error)
         && _kvm_x86_msrs_write (&vcpu->handle, msrs, error);
}
