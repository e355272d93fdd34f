/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a virtual machine does with memory by its guest-physical address. */

#include "config.h"

#include <unistd.h>

#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-memory-map-private.h"
#include "kvm-memory-private.h"
#include "kvm-vcpu-private.h"
#include "kvm-vm-memory.h"

/* What a part of the range is in: a reference to the memory, which the slot may lose meanwhile;
 * NULL with an error if there is no slot. */
static KvmMemory *
find_memory (KvmVm *vm, guint64 guest_address, guint64 *offset, guint64 *available, GError **error)
{
  KvmMemory *memory = NULL;
  KvmSlot *slot;

  if (!_kvm_handle_check (&vm->handle, "guest memory", error))
    return NULL;
  if (!_kvm_vm_lock (vm))
    {
      _kvm_handle_set_unusable_error (&vm->handle, "guest memory", error);
      return NULL;
    }
  slot = _kvm_vm_find_slot (vm, 0, guest_address);
  if (slot != NULL)
    {
      memory = g_object_ref (slot->memory);
      *offset = slot->offset + (guest_address - slot->guest_address);
      *available = slot->length - (guest_address - slot->guest_address);
    }
  g_mutex_unlock (&vm->lock);

  if (memory == NULL)
    g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                 "There is no memory slot at the guest-physical address 0x%" G_GINT64_MODIFIER "x",
                 guest_address);
  return memory;
}

typedef enum
{
  CHECK, /* only whether there is memory */
  READ,
  WRITE
} Transfer;

static gboolean
transfer (KvmVm *vm, guint64 guest_address, gpointer buffer, gsize length, Transfer what,
          GError **error)
{
  if (length != 0 && length - 1 > G_MAXUINT64 - guest_address)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "%" G_GSIZE_FORMAT " bytes at the guest-physical address 0x%" G_GINT64_MODIFIER
                   "x go past the end of the address space",
                   length, guest_address);
      return FALSE;
    }
  while (length != 0)
    {
      guint64 offset, available;
      g_autoptr (KvmMemory) memory = find_memory (vm, guest_address, &offset, &available, error);
      gsize n;

      if (memory == NULL)
        return FALSE;
      n = MIN (length, available);
      if ((what == READ && !kvm_memory_read (memory, offset, buffer, n, error))
          || (what == WRITE && !kvm_memory_write (memory, offset, buffer, n, error)))
        return FALSE;
      guest_address += n;
      if (what != CHECK)
        buffer = (guint8 *) buffer + n;
      length -= n;
    }
  return TRUE;
}

/**
 * kvm_vm_read_memory: (skip)
 * @vm: a virtual machine
 * @guest_address: a guest-physical address
 * @buffer: where the bytes are copied to
 * @length: how many bytes
 * @error: return location for an error
 *
 * Copies bytes out of the guest's memory, from as many slots of address space 0 as it takes.
 *
 * Fails with %KVM_ERROR_INVALID if there is an address without a slot, which the message names;
 * %KVM_ERROR_CLOSED; and as [method@Kvm.Memory.write] does. What comes before that address may have
 * been copied.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_read_memory (KvmVm *vm, guint64 guest_address, gpointer buffer, gsize length, GError **error)
{
  g_return_val_if_fail (KVM_IS_VM (vm), FALSE);
  g_return_val_if_fail (buffer != NULL || length == 0, FALSE);

  return transfer (vm, guest_address, buffer, length, READ, error);
}

/**
 * kvm_vm_read_memory_bytes: (rename-to kvm_vm_read_memory)
 * @vm: a virtual machine
 * @guest_address: a guest-physical address
 * @size: how many bytes
 * @length: (out): the length of the result, which is @size
 * @error: return location for an error
 *
 * Copies bytes out of the guest's memory, from as many slots of address space 0 as it takes.
 *
 * Fails with %KVM_ERROR_NO_MEMORY, and as [method@Kvm.Vm.write_memory] does.
 *
 * Returns: (array length=length) (transfer full): the bytes
 *
 * Since: 0.1
 */
guint8 *
kvm_vm_read_memory_bytes (KvmVm *vm, guint64 guest_address, gsize size, gsize *length,
                          GError **error)
{
  g_autofree guint8 *bytes = NULL;

  g_return_val_if_fail (length != NULL, NULL);
  *length = 0;
  g_return_val_if_fail (KVM_IS_VM (vm), NULL);

  if (!transfer (vm, guest_address, NULL, size, CHECK, error))
    return NULL;
  bytes = g_try_malloc (MAX (size, 1));
  if (bytes == NULL)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_NO_MEMORY,
                   "There is no room for a copy of %" G_GSIZE_FORMAT " bytes of memory", size);
      return NULL;
    }
  if (!transfer (vm, guest_address, bytes, size, READ, error))
    return NULL;
  *length = size;
  return g_steal_pointer (&bytes);
}

