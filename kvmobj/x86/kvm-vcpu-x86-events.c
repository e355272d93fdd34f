/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is on its way to a vCPU, and the state that processors have for special cases. */

#include "config.h"

#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-vcpu-private.h"
#include "x86/kvm-vcpu-x86-sync-private.h"
#include "x86/kvm-vcpu-x86.h"

#define CR0_PG (1u << 31)
#define CR4_PAE (1u << 5)
#define EFER_LMA (1u << 10)

/**
 * kvm_vcpu_x86_get_sregs2:
 * @vcpu: a vCPU
 * @sregs: (out caller-allocates): the registers
 * @error: return location for an error
 *
 * Gets the special registers with the PDPTRs (`KVM_GET_SREGS2`; %KVM_CAPABILITY_SREGS2; x86). See
 * section 4.131 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED on another
 * architecture or if the kernel lacks the capability.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_get_sregs2 (KvmVcpu *vcpu, KvmX86Sregs2 *sregs, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu) && sregs != NULL, FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  return kvm_ioctl (&vcpu->handle, KVM_GET_SREGS2, sregs, error) != -1;
}

static const char *
guess_sregs2_mistake (const KvmX86Sregs2 *sregs)
{
  if (sregs->flags & ~(guint64) KVM_X86_SREGS2_FLAGS_PDPTRS_VALID)
    return "unknown flags";
  if ((sregs->flags & KVM_X86_SREGS2_FLAGS_PDPTRS_VALID)
      && (!(sregs->cr0 & CR0_PG) || !(sregs->cr4 & CR4_PAE) || (sregs->efer & EFER_LMA)))
    return "PDPTRs are for 32-bit PAE paging alone";
  return "the registers do not fit together, or have a bit that the vCPU does not have; set the "
         "CPUID first";
}

/**
 * kvm_vcpu_x86_set_sregs2:
 * @vcpu: a vCPU
 * @sregs: the registers
 * @error: return location for an error
 *
 * Sets the special registers with the PDPTRs (`KVM_SET_SREGS2`; %KVM_CAPABILITY_SREGS2; x86). It is
 * [method@Kvm.Vcpu.x86_set_sregs] but for the PDPTRs, which are set if the flags say so, and else
 * read from the guest's memory. See section 4.132 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID_ARGUMENT if the registers do not fit together or are not what the
 * vCPU can have, or if there are PDPTRs without 32-bit PAE paging, %KVM_ERROR_PENDING as
 * [method@Kvm.Vcpu.x86_set_regs] does, %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with
 * %KVM_ERROR_NOT_SUPPORTED on another architecture or if the kernel lacks the capability.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_set_sregs2 (KvmVcpu *vcpu, const KvmX86Sregs2 *sregs, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu) && sregs != NULL, FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (!_kvm_vcpu_check_settable (vcpu, "KVM_SET_SREGS2", error))
    return FALSE;
  if (kvm_ioctl (&vcpu->handle, KVM_SET_SREGS2, sregs, error) == -1)
    {
      if (error != NULL && g_error_matches (*error, KVM_ERROR, KVM_ERROR_INVALID_ARGUMENT))
        _kvm_error_add_detail (error, "%s", guess_sregs2_mistake (sregs));
      return FALSE;
    }
  return TRUE;
}

/**
 * kvm_vcpu_x86_get_debug_regs:
 * @vcpu: a vCPU
 * @regs: (out caller-allocates): the registers
 * @error: return location for an error
 *
 * Gets the debug registers of the guest's own (`KVM_GET_DEBUGREGS`; %KVM_CAPABILITY_DEBUGREGS;
 * x86). See section 4.33 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED on another
 * architecture or if the kernel lacks the capability.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_get_debug_regs (KvmVcpu *vcpu, KvmX86DebugRegs *regs, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu) && regs != NULL, FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  return kvm_ioctl (&vcpu->handle, KVM_GET_DEBUGREGS, regs, error) != -1;
}

/**
 * kvm_vcpu_x86_set_debug_regs:
 * @vcpu: a vCPU
 * @regs: the registers
 * @error: return location for an error
 *
 * Sets the debug registers of the guest's own (`KVM_SET_DEBUGREGS`; %KVM_CAPABILITY_DEBUGREGS;
 * x86). See section 4.34 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID_ARGUMENT if the flags are not 0, or DR6 or DR7 has any of its upper
 * 32 bits set, %KVM_ERROR_PENDING as [method@Kvm.Vcpu.x86_set_regs] does, %KVM_ERROR_CLOSED,
 * %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED on another architecture or if the kernel
 * lacks the capability.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_set_debug_regs (KvmVcpu *vcpu, const KvmX86DebugRegs *regs, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu) && regs != NULL, FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (!_kvm_vcpu_check_settable (vcpu, "KVM_SET_DEBUGREGS", error))
    return FALSE;
  if (kvm_ioctl (&vcpu->handle, KVM_SET_DEBUGREGS, regs, error) == -1)
    {
      if (error != NULL && g_error_matches (*error, KVM_ERROR, KVM_ERROR_INVALID_ARGUMENT))
        _kvm_error_add_detail (error, "the flags and the upper halves of DR6 and DR7 must be 0");
      return FALSE;
    }
  return TRUE;
}

/**
 * kvm_vcpu_x86_get_vcpu_events:
 * @vcpu: a vCPU
 * @events: (out caller-allocates): the events
 * @error: return location for an error
 *
 * Gets what is on its way to the vCPU (`KVM_GET_VCPU_EVENTS`; %KVM_CAPABILITY_VCPU_EVENTS; x86). As
 * [method@Kvm.Vcpu.x86_get_regs] it costs no call to the kernel from the second exit on; then it
 * shows what there was at the exit.
 * See section 4.31 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED on another
 * architecture or if the kernel lacks the capability.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_get_vcpu_events (KvmVcpu *vcpu, KvmX86VcpuEvents *events, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu) && events != NULL, FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (_kvm_vcpu_x86_get_synced (vcpu, KVMOBJ_X86_SYNC_EVENTS, events))
    return TRUE;
  if (kvm_ioctl (&vcpu->handle, KVM_GET_VCPU_EVENTS, events, error) == -1)
    return FALSE;
  _kvm_vcpu_x86_ask_for_sync (vcpu, KVMOBJ_X86_SYNC_EVENTS);
  return TRUE;
}

/**
 * kvm_vcpu_x86_set_vcpu_events:
 * @vcpu: a vCPU
 * @events: the events
 * @error: return location for an error
 *
 * Sets what is on its way to the vCPU (`KVM_SET_VCPU_EVENTS`; %KVM_CAPABILITY_VCPU_EVENTS; x86).
 * Some fields count only if the flags say so. See section 4.32 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID_ARGUMENT if there is an unknown flag or one that takes a capability
 * which is not enabled, or a vector that no exception has, %KVM_ERROR_PENDING as
 * [method@Kvm.Vcpu.x86_set_regs] does, %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with
 * %KVM_ERROR_NOT_SUPPORTED on another architecture or if the kernel lacks the capability.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_set_vcpu_events (KvmVcpu *vcpu, const KvmX86VcpuEvents *events, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu) && events != NULL, FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (!_kvm_vcpu_check_settable (vcpu, "KVM_SET_VCPU_EVENTS", error))
    return FALSE;
  if (kvm_ioctl (&vcpu->handle, KVM_SET_VCPU_EVENTS, events, error) == -1)
    {
      if (error != NULL && g_error_matches (*error, KVM_ERROR, KVM_ERROR_INVALID_ARGUMENT))
        _kvm_error_add_detail (error,
                               "flags 0x%x, exception %u: an exception that is none, or flags that "
                               "take a capability which is not enabled",
                               events->flags, events->exception_nr);
      return FALSE;
    }
  return TRUE;
}

/**
 * kvm_vcpu_x86_get_nested_state:
 * @vcpu: a vCPU
 * @error: return location for an error
 *
 * Gets the state of the virtualization that the guest does itself (`KVM_GET_NESTED_STATE`;
 * %KVM_CAPABILITY_NESTED_STATE; x86). See section 4.114 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, %KVM_ERROR_NO_MEMORY, and with
 * %KVM_ERROR_NOT_SUPPORTED on another architecture or if the kernel lacks the capability.
 *
 * Returns: (transfer full): the state
 *
 * Since: 0.1
 */
