/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a vCPU computes with besides the general registers. */

#include "config.h"

#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-vcpu-private.h"
#include "x86/kvm-vcpu-x86.h"

#define XSTATE_FPU 3 /* the bits of x87 and SSE */

/**
 * kvm_vcpu_x86_get_fpu:
 * @vcpu: a vCPU
 * @fpu: (out caller-allocates): the registers
 * @error: return location for an error
 *
 * Gets the floating-point registers (`KVM_GET_FPU`; x86), but for MXCSR, which is in the extended
 * state: see [method@Kvm.Vcpu.x86_get_xsave]. See section 4.22 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED on another
 * architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_get_fpu (KvmVcpu *vcpu, KvmX86Fpu *fpu, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu) && fpu != NULL, FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  return kvm_ioctl (&vcpu->handle, KVM_GET_FPU, fpu, error) != -1;
}

/* How long the state is, which can change while the process asks the kernel for more features. */
static gsize
get_xsave_size (KvmVcpu *vcpu, gboolean *has_xsave2)
{
  int size = _kvm_handle_peek_extension (&vcpu->handle, KVM_CAPABILITY_XSAVE2);

  *has_xsave2 = size > 0;
  return MAX (size, KVMOBJ_XSAVE_SIZE);
}

/**
 * kvm_vcpu_x86_get_xsave:
 * @vcpu: a vCPU
 * @error: return location for an error
 *
 * Gets the extended state, all of it (`KVM_GET_XSAVE2`; %KVM_CAPABILITY_XSAVE2; x86), or on a
 * kernel that has no more, its first 4096 bytes (`KVM_GET_XSAVE`; %KVM_CAPABILITY_XSAVE). The
 * kernel is asked for the size each time. See sections 4.134 and 4.42 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, %KVM_ERROR_NO_MEMORY, and with
 * %KVM_ERROR_NOT_SUPPORTED on another architecture or if the kernel lacks both capabilities.
 *
 * Returns: (transfer full): the state
 *
 * Since: 0.1
 */
KvmX86Xsave *
kvm_vcpu_x86_get_xsave (KvmVcpu *vcpu, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  gboolean has_xsave2;
  guint8 *data;
  gsize size;
  int ret;

  g_return_val_if_fail (_kvm_is_vcpu (vcpu), NULL);
  _kvm_return_val_unless_arch (X86, NULL, error);

  if (!_kvm_handle_check (&vcpu->handle, "KVM_GET_XSAVE2", error))
    return NULL;

  size = get_xsave_size (vcpu, &has_xsave2);
  data = g_try_malloc0 (size);
  if (data == NULL)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_NO_MEMORY,
                   "KVM_GET_XSAVE2: there is no room for %" G_GSIZE_FORMAT " bytes", size);
      return NULL;
    }
  bytes = g_bytes_new_take (data, size);
  if (has_xsave2)
    ret = kvm_ioctl_sized (&vcpu->handle, KVM_GET_XSAVE2, data, size, error);
  else
    ret = kvm_ioctl_sized (&vcpu->handle, KVM_GET_XSAVE, data, size, error);
  return ret != -1 ? kvm_x86_xsave_new_from_bytes (bytes, error) : NULL;
}

/**
 * kvm_vcpu_x86_set_xsave:
 * @vcpu: a vCPU
 * @xsave: the state
 * @error: return location for an error
 *
 * Sets the extended state (`KVM_SET_XSAVE`; %KVM_CAPABILITY_XSAVE; x86). See section 4.43 of
 * api.rst.
 *
 * Fails with %KVM_ERROR_INVALID if it is longer or shorter than what
 * [method@Kvm.Vcpu.x86_get_xsave] gets here, %KVM_ERROR_INVALID_ARGUMENT if it has components that
 * the vCPU does not have, %KVM_ERROR_PENDING as [method@Kvm.Vcpu.x86_set_regs] does,
 * %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED on another architecture
 * or if the kernel lacks the capability.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_set_xsave (KvmVcpu *vcpu, KvmX86Xsave *xsave, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  gboolean has_xsave2;
  gconstpointer data;
  gsize size, needed;

  g_return_val_if_fail (_kvm_is_vcpu (vcpu) && xsave != NULL, FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (!_kvm_handle_check (&vcpu->handle, "KVM_SET_XSAVE", error)
      || !_kvm_vcpu_check_settable (vcpu, "KVM_SET_XSAVE", error))
    return FALSE;

  bytes = kvm_x86_xsave_to_bytes (xsave);
  data = g_bytes_get_data (bytes, &size);
  needed = get_xsave_size (vcpu, &has_xsave2);
  if (size != needed)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "KVM_SET_XSAVE on vCPU %" G_GUINT64_FORMAT
                   ": the extended state has %" G_GSIZE_FORMAT
                   " bytes on this host, not %" G_GSIZE_FORMAT,
                   vcpu->handle.id, needed, size);
      return FALSE;
    }
  if (kvm_ioctl_sized (&vcpu->handle, KVM_SET_XSAVE, data, size, error) == -1)
    {
      if (error != NULL && g_error_matches (*error, KVM_ERROR, KVM_ERROR_INVALID_ARGUMENT))
        _kvm_error_add_detail (
            error,
            "components 0x%" G_GINT64_MODIFIER "x, MXCSR 0x%x: one that the vCPU "
            "does not have; set the CPUID first",
            kvm_x86_xsave_get_xstate_bv (xsave), kvm_x86_xsave_get_mxcsr (xsave));
      return FALSE;
    }
  return TRUE;
}

/* The guest gets what KVM_SET_FPU set only if x87 and SSE are marked as in use, which that does not
 * do and a new vCPU has not. */
