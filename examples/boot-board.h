/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <kvmobj/kvmobj.h>

/* What differs between the machines that boot-linux-board makes, which are made of a device tree.
 */

#define BOARD_MEMORY 0x80000000

#define board_add_cells(tree, name, ...)                                                           \
  kvm_device_tree_add_cells (tree, name, (const guint32[]){ __VA_ARGS__ },                         \
                             sizeof ((const guint32[]){ __VA_ARGS__ }) / sizeof (guint32))

/* Makes the processor ready, and what interrupts it for the serial port. */
gboolean board_set_up (KvmVcpu *vcpu, KvmSerial *serial, GError **error);

/* Adds what tells of the processor, its timer and the interrupt controller. */
gboolean board_describe (KvmVcpu *vcpu, KvmDeviceTree *tree, GError **error);

/* Adds to the node of the serial port how it interrupts. */
void board_describe_interrupt (KvmDeviceTree *tree);