KvmX86NestedState *
kvm_vcpu_x86_get_nested_state (KvmVcpu *vcpu, GError **error)
{
  gsize size;

  g_return_val_if_fail (_kvm_is_vcpu (vcpu), NULL);
  _kvm_return_val_unless_arch (X86, NULL, error);

  if (!_kvm_handle_check (&vcpu->handle, "KVM_GET_NESTED_STATE", error))
    return NULL;

  /* The kernel says how long it can be; and, if that was not enough, how long it is. */
  size = MAX (_kvm_handle_peek_extension (&vcpu->handle, KVM_CAPABILITY_NESTED_STATE),
              (int) sizeof (KvmAbiNestedState));
  for (;;)
    {
      g_autofree KvmAbiNestedState *state = g_try_malloc0 (size);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) local = NULL;

      if (state == NULL)
        {
          g_set_error (error, KVM_ERROR, KVM_ERROR_NO_MEMORY,
                       "KVM_GET_NESTED_STATE: there is no room for %" G_GSIZE_FORMAT " bytes",
                       size);
          return NULL;
        }
      state->size = size;
      if (kvm_ioctl_sized (&vcpu->handle, KVM_GET_NESTED_STATE, state, size, &local) != -1)
        {
          bytes = g_bytes_new (state, MIN (size, state->size));
          return kvm_x86_nested_state_new_from_bytes (bytes, error);
        }
      if (local->code != KVM_ERROR_TOO_BIG || state->size <= size)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
      size = state->size;
    }
}