static gboolean
mark_fpu_as_used (KvmVcpu *vcpu, GError **error)
{
  g_autoptr (KvmX86Xsave) xsave = NULL;
  g_autoptr (KvmX86Xsave) marked = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) local = NULL;
  GByteArray *array;

  xsave = kvm_vcpu_x86_get_xsave (vcpu, &local);
  if (xsave == NULL)
    {
      if (local->code == KVM_ERROR_NOT_SUPPORTED)
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if ((kvm_x86_xsave_get_xstate_bv (xsave) & XSTATE_FPU) == XSTATE_FPU)
    return TRUE;

  array = g_bytes_unref_to_array (kvm_x86_xsave_to_bytes (xsave));
  array->data[KVMOBJ_XSAVE_OFFSET_XSTATE_BV] |= XSTATE_FPU;
  bytes = g_byte_array_free_to_bytes (array);
  marked = kvm_x86_xsave_new_from_bytes (bytes, error);
  return marked != NULL && kvm_vcpu_x86_set_xsave (vcpu, marked, error);
}

/**
 * kvm_vcpu_x86_set_fpu:
 * @vcpu: a vCPU
 * @fpu: the registers
 * @error: return location for an error
 *
 * Sets the floating-point registers (`KVM_SET_FPU`; x86), but for MXCSR. See section 4.23 of
 * api.rst.
 *
 * The kernel alone would let what is set be lost as long as the extended state says that x87 and
 * SSE are as they are after a reset, which it does until the guest has used them. So this looks
 * there first and makes it say that they are in use (`KVM_GET_XSAVE2`, `KVM_SET_XSAVE`).
 *
 * Fails with %KVM_ERROR_PENDING as [method@Kvm.Vcpu.x86_set_regs] does, %KVM_ERROR_CLOSED,
 * %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_set_fpu (KvmVcpu *vcpu, const KvmX86Fpu *fpu, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu) && fpu != NULL, FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  return _kvm_handle_check (&vcpu->handle, "KVM_SET_FPU", error)
         && _kvm_vcpu_check_settable (vcpu, "KVM_SET_FPU", error) && mark_fpu_as_used (vcpu, error)
         && kvm_ioctl (&vcpu->handle, KVM_SET_FPU, fpu, error) != -1;
}

/**
 * kvm_vcpu_x86_get_xcrs:
 * @vcpu: a vCPU
 * @error: return location for an error
 *
 * Gets the extended control registers (`KVM_GET_XCRS`; %KVM_CAPABILITY_XCRS; x86). See section 4.44
 * of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED on another
 * architecture or if the kernel lacks the capability.
 *
 * Returns: (transfer full): the registers
 *
 * Since: 0.1
 */
KvmX86Xcrs *
kvm_vcpu_x86_get_xcrs (KvmVcpu *vcpu, GError **error)
{
  g_autoptr (KvmX86Xcrs) xcrs = NULL;

  g_return_val_if_fail (_kvm_is_vcpu (vcpu), NULL);
  _kvm_return_val_unless_arch (X86, NULL, error);

  xcrs = kvm_x86_xcrs_new ();
  if (kvm_ioctl (&vcpu->handle, KVM_GET_XCRS, xcrs, error) == -1)
    return NULL;
  xcrs->nr_xcrs = MIN (xcrs->nr_xcrs, G_N_ELEMENTS (xcrs->xcrs));
  return g_steal_pointer (&xcrs);
}

/**
 * kvm_vcpu_x86_set_xcrs:
 * @vcpu: a vCPU
 * @xcrs: the registers
 * @error: return location for an error
 *
 * Sets the extended control registers (`KVM_SET_XCRS`; %KVM_CAPABILITY_XCRS; x86). Kernels so far
 * know XCR0 alone and pass over the others. Set the CPUID first. See section 4.45 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID_ARGUMENT if XCR0 has bits that the vCPU's CPUID does not have,
 * %KVM_ERROR_PENDING as [method@Kvm.Vcpu.x86_set_regs] does, %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING,
 * and with %KVM_ERROR_NOT_SUPPORTED on another architecture or if the kernel lacks the capability.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_set_xcrs (KvmVcpu *vcpu, const KvmX86Xcrs *xcrs, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu) && xcrs != NULL, FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (!_kvm_vcpu_check_settable (vcpu, "KVM_SET_XCRS", error))
    return FALSE;
  if (kvm_ioctl (&vcpu->handle, KVM_SET_XCRS, xcrs, error) == -1)
    {
      if (error != NULL && g_error_matches (*error, KVM_ERROR, KVM_ERROR_INVALID_ARGUMENT))
        _kvm_error_add_detail (error,
                               "an XCR0 that the vCPU's CPUID does not have; set the CPUID first");
      return FALSE;
    }
  return TRUE;
}
