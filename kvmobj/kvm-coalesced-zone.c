/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Zones in which a guest's writes do not stop it: the kernel notes them in a ring. */

#include "config.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kvm-coalesced-zone-private.h"
#include "kvm-error-private.h"
#include "kvm-exit-private.h"
#include "kvm-ioctl-private.h"
#include "kvm-vcpu-private.h"
#include "kvm-vm-private.h"

#define N_PORTS 0x10000

static KvmAbiCoalescedZone
make_zone (KvmIoSpace space, guint64 address, guint64 length)
{
  return (
      KvmAbiCoalescedZone){ .addr = address, .size = length, .pio = space == KVM_IO_SPACE_PORT };
}

static void
add_zone_detail (KvmIoSpace space, guint64 address, guint64 length, GError **error)
{
  _kvm_error_add_detail (error, "%s 0x%" G_GINT64_MODIFIER "x, length 0x%" G_GINT64_MODIFIER "x",
                         space == KVM_IO_SPACE_PORT ? "port" : "address", address, length);
}

static gboolean
check_place (KvmIoSpace space, guint64 address, guint64 length, GError **error)
{
  guint64 last = address + length - 1;

  if (space != KVM_IO_SPACE_PORT && space != KVM_IO_SPACE_MMIO)
    g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID, "There is no I/O space %d", (int) space);
  else if (length == 0 || length > G_MAXUINT32)
    g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                 "A coalesced zone has 1 to 0xffffffff bytes, not 0x%" G_GINT64_MODIFIER "x",
                 length);
  else if (last < address || (space == KVM_IO_SPACE_PORT && last >= N_PORTS))
    {
      g_set_error_literal (error, KVM_ERROR, KVM_ERROR_INVALID,
                           "The coalesced zone goes past the end");
      add_zone_detail (space, address, length, error);
    }
  else
    return TRUE;
  return FALSE;
}

static gboolean
set_wrong_process_error (GError **error)
{
  g_set_error_literal (error, KVM_ERROR, KVM_ERROR_WRONG_PROCESS,
                       "The VM belongs to the process that this one was forked from");
  return FALSE;
}

/* With the lock held. */
static gboolean
map_ring (KvmVm *vm, int vcpu_fd, GError **error)
{
  KvmCoalescing *self = &vm->coalescing;
  gsize page_size = sysconf (_SC_PAGESIZE);
  int page = _kvm_handle_peek_extension (&vm->handle, KVM_CAPABILITY_COALESCED_MMIO);
  gpointer mapping;

  if (self->ring != NULL || page <= 0)
    return TRUE;

  mapping = mmap (NULL, page_size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu_fd, page * page_size);
  if (mapping == MAP_FAILED)
    {
      _kvm_error_set_errno (error, errno, "mmap () of the ring of coalesced writes");
      return FALSE;
    }
  self->ring = mapping;
  self->ring_size = page_size;
  self->fork_mapping.address = mapping;
  self->fork_mapping.size = page_size;
  _kvm_fork_add_mapping (&self->fork_mapping);
  return TRUE;
}

gboolean
_kvm_vm_map_coalesced_ring (KvmVm *vm, int vcpu_fd, GError **error)
{
  gboolean ret = TRUE;

  if (!_kvm_vm_lock (vm))
    return set_wrong_process_error (error);
  if (vm->coalescing.zones != NULL)
    ret = map_ring (vm, vcpu_fd, error);
  g_mutex_unlock (&vm->lock);
  return ret;
}

gboolean
_kvm_coalescing_map_ring (KvmVm *vm, GError **error)
{
  for (guint i = 0; i < vm->children->len; i++)
    {
      KvmHandle *child = g_ptr_array_index (vm->children, i);

      if (child->kind == KVM_HANDLE_VCPU && _kvm_handle_is_usable (child))
        return map_ring (vm, child->fd, error);
    }
  return TRUE;
}

void
_kvm_coalescing_clear (KvmCoalescing *self)
{
  if (self->ring != NULL)
    {
      _kvm_fork_remove_mapping (&self->fork_mapping);
      munmap (self->ring, self->ring_size);
      self->ring = NULL;
    }
  g_clear_pointer (&self->zones, g_array_unref);
}

