/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A hart, whose timer is the firmware's, which is KVM. There is no interrupt controller beside it,
 * so that the serial port is polled. */

#include "boot-board.h"

#define PHANDLE_INTC 1
#define TIMER_FREQUENCY G_GUINT64_CONSTANT (0x8030000004000000)

gboolean
board_set_up (KvmVcpu *vcpu, KvmSerial *serial, GError **error)
{
  return TRUE;
}

gboolean
board_describe (KvmVcpu *vcpu, KvmDeviceTree *tree, GError **error)
{
  guint64 frequency;

  if (!kvm_vcpu_get_one_reg (vcpu, TIMER_FREQUENCY, &frequency, error))
    return FALSE;
  kvm_device_tree_begin_node (tree, "cpus");
  board_add_cells (tree, "#address-cells", 1);
  board_add_cells (tree, "#size-cells", 0);
  board_add_cells (tree, "timebase-frequency", frequency);
  kvm_device_tree_begin_node (tree, "cpu@0");
  kvm_device_tree_add_string (tree, "device_type", "cpu");
  kvm_device_tree_add_string (tree, "compatible", "riscv");
  kvm_device_tree_add_string (tree, "riscv,isa", "rv64imafdc");
  kvm_device_tree_add_string (tree, "mmu-type", "riscv,sv39");
  board_add_cells (tree, "reg", 0);
  kvm_device_tree_begin_node (tree, "interrupt-controller");
  kvm_device_tree_add_string (tree, "compatible", "riscv,cpu-intc");
  kvm_device_tree_add_property (tree, "interrupt-controller", NULL, 0);
  board_add_cells (tree, "#interrupt-cells", 1);
  board_add_cells (tree, "phandle", PHANDLE_INTC);
  kvm_device_tree_end_node (tree);
  kvm_device_tree_end_node (tree);
  kvm_device_tree_end_node (tree);
  return TRUE;
}

void
board_describe_interrupt (KvmDeviceTree *tree)
{
}
