/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "kvm-error-private.h"
#include "kvm-fork-private.h"
#include "kvm-exit-private.h"
#include "kvm-io-bus-private.h"
#include "kvm-vm-private.h"

/**
 * KvmIoBus:
 *
 * Which device is at which ports and addresses of a virtual machine, which has one bus, got with
 * [method@Kvm.Vm.get_io_bus].
 *
 * [method@Kvm.Vcpu.run] gives each access to the [iface@Kvm.IoDevice] that it is for, and lets the
 * guest run on; it returns the exits that are for nobody.
 *
 * ```c
 * if (!kvm_io_bus_add_device (kvm_vm_get_io_bus (vm), KVM_IO_SPACE_PORT, 0x501, 1,
 *                             KVM_IO_DEVICE (counter), KVM_IO_DEVICE_FLAGS_NONE, &error))
 *   return FALSE;
 * ```
 *
 * An access is for a device if all of it is in the device's range. One that begins or ends outside
 * is for nobody. A string instruction such as `rep outsb` comes as one access per element.
 *
 * Devices may be added and removed from any thread while vCPUs run. An access that was made before
 * may still be on its way to a device that was just removed. A vCPU that is in the guest keeps a
 * removed device alive until it stops for the next time.
 *
 * The bus keeps its devices alive, and the virtual machine the bus. So a device that keeps the
 * virtual machine or one of its vCPUs alive would keep itself alive, until
 * [method@Kvm.Vm.close] or [method@Kvm.IoBus.remove_device].
 *
 * Since: 0.1
 */

G_DEFINE_FINAL_TYPE (KvmIoBus, kvm_io_bus, G_TYPE_OBJECT)

#define N_PORTS 0x10000

static KvmIoTable *
io_table_new (guint n)
{
  KvmIoTable *self = g_malloc (sizeof *self + n * sizeof self->ranges[0]);

  g_atomic_ref_count_init (&self->ref_count);
  self->n = 0;
  return self;
}

static void
io_table_append (KvmIoTable *self, const KvmIoRange *range)
{
  self->ranges[self->n] = *range;
  g_object_ref (range->device);
  g_thread_ref (range->thread);
  self->n++;
}

void
_kvm_io_table_unref (KvmIoTable *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  for (guint i = 0; i < self->n; i++)
    {
      g_object_unref (self->ranges[i].device);
      g_thread_unref (self->ranges[i].thread);
    }
  g_free (self);
}

static guint64
get_last_address (const KvmIoRange *self)
{
  return self->address + self->length - 1;
}

