/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a virtual machine needs to be Xen's, or Hyper-V's, to its guest. */

#include "config.h"

#include <unistd.h>

#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-memory-private.h"
#include "kvm-vcpu-private.h"
#include "kvm-vm-private.h"
#include "x86/kvm-vcpu-x86.h"
#include "x86/kvm-vm-x86.h"
#include "x86/kvm-x86-xen-attribute-private.h"

#define PAGE_SIZE 4096

static gboolean
check_page (KvmMemory *memory, GError **error)
{
  if (memory == NULL)
    return TRUE;
  if (!_kvm_memory_check (memory, error))
    return FALSE;
  if (memory->size % PAGE_SIZE == 0 && memory->size / PAGE_SIZE <= G_MAXUINT8)
    return TRUE;

  g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
               "A hypercall page is of 1 to 255 pages of 4096 bytes, not of %" G_GUINT64_FORMAT
               " bytes",
               memory->size);
  return FALSE;
}

/* The kernel reads it when the guest asks for it. */
static void
keep_page (KvmVm *vm, const char *key, KvmMemory *memory)
{
  if (memory != NULL)
    g_object_set_data_full (G_OBJECT (vm), key, g_object_ref (memory), g_object_unref);
}

/**
 * kvm_vm_x86_set_xen_hvm_config:
 * @vm: a virtual machine
 * @flags: what is switched on
 * @msr: the MSR to which the guest writes for its hypercall page, from 0x40000000 to 0x4fffffff; 0
 *   for none
 * @page_32: (nullable): the hypercall pages of a 32-bit guest; %NULL with
 *   %KVM_X86_XEN_HVM_FLAGS_INTERCEPT_HYPERCALLS, where the kernel makes them
 * @page_64: (nullable): those of a 64-bit guest
 * @error: return location for an error
 *
 * Makes the virtual machine Xen's to its guest (`KVM_XEN_HVM_CONFIG`; %KVM_CAPABILITY_XEN_HVM;
 * x86). The virtual machine keeps the pages. See section 4.28 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID if the pages are not of 4096 bytes, %KVM_ERROR_INVALID_ARGUMENT,
 * %KVM_ERROR_CLOSED, and with %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_x86_set_xen_hvm_config (KvmVm *vm, KvmX86XenHvmFlags flags, guint32 msr, KvmMemory *page_32,
                               KvmMemory *page_64, GError **error)
{
  KvmAbiXenHvmConfig config = { .flags = flags, .msr = msr };

  g_return_val_if_fail (KVM_IS_VM (vm), FALSE);
  g_return_val_if_fail (page_32 == NULL || KVM_IS_MEMORY (page_32), FALSE);
  g_return_val_if_fail (page_64 == NULL || KVM_IS_MEMORY (page_64), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (!check_page (page_32, error) || !check_page (page_64, error))
    return FALSE;
  if (page_32 != NULL)
    {
      config.blob_addr_32 = (gulong) page_32->data;
      config.blob_size_32 = page_32->size / PAGE_SIZE;
    }
  if (page_64 != NULL)
    {
      config.blob_addr_64 = (gulong) page_64->data;
      config.blob_size_64 = page_64->size / PAGE_SIZE;
    }
  if (kvm_ioctl (&vm->handle, KVM_XEN_HVM_CONFIG, &config, error) == -1)
    {
      _kvm_error_add_detail (error, "flags 0x%x, MSR 0x%x", config.flags, msr);
      return FALSE;
    }
  keep_page (vm, "kvm-x86-xen-page-32", page_32);
  keep_page (vm, "kvm-x86-xen-page-64", page_64);
  return TRUE;
}

/**
 * kvm_vm_x86_get_xen_attribute:
 * @vm: a virtual machine
 * @type: which one
 * @error: return location for an error
 *
 * Gets an attribute that the virtual machine has as Xen's (`KVM_XEN_HVM_GET_ATTR`;
 * %KVM_CAPABILITY_XEN_HVM; x86). See section 4.127 of api.rst.
 *
 * Fails with %KVM_ERROR_NOT_FOUND if the kernel does not know the attribute, or it cannot be got;
 * with %KVM_ERROR_CLOSED, and %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: (transfer full): the attribute
 *
 * Since: 0.1
 */
