/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Zones in which a guest's writes do not stop it: the kernel notes them in a ring, and the program
 * takes them out when it next has to do with the device. */

#include "config.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kvm-coalesced-zone-private.h"
#include "kvm-error-private.h"
#include "kvm-exit-private.h"
#include "kvm-ioctl-private.h"
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

static gboolean
map_ring_of_any_vcpu (KvmVm *vm, GError **error)
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

static gboolean
add_zone (KvmVm *vm, const KvmAbiCoalescedZone *zone, GError **error)
{
  KvmCoalescing *self = &vm->coalescing;

  if (!check_overlap (self, zone, error) || !map_ring_of_any_vcpu (vm, error)
      || kvm_ioctl (&vm->handle, KVM_REGISTER_COALESCED_MMIO, zone, error) == -1)
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
 * riscv64, ports on x86 alone). The writes come out of [method@Kvm.Vm.drain_coalesced] in the order
 * in which they were made. A read from the zone is an exit, as is a write that begins or ends
 * outside, and each write while the ring of all writes, about 170, is full.
 *
 * It is for registers which a device may hear of late, as long as it hears of them before the next
 * access that is not in a zone. So call [method@Kvm.Vm.drain_coalesced] at each exit for the
 * device, or first thing in its [vfunc@Kvm.IoDevice.read] and [vfunc@Kvm.IoDevice.write]: the
 * library gives coalesced writes to no device by itself.
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

/* Takes the oldest write out of the ring. FALSE if there is none. */
static gboolean
pop_write (KvmVm *vm, KvmAbiCoalescedWrite *write)
{
  KvmCoalescing *self = &vm->coalescing;
  KvmAbiCoalescedRing *ring;
  gboolean found = FALSE;

  if (!_kvm_vm_lock (vm))
    return FALSE;
  if (self->ring == NULL && self->zones != NULL)
    map_ring_of_any_vcpu (vm, NULL); /* one that came at the same time as the first zone */
  ring = self->ring;
  if (ring != NULL)
    {
      guint32 n = (self->ring_size - sizeof *ring) / sizeof ring->writes[0];
      guint32 first = _KVM_READ_ONCE (ring->first);

      /* The kernel writes first the entry and then where the next one goes; it needs to see that
       * the place is free only after it was read. */
      found = first < n && __atomic_load_n (&ring->last, __ATOMIC_ACQUIRE) != first;
      if (found)
        {
          *write = ring->writes[first];
          __atomic_store_n (&ring->first, (first + 1) % n, __ATOMIC_RELEASE);
        }
    }
  g_mutex_unlock (&vm->lock);
  return found;
}

/**
 * kvm_vm_drain_coalesced:
 * @vm: a virtual machine
 * @func: (scope call): what takes a write
 * @user_data: what is given to @func
 * @error: return location for an error
 *
 * Takes out what the guest has written to coalesced zones, the oldest write first, and gives each
 * write to @func. There is one ring for all zones and all vCPUs of the virtual machine. What is
 * written meanwhile may be taken out too, but not for ever: at most as much as the ring holds.
 *
 * This may be called from any thread, also while vCPUs run, and by @func. Each write is given out
 * once. If several threads do this at the same time, each gets a part; a program whose devices mind
 * the order does it in one thread at a time.
 *
 * Fails with %KVM_ERROR_CLOSED, and with %KVM_ERROR_WRONG_PROCESS in a forked child.
 *
 * Returns: how many writes there were; -1 on failure
 *
 * Since: 0.1
 */
int
kvm_vm_drain_coalesced (KvmVm *vm, KvmCoalescedWriteFunc func, gpointer user_data, GError **error)
{
  KvmAbiCoalescedWrite write;
  gsize limit = sysconf (_SC_PAGESIZE) / sizeof write;
  gsize n = 0;

  g_return_val_if_fail (KVM_IS_VM (vm), -1);
  g_return_val_if_fail (func != NULL, -1);

  if (!_kvm_handle_check (&vm->handle, "kvm_vm_drain_coalesced ()", error))
    return -1;

  g_object_ref (vm); /* the function may drop the last reference */
  while (n < limit && pop_write (vm, &write))
    {
      guint size = MIN (write.len, sizeof write.data);

      func (write.pio ? KVM_IO_SPACE_PORT : KVM_IO_SPACE_MMIO, write.phys_addr, size,
            _kvm_load (write.data, size), user_data);
      n++;
    }
  g_object_unref (vm);
  return n;
}
