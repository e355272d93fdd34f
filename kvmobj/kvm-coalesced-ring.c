/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a guest has written to coalesced zones comes out of the ring: for the devices on the bus
 * whenever a vCPU stops, and for the program when it asks. */

#include "config.h"

#include <unistd.h>

#include "kvm-coalesced-zone-private.h"
#include "kvm-exit-private.h"
#include "kvm-io-bus-private.h"
#include "kvm-vm-private.h"

/* How many writes one page has, about. More are not taken out at once, so that a guest which writes
 * on and on does not keep a thread for ever; nor are more kept for the program. */
static gsize
get_limit (void)
{
  return sysconf (_SC_PAGESIZE) / sizeof (KvmAbiCoalescedWrite);
}

/* The oldest write in the ring, which stays there unless it is popped. FALSE if there is none. */
static gboolean
peek_write (KvmVm *vm, KvmAbiCoalescedWrite *write)
{
  KvmCoalescing *self = &vm->coalescing;
  KvmAbiCoalescedRing *ring;
  gboolean found = FALSE;

  if (!_kvm_vm_lock (vm))
    return FALSE;
  if (self->ring == NULL && self->zones != NULL)
    _kvm_coalescing_map_ring (vm, NULL); /* one that came at the same time as the first zone */
  ring = self->ring;
  if (ring != NULL)
    {
      guint32 n = (self->ring_size - sizeof *ring) / sizeof ring->writes[0];
      guint32 first = _KVM_READ_ONCE (ring->first);

      /* The kernel writes first the entry and then where the next one goes. */
      found = first < n && __atomic_load_n (&ring->last, __ATOMIC_ACQUIRE) != first;
      if (found)
        *write = ring->writes[first];
    }
  g_mutex_unlock (&vm->lock);
  return found;
}

/* For who has peeked. */
static void
pop_write (KvmVm *vm)
{
  KvmCoalescing *self = &vm->coalescing;
  KvmAbiCoalescedRing *ring;

  if (!_kvm_vm_lock (vm))
    return;
  ring = self->ring;
  if (ring != NULL) /* it may have been closed */
    {
      guint32 n = (self->ring_size - sizeof *ring) / sizeof ring->writes[0];
      guint32 first = _KVM_READ_ONCE (ring->first);

      /* The kernel needs to see that the place is free only after it was read. */
      __atomic_store_n (&ring->first, (first + 1) % n, __ATOMIC_RELEASE);
    }
  g_mutex_unlock (&vm->lock);
}

static KvmIoSpace
get_space (const KvmAbiCoalescedWrite *write)
{
  return write->pio ? KVM_IO_SPACE_PORT : KVM_IO_SPACE_MMIO;
}

static guint
get_size (const KvmAbiCoalescedWrite *write)
{
  return MIN (write->len, sizeof write->data);
}

/* The range that has all of the write, or NULL. */
static const KvmIoRange *
find_range (const KvmIoTable *table, const KvmAbiCoalescedWrite *write)
{
  const KvmIoRange *range
      = table != NULL ? _kvm_io_table_find (table, get_space (write), write->phys_addr) : NULL;

  return range != NULL && get_size (write) != 0
                 && get_size (write) <= range->length - (write->phys_addr - range->address)
             ? range
             : NULL;
}

/* A table of the bus for one write: a device may change the bus. */
static KvmIoTable *
ref_table (KvmVm *vm)
{
  KvmIoBus *bus = g_atomic_pointer_get (&vm->io_bus);

  return bus != NULL ? _kvm_io_bus_ref_table (bus) : NULL;
}

static void
unref_table (KvmIoTable *table)
{
  if (table != NULL)
    _kvm_io_table_unref (table);
}

typedef enum
{
  WRITE_TAKEN,     /* a device has it */
  WRITE_ELSEWHERE, /* a device is to have it in another thread */
  WRITE_LEFT,      /* it is for no device */
} WriteResult;

/* Takes the write that was peeked out of the ring, if a device can have it here. */
static WriteResult
give_to_device (KvmVm *vm, const KvmAbiCoalescedWrite *write, gboolean *stop)
{
  KvmIoTable *table = ref_table (vm);
  const KvmIoRange *range = find_range (table, write);
  WriteResult result = WRITE_LEFT;

  if (range != NULL)
    result = _kvm_io_range_is_here (range) ? WRITE_TAKEN : WRITE_ELSEWHERE;
  if (result == WRITE_TAKEN)
    {
      pop_write (vm); /* first, for the device may drain */
      *stop |= _kvm_io_range_write (range, write->phys_addr - range->address, get_size (write),
                                    _kvm_load (write->data, get_size (write)));
    }
  unref_table (table);
  return result;
}