/* How many ranges begin at or before an address. */
static guint
find_position (const KvmIoTable *self, KvmIoSpace space, guint64 address)
{
  guint low = 0, high = self->n;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      const KvmIoRange *range = &self->ranges[middle];

      if (range->space < space || (range->space == space && range->address <= address))
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

const KvmIoRange *
_kvm_io_table_find (const KvmIoTable *self, KvmIoSpace space, guint64 address)
{
  guint position = find_position (self, space, address);
  const KvmIoRange *range;

  if (position == 0)
    return NULL;
  range = &self->ranges[position - 1];
  return range->space == space && address - range->address < range->length ? range : NULL;
}

static guint64
read_device (const KvmIoRange *range, guint64 offset, guint size)
{
  guint64 low;

  if (G_LIKELY (size != 8 || !(range->flags & KVM_IO_DEVICE_FLAGS_HALVES)))
    return range->read (range->device, offset, size);

  low = range->read (range->device, offset, 4) & G_MAXUINT32;
  return low | range->read (range->device, offset + 4, 4) << 32;
}

gboolean
_kvm_io_range_write (const KvmIoRange *self, guint64 offset, guint size, guint64 value)
{
  gboolean stop;

  if (G_LIKELY (size != 8 || !(self->flags & KVM_IO_DEVICE_FLAGS_HALVES)))
    return self->write (self->device, offset, size, value);

  stop = self->write (self->device, offset, 4, value & G_MAXUINT32);
  return self->write (self->device, offset + 4, 4, value >> 32) || stop;
}

KvmIoResult
_kvm_io_range_serve (const KvmIoRange *range, KvmExit *exit)
{
  gboolean is_port = range->space == KVM_IO_SPACE_PORT, stop = FALSE;
  guint64 offset = kvm_exit_get_address (exit) - range->address;
  guint size = kvm_exit_get_size (exit), count = kvm_exit_get_count (exit);

  /* Nothing is accessed if the page says what cannot be. */
  if (size == 0 || offset >= range->length || size > range->length - offset)
    return KVM_IO_RESULT_LEFT;

  for (guint i = 0; i < count; i++)
    if (kvm_exit_is_write (exit))
      {
        guint64 value = is_port ? kvm_exit_get_element (exit, i) : kvm_exit_get_value (exit);

        stop |= _kvm_io_range_write (range, offset, size, value);
      }
    else
      {
        guint64 value = read_device (range, offset, size);

        if (is_port)
          kvm_exit_set_element (exit, i, value);
        else
          kvm_exit_set_value (exit, value);
      }
  return stop ? KVM_IO_RESULT_STOPPED : KVM_IO_RESULT_SERVED;
}

static void
kvm_io_bus_finalize (GObject *object)
{
  KvmIoBus *self = KVM_IO_BUS (object);

  _kvm_io_table_unref (self->table);
  _kvm_fork_clear_lock (&self->lock, self->generation);

  G_OBJECT_CLASS (kvm_io_bus_parent_class)->finalize (object);
}

static void
kvm_io_bus_class_init (KvmIoBusClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = kvm_io_bus_finalize;
}

static void
kvm_io_bus_init (KvmIoBus *self)
{
  self->generation = _kvm_fork_generation;
  g_mutex_init (&self->lock);
  self->table = io_table_new (0);
}

KvmIoBus *
_kvm_io_bus_new (KvmVm *vm)
{
  KvmIoBus *self = g_object_new (KVM_TYPE_IO_BUS, NULL);

  self->vm = vm;
  return self;
}

static gboolean
lock_bus (KvmIoBus *self)
{
  return _kvm_fork_lock (&self->lock, self->generation);
}

/* Puts a table in the place of another, with the lock held, and gives the lock back before devices
 * go, whose last reference this may be. Of the vCPUs only one that is running keeps the old one,
 * until it looks for the next time. */
static void
replace_table (KvmIoBus *self, KvmIoTable *table, gboolean for_ever)
{
  g_autoptr (GPtrArray) old = g_ptr_array_new_with_free_func ((GDestroyNotify) _kvm_io_table_unref);

  g_ptr_array_add (old, self->table);
  self->table = table;
  if (self->vm != NULL)
    _kvm_vm_note_bus_change (self->vm, old);
  if (for_ever)
    self->vm = NULL;
  g_mutex_unlock (&self->lock);
}

KvmIoTable *
_kvm_io_bus_ref_table (KvmIoBus *self)
{
  KvmIoTable *table;

  g_mutex_lock (&self->lock);
  table = self->table;
  g_atomic_ref_count_inc (&table->ref_count);
  g_mutex_unlock (&self->lock);
  return table;
}

void
_kvm_io_bus_clear (KvmIoBus *self)
{
  if (!lock_bus (self))
    return;
  replace_table (self, io_table_new (0), TRUE);
}

/* "ports 0x3f8 to 0x3ff" */
static char *
describe_range (const KvmIoRange *range)
{
  return g_strdup_printf ("%s 0x%" G_GINT64_MODIFIER "x to 0x%" G_GINT64_MODIFIER "x",
                          range->space == KVM_IO_SPACE_PORT ? "ports" : "addresses", range->address,
                          get_last_address (range));
}

static gboolean
check_range (const KvmIoRange *range, GError **error)
{
  if (range->space != KVM_IO_SPACE_PORT && range->space != KVM_IO_SPACE_MMIO)
    g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID, "There is no I/O space %d",
                 (int) range->space);
  else if (range->length == 0)
    g_set_error_literal (error, KVM_ERROR, KVM_ERROR_INVALID, "The length of a device is 0");
  else if (get_last_address (range) < range->address)
    g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                 "A device of 0x%" G_GINT64_MODIFIER "x bytes at 0x%" G_GINT64_MODIFIER
                 "x goes past the end of the address space",
                 range->length, range->address);
  else if (range->space == KVM_IO_SPACE_PORT && get_last_address (range) >= N_PORTS)
    g_set_error (error, KVM_ERROR, KVM_ERROR_INVALID,
                 "A device of %" G_GUINT64_FORMAT " ports at port 0x%" G_GINT64_MODIFIER
                 "x goes past the last port, 0xffff",
                 range->length, range->address);
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_overlap (const KvmIoTable *table, const KvmIoRange *wanted, GError **error)
{
  guint position = find_position (table, wanted->space, get_last_address (wanted));
  const KvmIoRange *range;
  g_autofree char *wanted_name = NULL, *name = NULL;

  if (position == 0)
    return TRUE;
  range = &table->ranges[position - 1];
  if (range->space != wanted->space || get_last_address (range) < wanted->address)
    return TRUE;

  wanted_name = describe_range (wanted);
  name = describe_range (range);
  g_set_error (error, KVM_ERROR, KVM_ERROR_OVERLAP, "%s at %s overlaps %s at %s",
               G_OBJECT_TYPE_NAME (wanted->device), wanted_name, G_OBJECT_TYPE_NAME (range->device),
               name);
  return FALSE;
}