void
_kvm_coalescing_free (KvmCoalescing *self, guint generation)
{
  g_clear_pointer (&self->left, g_array_unref);
  if (self->is_used && generation == _kvm_fork_generation)
    g_rec_mutex_clear (&self->taking);
}

/* The kernel removes every zone that a range is in, so they must not overlap. */
static gboolean
check_overlap (KvmCoalescing *self, const KvmAbiCoalescedZone *wanted, GError **error)
{
  for (guint i = 0; self->zones != NULL && i < self->zones->len; i++)
    {
      const KvmAbiCoalescedZone *zone = &g_array_index (self->zones, KvmAbiCoalescedZone, i);

      if (zone->pio == wanted->pio && zone->addr <= wanted->addr + (wanted->size - 1)
          && wanted->addr <= zone->addr + (zone->size - 1))
        {
          g_set_error (error, KVM_ERROR, KVM_ERROR_OVERLAP,
                       "The coalesced zone overlaps one at 0x%" G_GINT64_MODIFIER "x, length 0x%x",
                       zone->addr, zone->size);
          return FALSE;
        }
    }
  return TRUE;
}

/* From now on vCPUs that are on the bus look into the ring before they serve an access, and do not
 * take the fast way to a device. */
static void
begin_use (KvmVm *vm)
{
  if (g_atomic_int_get (&vm->coalescing.is_used))
    return;

  g_rec_mutex_init (&vm->coalescing.taking);
  g_atomic_int_set (&vm->coalescing.is_used, TRUE);
  for (guint i = 0; vm->io_bus != NULL && i < vm->children->len; i++)
    {
      KvmHandle *child = g_ptr_array_index (vm->children, i);

      if (child->kind == KVM_HANDLE_VCPU)
        _kvm_vcpu_put_on_bus (child);
    }
}

static gboolean
add_zone (KvmVm *vm, const KvmAbiCoalescedZone *zone, GError **error)
{
  KvmCoalescing *self = &vm->coalescing;

  if (!check_overlap (self, zone, error) || !_kvm_coalescing_map_ring (vm, error))
    return FALSE;
  begin_use (vm);
  if (kvm_ioctl (&vm->handle, KVM_REGISTER_COALESCED_MMIO, zone, error) == -1)
    return FALSE;

  if (self->zones == NULL)
    self->zones = g_array_new (FALSE, FALSE, sizeof *zone);
  g_array_append_vals (self->zones, zone, 1);
  return TRUE;
}

