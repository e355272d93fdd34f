/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <kvmobj/kvmobj.h>

/* What differs between the machines that boot-linux-board makes, which are made of a device tree.
 */

#define BOARD_MEMORY 0x80000000
#define BOARD_PHANDLE_INTC 1

#define board_add_cells(tree, name, ...)                                                           \
  kvm_device_tree_add_cells (tree, name, (const guint32[]){ __VA_ARGS__ },                         \
                             sizeof ((const guint32[]){ __VA_ARGS__ }) / sizeof (guint32))

/* Adds what tells of the processor, its timer and the interrupt controller. */
gboolean board_describe (KvmVcpu *vcpu, KvmDeviceTree *tree, GError **error);
