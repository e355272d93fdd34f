/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "kvm-io-device.h"

/**
 * KvmIoDevice:
 *
 * A device that a guest reaches at ports or at addresses: what is called when the guest reads and
 * writes there. A [class@Kvm.IoBus] says where it is.
 *
 * It is implemented in C with `G_DEFINE_TYPE_WITH_CODE ()` as any interface, and by a subclass in
 * the other languages:
 *
 * ```python
 * class Counter(GObject.Object, Kvm.IoDevice):
 *     value = 0
 *
 *     def do_read(self, offset, size):
 *         self.value += 1
 *         return self.value
 *
 *     def do_write(self, offset, size, value):
 *         self.value = value
 *         return False
 * ```
 *
 * In Python a class that inherits from such a class names the interface once more, as in
 * `class Timer(Counter, Kvm.IoDevice)`. Otherwise PyGObject puts its `do_read ()` and `do_write ()`
 * into the class that it inherits from, and so into all that inherit from that one. GJS refuses
 * such a class until `Implements` is there.
 *
 * It is called in the thread that runs the vCPU, from several threads at once if there are several
 * vCPUs. No lock of the library's is in its way: it may add and remove devices, close the vCPU and
 * the VM, and drop the last reference to anything. It can also use the vCPU that made the access,
 * but not run it, nor set its registers in a read. See [Devices and the bus](devices.html).
 *
 * Since: 0.1
 */

G_DEFINE_INTERFACE (KvmIoDevice, kvm_io_device, G_TYPE_OBJECT)

/* What nobody answers reads as all ones, as on a bus of wires. */
static guint64
read_nothing (KvmIoDevice *self, guint64 offset, guint size)
{
  return G_MAXUINT64;
}

static gboolean
write_nothing (KvmIoDevice *self, guint64 offset, guint size, guint64 value)
{
  return FALSE;
}

static void
kvm_io_device_default_init (KvmIoDeviceInterface *iface)
{
  iface->read = read_nothing;
  iface->write = write_nothing;
}

/**
 * kvm_io_device_read: (virtual read)
 * @self: a device
 * @offset: where in the device, in bytes from the start of its range
 * @size: how many bytes are read: 1 to 8
 *
 * Reads from the device, as a guest does.
 *
 * Returns: the value, little-endian; bits beyond @size bytes are dropped
 *
 * Since: 0.1
 */
guint64
kvm_io_device_read (KvmIoDevice *self, guint64 offset, guint size)
{
  g_return_val_if_fail (KVM_IS_IO_DEVICE (self), 0);
  g_return_val_if_fail (size >= 1 && size <= 8, 0);

  return KVM_IO_DEVICE_GET_IFACE (self)->read (self, offset, size);
}

/**
 * kvm_io_device_write: (virtual write)
 * @self: a device
 * @offset: where in the device, in bytes from the start of its range
 * @size: how many bytes are written: 1 to 8
 * @value: the value, little-endian and zero-extended
 *
 * Writes to the device, as a guest does.
 *
 * What is returned counts if the guest has written. [method@Kvm.Vcpu.run] returns that exit, then.
 * Under a [class@Kvm.Runner] it ends the guest, and is what [method@Kvm.Runner.run_finish] returns;
 * [signal@Kvm.Runner::exit] is not emitted for it, since there is nothing to answer.
 *
 * Returns: %TRUE if the guest shall stop here, with the access served; %FALSE if it shall run on
 *
 * Since: 0.1
 */
gboolean
kvm_io_device_write (KvmIoDevice *self, guint64 offset, guint size, guint64 value)
{
  g_return_val_if_fail (KVM_IS_IO_DEVICE (self), FALSE);
  g_return_val_if_fail (size >= 1 && size <= 8, FALSE);

  return KVM_IO_DEVICE_GET_IFACE (self)->write (self, offset, size, value);
}
