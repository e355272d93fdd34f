/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Guests whose memory is encrypted: SEV of AMD's, TDX of Intel's. */

#include "config.h"

#include <string.h>

#include "kvm-error-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-memory-private.h"
#include "kvm-vcpu-private.h"
#include "kvm-vm-private.h"
#include "x86/kvm-vcpu-x86.h"
#include "x86/kvm-vm-x86-encryption.h"

/* No command takes as much. */
#define MAX_COMMAND (64 * 1024)
#define MAX_DATA (1024 * 1024)

/* A kernel that does not know the request of a vCPU, which is TDX's alone, takes it for a bad one;
 * no capability but the types of VMs tells. */
static void
add_detail (KvmHandle *handle, GError **error)
{
  if (error == NULL)
    return;
  if (handle->kind == KVM_HANDLE_VCPU
      && g_error_matches (*error, KVM_ERROR, KVM_ERROR_INVALID_ARGUMENT)
      && !(_kvm_handle_peek_extension (handle, KVM_CAPABILITY_VM_TYPES) & 1 << KVMOBJ_VM_TYPE_TDX))
    (*error)->code = KVM_ERROR_NOT_SUPPORTED;
  if (g_error_matches (*error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED))
    _kvm_error_add_detail (error,
                           "the host has no encryption of guests, or this VM's type has none");
}

/* A copy that the kernel may write to, or %NULL. */
static guint8 *
copy_bytes (GBytes *bytes, gsize minimum, gsize maximum, const char *what, GError **error)
{
  gsize size = 0;
  gconstpointer data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;
  guint8 *copy;

  if (size < minimum || size > maximum)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "%s has %" G_GSIZE_FORMAT " to %" G_GSIZE_FORMAT " bytes, not %" G_GSIZE_FORMAT,
                   what, minimum, maximum, size);
      return NULL;
    }
  copy = g_malloc (size + 1);
  if (size != 0)
    memcpy (copy, data, size);
  return copy;
}

static GBytes *
encrypt_op (KvmHandle *handle, GBytes *command, GError **error)
{
  g_autofree guint8 *copy
      = copy_bytes (command, sizeof (KvmAbiSevCmd), MAX_COMMAND, "A command", error);

  if (copy == NULL)
    return NULL;
  if (kvm_ioctl_sized (handle, KVM_MEMORY_ENCRYPT_OP, copy, sizeof (KvmAbiSevCmd), error) == -1)
    {
      add_detail (handle, error);
      return NULL;
    }
  return g_bytes_new_take (g_steal_pointer (&copy), g_bytes_get_size (command));
}

/**
 * kvm_vm_x86_memory_encrypt_op:
 * @vm: a virtual machine
 * @command: the command as the kernel lays it out, at least 24 bytes: a `struct kvm_sev_cmd` or
 *   `struct kvm_tdx_cmd`
 * @error: return location for an error
 *
 * Gives a command to what encrypts the guest (`KVM_MEMORY_ENCRYPT_OP`; x86). What the command
 * points to must be in this process; [method@Kvm.Vm.x86_run_sev_command] sees to that. See
 * section 4.110 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID if there are too few bytes or too many, %KVM_ERROR_CLOSED,
 * %KVM_ERROR_NOT_SUPPORTED if the host encrypts no guests or not this one, and with errors that
 * depend on the command.
 *
 * Returns: (transfer full): the command as the kernel changed it
 *
 * Since: 0.1
 */
GBytes *
kvm_vm_x86_memory_encrypt_op (KvmVm *vm, GBytes *command, GError **error)
{
  g_return_val_if_fail (KVM_IS_VM (vm) && command != NULL, NULL);
  _kvm_return_val_unless_arch (X86, NULL, error);

  return encrypt_op (&vm->handle, command, error);
}

/**
 * kvm_vcpu_x86_memory_encrypt_op:
 * @vcpu: a vCPU
 * @command: the command as the kernel lays it out, at least 24 bytes: a `struct kvm_tdx_cmd`
 * @error: return location for an error
 *
 * Gives a command to what encrypts the guest, for one vCPU (`KVM_MEMORY_ENCRYPT_OP`; x86; TDX
 * alone). What the command points to must be in this process. See section 4.110 of api.rst.
 *
 * Fails as [method@Kvm.Vm.x86_memory_encrypt_op] does, and with %KVM_ERROR_RUNNING.
 *
 * Returns: (transfer full): the command as the kernel changed it
 *
 * Since: 0.1
 */
GBytes *
kvm_vcpu_x86_memory_encrypt_op (KvmVcpu *vcpu, GBytes *command, GError **error)
{
  g_return_val_if_fail (_kvm_is_vcpu (vcpu) && command != NULL, NULL);
  _kvm_return_val_unless_arch (X86, NULL, error);

  return encrypt_op (&vcpu->handle, command, error);
}

/**
 * kvm_vm_x86_run_sev_command:
 * @vm: a virtual machine
 * @command: a [enum@Kvm.X86SevCommand], or another number of the kernel's `KVM_SEV_…`
 * @data: (nullable): what the command takes, as the kernel lays it out; %NULL for nothing
 * @sev_fd: a file descriptor of /dev/sev, for the commands that need it; else -1
 * @firmware_error: (out) (optional): what the processor's firmware says, 0 if nothing
 * @error: return location for an error
 *
 * Gives SEV a command (`KVM_MEMORY_ENCRYPT_OP` with a `struct kvm_sev_cmd`; x86, AMD alone). Other
 * memory that @data points to must be in this process. See x86/amd-memory-encryption.rst, next to
 * api.rst.
 *
 * Fails as [method@Kvm.Vm.x86_memory_encrypt_op] does; the message has the firmware's error.
 *
 * Returns: (transfer full): @data as the kernel changed it
 *
 * Since: 0.1
 */
