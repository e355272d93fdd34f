/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A processor with its timer, and the interrupt controller that the host can do, GICv3 or GICv2;
 * the firmware, which is KVM, is called as PSCI says. */

#include "boot-board.h"

#define DISTRIBUTOR 0x8000000
#define REDISTRIBUTORS 0x80a0000 /* of a GICv3 */
#define CPU_INTERFACE 0x8010000  /* of a GICv2 */
#define PHANDLE_GIC 1

/* What an interrupt is, by Linux' bindings of the GIC: its kind, its number in that, how it comes.
 */
#define SHARED 0
#define PRIVATE 1
#define EDGE 1
#define LEVEL 4
#define TIMER_SECURE 13
#define TIMER_PHYSICAL 14
#define TIMER_VIRTUAL 11
#define TIMER_HYPERVISOR 10
#define SERIAL_GSI 0 /* among the shared ones */

static gboolean
has_gicv3 (KvmVm *vm)
{
  return kvm_vm_test_device (vm, KVM_DEVICE_TYPE_ARM_VGIC_V3, NULL);
}

gboolean
board_set_up (KvmVcpu *vcpu, KvmSerial *serial, GError **error)
{
  KvmVm *vm = kvm_vcpu_get_vm (vcpu);
  g_autoptr (KvmDevice) gic = NULL;
  g_autoptr (KvmIrqTrigger) trigger = NULL;

  if (!kvm_vcpu_arm64_setup (vcpu, KVM_ARM64_VCPU_FEATURES_PSCI_0_2, 0, 0, 0, error)
      || (gic = has_gicv3 (vm)
                    ? kvm_vm_arm64_create_vgic_v3 (vm, DISTRIBUTOR, REDISTRIBUTORS, error)
                    : kvm_vm_arm64_create_vgic_v2 (vm, DISTRIBUTOR, CPU_INTERFACE, error))
             == NULL
      || !kvm_device_arm64_vgic_set_n_irqs (gic, 64, error)
      || !kvm_device_arm64_vgic_init (gic, error)
      || (trigger = kvm_vm_add_irq_trigger (vm, SERIAL_GSI, KVM_IRQ_TRIGGER_FLAGS_NONE, error))
             == NULL)
    return FALSE;
  kvm_serial_set_interrupt_trigger (serial, trigger);
  return TRUE;
}

static void
describe_processor (KvmDeviceTree *tree)
{
  kvm_device_tree_begin_node (tree, "psci");
  kvm_device_tree_add_string (tree, "compatible", "arm,psci-0.2");
  kvm_device_tree_add_string (tree, "method", "hvc");
  kvm_device_tree_end_node (tree);

  kvm_device_tree_begin_node (tree, "cpus");
  board_add_cells (tree, "#address-cells", 1);
  board_add_cells (tree, "#size-cells", 0);
  kvm_device_tree_begin_node (tree, "cpu@0");
  kvm_device_tree_add_string (tree, "device_type", "cpu");
  kvm_device_tree_add_string (tree, "compatible", "arm,armv8");
  kvm_device_tree_add_string (tree, "enable-method", "psci");
  board_add_cells (tree, "reg", 0);
  kvm_device_tree_end_node (tree);
  kvm_device_tree_end_node (tree);
}

gboolean
board_describe (KvmVcpu *vcpu, KvmDeviceTree *tree, GError **error)
{
  gboolean is_v3 = has_gicv3 (kvm_vcpu_get_vm (vcpu));

  board_add_cells (tree, "interrupt-parent", PHANDLE_GIC);
  describe_processor (tree);

  kvm_device_tree_begin_node (tree, "interrupt-controller@8000000");
  if (is_v3)
    board_add_cells (tree, "reg", 0, DISTRIBUTOR, 0, 0x10000, 0, REDISTRIBUTORS, 0, 0x20000);
  else
    board_add_cells (tree, "reg", 0, DISTRIBUTOR, 0, 0x1000, 0, CPU_INTERFACE, 0, 0x2000);
  kvm_device_tree_add_string (tree, "compatible", is_v3 ? "arm,gic-v3" : "arm,gic-400");
  kvm_device_tree_add_property (tree, "interrupt-controller", NULL, 0);
  board_add_cells (tree, "#interrupt-cells", 3);
  board_add_cells (tree, "phandle", PHANDLE_GIC);
  kvm_device_tree_end_node (tree);

  kvm_device_tree_begin_node (tree, "timer");
  kvm_device_tree_add_string (tree, "compatible", "arm,armv8-timer");
  kvm_device_tree_add_property (tree, "always-on", NULL, 0);
  board_add_cells (tree, "interrupts", PRIVATE, TIMER_SECURE, LEVEL, PRIVATE, TIMER_PHYSICAL, LEVEL,
                   PRIVATE, TIMER_VIRTUAL, LEVEL, PRIVATE, TIMER_HYPERVISOR, LEVEL);
  kvm_device_tree_end_node (tree);
  return TRUE;
}

void
board_describe_interrupt (KvmDeviceTree *tree)
{
  board_add_cells (tree, "interrupts", SHARED, SERIAL_GSI, EDGE);
}
