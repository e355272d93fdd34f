/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-system-private.h"
#include "x86/kvm-system-x86.h"
#include "x86/kvm-x86-cpuid-private.h"

/* The kernel takes only a table with enough room, so it begins with as much as there can be; what
 * is kept is as long as it needs to be. */
static KvmX86Cpuid *
fetch_supported_cpuid (KvmSystem *system, GError **error)
{
  g_autoptr (KvmX86Cpuid) large = _kvm_x86_cpuid_alloc (KVMOBJ_MAX_CPUID_ENTRIES);

  if (kvm_ioctl (&system->handle, KVM_GET_SUPPORTED_CPUID, &large->abi, error) == -1)
    return NULL;
  return kvm_x86_cpuid_new (large->abi.entries, MIN (large->abi.nent, KVMOBJ_MAX_CPUID_ENTRIES),
                            error);
}

/**
 * kvm_system_x86_get_supported_cpuid:
 * @system: a system
 * @error: return location for an error
 *
 * Gets what the host and the kernel can offer a guest in the CPUID instruction
 * (`KVM_GET_SUPPORTED_CPUID`; %KVM_CAPABILITY_EXT_CPUID; x86), with KVM's own leaves at 0x40000000.
 * The kernel is asked once; it is the same table each time. See section 4.46 of api.rst.
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
  KvmX86Cpuid *cpuid = NULL;

  g_return_val_if_fail (KVM_IS_SYSTEM (system), NULL);
  _kvm_return_val_unless_arch (X86, NULL, error);

  if (!_kvm_handle_check (&system->handle, "KVM_GET_SUPPORTED_CPUID", error))
    return NULL;

  g_mutex_lock (&system->lock);
  if (system->x86_supported_cpuid == NULL)
    system->x86_supported_cpuid = fetch_supported_cpuid (system, error);
  if (system->x86_supported_cpuid != NULL)
    cpuid = kvm_x86_cpuid_ref (system->x86_supported_cpuid);
  g_mutex_unlock (&system->lock);
  return cpuid;
}