KvmX86XenAttribute *
kvm_vm_x86_get_xen_attribute (KvmVm *vm, KvmX86XenVmAttributeType type, GError **error)
{
  g_autoptr (KvmX86XenAttribute) attribute = NULL;

  g_return_val_if_fail (KVM_IS_VM (vm), NULL);
  _kvm_return_val_unless_arch (X86, NULL, error);

  attribute = _kvm_x86_xen_attribute_alloc (FALSE, type);
  if (kvm_ioctl (&vm->handle, KVM_XEN_HVM_GET_ATTR, &attribute->abi, error) == -1)
    {
      _kvm_error_add_detail (error, "attribute %u", (guint) type);
      return NULL;
    }
  return g_steal_pointer (&attribute);
}

/**
 * kvm_vm_x86_set_xen_attribute:
 * @vm: a virtual machine
 * @attribute: an attribute of a virtual machine
 * @error: return location for an error
 *
 * Sets an attribute that the virtual machine has as Xen's (`KVM_XEN_HVM_SET_ATTR`;
 * %KVM_CAPABILITY_XEN_HVM; x86). See section 4.126 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID if the attribute is a vCPU's, %KVM_ERROR_NOT_FOUND if the kernel
 * does not know it, %KVM_ERROR_INVALID_ARGUMENT, %KVM_ERROR_CLOSED, and with
 * %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_x86_set_xen_attribute (KvmVm *vm, const KvmX86XenAttribute *attribute, GError **error)
{
  g_return_val_if_fail (KVM_IS_VM (vm) && attribute != NULL, FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (attribute->of_vcpu)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "The Xen attribute %u of a vCPU cannot be set on a virtual machine",
                   attribute->abi.type);
      return FALSE;
    }
  if (kvm_ioctl (&vm->handle, KVM_XEN_HVM_SET_ATTR, &attribute->abi, error) == -1)
    {
      _kvm_error_add_detail (error, "attribute %u", attribute->abi.type);
      return FALSE;
    }
  return TRUE;
}

/**
 * kvm_vcpu_x86_get_xen_attribute:
 * @vcpu: a vCPU
 * @type: which one
 * @error: return location for an error
 *
 * Gets an attribute that the vCPU has as Xen's (`KVM_XEN_VCPU_GET_ATTR`; %KVM_CAPABILITY_XEN_HVM;
 * x86). See section 4.129 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID_ARGUMENT if the kernel does not know the attribute, or it cannot be
 * got; with %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: (transfer full): the attribute
 *
 * Since: 0.1
 */
KvmX86XenAttribute *
kvm_vcpu_x86_get_xen_attribute (KvmVcpu *vcpu, KvmX86XenVcpuAttributeType type, GError **error)
{
  g_autoptr (KvmX86XenAttribute) attribute = NULL;

  g_return_val_if_fail (_kvm_is_vcpu (vcpu), NULL);
  _kvm_return_val_unless_arch (X86, NULL, error);

  attribute = _kvm_x86_xen_attribute_alloc (TRUE, type);
  if (kvm_ioctl (&vcpu->handle, KVM_XEN_VCPU_GET_ATTR, &attribute->abi, error) == -1)
    {
      _kvm_error_add_detail (error, "attribute %u", (guint) type);
      return NULL;
    }
  return g_steal_pointer (&attribute);
}

