/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-vm-private.h"
#include "x86/kvm-vm-x86.h"
#include "x86/kvm-x86-pmu-event-filter-private.h"

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

/**
 * kvm_vm_x86_set_identity_map_address:
 * @vm: a virtual machine
 * @address: the guest-physical address of a page below 4 GiB that is in no memory slot; 0 for the
 *   kernel's own choice, 0xfffbc000
 * @error: return location for an error
 *
 * Tells the kernel where it may hide a page table that Intel's processors need to run real mode
 * (`KVM_SET_IDENTITY_MAP_ADDR`; %KVM_CAPABILITY_SET_IDENTITY_MAP_ADDR; x86). Others do not need it,
 * and it does them no harm. See section 4.40 of api.rst.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_INVALID_ARGUMENT if there is a vCPU already, and with
 * %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_x86_set_identity_map_address (KvmVm *vm, guint64 address, GError **error)
{
  g_return_val_if_fail (KVM_IS_VM (vm), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (kvm_ioctl (&vm->handle, KVM_SET_IDENTITY_MAP_ADDR, &address, error) == -1)
    {
      _kvm_error_add_detail (
          error, "address 0x%" G_GINT64_MODIFIER "x; it must come before the first vCPU", address);
      return FALSE;
    }
  return TRUE;
}

/**
 * kvm_vm_x86_set_nr_mmu_pages:
 * @vm: a virtual machine
 * @n_pages: how many, at least 64
 * @error: return location for an error
 *
 * Limits the pages that the kernel may use for the virtual machine's shadow page tables
 * (`KVM_SET_NR_MMU_PAGES`; %KVM_CAPABILITY_MMU_SHADOW_CACHE_CONTROL; x86). Without this the kernel
 * chooses a number by the size of the guest's memory.
 *
 * Fails with %KVM_ERROR_CLOSED, %KVM_ERROR_INVALID_ARGUMENT if there are too few, and with
 * %KVM_ERROR_NOT_SUPPORTED on another architecture.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_x86_set_nr_mmu_pages (KvmVm *vm, guint n_pages, GError **error)
{
  g_return_val_if_fail (KVM_IS_VM (vm), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (kvm_ioctl_value (&vm->handle, KVM_SET_NR_MMU_PAGES, n_pages, error) == -1)
    {
      _kvm_error_add_detail (error, "%u pages", n_pages);
      return FALSE;
    }
  return TRUE;
}

/**
 * kvm_vm_x86_set_pmu_event_filter:
 * @vm: a virtual machine
 * @filter: the filter
 * @error: return location for an error
 *
 * Sets what the guest may count with its performance counters (`KVM_SET_PMU_EVENT_FILTER`;
 * %KVM_CAPABILITY_PMU_EVENT_FILTER; x86), in place of the filter before. A counter of what it may
 * not count stands still. The kernel copies the filter. See section 4.120 of api.rst.
 *
 * Fails with %KVM_ERROR_TOO_BIG if there are more events than the kernel takes, which is 300;
 * %KVM_ERROR_INVALID_ARGUMENT, %KVM_ERROR_CLOSED, and with %KVM_ERROR_NOT_SUPPORTED, also if the
 * filter has masks and the kernel lacks %KVM_CAPABILITY_PMU_EVENT_MASKED_EVENTS.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_x86_set_pmu_event_filter (KvmVm *vm, const KvmX86PmuEventFilter *filter, GError **error)
{
  g_autofree KvmAbiPmuEventFilter *abi = NULL;

  g_return_val_if_fail (KVM_IS_VM (vm) && filter != NULL, FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  abi = _kvm_x86_pmu_event_filter_to_abi (filter);
  if (kvm_ioctl (&vm->handle, KVM_SET_PMU_EVENT_FILTER, abi, error) != -1)
    return TRUE;

  if (error != NULL && g_error_matches (*error, KVM_ERROR, KVM_ERROR_INVALID_ARGUMENT)
      && (abi->flags & KVMOBJ_PMU_EVENT_FLAG_MASKED)
      && _kvm_handle_peek_extension (&vm->handle, KVM_CAPABILITY_PMU_EVENT_MASKED_EVENTS) == 0)
    {
      (*error)->code = KVM_ERROR_NOT_SUPPORTED;
      _kvm_error_add_detail (error, "this kernel has no masked events "
                                    "(KVM_CAP_PMU_EVENT_MASKED_EVENTS is 0)");
    }
  else
    _kvm_error_add_detail (error, "%u events", abi->nevents);
  return FALSE;
}