gboolean
_kvm_vm_deliver_coalesced_slow (KvmVm *vm, gboolean *stop)
{
  KvmCoalescing *self = &vm->coalescing;
  WriteResult result = WRITE_TAKEN;
  KvmAbiCoalescedWrite write;
  gsize limit = get_limit ();

  g_rec_mutex_lock (&self->taking);
  for (gsize n = 0; n < limit && peek_write (vm, &write); n++)
    {
      result = give_to_device (vm, &write, stop);
      if (result == WRITE_ELSEWHERE
          || (result == WRITE_LEFT && self->left != NULL && self->left->len >= limit))
        break;
      if (result == WRITE_LEFT)
        {
          pop_write (vm);
          if (self->left == NULL)
            self->left = g_array_new (FALSE, FALSE, sizeof write);
          g_array_append_val (self->left, write);
        }
    }
  g_rec_mutex_unlock (&self->taking);
  return result != WRITE_ELSEWHERE;
}

/* With the lock of those who take writes held. */
static gboolean
pop_left (KvmCoalescing *self, KvmAbiCoalescedWrite *write)
{
  if (self->left == NULL || self->left->len == 0)
    return FALSE;

  *write = g_array_index (self->left, KvmAbiCoalescedWrite, 0);
  g_array_remove_index (self->left, 0);
  return TRUE;
}

/**
 * kvm_vm_drain_coalesced:
 * @vm: a virtual machine
 * @func: (scope call): what takes a write that is for no device
 * @user_data: what is given to @func
 * @error: return location for an error
 *
 * Takes out what the guest has written to coalesced zones, the oldest write first, and gives each
 * write to the device on the [class@Kvm.IoBus] that it is for, and else to @func. There is one ring
 * for all zones and all vCPUs of the virtual machine. What is written meanwhile may be taken out
 * too, but not for ever: at most about as much as the ring holds.
 *
 * This may be called from any thread, also while vCPUs run, and by @func and devices. Each write is
 * given out once, and by one thread at a time: the others, among them vCPUs that have stopped, wait
 * until they have their turn. So neither @func nor a device that has a coalesced zone waits for
 * another thread. Before a write for a device of %KVM_IO_DEVICE_FLAGS_SAME_THREAD this stops, in
 * another thread than the device's.
 *
 * What a device wants that returns %TRUE from [vfunc@Kvm.IoDevice.write] is not heard here: there
 * is no run that it could end.
 *
 * Fails with %KVM_ERROR_CLOSED, and with %KVM_ERROR_WRONG_PROCESS in a forked child.
 *
 * Returns: how many writes @func was given; -1 on failure
 *
 * Since: 0.1
 */
int
kvm_vm_drain_coalesced (KvmVm *vm, KvmCoalescedWriteFunc func, gpointer user_data, GError **error)
{
  KvmCoalescing *self = &vm->coalescing;
  gsize limit = 2 * get_limit (); /* what was left, and what is in the ring */
  KvmAbiCoalescedWrite write;
  gboolean stop = FALSE;
  int n_given = 0;

  g_return_val_if_fail (KVM_IS_VM (vm), -1);
  g_return_val_if_fail (func != NULL, -1);

  if (!_kvm_handle_check (&vm->handle, "kvm_vm_drain_coalesced ()", error))
    return -1;
  if (!g_atomic_int_get (&self->is_used))
    return 0;

  g_object_ref (vm); /* the function may drop the last reference */
  g_rec_mutex_lock (&self->taking);
  for (gsize n = 0; n < limit; n++)
    {
      if (!pop_left (self, &write))
        {
          WriteResult result;

          if (!peek_write (vm, &write))
            break;
          result = give_to_device (vm, &write, &stop);
          if (result == WRITE_TAKEN)
            continue;
          if (result == WRITE_ELSEWHERE)
            break;
          pop_write (vm);
        }
      func (get_space (&write), write.phys_addr, get_size (&write),
            _kvm_load (write.data, get_size (&write)), user_data);
      n_given++;
    }
  g_rec_mutex_unlock (&self->taking);
  g_object_unref (vm);
  return n_given;
}