/**
 * kvm_vcpu_x86_set_xen_attribute:
 * @vcpu: a vCPU
 * @attribute: an attribute of a vCPU
 * @error: return location for an error
 *
 * Sets an attribute that the vCPU has as Xen's (`KVM_XEN_VCPU_SET_ATTR`; %KVM_CAPABILITY_XEN_HVM;
 * x86). See section 4.128 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID if the attribute is a virtual machine's,
 * %KVM_ERROR_INVALID_ARGUMENT, %KVM_ERROR_CLOSED, %KVM_ERROR_RUNNING, and with
 * %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_x86_set_xen_attribute (KvmVcpu *vcpu, const KvmX86XenAttribute *attribute, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu) && attribute != NULL, FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (!attribute->of_vcpu)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "The Xen attribute %u of a virtual machine cannot be set on a vCPU",
                   attribute->abi.type);
      return FALSE;
    }
  if (kvm_ioctl (&vcpu->handle, KVM_XEN_VCPU_SET_ATTR, &attribute->abi, error) == -1)
    {
      _kvm_error_add_detail (error, "attribute %u", attribute->abi.type);
      return FALSE;
    }
  return TRUE;
}

/**
 * kvm_vm_x86_send_xen_event:
 * @vm: a virtual machine
 * @port: the port of the guest's that gets the event
 * @vcpu_id: the id of the vCPU that gets it
 * @error: return location for an error
 *
 * Sends the guest an event (`KVM_XEN_HVM_EVTCHN_SEND`; %KVM_CAPABILITY_XEN_HVM with
 * %KVM_X86_XEN_HVM_FLAGS_EVENT_CHANNEL_SEND; x86). See section 4.135 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID_ARGUMENT if there is no such port or vCPU, `ENOTCONN` if the guest
 * does not want events from it, %KVM_ERROR_CLOSED, and with %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_x86_send_xen_event (KvmVm *vm, guint port, guint vcpu_id, GError **error)
{
  KvmAbiXenEvtchn event
      = { .port = port, .vcpu = vcpu_id, .priority = KVMOBJ_XEN_EVTCHN_PRIORITY_2LEVEL };

  g_return_val_if_fail (KVM_IS_VM (vm), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (kvm_ioctl (&vm->handle, KVM_XEN_HVM_EVTCHN_SEND, &event, error) == -1)
    {
      _kvm_error_add_detail (error, "port %u, vCPU %u", port, vcpu_id);
      return FALSE;
    }
  return TRUE;
}

static gboolean
assign_hyperv_eventfd (KvmVm *vm, guint connection_id, int fd, guint32 flags, GError **error)
{
  KvmAbiHypervEventfd eventfd = { .conn_id = connection_id, .fd = fd, .flags = flags };

  if (connection_id > KVMOBJ_HYPERV_CONN_ID_MASK)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "There is no connection 0x%x: the last one is 0x%x", connection_id,
                   KVMOBJ_HYPERV_CONN_ID_MASK);
      return FALSE;
    }
  if (kvm_ioctl (&vm->handle, KVM_HYPERV_EVENTFD, &eventfd, error) == -1)
    {
      _kvm_error_add_detail (error, "connection 0x%x", connection_id);
      return FALSE;
    }
  return TRUE;
}

/**
 * kvm_vm_x86_add_hyperv_eventfd:
 * @vm: a virtual machine
 * @connection_id: a connection of Hyper-V's, at most 0xffffff
 * @fd: an eventfd, which the kernel holds from then on
 * @error: return location for an error
 *
 * Lets the guest signal an eventfd with the hypercall for signals, without an exit
 * (`KVM_HYPERV_EVENTFD`; %KVM_CAPABILITY_HYPERV_EVENTFD; x86). See section 4.113 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID if the number of the connection is too large, %KVM_ERROR_EXISTS if
 * the connection has an eventfd, %KVM_ERROR_INVALID_ARGUMENT or %KVM_ERROR_BAD_FD if @fd is not
 * one, %KVM_ERROR_CLOSED, and with %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_x86_add_hyperv_eventfd (KvmVm *vm, guint connection_id, int fd, GError **error)
{
  g_return_val_if_fail (KVM_IS_VM (vm), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  return assign_hyperv_eventfd (vm, connection_id, fd, 0, error);
}

/**
 * kvm_vm_x86_remove_hyperv_eventfd:
 * @vm: a virtual machine
 * @connection_id: a connection of Hyper-V's
 * @error: return location for an error
 *
 * Takes the eventfd of a connection away (`KVM_HYPERV_EVENTFD` with deassign;
 * %KVM_CAPABILITY_HYPERV_EVENTFD; x86), so that the guest's signal is an exit. See section 4.113 of
 * api.rst.
 *
 * Fails with %KVM_ERROR_NOT_FOUND if there is none, %KVM_ERROR_INVALID, %KVM_ERROR_CLOSED, and with
 * %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_x86_remove_hyperv_eventfd (KvmVm *vm, guint connection_id, GError **error)
{
  g_return_val_if_fail (KVM_IS_VM (vm), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  return assign_hyperv_eventfd (vm, connection_id, -1, KVMOBJ_HYPERV_EVENTFD_DEASSIGN, error);
}