/**
 * kvm_vm_write_memory:
 * @vm: a virtual machine
 * @guest_address: a guest-physical address
 * @data: (array length=length) (element-type guint8): the bytes
 * @length: how many there are
 * @error: return location for an error
 *
 * Copies bytes into the guest's memory, to as many slots of address space 0 as it takes. Memory
 * that the guest can only read is written, too.
 *
 * Fails with %KVM_ERROR_INVALID if there is an address without a slot, which the message names;
 * %KVM_ERROR_CLOSED; and as [method@Kvm.Memory.write] does. What comes before that address may have
 * been written.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_write_memory (KvmVm *vm, guint64 guest_address, const guint8 *data, gsize length,
                     GError **error)
{
  g_return_val_if_fail (KVM_IS_VM (vm), FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  return transfer (vm, guest_address, (gpointer) data, length, WRITE, error);
}

/**
 * kvm_vm_create_guest_memfd:
 * @vm: a virtual machine
 * @size: the size in bytes, a multiple of the host's page size
 * @flags: how it is made; %KVM_CAPABILITY_GUEST_MEMFD_FLAGS tells which flags the kernel has
 * @error: return location for an error
 *
 * Makes memory that is the guest's and that the host's other programs cannot map
 * (`KVM_CREATE_GUEST_MEMFD`; %KVM_CAPABILITY_GUEST_MEMFD; x86 and arm64). It goes into slots of
 * this virtual machine alone, as the last arguments of [method@Kvm.Vm.add_memory_full].
 *
 * With both flags the memory can be read, written and be the memory of the slot, too. With
 * %KVM_GUEST_MEMFD_FLAGS_MMAP alone a page cannot be touched before the guest shares it: methods
 * fail with %KVM_ERROR_FAULT.
 *
 * The memory keeps the kernel's virtual machine, but not its slots. See section 4.142 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID if the size is not a multiple of the page size, or is 0;
 * %KVM_ERROR_INVALID_ARGUMENT if the kernel does not have a flag, or not for a virtual machine of
 * this type; %KVM_ERROR_NOT_SUPPORTED; %KVM_ERROR_CLOSED; and with %KVM_ERROR_TOO_MANY_FILES.
 *
 * Returns: (transfer full): the memory
 *
 * Since: 0.1
 */
KvmMemory *
kvm_vm_create_guest_memfd (KvmVm *vm, guint64 size, KvmGuestMemfdFlags flags, GError **error)
{
  KvmAbiGuestMemfd memfd = { .size = size, .flags = flags };
  guint64 page_size = sysconf (_SC_PAGESIZE);
  int fd;

  g_return_val_if_fail (KVM_IS_VM (vm), NULL);

  if (size == 0 || size % page_size != 0 || size > G_MAXINT64)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "A guest_memfd comes in pages of %" G_GUINT64_FORMAT
                   " bytes, and cannot have %" G_GUINT64_FORMAT,
                   page_size, size);
      return NULL;
    }
  fd = kvm_ioctl (&vm->handle, KVM_CREATE_GUEST_MEMFD, &memfd, error);
  if (fd == -1)
    {
      _kvm_error_add_detail (
          error, "%" G_GUINT64_FORMAT " bytes, flags 0x%x of 0x%x", size, flags,
          _kvm_handle_peek_extension (&vm->handle, KVM_CAPABILITY_GUEST_MEMFD_FLAGS));
      return NULL;
    }
  _kvm_handle_set_lent (&vm->handle);
  return _kvm_memory_new_guest_memfd (size, fd, (flags & KVM_GUEST_MEMFD_FLAGS_MMAP) != 0,
                                      !(flags & KVM_GUEST_MEMFD_FLAGS_INIT_SHARED), error);
}

static gboolean
check_pages (guint64 guest_address, guint64 length, GError **error)
{
  guint64 page_size = sysconf (_SC_PAGESIZE);

  if (length != 0 && guest_address % page_size == 0 && length % page_size == 0
      && length - 1 <= G_MAXUINT64 - guest_address)
    return TRUE;

  g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
               "0x%" G_GINT64_MODIFIER "x bytes at the guest-physical address 0x%" G_GINT64_MODIFIER
               "x are not whole pages of %" G_GUINT64_FORMAT " bytes",
               length, guest_address, page_size);
  return FALSE;
}