/**
 * kvm_vcpu_x86_set_nested_state:
 * @vcpu: a vCPU
 * @state: the state
 * @error: return location for an error
 *
 * Sets the state of the virtualization that the guest does itself (`KVM_SET_NESTED_STATE`;
 * %KVM_CAPABILITY_NESTED_STATE; x86). The CPUID and the special registers go before. See section
 * 4.115 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID_ARGUMENT if the state is of another processor or does not fit the
 * other registers, %KVM_ERROR_PENDING as [method@Kvm.Vcpu.x86_set_regs] does, %KVM_ERROR_CLOSED,
 * %KVM_ERROR_RUNNING, and with %KVM_ERROR_NOT_SUPPORTED on another architecture or if the kernel
 * lacks the capability.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_set_nested_state (KvmVcpu *vcpu, KvmX86NestedState *state, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  gconstpointer data;
  gsize size;

  g_return_val_if_fail (_kvm_is_vcpu (vcpu) && state != NULL, FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (!_kvm_vcpu_check_settable (vcpu, "KVM_SET_NESTED_STATE", error))
    return FALSE;

  bytes = kvm_x86_nested_state_to_bytes (state);
  data = g_bytes_get_data (bytes, &size);
  if (kvm_ioctl_sized (&vcpu->handle, KVM_SET_NESTED_STATE, data, size, error) == -1)
    {
      _kvm_error_add_detail (error, "format %u, flags 0x%x, %" G_GSIZE_FORMAT " bytes",
                             kvm_x86_nested_state_get_format (state),
                             kvm_x86_nested_state_get_flags (state), size);
      return FALSE;
    }
  return TRUE;
}

/**
 * kvm_vcpu_x86_translate:
 * @vcpu: a vCPU
 * @linear_address: an address as the guest's page tables know it
 * @physical_address: (out): where it leads to
 * @flags: (out) (optional): what may be done there
 * @error: return location for an error
 *
 * Asks where a linear address leads to, by the page tables that the vCPU has now (`KVM_TRANSLATE`;
 * x86). Without paging it leads to itself. Kernels so far do not look at the rights in the tables:
 * they say that every page is writable, and not for user space. See section 4.15 of api.rst.
 *
 * Fails with %KVM_ERROR_NOT_FOUND if it leads nowhere, %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and
 * with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_translate (KvmVcpu *vcpu, guint64 linear_address, guint64 *physical_address,
                        KvmX86TranslationFlags *flags, GError **error)
{
  KvmAbiTranslation translation = { .linear_address = linear_address };

  g_return_val_if_fail (physical_address != NULL, FALSE);
  *physical_address = 0;
  if (flags != NULL)
    *flags = KVM_X86_TRANSLATION_FLAGS_NONE;
  g_return_val_if_fail (_kvm_is_vcpu (vcpu), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (kvm_ioctl (&vcpu->handle, KVM_TRANSLATE, &translation, error) == -1)
    return FALSE;
  if (!translation.valid)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_NOT_FOUND,
                   "KVM_TRANSLATE on vCPU %" G_GUINT64_FORMAT ": the page tables have nothing at "
                   "0x%" G_GINT64_MODIFIER "x",
                   vcpu->handle.id, linear_address);
      return FALSE;
    }

  *physical_address = translation.physical_address;
  if (flags != NULL)
    *flags = (translation.writeable ? KVM_X86_TRANSLATION_FLAGS_WRITABLE : 0)
             | (translation.usermode ? KVM_X86_TRANSLATION_FLAGS_USER : 0);
  return TRUE;
}
