/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <kvmobj/kvmobj.h>

G_BEGIN_DECLS

#define ACPI_PM_EVENT_PORT 0x600 /* four ports, where nothing need be */
#define ACPI_PM_CONTROL_PORT                                                                       \
  0x604 /* two ports; the guest writes there to power off, and not before */

/* Tells the guest by ACPI of virtio devices, of @size bytes each from @address on, with interrupts
 * from @gsi on. */
gboolean acpi_write_tables (KvmVm *vm, guint n_devices, guint64 address, guint64 size, guint gsi,
                            GError **error);

G_END_DECLS