GBytes *
kvm_vm_x86_run_sev_command (KvmVm *vm, guint command, GBytes *data, int sev_fd,
                            guint32 *firmware_error, GError **error)
{
  KvmAbiSevCmd abi = { .id = command, .sev_fd = sev_fd };
  g_autofree guint8 *copy = NULL;
  int ret;

  if (firmware_error != NULL)
    *firmware_error = 0;
  g_return_val_if_fail (KVM_IS_VM (vm), NULL);
  _kvm_return_val_unless_arch (X86, NULL, error);

  copy = copy_bytes (data, 0, MAX_DATA, "What an SEV command takes", error);
  if (copy == NULL)
    return NULL;
  if (data != NULL)
    abi.data = (gulong) copy;
  ret = kvm_ioctl_sized (&vm->handle, KVM_MEMORY_ENCRYPT_OP, &abi, sizeof abi, error);
  if (firmware_error != NULL)
    *firmware_error = abi.error;
  if (ret == -1)
    {
      if (abi.error != 0)
        _kvm_error_add_detail (error, "SEV command %u, firmware error 0x%x", command, abi.error);
      else
        _kvm_error_add_detail (error, "SEV command %u", command);
      add_detail (&vm->handle, error);
      return NULL;
    }
  return g_bytes_new_take (g_steal_pointer (&copy), data != NULL ? g_bytes_get_size (data) : 0);
}

static gboolean
make_region (KvmMemory *memory, guint64 offset, guint64 length, KvmAbiEncRegion *region,
             GError **error)
{
  if (!_kvm_memory_check (memory, error))
    return FALSE;
  if (length == 0 || offset > memory->size || length > memory->size - offset)
    {
      g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                   "There are no 0x%" G_GINT64_MODIFIER "x bytes at offset 0x%" G_GINT64_MODIFIER
                   "x in memory of 0x%" G_GINT64_MODIFIER "x bytes",
                   length, offset, memory->size);
      return FALSE;
    }
  *region = (KvmAbiEncRegion){ .addr = (gulong) memory->data + offset, .size = length };
  return TRUE;
}

static void
add_region_detail (KvmVm *vm, guint64 offset, guint64 length, GError **error)
{
  _kvm_error_add_detail (
      error, "0x%" G_GINT64_MODIFIER "x bytes at offset 0x%" G_GINT64_MODIFIER "x", length, offset);
  add_detail (&vm->handle, error);
}

/**
 * kvm_vm_x86_register_encrypted_region:
 * @vm: a virtual machine
 * @memory: memory of the guest's
 * @offset: where in it the region begins, in bytes
 * @length: the length of the region in bytes
 * @error: return location for an error
 *
 * Tells the kernel that memory will be encrypted, so that it stays where it is
 * (`KVM_MEMORY_ENCRYPT_REG_REGION`; x86, SEV alone). It stays so until
 * [method@Kvm.Vm.x86_unregister_encrypted_region], or until the virtual machine ends. See
 * section 4.111 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID if there are no such bytes in the memory, %KVM_ERROR_NO_MEMORY if
 * it cannot be kept in place, %KVM_ERROR_CLOSED, and with %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_x86_register_encrypted_region (KvmVm *vm, KvmMemory *memory, guint64 offset, guint64 length,
                                      GError **error)
{
  KvmAbiEncRegion region;

  g_return_val_if_fail (KVM_IS_VM (vm) && KVM_IS_MEMORY (memory), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (!make_region (memory, offset, length, &region, error))
    return FALSE;
  if (kvm_ioctl (&vm->handle, KVM_MEMORY_ENCRYPT_REG_REGION, &region, error) == -1)
    {
      add_region_detail (vm, offset, length, error);
      return FALSE;
    }
  return TRUE;
}

/**
 * kvm_vm_x86_unregister_encrypted_region:
 * @vm: a virtual machine
 * @memory: memory of the guest's
 * @offset: where in it the region begins, in bytes
 * @length: the length of the region in bytes, as it was registered
 * @error: return location for an error
 *
 * Takes back what [method@Kvm.Vm.x86_register_encrypted_region] said
 * (`KVM_MEMORY_ENCRYPT_UNREG_REGION`; x86, SEV alone). See section 4.112 of api.rst.
 *
 * Fails with %KVM_ERROR_INVALID if there are no such bytes in the memory,
 * %KVM_ERROR_INVALID_ARGUMENT if there is no such region, %KVM_ERROR_CLOSED, and with
 * %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_x86_unregister_encrypted_region (KvmVm *vm, KvmMemory *memory, guint64 offset,
                                        guint64 length, GError **error)
{
  KvmAbiEncRegion region;

  g_return_val_if_fail (KVM_IS_VM (vm) && KVM_IS_MEMORY (memory), FALSE);
  _kvm_return_val_unless_arch (X86, FALSE, error);

  if (!make_region (memory, offset, length, &region, error))
    return FALSE;
  if (kvm_ioctl (&vm->handle, KVM_MEMORY_ENCRYPT_UNREG_REGION, &region, error) == -1)
    {
      add_region_detail (vm, offset, length, error);
      return FALSE;
    }
  return TRUE;
}