/**
 * kvm_vm_add_coalesced_zone:
 * @vm: a virtual machine
 * @space: whether @address is a port or a guest-physical address
 * @address: where the zone begins
 * @length: how many ports or bytes it has
 * @error: return location for an error
 *
 * Lets the guest write to a zone without an exit (`KVM_REGISTER_COALESCED_MMIO`;
 * %KVM_CAPABILITY_COALESCED_MMIO, and %KVM_CAPABILITY_COALESCED_PIO for ports; x86, arm64 and
 * riscv64, ports on x86 alone). A read from the zone is an exit, as is a write that begins or ends
 * outside, and each write while the ring of all writes, about 170, is full.
 *
 * It is for registers which a device may hear of late. A device on the [class@Kvm.IoBus] is given
 * the writes when the guest next stops, in the order in which they were made, and before anything
 * else that came after them: [method@Kvm.Vcpu.run] does that before it serves an access or returns,
 * also for a kick. A guest that runs for long, or sleeps in the kernel, is not waited for: a timer
 * that calls [method@Kvm.Vm.drain_coalesced] makes the writes known sooner. What is for no device
 * comes out of that function, too; a program without a bus calls it at each exit.
 *
 * The zone stays until [method@Kvm.Vm.remove_coalesced_zone], or until the virtual machine ends.
 * See section 4.116 of api.rst.
 *
 * Fails with %KVM_ERROR_OVERLAP if another zone is in the way, which the message names;
 * %KVM_ERROR_INVALID if the zone is empty or goes past the end; %KVM_ERROR_NO_SPACE if there are
 * too many; %KVM_ERROR_CLOSED; and with %KVM_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_add_coalesced_zone (KvmVm *vm, KvmIoSpace space, guint64 address, guint64 length,
                           GError **error)
{
  KvmAbiCoalescedZone zone = make_zone (space, address, length);
  gboolean ret;

  g_return_val_if_fail (KVM_IS_VM (vm), FALSE);

  if (!_kvm_handle_check (&vm->handle, "KVM_REGISTER_COALESCED_MMIO", error)
      || !check_place (space, address, length, error))
    return FALSE;

  /* A kernel without it takes no notice of the space, and would have a zone of memory there. */
  if (space == KVM_IO_SPACE_PORT
      && _kvm_handle_peek_extension (&vm->handle, KVM_CAPABILITY_COALESCED_PIO) == 0)
    {
      g_set_error_literal (error, KVM_ERROR, KVM_ERROR_NOT_SUPPORTED,
                           "KVM_REGISTER_COALESCED_MMIO on VM: this kernel has no coalesced ports "
                           "(KVM_CAP_COALESCED_PIO is 0)");
      return FALSE;
    }

  if (!_kvm_vm_lock (vm))
    return set_wrong_process_error (error);
  ret = add_zone (vm, &zone, error);
  g_mutex_unlock (&vm->lock);
  if (!ret)
    add_zone_detail (space, address, length, error);
  return ret;
}

static gboolean
remove_zone (KvmVm *vm, const KvmAbiCoalescedZone *wanted, GError **error)
{
  GArray *zones = vm->coalescing.zones;

  for (guint i = 0; zones != NULL && i < zones->len; i++)
    {
      const KvmAbiCoalescedZone *zone = &g_array_index (zones, KvmAbiCoalescedZone, i);

      if (zone->addr == wanted->addr && zone->size == wanted->size && zone->pio == wanted->pio)
        {
          if (kvm_ioctl (&vm->handle, KVM_UNREGISTER_COALESCED_MMIO, wanted, error) == -1)
            return FALSE;
          g_array_remove_index_fast (zones, i);
          return TRUE;
        }
    }
  g_set_error_literal (error, KVM_ERROR, KVM_ERROR_NOT_FOUND, "There is no such coalesced zone");
  return FALSE;
}

/**
 * kvm_vm_remove_coalesced_zone:
 * @vm: a virtual machine
 * @space: whether @address is a port or a guest-physical address
 * @address: where the zone begins
 * @length: how many ports or bytes it has, as it was added
 * @error: return location for an error
 *
 * Makes the guest's writes to a zone exits again (`KVM_UNREGISTER_COALESCED_MMIO`;
 * %KVM_CAPABILITY_COALESCED_MMIO, and %KVM_CAPABILITY_COALESCED_PIO for ports; x86, arm64 and
 * riscv64, ports on x86 alone). What was written before still comes out of
 * [method@Kvm.Vm.drain_coalesced]. See section 4.116 of api.rst.
 *
 * Fails with %KVM_ERROR_NOT_FOUND if there is no zone with this beginning and length, and with
 * %KVM_ERROR_CLOSED.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_vm_remove_coalesced_zone (KvmVm *vm, KvmIoSpace space, guint64 address, guint64 length,
                              GError **error)
{
  KvmAbiCoalescedZone zone = make_zone (space, address, length);
  gboolean ret;

  g_return_val_if_fail (KVM_IS_VM (vm), FALSE);

  if (!_kvm_handle_check (&vm->handle, "KVM_UNREGISTER_COALESCED_MMIO", error)
      || !check_place (space, address, length, error))
    return FALSE;
  if (!_kvm_vm_lock (vm))
    return set_wrong_process_error (error);
  ret = remove_zone (vm, &zone, error);
  g_mutex_unlock (&vm->lock);
  if (!ret)
    add_zone_detail (space, address, length, error);
  return ret;
}
