/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-system-private.h"
#include "x86/kvm-system-x86.h"
#include "x86/kvm-x86-cpuid-private.h"

/* The tables that a system keeps, by their places. */
enum
{
  SUPPORTED,
  EMULATED,
  HYPERV,
  N_TABLES
};

G_STATIC_ASSERT (G_N_ELEMENTS (((KvmSystem *) NULL)->x86_cpuid) == N_TABLES);

static void
clear_cpuid (KvmSystem *self)
{
  for (guint i = 0; i < N_TABLES; i++)
    g_clear_pointer (&self->x86_cpuid[i], kvm_x86_cpuid_unref);
}

void
_kvm_system_x86_clear (KvmSystem *self)
{
  clear_cpuid (self);
  for (guint i = 0; i < G_N_ELEMENTS (self->x86_msr_lists); i++)
    g_clear_pointer (&self->x86_msr_lists[i], g_bytes_unref);
}

static KvmX86Cpuid *
fetch (KvmSystem *self, guint table, GError **error)
{
  switch (table)
    {
    case SUPPORTED:
      return kvm_ioctl_get_cpuid (&self->handle, KVM_GET_SUPPORTED_CPUID, error);
    case EMULATED:
      return kvm_ioctl_get_cpuid (&self->handle, KVM_GET_EMULATED_CPUID, error);
    default:
      return kvm_ioctl_get_cpuid (&self->handle, KVM_GET_SUPPORTED_HV_CPUID, error);
    }
}

static KvmX86Cpuid *
get_table (KvmSystem *self, guint table, const char *name, GError **error)
{
  KvmX86Cpuid *cpuid = NULL;

  if (!_kvm_handle_check (&self->handle, name, error))
    return NULL;

  g_mutex_lock (&self->lock);
  if (self->x86_cpuid[table] == NULL)
    self->x86_cpuid[table] = fetch (self, table, error);
  if (self->x86_cpuid[table] != NULL)
    cpuid = kvm_x86_cpuid_ref (self->x86_cpuid[table]);
  g_mutex_unlock (&self->lock);
  return cpuid;
}

/**
 * kvm_system_x86_get_supported_cpuid:
 * @system: a system
 * @error: return location for an error
 *
 * Gets what the host and the kernel can offer a guest in the CPUID instruction
 * (`KVM_GET_SUPPORTED_CPUID`; %KVM_CAPABILITY_EXT_CPUID; x86), with KVM's own leaves at 0x40000000.
 * The kernel is asked once; it is the same table each time, until
 * [method@Kvm.System.x86_refresh_cpuid]. See section 4.46 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, and with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: (transfer full): the table
 *
 * Since: 0.1
 */
KvmX86Cpuid *
kvm_system_x86_get_supported_cpuid (KvmSystem *system, GError **error)
{
  g_return_val_if_fail (KVM_IS_SYSTEM (system), NULL);
  _kvm_return_val_unless_arch (X86, NULL, error);

  return get_table (system, SUPPORTED, "KVM_GET_SUPPORTED_CPUID", error);
}

/**
 * kvm_system_x86_get_emulated_cpuid:
 * @system: a system
 * @error: return location for an error
 *
 * Gets the features that the kernel emulates although the processor lacks them
 * (`KVM_GET_EMULATED_CPUID`; %KVM_CAPABILITY_EXT_EMUL_CPUID; x86). They are slow, and so not in
 * what [method@Kvm.System.x86_get_supported_cpuid] gets. The kernel is asked once. See section 4.88
 * of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED and %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: (transfer full): the table
 *
 * Since: 0.1
 */
KvmX86Cpuid *
kvm_system_x86_get_emulated_cpuid (KvmSystem *system, GError **error)
{
  g_return_val_if_fail (KVM_IS_SYSTEM (system), NULL);
  _kvm_return_val_unless_arch (X86, NULL, error);

  return get_table (system, EMULATED, "KVM_GET_EMULATED_CPUID", error);
}

/**
 * kvm_system_x86_get_supported_hv_cpuid:
 * @system: a system
 * @error: return location for an error
 *
 * Gets the leaves of Hyper-V that the kernel can offer a guest (`KVM_GET_SUPPORTED_HV_CPUID`;
 * %KVM_CAPABILITY_SYS_HYPERV_CPUID; x86). They are at 0x40000000 too, and take the place of KVM's
 * own. The kernel is asked once. Kernels that lack the capability may tell it of a vCPU, with
 * [method@Kvm.Vcpu.x86_get_supported_hv_cpuid]. See section 4.118 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED and %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: (transfer full): the table
 *
 * Since: 0.1
 */
KvmX86Cpuid *
kvm_system_x86_get_supported_hv_cpuid (KvmSystem *system, GError **error)
{
  g_return_val_if_fail (KVM_IS_SYSTEM (system), NULL);
  _kvm_return_val_unless_arch (X86, NULL, error);

  return get_table (system, HYPERV, "KVM_GET_SUPPORTED_HV_CPUID", error);
}

/**
 * kvm_system_x86_refresh_cpuid:
 * @system: a system
 *
 * Forgets the CPUID tables, so that each is asked for anew when it is next wanted (x86). It is
 * needed after the process got permission for a part of the guest's state, with `arch_prctl ()` and
 * `ARCH_REQ_XCOMP_GUEST_PERM`: the supported table then has more. Tables that somebody has stay as
 * they are.
 *
 * Since: 0.1
 */
void
kvm_system_x86_refresh_cpuid (KvmSystem *system)
{
  g_return_if_fail (KVM_IS_SYSTEM (system));

  if (!_kvm_fork_lock (&system->lock, system->generation))
    return;
  clear_cpuid (system);
  g_mutex_unlock (&system->lock);
}

/**
 * kvm_system_x86_get_supported_mce_cap:
 * @system: a system
 * @mcg_cap: (out): in the layout of the MSR IA32_MCG_CAP, without a number of banks
 * @error: return location for an error
 *
 * Gets which abilities a vCPU's machine-check registers can have (`KVM_X86_GET_MCE_CAP_SUPPORTED`;
 * %KVM_CAPABILITY_MCE; x86), for [method@Kvm.Vcpu.x86_setup_mce]. See section 4.104 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, and with %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_system_x86_get_supported_mce_cap (KvmSystem *system, guint64 *mcg_cap, GError **error)
{
  g_return_val_if_fail (mcg_cap != NULL, FALSE);
  *mcg_cap = 0;
  g_return_val_if_fail (KVM_IS_SYSTEM (system), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  return kvm_ioctl (&system->handle, KVM_X86_GET_MCE_CAP_SUPPORTED, mcg_cap, error) != -1;
}
