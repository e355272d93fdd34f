/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#if !defined(KVMOBJ_INSIDE) && !defined(KVMOBJ_COMPILATION)
#error "Only <kvmobj/kvmobj.h> can be included directly."
#endif

#include <kvmobj/kvm-io-device.h>

G_BEGIN_DECLS

/**
 * KvmIoDeviceFlags:
 * @KVM_IO_DEVICE_FLAGS_NONE: nothing special
 * @KVM_IO_DEVICE_FLAGS_SAME_THREAD: the device is only called in the thread that adds it, as
 *   JavaScript needs. A run in another thread returns the exit to its caller; a [class@Kvm.Runner]
 *   takes it to that thread.
 * @KVM_IO_DEVICE_FLAGS_HALVES: an access of 8 bytes comes as two of 4 bytes, the lower half first:
 *   for JavaScript, whose numbers hold 53 bits
 *
 * How a device is called.
 *
 * Since: 0.1
 */
typedef enum /*< flags >*/
{
  KVM_IO_DEVICE_FLAGS_NONE = 0,
  KVM_IO_DEVICE_FLAGS_SAME_THREAD = 1 << 0,
  KVM_IO_DEVICE_FLAGS_HALVES = 1 << 1,
} KvmIoDeviceFlags;

#define KVM_TYPE_IO_BUS (kvm_io_bus_get_type ())

KVMOBJ_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (KvmIoBus, kvm_io_bus, KVM, IO_BUS, GObject)

KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_io_bus_add_device (KvmIoBus *self, KvmIoSpace space, guint64 address, guint64 length,
                                KvmIoDevice *device, KvmIoDeviceFlags flags, GError **error);
KVMOBJ_AVAILABLE_IN_0_1
gboolean kvm_io_bus_remove_device (KvmIoBus *self, KvmIoDevice *device);
KVMOBJ_AVAILABLE_IN_0_1
KvmIoDevice *kvm_io_bus_find_device (KvmIoBus *self, KvmIoSpace space, guint64 address);

G_END_DECLS