/**
 * kvm_io_bus_add_device:
 * @self: a bus
 * @space: whether @address is a port or a guest-physical address
 * @address: where the device begins
 * @length: how many ports or bytes it has
 * @device: the device
 * @flags: how it is called
 * @error: return location for an error
 *
 * Puts a device at a range of ports or addresses. It may have several ranges, in each of which its
 * offsets begin with 0.
 *
 * Memory slots come first: what is in one does not leave the guest.
 *
 * Fails with %KVM_ERROR_OVERLAP if another device is in the way, which the message names; with
 * %KVM_ERROR_INVALID if the range is empty or goes past the end; and with %KVM_ERROR_CLOSED if the
 * virtual machine is closed or has ended.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
kvm_io_bus_add_device (KvmIoBus *self, KvmIoSpace space, guint64 address, guint64 length,
                       KvmIoDevice *device, KvmIoDeviceFlags flags, GError **error)
{
  KvmIoRange range = { .space = space,
                       .flags = flags,
                       .address = address,
                       .length = length,
                       .device = device,
                       .thread = g_thread_self () };
  KvmIoTable *old, *table;
  guint position;

  g_return_val_if_fail (KVM_IS_IO_BUS (self), FALSE);
  g_return_val_if_fail (KVM_IS_IO_DEVICE (device), FALSE);

  if (!check_range (&range, error))
    return FALSE;
  range.read = KVM_IO_DEVICE_GET_IFACE (device)->read;
  range.write = KVM_IO_DEVICE_GET_IFACE (device)->write;

  if (!lock_bus (self))
    {
      g_set_error_literal (error, KVM_ERROR, KVM_ERROR_WRONG_PROCESS,
                           "The bus belongs to the process that this one was forked from");
      return FALSE;
    }
  old = self->table;
  if (self->vm == NULL)
    {
      g_mutex_unlock (&self->lock);
      g_set_error_literal (error, KVM_ERROR, KVM_ERROR_CLOSED,
                           "The bus takes no device: its virtual machine is closed");
      return FALSE;
    }
  if (!check_overlap (old, &range, error))
    {
      g_mutex_unlock (&self->lock);
      return FALSE;
    }

  table = io_table_new (old->n + 1);
  position = find_position (old, space, address);
  for (guint i = 0; i < position; i++)
    io_table_append (table, &old->ranges[i]);
  io_table_append (table, &range);
  for (guint i = position; i < old->n; i++)
    io_table_append (table, &old->ranges[i]);
  replace_table (self, table, FALSE);
  return TRUE;
}

/**
 * kvm_io_bus_remove_device:
 * @self: a bus
 * @device: a device
 *
 * Takes a device off the bus, with all ranges that it has.
 *
 * Returns: whether it was there
 *
 * Since: 0.1
 */
gboolean
kvm_io_bus_remove_device (KvmIoBus *self, KvmIoDevice *device)
{
  KvmIoTable *old, *table;
  gboolean removed;

  g_return_val_if_fail (KVM_IS_IO_BUS (self), FALSE);
  g_return_val_if_fail (KVM_IS_IO_DEVICE (device), FALSE);

  if (!lock_bus (self))
    return FALSE;
  old = self->table;
  table = io_table_new (old->n);
  for (guint i = 0; i < old->n; i++)
    if (old->ranges[i].device != device)
      io_table_append (table, &old->ranges[i]);
  removed = table->n != old->n;
  replace_table (self, table, FALSE);
  return removed;
}

/**
 * kvm_io_bus_find_device:
 * @self: a bus
 * @space: whether @address is a port or a guest-physical address
 * @address: a port or a guest-physical address
 *
 * Finds the device at a port or an address.
 *
 * Returns: (transfer full) (nullable): the device; %NULL if there is none
 *
 * Since: 0.1
 */
KvmIoDevice *
kvm_io_bus_find_device (KvmIoBus *self, KvmIoSpace space, guint64 address)
{
  const KvmIoRange *range;
  KvmIoDevice *device;

  g_return_val_if_fail (KVM_IS_IO_BUS (self), NULL);

  if (!lock_bus (self))
    return NULL;
  range = _kvm_io_table_find (self->table, space, address);
  device = range != NULL ? g_object_ref (range->device) : NULL;
  g_mutex_unlock (&self->lock);
  return device;
}

KvmIoResult
_kvm_io_bus_dispatch_exit (KvmIoBus *self, KvmExit *exit)
{
  KvmExit latched = *exit;
  guint32 latch = latched.latch;
  KvmExitReason reason = _kvm_exit_get_latched (&latched);
  KvmIoTable *table;
  const KvmIoRange *range;
  KvmIoResult result = KVM_IO_RESULT_LEFT;

  if (reason != KVM_EXIT_REASON_IO && reason != KVM_EXIT_REASON_MMIO)
    return result;

  /* The device, or another thread, may run the vCPU meanwhile: what is looked at is of one reason
   * throughout, and answers this exit alone. */
  table = _kvm_io_bus_ref_table (self);
  range = _kvm_io_table_find (table,
                              reason == KVM_EXIT_REASON_IO ? KVM_IO_SPACE_PORT : KVM_IO_SPACE_MMIO,
                              kvm_exit_get_address (&latched));
  if (range != NULL && _kvm_io_range_is_here (range))
    result = _kvm_io_range_serve (range, &latched);
  __atomic_compare_exchange_n (&exit->latch, &latch, latched.latch, FALSE, __ATOMIC_RELAXED,
                               __ATOMIC_RELAXED);
  _kvm_io_table_unref (table);
  return result;
}