/**
 * kvm_vm_set_memory_attributes:
 * @vm: a virtual machine
 * @guest_address: a guest-physical address, a multiple of the page size
 * @length: how many bytes, a multiple of the page size
 * @attributes: what the pages are from now on; %KVM_CAPABILITY_MEMORY_ATTRIBUTES tells which
 *   attributes there are
 * @error: return location for an error
 *
 * Says whether a guest's pages are private or shared with the host (`KVM_SET_MEMORY_ATTRIBUTES`;
 * %KVM_CAPABILITY_MEMORY_ATTRIBUTES; x86). A guest that touches a page as what it is not stops with
 * %KVM_EXIT_REASON_MEMORY_FAULT. See section 4.141 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID if the range is not one of whole pages;
 * %KVM_ERROR_INVALID_ARGUMENT if the virtual machine cannot have an attribute;
 * %KVM_ERROR_NOT_SUPPORTED; and with %KVM_ERROR_CLOSED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_set_memory_attributes (KvmVm *vm, guint64 guest_address, guint64 length,
                              KvmMemoryAttributes attributes, GError **error)
{
  KvmAbiMemoryAttributes request
      = { .address = guest_address, .size = length, .attributes = attributes };

  g_return_val_if_fail (KVM_IS_VM (vm), FALSE);

  if (!check_pages (guest_address, length, error))
    return FALSE;
  if (kvm_ioctl (&vm->handle, KVM_SET_MEMORY_ATTRIBUTES, &request, error) == -1)
    {
      _kvm_error_add_detail (
          error, "attributes 0x%x of 0x%" G_GINT64_MODIFIER "x bytes at 0x%" G_GINT64_MODIFIER "x",
          attributes, length, guest_address);
      return FALSE;
    }
  return TRUE;
}

/**
 * kvm_vcpu_pre_fault_memory:
 * @vcpu: a vCPU
 * @guest_address: a guest-physical address, a multiple of the page size
 * @length: how many bytes, a multiple of the page size
 * @n_bytes: (out): how many of them are mapped now, from @guest_address on, also on failure
 * @error: return location for an error
 *
 * Maps memory into the guest before it is touched (`KVM_PRE_FAULT_MEMORY`;
 * %KVM_CAPABILITY_PRE_FAULT_MEMORY; x86). See section 4.143 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID if the range is not one of whole pages; %KVM_ERROR_PARTIAL if only
 * a part could be mapped, with the address and the reason; %KVM_ERROR_NOT_FOUND if there is no
 * memory slot; %KVM_ERROR_POISONED; %KVM_ERROR_INTERRUPTED; %KVM_ERROR_RUNNING;
 * %KVM_ERROR_NOT_SUPPORTED, also if the guest's paging does not allow it; and with
 * %KVM_ERROR_CLOSED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vcpu_pre_fault_memory (KvmVcpu *vcpu, guint64 guest_address, guint64 length, guint64 *n_bytes,
                           GError **error)
{
  KvmAbiPreFaultMemory request = { .gpa = guest_address, .size = length };

  g_return_val_if_fail (n_bytes != NULL, FALSE);
  *n_bytes = 0;
  g_return_val_if_fail (KVM_IS_VCPU (vcpu), FALSE);

  if (!check_pages (guest_address, length, error))
    return FALSE;

  /* The kernel succeeds with a part, and says in the request what is left. */
  while (request.size != 0)
    {
      guint64 left = request.size;

      if (kvm_ioctl (&vcpu->handle, KVM_PRE_FAULT_MEMORY, &request, error) == -1)
        {
          if (error != NULL && *n_bytes != 0)
            (*error)->code = KVM_ERROR_PARTIAL;
          _kvm_error_add_detail (error,
                                 "at 0x%" G_GINT64_MODIFIER "x, after 0x%" G_GINT64_MODIFIER
                                 "x of 0x%" G_GINT64_MODIFIER "x bytes",
                                 guest_address + *n_bytes, *n_bytes, length);
          return FALSE;
        }
      if (request.size >= left)
        {
          g_set_error (error, KVM_ERROR, KVM_ERROR_PARTIAL,
                       "KVM_PRE_FAULT_MEMORY on vCPU %" G_GUINT64_FORMAT
                       ": the kernel got no further than 0x%" G_GINT64_MODIFIER "x",
                       vcpu->handle.id, guest_address + *n_bytes);
          return FALSE;
        }
      *n_bytes = length - request.size;
    }
  return TRUE;
}
