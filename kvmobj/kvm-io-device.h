/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-types.h>

G_BEGIN_DECLS

#define KVM_TYPE_IO_DEVICE (kvm_io_device_get_type ())

KVMOBJ_AVAILABLE_IN_0_1
G_DECLARE_INTERFACE (KvmIoDevice, kvm_io_device, KVM, IO_DEVICE, GObject)

/**
 * KvmIoDeviceInterface:
 * @read: the guest reads from the device
 * @write: the guest writes to the device
 *
 * What a device does. Either may be missing: then a read gives all ones, and a write is lost.
 *
 * Since: 0.1
 */
struct _KvmIoDeviceInterface
{
  /*< private >*/
  GTypeInterface parent_interface;

  /*< public >*/
  guint64 (*read) (KvmIoDevice *self, guint64 offset, guint size);
  gboolean (*write) (KvmIoDevice *self, guint64 offset, guint size, guint64 value);
};

KVMOBJ_AVAILABLE_IN_0_1
guint64 kvm_io_device_read (KvmIoDevice *self, guint64 offset, guint size);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_io_device_write (KvmIoDevice *self, guint64 offset, guint size, guint64 value);

G_END_DECLS
