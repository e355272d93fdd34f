/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "kvm-vm-private.h"

G_BEGIN_DECLS

/* An attribute in the state of a device. */
typedef struct
{
  guint32 group;
  guint32 size;
  guint64 attribute;
} KvmDeviceItem;

/* What a device has, in the order in which it is restored; @cpus says how the device calls the
 * vCPUs. An attribute that cannot be read is one that this device does not have. */
typedef void (*KvmDeviceList) (KvmHandle *device, const guint64 *cpus, guint n_cpus,
                               GArray *attributes);

void _kvm_device_list_add (GArray *attributes, guint32 group, guint32 size, guint64 attribute);

/* What a device says of itself, as 32 bits; 0 if it does not. */
guint32 _kvm_device_list_ask (KvmHandle *device, guint32 group, guint64 attribute);

void _kvm_device_arm64_list_vgic_v2 (KvmHandle *device, const guint64 *cpus, guint n_cpus,
                                     GArray *attributes);
void _kvm_device_arm64_list_vgic_v3 (KvmHandle *device, const guint64 *cpus, guint n_cpus,
                                     GArray *attributes);
void _kvm_device_arm64_list_its (KvmHandle *device, const guint64 *cpus, guint n_cpus,
                                 GArray *attributes);
void _kvm_device_riscv_list_aia (KvmHandle *device, const guint64 *cpus, guint n_cpus,
                                 GArray *attributes);

/* Some registers set bits alone: what is written first to clear them, or FALSE. */
gboolean _kvm_device_arm64_find_clear (const KvmDeviceItem *item, guint64 *attribute);
gboolean _kvm_device_riscv_find_clear (const KvmDeviceItem *item, guint64 *attribute);

G_END_DECLS
